"""How far generated samples are from one another, and from the training samples: collapse and copies as distances."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int64
from torch import Tensor

from gansuite.metrics.diagnostics.nearest import ROOM, neighbours
from gansuite.metrics.estimate import Estimate
from gansuite.metrics.jackknife import BLOCKS
from gansuite.metrics.metric import MetricError
from gansuite.metrics.two_sample import Features, Known, Part, Side, TwoSample


def self_distance(
    fake: Features, *, floor: Features | None = None, untrained: Features | None = None, seed: int = 0
) -> Estimate:
    """|D|self: mean distance of a generated sample to the nearest other one.

        |D|self = 1/n sum_i min_{j≠i} |x_i - x_j|

    Best at the floor, that of as many real samples. Below it samples are alike (0: each has a double); above it they
    differ more than real ones do, as noise does. It falls slowly as n grows: compare at equal n.

    Args:
        fake: features of generated samples, [n, d].
        floor: features of real samples, [n, d]; gives ``Estimate.floor``.
        untrained: features of an untrained generator's samples, [n, d]; with ``floor`` gives ``normalised``.
        seed: of the jackknife's blocks.

    Raises:
        MetricError: fewer than 20 rows, unequal n or d, or features that are not finite.

    ``extras["doubled"]`` is the share of samples with another at distance 0.

    Source: Donahue, McAuley & Puckette 2019 (WaveGAN), section 6.3.
    """
    return SelfDistance()(fake, fake, floor=floor, untrained=untrained, seed=seed)[0]


def train_distance(
    train: Features,
    fake: Features,
    *,
    floor: Features | None = None,
    untrained: Features | None = None,
    seed: int = 0,
) -> Estimate:
    """|D|train: mean distance of a generated sample to the nearest training sample.

        |D|train = 1/n sum_i min_j |x_i - t_j|

    Best at the floor, that of held-out samples. Below it samples are copies (0), or typical ones alone; above it they
    are unlike anything real. The training samples are taken as given: the interval is that of the generated ones.

    Args:
        train: features of training samples, [n, d].
        fake: features of generated samples, [n, d].
        floor: features of held-out real samples, [n, d]; gives ``Estimate.floor``.
        untrained: features of an untrained generator's samples, [n, d]; with ``floor`` gives ``normalised``.
        seed: of the jackknife's blocks.

    Raises:
        MetricError: fewer than 20 rows, unequal n or d, or features that are not finite.

    ``extras["copies"]`` is the share of samples at distance 0.

    Source: Donahue, McAuley & Puckette 2019 (WaveGAN), section 6.3.
    """
    given = {"floor": train, "untrained": untrained, "seed": seed}
    return TrainDistance()(train if floor is None else floor, fake, **given)[0]


class NearestDistance(TwoSample):
    """A mean of distances to nearest neighbours; beside it, in the second column, the share of those that are 0."""

    direction = "target"
    parts = (Part(direction="target", low=0.0),)
    minimum = 2 * BLOCKS
    shared: str

    def extras(self, side: Side, table: np.ndarray) -> Mapping[str, Any]:
        return {self.shared: float(table[0, 1])}


class SelfDistance(NearestDistance):
    """Mean distance of a sample to the nearest other one of its set; see ``self_distance``.

    Source: Donahue, McAuley & Puckette 2019 (WaveGAN), section 6.3.
    """

    name = "self-distance"
    meaning = "How far a sample is from the nearest other one; below the real samples' own value they are alike."
    method = "mean distance to the nearest neighbour; block jackknife"
    shared = "doubled"

    def side(self, real: Float[Tensor, "n d"], labels: Int64[Tensor, " n"] | None, seed: int) -> Side:
        return {}

    def table(
        self, side: Side, other: Float[Tensor, "n d"], labels: Int64[Tensor, " n"] | None, seed: int
    ) -> np.ndarray:
        block = torch.zeros(len(other), dtype=torch.int64) if labels is None else labels
        by_block = nearest_by_block(other, block.to(other.device)).cpu()
        means = [told(by_block.amin(1))]
        for b in range(0 if labels is None else int(block.max()) + 1):
            left = torch.arange(by_block.shape[1]) != b
            means.append(told(by_block[block != b][:, left].amin(1)))
        return np.array(means)


class TrainDistance(NearestDistance):
    """Mean distance of a sample to the nearest training one; see ``train_distance``.

    In a run the training samples are the floor's other side, as many as there are generated ones, and the floor is the
    distance of held-out samples to them.

    Source: Donahue, McAuley & Puckette 2019 (WaveGAN), section 6.3.
    """

    name = "train-distance"
    meaning = "How far a sample is from the nearest training one; below the held-out samples' own value it is copied."
    method = "mean distance to the nearest neighbour; block jackknife of the generated samples"
    shared = "copies"

    def __call__(
        self,
        real: Features,
        fake: Features,
        *,
        floor: Features | None = None,
        untrained: Features | None = None,
        seed: int = 0,
        known: Known | None = None,
    ) -> list[Estimate]:
        """The one estimate; ``floor`` are training samples and ``real`` held-out ones."""
        if floor is None:
            raise MetricError(f"{self.name}: training samples are missing: give them as floor")
        return super().__call__(floor, fake, floor=real, untrained=untrained, seed=seed, known=known)

    def prepare(self, real: Features, floor: Features, seed: int = 0) -> Known:
        return super().prepare(floor, real, seed)

    def side(self, real: Float[Tensor, "n d"], labels: Int64[Tensor, " n"] | None, seed: int) -> Side:
        return {"train": real}

    def table(
        self, side: Side, other: Float[Tensor, "n d"], labels: Int64[Tensor, " n"] | None, seed: int
    ) -> np.ndarray:
        distance = neighbours(other, side["train"].to(other))[0][:, 0].cpu()
        blocks = range(0 if labels is None else int(labels.max()) + 1)
        return np.array([told(distance)] + [told(distance[labels != b]) for b in blocks])


def told(distance: Float[Tensor, " n"]) -> list[float]:
    """The mean distance, and the share that is 0."""
    return [float(distance.mean()), float((distance == 0).double().mean())]


def nearest_by_block(x: Float[Tensor, "n d"], block: Int64[Tensor, " n"]) -> Float[Tensor, "n b"]:
    """Distance of each row to the nearest other one within each block of rows; picked by product, measured again.

    The least over all but one column is the nearest neighbour's distance where one block is left out. Blocks have two
    rows or more.
    """
    squares, found = x.square().sum(1), []
    members = [torch.nonzero(block == b)[:, 0] for b in range(int(block.max()) + 1)]
    for rows in torch.arange(len(x), device=x.device).split(max(1, ROOM // len(x))):
        gap = squares - 2 * x[rows] @ x.T
        gap[torch.arange(len(rows), device=x.device), rows] = torch.inf
        places = [own[gap[:, own].argmin(1)] for own in members]
        exact = [(x[rows] - x[place]).norm(dim=1) for place in places]
        found.append(torch.stack(exact, 1))
    return torch.cat(found)
