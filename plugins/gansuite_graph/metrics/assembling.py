"""What metrics of one large graph share: walks of the model, and the graphs that are put together from them."""

from __future__ import annotations

from typing import Annotated, Any

import torch
from annotated_types import Ge
from jaxtyping import Int64
from torch import Tensor

from gansuite.metrics.metric import MetricError
from gansuite.metrics.subject import Subject

from ..spec import WalkSpec
from ..walks.assembly import Transitions, assembled, stepped


class OfNetwork:
    """A metric of models whose samples are walks of one graph: ``bind(spec)`` before it is called.

    Attributes:
        name: of the metric.
        transitions: steps of walks that are drawn for a graph.
        chunk: walks drawn at a time.
    """

    name: str
    needs = "model"
    transitions: int
    chunk: int
    bound: WalkSpec | None = None

    def bind(self, spec: Any) -> None:
        """Tell the metric what the walks are of.

        Raises:
            MetricError: the samples are no walks of one graph.
        """
        if not isinstance(spec, WalkSpec):
            raise MetricError(f"{self.name} judges walks of one graph, and the samples are none: leave it out")
        self.bound = spec

    @property
    def spec(self) -> WalkSpec:
        """The domain."""
        if self.bound is None:
            raise MetricError(f"{self.name} does not know the graph: call bind(spec) first")
        return self.bound

    def drawn(self, subject: Subject, number: int = 0, real: bool = False) -> Transitions:
        """The steps of fresh walks of the model, or of the data, for graph ``number``."""
        walks = -(-self.transitions // (self.spec.length - 1))

        def sample(n: int, first: int) -> Tensor:
            rng = subject.rng("real walks" if real else "walks", number, first)
            return walker(subject).walks(n, self.spec.length, rng) if real else subject.game.sample(n, rng)

        with torch.no_grad():
            return stepped(sample, walks, self.spec.nodes, self.chunk)

    def put_together(self, transitions: Transitions, subject: Subject, number: int) -> Int64[Tensor, "2 m"]:
        """The graph of some steps, with as many edges as were learnt from."""
        rng = subject.rng("assembly", number)
        rng.device = torch.device("cpu")
        return assembled(transitions, self.spec.edges, rng)


class OfGraphs(OfNetwork):
    """A metric over several graphs, each put together from walks of its own.

    Args:
        transitions: steps of walks for each graph.
        graphs: how many graphs.
        chunk: walks drawn at a time.
    """

    def __init__(
        self,
        *,
        transitions: Annotated[int, Ge(1)] = 100_000,
        graphs: Annotated[int, Ge(2)] = 5,
        chunk: Annotated[int, Ge(1)] = 2048,
    ) -> None:
        self.transitions, self.graphs, self.chunk = transitions, graphs, chunk


def walker(subject: Subject) -> Any:
    """What draws walks of the data.

    Raises:
        MetricError: the data set has none.
    """
    found = getattr(subject.dataset, "walker", None)
    if found is None:
        raise MetricError(f"the data set {type(subject.dataset).__name__} is not one graph: take the data set network")
    return found
