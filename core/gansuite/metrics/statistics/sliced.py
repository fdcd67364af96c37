"""The sliced Wasserstein distance: sorted projections of two samples onto random directions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import numpy as np
import torch
from annotated_types import Ge
from jaxtyping import Float, Int64
from torch import Tensor

from gansuite.engine.rng import seed_of
from gansuite.metrics.estimate import Estimate
from gansuite.metrics.two_sample import Features, Part, Side, TwoSample


def sliced_wasserstein(
    real: Features,
    fake: Features,
    *,
    projections: int = 200,
    p: float = 2.0,
    floor: Features | None = None,
    untrained: Features | None = None,
    seed: int = 0,
) -> Estimate:
    """Sliced Wasserstein distance: the p-th root of the mean of W_p^p over L directions u, uniform on the sphere.

        SW_p = (1/L sum_u 1/n sum_i |(u·x)_(i) - (u·y)_(i)|^p)^(1/p)

    with (.)_(i) the i-th smallest. In feature units. The plug-in value: it exceeds the truth by a term of order 1/n
    where the laws differ and of n^-½ where they are equal, so hold it against ``floor``. The interval is of the samples
    (joint block jackknife, the order without a block being that of the others); the directions are fixed by the seed.

    Args:
        real: features of real samples, [n, d].
        fake: features of generated samples, [n, d].
        projections: L.
        p: order, at least 1.
        floor: features of other real samples, [n, d]; gives ``Estimate.floor``.
        untrained: features of an untrained generator's samples, [n, d]; with ``floor`` gives ``normalised``.
        seed: of the directions and of the jackknife's blocks.

    Raises:
        MetricError: unequal or too small n, unequal d, or non-finite features.

    Source: Bonneel, Rabin, Peyré & Pfister, Sliced and Radon Wasserstein barycenters of measures (2015), section 3.
    """
    return SlicedWasserstein(projections=projections, p=p)(real, fake, floor=floor, untrained=untrained, seed=seed)[0]


class SlicedWasserstein(TwoSample):
    """Sliced Wasserstein distance over any extractor's features; see ``sliced_wasserstein``.

    Args:
        projections: number of random directions.
        p: order of the distance.
    """

    name = "sliced-wasserstein"
    meaning = "How far generated samples must be moved to become real ones, on average over directions."
    parts: Sequence[Part] = (Part(low=0.0),)
    method = "plug-in of sorted projections; block jackknife"

    def __init__(self, *, projections: Annotated[int, Ge(1)] = 200, p: Annotated[float, Ge(1)] = 2.0) -> None:
        self.projections, self.p = projections, p

    def side(self, real: Float[Tensor, "n d"], labels: Int64[Tensor, " n"] | None, seed: int) -> Side:
        generator = torch.Generator().manual_seed(seed_of(seed, "directions"))
        drawn = torch.randn(self.projections, real.shape[1], generator=generator, dtype=torch.float64)
        directions = (drawn / drawn.norm(dim=1, keepdim=True)).to(real.device)
        values, blocks = in_order(directions, real, labels)
        return {"directions": directions, "values": values, "blocks": blocks}

    def table(
        self, side: Side, other: Float[Tensor, "n d"], labels: Int64[Tensor, " n"] | None, seed: int
    ) -> np.ndarray:
        values, blocks = in_order(side["directions"], other, labels)
        found = [self.distance(side["values"], values)]
        for b in [] if labels is None else range(int(labels.max()) + 1):
            # What is sorted stays so without a block, and every projection loses as many values.
            found.append(self.distance(side["values"][side["blocks"] != b], values[blocks != b]))
        return np.array(found)[:, None]

    def distance(self, x: Float[Tensor, "*n"], y: Float[Tensor, "*n"]) -> float:
        """SW_p of projections in the same order."""
        return float((x - y).abs().pow(self.p).mean() ** (1 / self.p))


def in_order(
    directions: Float[Tensor, "l d"], x: Float[Tensor, "n d"], labels: Int64[Tensor, " n"] | None
) -> tuple[Float[Tensor, "l n"], Int64[Tensor, "l n"]]:
    """The projections of the rows on each direction, ascending, and the block of each."""
    values, order = (directions @ x.T).sort(1)
    return values, torch.zeros_like(order) if labels is None else labels.to(x.device)[order]
