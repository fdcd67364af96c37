"""What the baselines of sets of graphs share: shares of sizes and types, and the training graphs themselves."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor, nn

from gansuite.data.dataset import Dataset
from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.estimators.sampling import inverted

from ...spec import GraphSpec

CELLS = 1 << 24
"""Choices of training graphs that are counted at a time."""


class FittedGraphs(nn.Module, ABC):
    """A law of whole graphs with a ``fit``; what it finds are parameters, which no gradient moves.

    Args:
        spec: the domain.
        prior: of no size: all chance is the law's own.

    Raises:
        UserError: the data are walks, or there is a latent.
    """

    spec: GraphSpec

    def __init__(self, spec: Any, prior: Any) -> None:
        super().__init__()
        if not isinstance(spec, GraphSpec):
            raise UserError("this baseline is of sets of graphs, and the data are walks of one: take configuration")
        if prior.size:
            raise UserError("a baseline reads no latent; take the prior none")
        self.spec, self.alternatives = spec, spec.alternatives

    @abstractmethod
    def fit(self, dataset: Dataset) -> None:
        """Take what there is to know from the training split."""

    @abstractmethod
    def drawn(self, n: int, rng: Rng) -> Int64[Tensor, "n c"]:
        """``n`` graphs."""

    @torch.no_grad()
    def sample(
        self,
        z: Float[Tensor, "n z"],
        codes: Tensor | None,
        rng: Rng,
        *,
        alpha: float = 1.0,
        prefix: Tensor | None = None,
    ) -> Int64[Tensor, "n c"]:
        """Graphs, one for each row of the latent that is none; a law of its own has no temperature.

        Raises:
            UserError: a ``prefix`` or an ``alpha`` is given.
        """
        if prefix is not None or alpha != 1.0:
            raise UserError("a baseline is drawn from as it was fitted: leave prompt and alpha out")
        return self.drawn(len(z), rng)

    def mask(self, x: Int64[Tensor, "n c"]) -> Bool[Tensor, "n c"]:
        """The places that hold a choice: all nodes, and the pairs of those that are there."""
        return self.spec.mask(x)

    def present(self, numbers: Int64[Tensor, " n"]) -> Bool[Tensor, "n N"]:
        """The first so many places of each graph."""
        return torch.arange(self.spec.nodes, device=numbers.device) < numbers.unsqueeze(1)

    def put_together(self, there: Bool[Tensor, "n N"], kinds: Tensor, bonds: Tensor) -> Int64[Tensor, "n c"]:
        """Graphs of types from 1 of the nodes and types from 0 of the pairs."""
        return self.spec.tidied(torch.cat([kinds * there, bonds], 1))


def training_graphs(dataset: Dataset, choices: int) -> Iterator[Int64[Tensor, "n c"]]:
    """All graphs of the training split, so many at a time that they are ``CELLS`` choices at most."""
    for index in torch.arange(dataset.count("train")).split(max(1, CELLS // choices)):
        yield dataset.batch("train", index.to(getattr(dataset, "device", "cpu")), None)["data"]


def some_of(dataset: Dataset, most: int) -> Int64[Tensor, "n c"]:
    """The training graphs, or ``most`` of them at equal distances."""
    count = dataset.count("train")
    index = torch.arange(min(most, count)) * count // min(most, count)
    return dataset.batch("train", index.to(getattr(dataset, "device", "cpu")), None)["data"]


def drawn(p: Float[Tensor, "*places k"], rng: Rng) -> Int64[Tensor, "*places"]:
    """One alternative for each row of probabilities; what has none is never drawn."""
    shape = p.shape[:-1]
    return inverted(p.reshape(-1, p.shape[-1]), rng.uniform(*shape).reshape(-1)).reshape(shape)


def shares(counts: Tensor, otherwise: Tensor) -> Tensor:
    """Counts as shares of the last axis; rows without a count as they are in ``otherwise``."""
    total = counts.sum(-1, keepdim=True)
    return torch.where(total > 0, counts / total.clamp_min(1), otherwise)


def uniform(*shape: int) -> nn.Parameter:
    """Equal shares of the last axis, which nobody moves."""
    return nn.Parameter(torch.full(shape, 1 / shape[-1]), requires_grad=False)


def of_sizes(spec: GraphSpec) -> nn.Parameter:
    """The shares of the numbers of nodes, as the data say, or equal ones."""
    given = torch.tensor(spec.sizes) if spec.sizes else torch.full((spec.nodes,), 1 / spec.nodes)
    return nn.Parameter(given.float(), requires_grad=False)
