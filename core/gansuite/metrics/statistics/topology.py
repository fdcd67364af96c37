"""The geometry score: whether two sets of samples have the same holes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import numpy as np
import torch
from annotated_types import Ge, Gt
from jaxtyping import Float, Int64
from torch import Tensor

from gansuite.engine.rng import seed_of
from gansuite.metrics.estimate import Estimate
from gansuite.metrics.metric import MetricError
from gansuite.metrics.statistics.landmarks import mean_living_times
from gansuite.metrics.two_sample import Features, Part, Side, TwoSample

SPLITS = 5  # of the rows into halves, from whose disagreement the interval comes
BLIND = 0.9  # share of the relaxations without any hole above which there is nothing to compare


def geometry_score(
    real: Features,
    fake: Features,
    landmarks: int = 64,
    gamma: float | None = None,
    i_max: int = 100,
    draws: int = 1000,
    *,
    floor: Features | None = None,
    untrained: Features | None = None,
    seed: int = 0,
) -> Estimate:
    """Geometry score: squared difference of the mean relative living times (MRLT) of one-dimensional holes.

        score = sum_{i < i_max} (MRLT_real(i) - MRLT_fake(i))²,   0 to 2

    MRLT(i) is the share of the relaxations of a witness complex with exactly i holes, averaged over draws of landmarks:
    see ``mean_living_times``. Equal topology is necessary for equal laws, and far from sufficient: the score knows no
    place, no scale, and no density.

    The interval is that of half the rows: SPLITS times, each set is halved and the halves' MRLTs compared, each from
    draws / SPLITS landmark sets of its own. It holds the draw of the rows and that of the landmarks, and is not
    scaled to all rows, for the largest distance, on which everything hangs, does not settle as they grow.

    Args:
        real: features of real samples, [n, d]; few dimensions, or no complex of 64 landmarks has a hole to show.
        fake: features of generated samples, [n, d].
        landmarks: points of each complex.
        gamma: share of the largest distance up to which is relaxed; None: n / 5000 / 128, as in the authors' code.
        i_max: numbers of holes told apart.
        draws: of landmarks, for each set.
        floor: features of other real samples, [n, d]; gives ``Estimate.floor``.
        untrained: features of an untrained generator's samples, [n, d]; with ``floor`` gives ``normalised``.
        seed: of the draws.

    Raises:
        MetricError: unequal n, fewer rows than twice the landmarks, unequal d, non-finite features, or real ones that
            are all equal.

    ``extras`` holds ``no_holes``, MRLT(0) of both sets, with a ``warning`` where both exceed 0.9: the score is blind
    there; and ``holes``, the mean number of them, sum_i i MRLT(i).

    Source: Khrulkov & Oseledets, ICML 2018, algorithms 1-2.
    """
    metric = GeometryScore(landmarks=landmarks, gamma=gamma, i_max=i_max, draws=draws)
    return metric(real, fake, floor=floor, untrained=untrained, seed=seed)[0]


class GeometryScore(TwoSample):
    """Geometry score over any extractor's features; see ``geometry_score``.

    Args:
        landmarks: points of each witness complex.
        gamma: share of the largest distance up to which the complex is relaxed; None: n / 5000 / 128.
        i_max: numbers of holes told apart.
        draws: of landmarks, for each set of samples.
    """

    name = "geometry-score"
    direction = "min"
    meaning = "How differently the samples' cloud is pierced by holes; 0: alike, 2: no common number of holes."
    parts = (Part(low=0.0, high=2.0),)
    method = "landmark draws; interval of halves of the rows"

    def __init__(
        self,
        *,
        landmarks: Annotated[int, Ge(4)] = 64,
        gamma: Annotated[float, Gt(0)] | None = None,
        i_max: Annotated[int, Ge(1)] = 100,
        draws: Annotated[int, Ge(SPLITS)] = 1000,
    ) -> None:
        self.landmarks, self.gamma, self.i_max, self.draws = landmarks, gamma, i_max, draws
        self.minimum = max(20, 2 * landmarks)

    def side(self, real: Float[Tensor, "n d"], labels: Int64[Tensor, " n"] | None, seed: int) -> Side:
        if bool((real == real[0]).all()):
            raise MetricError("geometry-score: all real rows are equal, so there is nothing to go round")
        return {"mrlt": self.living(real, labels, seed)}

    def table(
        self, side: Side, other: Float[Tensor, "n d"], labels: Int64[Tensor, " n"] | None, seed: int
    ) -> np.ndarray:
        """The score, and behind it the other set's own MRLT."""
        living = self.living(other, labels, seed)
        score = (living - side["mrlt"]).square().sum(1, keepdim=True)
        return torch.cat([score, living], 1).numpy()

    def extras(self, side: Side, table: np.ndarray) -> Mapping[str, Any]:
        living = {"real": side["mrlt"][0].numpy(), "fake": table[0, 1:]}
        told: dict[str, Any] = {
            "no_holes": {name: float(each[0]) for name, each in living.items()},
            "holes": {name: float(each @ np.arange(self.i_max)) for name, each in living.items()},
        }
        if min(told["no_holes"].values()) > BLIND:
            told["warning"] = "neither set has holes: the score is blind here; give fewer dimensions or a larger gamma"
        return told

    def living(
        self, x: Float[Tensor, "n d"], labels: Int64[Tensor, " n"] | None, seed: int
    ) -> Float[Tensor, "rows i_max"]:
        """The MRLT of all rows and, in place of those without each block, what the jackknife makes the error from.

        With c_k = (MRLT_A - MRLT_B) / √2 of split k, of the variance of half the rows, the pseudo-values of its two
        blocks of B are to be MRLT ± c_k √(B - 1): their mean square over B - 1 is that of the c_k.
        """
        generator = torch.Generator().manual_seed(seed_of(seed, "landmarks"))
        gamma = len(x) / 5000 / 128 if self.gamma is None else self.gamma

        def living(rows: Float[Tensor, "m d"], draws: int) -> Float[Tensor, " i_max"]:
            return mean_living_times(rows, self.landmarks, gamma, self.i_max, draws, generator)

        whole = living(x, self.draws)
        if labels is None:
            return whole[None]
        blocks = int(labels.max()) + 1
        left_out = []
        for _ in range(blocks // 2):
            first, second = torch.randperm(len(x), generator=generator).to(x.device).tensor_split(2)
            c = living(x[first], self.draws // SPLITS) - living(x[second], self.draws // SPLITS)
            left_out += [sign * c / (2 * (blocks - 1)) ** 0.5 for sign in (1, -1)]
        return torch.stack([whole, *(whole + each for each in left_out)])
