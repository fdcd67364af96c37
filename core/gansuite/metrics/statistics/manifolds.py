"""Precision, recall, density and coverage: two sets of samples held against each other's nearest-neighbour balls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

import numpy as np
import torch
from annotated_types import Ge
from jaxtyping import Float, Int64
from torch import Tensor

from gansuite.metrics.estimate import Estimate
from gansuite.metrics.metric import MetricError
from gansuite.metrics.statistics.neighbours import (
    Balls,
    Visits,
    balls,
    balls_of,
    doubled,
    squared_distances,
    visits,
)
from gansuite.metrics.two_sample import Features, Part, Side, TwoSample

Ties = Literal["aware", "strict"]


def prdc(
    real: Features,
    fake: Features,
    k: int = 5,
    *,
    ties: str = "aware",
    floor: Features | None = None,
    untrained: Features | None = None,
    seed: int = 0,
) -> Mapping[str, Estimate]:
    """Precision, recall, density and coverage, by these names.

    With r_i the distance of real x_i to its k-th nearest real neighbour, s_j that of fake y_j among the fakes, n of
    each:

        precision  1/n #{j : |x_i - y_j| < r_i for some i}       recall    1/n #{i : |x_i - y_j| < s_j for some j}
        density    1/kn #{(i, j) : |x_i - y_j| < r_i}            coverage  1/n #{i : |x_i - y_j| < r_i for some j}

    For equal laws density is 1 and coverage 1 - prod_{i=1..k} (n - i) / (2n - i) in expectation, whatever the law;
    precision and recall have no such value and fall with the dimension: hold them against the floor.

    Args:
        real: features of real samples, [n, d].
        fake: features of generated samples, [n, d].
        k: which neighbour makes the radius.
        ties: "aware" breaks ties of distance at random and takes the expectation, so that discrete data is measured
            as continuous data is; "strict" is the inequality above, which gives 0 throughout once every sample has k
            doubles. The same where no distances tie.
        floor: features of other real samples, [n, d]; gives ``Estimate.floor``.
        untrained: features of an untrained generator's samples, [n, d]; with ``floor`` gives ``normalised``.
        seed: of the jackknife's blocks.

    Raises:
        MetricError: unequal or too small n (for k, too), unequal d, non-finite features, another ``ties``.

    ``extras`` has the share of rows with a double on both sides, and a warning where it exceeds 1 % and ties are
    strict.

    Source: Kynkäänniemi et al. 2019, eqs. 1 and 2 (with < for <=); Naeem et al. 2020, eqs. 3 to 5 and 9.
    """
    if ties not in ("aware", "strict"):
        raise MetricError(f'prdc: ties is "aware" or "strict", not {ties!r}')
    found = PRDC(k=k, ties="strict" if ties == "strict" else "aware")(
        real, fake, floor=floor, untrained=untrained, seed=seed
    )
    return dict(zip(NAMES, found, strict=True))


NAMES = ("precision", "recall", "density", "coverage")


class Neighbourhoods(TwoSample):
    """What the metrics of k-nearest-neighbour balls share; a subclass names its ``columns`` among the four numbers.

    The interval is that of 1,000 rows, scaled to n, for leaving out a block changes every radius.
    """

    columns: tuple[int, ...]
    error_rows = 1000
    method = "k-nearest-neighbour balls; block jackknife"

    def __init__(self, *, k: Annotated[int, Ge(1)] = 5, ties: Ties = "aware") -> None:
        if k < 1:
            raise MetricError(f"{self.name}: k = {k}: give at least 1")
        self.k, self.ties = k, ties
        self.minimum = max(type(self).minimum, 2 * k + 2)  # k neighbours are left where a tenth of the rows are not

    def side(self, real: Float[Tensor, "n d"], labels: Int64[Tensor, " n"] | None, seed: int) -> Side:
        """The real rows and their balls, without each block [B + 1, n]."""
        found, double = self.all_balls(real, labels)
        return {"rows": real, "double": double, **found}

    def table(
        self, side: Side, other: Float[Tensor, "n d"], labels: Int64[Tensor, " n"] | None, seed: int
    ) -> np.ndarray:
        """The numbers of ``columns``, and the share of the other rows that have a double."""
        real, (found, double) = side["rows"], self.all_balls(other, labels)
        if labels is None:
            values = [visits(real, other, Balls(*part(side, 0)), Balls(*part(found, 0))).values(self.k)]
        else:
            cross = squared_distances(real, other)
            values = []
            for b, keep in enumerate(kept(labels.to(real.device))):
                near, far = (Balls(*part(each, b))[keep] for each in (side, found))
                seen = Visits.none(len(keep), len(keep), real)
                seen.add(slice(None), cross[keep][:, keep], near, far)
                values.append(seen.values(self.k))
        return np.column_stack([np.array(values)[:, list(self.columns)], np.full(len(values), float(double))])

    def all_balls(self, x: Float[Tensor, "n d"], labels: Int64[Tensor, " n"] | None) -> tuple[Side, Tensor]:
        """The balls of all rows and, with labels, of those without each block; [B + 1, n], 0 for rows left out."""
        if labels is None:
            found, double = balls_of(x, self.k)
            stack = torch.stack(tuple(vars(found).values()))[:, None]
        else:
            own, norm = squared_distances(x, x).fill_diagonal_(torch.inf), x.square().sum(1)
            double, keeps = doubled(own.amin(1), norm), list(kept(labels.to(x.device)))
            stack = x.new_zeros(4, len(keeps), len(x))
            for b, keep in enumerate(keeps):
                without = balls(own[keep][:, keep], norm[keep], self.k)
                stack[:, b, keep] = torch.stack(tuple(vars(without).values()))
        if self.ties == "strict":
            stack[3] = 0.0
        return dict(zip(("radius", "scale", "tied", "need"), stack, strict=True)), double

    def extras(self, side: Side, table: np.ndarray) -> Mapping[str, Any]:
        """k, and the shares of rows with a double."""
        real, fake = float(side["double"]), float(table[0, -1])
        found: dict[str, Any] = {"k": self.k, "ties": self.ties, "real_doubles": real, "fake_doubles": fake}
        if max(real, fake) > 0.01:
            how = "counted as broken at random" if self.ties == "aware" else "left out of every ball: take ties = aware"
            found["warning"] = (
                f"{real:.1%} of the real and {fake:.1%} of the generated rows have a double: ties are {how}"
            )
        return found


def kept(labels: Int64[Tensor, " n"]) -> Iterator[Int64[Tensor, " kept"]]:
    """All rows, then those without each block."""
    yield torch.arange(len(labels), device=labels.device)
    for b in range(int(labels.max()) + 1):
        yield (labels != b).nonzero()[:, 0]


def part(stacks: Side, b: int) -> Iterator[Tensor]:
    """Row b of what makes up balls."""
    return (stacks[name][b] for name in ("radius", "scale", "tied", "need"))


SHARE = {"direction": "max", "low": 0.0, "high": 1.0}


class PrecisionRecall(Neighbourhoods):
    """Improved precision and recall; see ``prdc``.

    Args:
        k: which neighbour makes the radius (3 in the paper, with 50,000 samples).
        ties: "aware" is fit for discrete data; "strict" is the papers' inequality.

    Source: Kynkäänniemi et al. 2019, eqs. 1 and 2.
    """

    name = "precision-recall"
    direction = "max"
    meaning = "Precision is the share of generated samples that look real, recall that of real ones within reach."
    parts = (Part("precision", **SHARE), Part("recall", **SHARE))
    columns = (0, 1)


class DensityCoverage(Neighbourhoods):
    """Density and coverage; see ``prdc``.

    Args:
        k: which neighbour makes the radius.
        ties: "aware" is fit for discrete data; "strict" is the paper's inequality.

    Source: Naeem et al. 2020, eqs. 3 to 5.
    """

    name = "density-coverage"
    direction = "target"
    meaning = (
        "Density: how crowded with generated samples real neighbourhoods are, 1 as with real ones; "
        "coverage: the share of them that is reached."
    )
    parts = (Part("density", "target", low=0.0, ideal=1.0), Part("coverage", **SHARE))
    columns = (2, 3)


class PRDC(Neighbourhoods):
    """All four from one pass over the distances; see ``prdc``."""

    name = "prdc"
    direction = "max"
    meaning = "Precision, recall, density and coverage of generated samples."
    parts = (*PrecisionRecall.parts, *DensityCoverage.parts)
    columns = (0, 1, 2, 3)
