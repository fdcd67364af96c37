"""Structural similarity of pairs of samples at several scales: where all pairs are alike, diversity is lacking."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, NamedTuple

import numpy as np
import torch
from annotated_types import Ge, Le
from jaxtyping import Float, Int64
from torch import Tensor
from torch.nn import functional as F

from gansuite.engine.rng import seed_of
from gansuite.metrics.estimate import Estimate
from gansuite.metrics.jackknife import block_labels
from gansuite.metrics.metric import MINIMUM, MetricError
from gansuite.metrics.two_sample import Part, as_estimate, joint

WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)  # of the scales, finest first: Wang et al. 2003, section 3.2
WINDOW, SIGMA = 11, 1.5
K1, K2 = 0.01, 0.03
TILE = 1 << 20  # numbers filtered at a time: 4 MiB in float32

Samples = Tensor | np.ndarray


class Scale(NamedTuple):
    """Samples at one scale, [n, c, h, w], with their means and variances in each window, [n, c, h', w']."""

    x: Tensor
    mean: Tensor
    variance: Tensor


def ms_ssim(
    samples: Samples,
    pairs: int = 1000,
    scales: int | None = None,
    bounds: tuple[float, float] | None = None,
    *,
    floor: Samples | None = None,
    untrained: Samples | None = None,
    seed: int = 0,
) -> Estimate:
    """Mean multi-scale structural similarity of pairs of samples: near 1 where all are alike.

        MS-SSIM(x, y) = l_M^{w_M} prod_{j <= M} cs_j^{w_j}
        l = (2 mu_x mu_y + C1) / (mu_x² + mu_y² + C1),   cs = (2 s_xy + C2) / (s_x² + s_y² + C2)

    with moments in Gaussian windows (11 wide, sigma 1.5), averaged over all places and channels, scale j halved j - 1
    times, negative averages taken as 0, C1 = (0.01 L)², C2 = (0.03 L)² and L the range of the values. The
    weights are Wang's; of M < 5 scales the first M, scaled to sum to 1.

    Each sample meets the same number of others: i is paired with i + 1, ..., i + k of a random order. The interval is a
    block jackknife over samples, without all pairs of which one is left out, for pairs that share a sample are not
    independent.

    Args:
        samples: images [n, c, h, w], or signals [n, c, t].
        pairs: compared, at least; rounded up to a multiple of n, at most about n²/2.
        scales: None: as many as leave room for the window, 5 from 176 wide on. Where more are asked for, the window
            shrinks with the samples, as in TensorFlow's code with which AC-GAN was judged at 128 x 128.
        bounds: smallest and largest value, as black and white; None: those found in ``samples``.
        floor: real samples; gives ``Estimate.floor``, the similarity to be reached.
        untrained: an untrained generator's samples; with ``floor`` gives ``normalised``.
        seed: of the order and of the blocks.

    Raises:
        MetricError: another shape, unequal n or sizes, too few samples, values not finite or all equal.

    Source: Wang, Simoncelli & Bovik, Asilomar 2003; as a measure of diversity Odena, Olah & Shlens, ICML 2017, 4.2.
    """
    metric = MsSsim(pairs=pairs, scales=scales, bounds=bounds)
    return metric(None, samples, floor=floor, untrained=untrained, seed=seed)


class MsSsim:
    """Mean multi-scale structural similarity of pairs of samples; see ``ms_ssim``.

    In a run the floor is the similarity of real samples among themselves, which is best: below it, samples differ more
    than real ones do, as noise does.

    Args:
        pairs: compared in each set, at least.
        scales: None: as many as leave room for the window.
        bounds: smallest and largest value, as black and white; None: those of the real samples.
    """

    name = "ms-ssim"
    needs = "samples"
    direction = "target"
    meaning = "How alike two samples are on average; above the real samples' own value they lack diversity."

    def __init__(
        self,
        *,
        pairs: Annotated[int, Ge(1)] = 1000,
        scales: Annotated[int, Ge(1), Le(len(WEIGHTS))] | None = None,
        bounds: tuple[float, float] | None = None,
    ) -> None:
        self.pairs, self.scales, self.bounds = pairs, scales, bounds
        self.method = "mean of pairs; block jackknife over samples"

    def __call__(
        self,
        real: Samples | None,
        fake: Samples,
        *,
        floor: Samples | None = None,
        untrained: Samples | None = None,
        seed: int = 0,
    ) -> Estimate:
        given = {"fake": fake, "real": real, "floor": floor, "untrained": untrained}
        sets = checked({name: torch.as_tensor(x).detach() for name, x in given.items() if x is not None})
        low, high = self.bounds or extent(sets.get("real", sets["fake"]))
        if not high > low:
            raise MetricError("ms-ssim: all values are equal, so they have no range: set bounds")
        n = len(sets["fake"])
        scales = self.scales or room(sets["fake"])
        labels = block_labels(n, seed=seed)
        tables = {name: self.table((x - low) / (high - low), labels, scales, seed)[:, None] for name, x in sets.items()}
        own = tables.pop("real", None)
        extras: dict[str, Any] = {"scales": scales, "bounds": [low, high]}
        if own is not None:
            extras["real"] = float(own[0, 0])
        part = Part(direction="target", low=0.0, high=1.0, ideal=extras.get("real"))
        jackknife = joint(tables, None, 0, n, n, seed, correct=False)
        return as_estimate(self, part, jackknife, list(tables), n, seed, extras)

    def table(self, x: Tensor, labels: Int64[Tensor, " n"], scales: int, seed: int) -> np.ndarray:
        """The mean over all pairs, and over those that have no sample of each block, [B + 1]."""
        n = len(x)
        partners = min(-(-self.pairs // n), (n - 1) // 2)
        order = torch.randperm(n, generator=torch.Generator().manual_seed(seed_of(seed, "pairs")))
        found = neighbours(x[order.to(x.device)], partners, scales).cpu().double()
        block = labels[order]
        other = torch.stack([block.roll(-k) for k in range(1, partners + 1)], 1)
        kept = [torch.ones_like(other, dtype=torch.bool)]
        kept += [(block[:, None] != b) & (other != b) for b in range(int(labels.max()) + 1)]
        return np.array([float(found[keep].mean()) for keep in kept])


def neighbours(x: Float[Tensor, "n c *sides"], partners: int, scales: int) -> Float[Tensor, "n k"]:
    """Similarity of each sample, with values in 0..1, to the next ``partners`` ones, the first after the last.

    The moments of a sample are computed once for all its pairs, which leaves one filter of five for each.
    """
    n = len(x)
    rows = max(1, TILE // x[0].numel())
    parts = []
    for start in range(0, n, rows):
        here = min(rows, n - start)
        window = pyramid(x[torch.arange(start, start + here + partners).remainder(n).to(x.device)], scales)
        shifts = range(1, partners + 1)
        parts.append(torch.stack([compared(clip(window, 0, here), clip(window, k, here)) for k in shifts], 1))
    return torch.cat(parts)


def similarities(x: Float[Tensor, "n c *sides"], y: Float[Tensor, "n c *sides"], scales: int) -> Float[Tensor, " n"]:
    """Similarity of each x to its y: images [n, c, h, w] or signals [n, c, t], with values in 0..1."""
    return compared(pyramid(x, scales), pyramid(y, scales))


def clip(scales: list[Scale], start: int, count: int) -> list[Scale]:
    """Some of the samples, at all scales."""
    return [Scale(*(each[start : start + count] for each in scale)) for scale in scales]


def pyramid(x: Float[Tensor, "n c *sides"], scales: int) -> list[Scale]:
    """The samples at every scale, each half as large as the one before, with their moments."""
    x = x.unsqueeze(2) if x.dim() == 3 else x  # a signal is an image of height 1
    found = []
    for j in range(scales):
        if j > 0:
            x = F.avg_pool2d(x, [min(2, side) for side in x.shape[2:]])
        mean = blurred(x)
        found.append(Scale(x, mean, blurred(x * x) - mean * mean))
    return found


def compared(x: list[Scale], y: list[Scale]) -> Float[Tensor, " n"]:
    """The product over scales of contrast and structure, and of luminance at the last."""
    share = sum(WEIGHTS[: len(x)]) if len(x) < len(WEIGHTS) else 1.0  # the published five sum to 1.0001
    weights = [weight / share for weight in WEIGHTS[: len(x)]]
    product = x[0].x.new_ones(len(x[0].x))
    for j, (a, b, weight) in enumerate(zip(x, y, weights, strict=True)):
        covariance = blurred(a.x * b.x) - a.mean * b.mean
        similarity = (2 * covariance + K2**2) / (a.variance + b.variance + K2**2)
        if j == len(x) - 1:
            similarity = similarity * (2 * a.mean * b.mean + K1**2) / (a.mean**2 + b.mean**2 + K1**2)
        product = product * similarity.flatten(1).mean(1).clamp_min(0) ** weight
    return product


def blurred(x: Float[Tensor, "n c h w"]) -> Float[Tensor, "n c h2 w2"]:
    """Means in Gaussian windows that lie within the sample, along each side that is longer than 1.

    A sum of shifted copies: on a CPU ten times faster than a convolution of one channel.
    """
    sides = [dim for dim in (2, 3) if x.shape[dim] > 1]
    width = min([WINDOW, *(x.shape[dim] for dim in sides)])
    at = torch.arange(width, dtype=torch.float64) - (width - 1) / 2
    window = torch.softmax(-0.5 * (at * WINDOW / (width * SIGMA)) ** 2, 0).tolist()
    for dim in sides:
        places = x.shape[dim] - width + 1
        total = x.narrow(dim, 0, places) * window[0]
        for k in range(1, width):
            total.add_(x.narrow(dim, k, places), alpha=window[k])
        x = total
    return x


def room(x: Tensor) -> int:
    """Scales at which the window still fits, after each halving has rounded down; at least 1, at most 5."""
    side = min(side for side in x.shape[2:] if side > 1 or x[0, 0].numel() == 1)
    return max(1, sum(side >> j >= WINDOW for j in range(len(WEIGHTS))))


def extent(x: Tensor) -> tuple[float, float]:
    """Smallest and largest value."""
    return float(x.min()), float(x.max())


def checked(sets: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The sets in float32 (float64 stays), all of one shape.

    Raises:
        MetricError: they are not, or are no images or signals, or too few, or not finite.
    """
    shape = sets["fake"].shape
    for label, x in sets.items():
        if x.dim() not in (3, 4) or 0 in x.shape:
            raise MetricError(
                f"ms-ssim: {label} has shape {list(x.shape)}: give images [n, c, h, w] or signals [n, c, t]"
            )
        if x.shape != shape:
            raise MetricError(f"ms-ssim: {label} has shape {list(x.shape)} and fake {list(shape)}: give equal ones")
        if not torch.isfinite(x).all():
            raise MetricError(f"ms-ssim: {label} holds values that are not finite: look for overflow in the samples")
    if shape[0] < MINIMUM:
        raise MetricError(f"ms-ssim: {shape[0]} samples are too few: give at least {MINIMUM}")
    return {label: x if x.dtype == torch.float64 else x.float() for label, x in sets.items()}
