"""Validity, uniqueness and novelty of generated graphs, and how many are all three."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from annotated_types import Ge
from jaxtyping import Bool, Int64
from torch import Tensor

from gansuite.metrics.estimate import Estimate
from gansuite.metrics.metric import MetricError
from gansuite.metrics.models.likelihood import drawn
from gansuite.metrics.models.points import as_estimate, share
from gansuite.metrics.subject import Subject

from ..spec import GraphSpec
from .isomorphism import EFFORT, among
from .refinement import hashes

PARTS = ("", "valid", "unique", "novel")


@dataclass(frozen=True)
class Verdicts:
    """What is true of each of n graphs; ``valid`` is None where nobody knows, ``undecided`` are pairs."""

    valid: Bool[Tensor, " n"] | None
    unique: Bool[Tensor, " n"]
    novel: Bool[Tensor, " n"]
    undecided: int

    def hits(self) -> dict[str, int | None]:
        """How many graphs have each property; under ``""`` all of them."""
        every = self.unique & self.novel & (True if self.valid is None else self.valid)
        valid = None if self.valid is None else int(self.valid.sum())
        return {"": int(every.sum()), "valid": valid, "unique": int(self.unique.sum()), "novel": int(self.novel.sum())}


class Vun:
    """Shares of n generated graphs, up to the order of their nodes, types of nodes and edges included:

        vun/valid    #{i : valid(x_i)} / n                               by the data set's judge, if it has one
        vun/unique   #{i : no x_k with k < i is isomorphic to x_i} / n
        vun/novel    #{i : no training graph is isomorphic to x_i} / n
        vun          #{i : all of these} / n

    each with Wilson's score interval. Small graphs repeat honestly, which is what the floor is for: as many held-out
    graphs in the place of the generated ones. Isomorphism is decided exactly; a pair on which the search gives up
    counts as different, and is told.

    Args:
        effort: pairs of nodes that the search may try for one pair of graphs.

    Source: Martinkus et al., SPECTRE (2022), section 5.
    """

    name = "vun"
    needs = "model"
    direction = "max"
    meaning = "How many of the generated graphs are valid, unlike each other, and in no training set."

    def __init__(self, *, effort: Annotated[int, Ge(1)] = EFFORT) -> None:
        self.effort = effort
        self.spec: GraphSpec | None = None
        self.known: dict[str, Int64[Tensor, " m"]] = {}

    def bind(self, spec: Any) -> None:
        """Tell the metric the domain.

        Raises:
            MetricError: the samples are not graphs.
        """
        if not isinstance(spec, GraphSpec):
            raise MetricError(f"{self.name} judges whole graphs, and the samples are none: leave it out of [[metrics]]")
        self.spec = spec

    def __call__(self, subject: Subject, *, untrained: Subject | None = None, seed: int = 0) -> Sequence[Estimate]:
        """The estimates, that of all together first."""
        n, data = subject.n, subject.dataset
        train, held_out = subject.real(data.count("train"), "train"), subject.real(n)
        made = self.verdicts(drawn(subject, n)[0], train, data)
        fresh = None if untrained is None else self.verdicts(drawn(untrained, n)[0], train, data)
        real = self.verdicts(held_out, train, data) if len(held_out) == n and subject.split != "train" else None
        extras = told(made, len(train), len(held_out))
        found = []
        for part in PARTS:
            hits = made.hits()[part]
            if hits is None:
                continue
            floor, start = (None if each is None else (each.hits()[part] or 0) / n for each in (real, fresh))
            found.append(
                as_estimate(
                    self,
                    share(hits, n),
                    part,
                    n,
                    seed=seed,
                    method="Wilson score",
                    floor=floor,
                    untrained=start,
                    extras=extras,
                )
            )
        return found

    def verdicts(self, x: Tensor, train: Int64[Tensor, "m c"], dataset: Any) -> Verdicts:
        """What is true of each graph; the hashes of the training graphs are kept between calls."""
        assert self.spec is not None, "bind(spec) comes first"
        x = self.spec.tidied(x.argmax(2) if x.is_floating_point() else x)
        if dataset.fingerprint not in self.known:
            self.known = {dataset.fingerprint: hashes(self.spec, train)}
        known, own = among(self.spec, train, x, self.known[dataset.fingerprint], self.effort)
        judge: Any = getattr(dataset, "judge", None)
        valid = judge.valid(x).to(x.device).bool() if hasattr(judge, "valid") else None
        return Verdicts(valid, own.first(), ~known, own.undecided)


def told(made: Verdicts, training: int, held_out: int) -> Mapping[str, Any]:
    """What to know beside the shares."""
    extras: dict[str, Any] = {"training graphs": training, "held-out graphs": held_out}
    if made.valid is None:
        extras["validity"] = "not judged: the data set knows none, so the first number is of unique and novel graphs"
    if made.undecided:
        pairs = f"{made.undecided} pair{'s' * (made.undecided > 1)} of graphs"
        extras["warning"] = f"{pairs} could not be told apart within the effort, and count as different"
    return extras
