"""Known defects of known strength, made from real samples: what a generator does wrong, without a generator.

Each is a function of a ``Material``, a strength s in [0, 1] and a stream of random numbers, and gives n samples.
At s = 0 they are n fresh real samples. Amplitudes are in units of sigma, the root mean square deviation of the
samples' numbers from their means.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from gansuite.engine.rng import Rng
from gansuite.studies.evaluation.material import Material

BLUR = 4.0  # deviation of the strongest blur, in steps of the last axis
RAREST = 100.0  # the strongest imbalance: how many times rarer the rarest mode is than the commonest
FEWEST = 16.0  # the strongest duplication: how many copies of a sample
GRATING = 0.5  # amplitudes at s = 1, in sigma
STEP = 2.0
PERIOD = 4  # of the grating: the stride of many generators' layers
PIECES = 16  # of an axis, for shuffling within each


def nothing(given: Material, s: float, rng: Rng) -> Tensor:
    """Fresh real samples at every strength: how often a metric cries wolf."""
    return given.fresh(rng)


def mode_drop(given: Material, s: float, rng: Rng) -> Tensor:
    """The rarest s (k - 1) of the k modes are gone, one of them in part; at s = 1 the commonest alone is left."""
    gone = (s * (len(given.by_size) - 1) - given.by_size).clamp(0, 1)
    return given.weighted(1 - gone.double(), rng)


def mode_invention(given: Material, s: float, rng: Rng) -> Tensor:
    """A share s / 2 lies where no mode is: halfway between two samples of different modes."""
    rows = given.rows(rng)
    x = given.pool[rows]
    return where_rows(rng.uniform(given.n) < s / 2, (x + given.pool[given.elsewhere(rows, rng)]) / 2, x)


def imbalance(given: Material, s: float, rng: Rng) -> Tensor:
    """Mode j of k from the rarest is taken ``100^(-s (k - 1 - j) / (k - 1))`` times as often as the commonest."""
    k = len(given.by_size)
    return given.weighted(RAREST ** (-s * (k - 1 - given.by_size.double()) / max(1, k - 1)), rng)


def noise(given: Material, s: float, rng: Rng) -> Tensor:
    """Gaussian noise of deviation s sigma / 2 on every number."""
    x = given.fresh(rng)
    return x + rng.normal(*x.shape, scale=s * given.sigma / 2)


def blur(given: Material, s: float, rng: Rng) -> Tensor:
    """A Gaussian mean along the last axis, of deviation 4 s steps; beyond its ends the axis is mirrored.

    By the transform of the kernel, ``exp(-2 (pi f sd)²)`` at f periods a step, which is right for a fraction of a step.
    """
    x = given.fresh(rng)
    mirrored = torch.cat([x, x.flip(-1)], -1)
    frequency = torch.fft.rfftfreq(mirrored.shape[-1])
    response = torch.exp(-2 * (math.pi * BLUR * s * frequency).square())
    return torch.fft.irfft(torch.fft.rfft(mirrored) * response, mirrored.shape[-1])[..., : x.shape[-1]]


def shift(given: Material, s: float, rng: Rng) -> Tensor:
    """The same vector added to every sample: random directions of root mean square s sigma."""
    x = given.fresh(rng)
    direction = rng.normal(*x.shape[1:])
    return x + s * given.sigma * direction / direction.square().mean().sqrt()


def scale(given: Material, s: float, rng: Rng) -> Tensor:
    """Samples 1 + s times as far from the mean of all."""
    centre = given.pool.mean(0)
    return centre + (1 + s) * (given.fresh(rng) - centre)


def memorisation(given: Material, s: float, rng: Rng) -> Tensor:
    """A share s are copies of training samples, of different ones as long as there are any."""
    x = given.fresh(rng)
    learnt = given.train[rng.uniform(len(given.train)).argsort()]
    copies = learnt[torch.arange(given.n) % len(learnt)]
    return where_rows(rng.uniform(given.n) < s, copies, x)


def duplicates(given: Material, s: float, rng: Rng) -> Tensor:
    """Only ``n / 16^s`` samples are different, each there equally often."""
    different = max(1, round(given.n / FEWEST**s))
    return given.fresh(rng)[torch.arange(given.n) % different]


def shuffle(given: Material, s: float, rng: Rng) -> Tensor:
    """A share s of the 16 pieces of the last axis have their values in random order, in every sample another one."""
    x = given.fresh(rng)
    width = max(2, math.ceil(x.shape[-1] / PIECES))
    piece = torch.arange(x.shape[-1]) // width
    rows = (given.n, *(1,) * (x.dim() - 2))
    chosen = torch.rand(*rows, int(piece[-1]) + 1, generator=rng.stream()) < s
    # Sorted by piece, and within a chosen piece by chance: a key between two whole numbers.
    key = torch.where(chosen[..., piece], torch.rand(*rows, len(piece), generator=rng.stream()), 0.0)
    order = (piece + key).argsort(dim=-1, stable=True)
    return x.gather(-1, order.expand(x.shape))


def grating(given: Material, s: float, rng: Rng) -> Tensor:
    """One pattern of period 4 along the last axis on every sample, of amplitude s sigma / 2: one step up, three down.

    What a transposed convolution of stride 4 leaves behind; in pictures it is the checkerboard.
    """
    x = given.fresh(rng)
    comb = torch.where(torch.arange(x.shape[-1]) % PERIOD == 0, PERIOD - 1.0, -1.0) / math.sqrt(PERIOD - 1)
    return x + s * GRATING * given.sigma * comb


def one_coordinate(given: Material, s: float, rng: Rng) -> Tensor:
    """The same number, one of all, is 2 s sigma too large in every sample."""
    x = given.fresh(rng)
    place = rng.integer(0, x[0].numel() - 1)
    step = torch.zeros(x[0].numel())
    step[place] = s * STEP * given.sigma
    return x + step.view(x.shape[1:])


def violation(given: Material, s: float, rng: Rng) -> Tensor:
    """A share s breaks the rule that the judge counts by, with nothing wrong nearby.

    Each is the first half of one sample and the second half of another along the last axis, if the judge finds that
    no real one; a broken one is used again where too few are found.

    Raises:
        ValueError: the judge finds nothing wrong with any.
    """
    x = given.fresh(rng)
    first, second = (given.pool[rng.uniform(len(given.pool)).argsort()[: 4 * given.n]] for _ in range(2))
    half = x.shape[-1] // 2
    spliced = torch.cat([first[..., :half], second[..., half:]], -1)
    broken = spliced[~given.judge.high_quality(spliced.flatten(1).float())]
    if len(broken) == 0:
        raise ValueError("the judge finds nothing wrong with two halves of different samples")
    return where_rows(rng.uniform(given.n) < s, broken[torch.arange(given.n) % len(broken)], x)


def where_rows(chosen: Tensor, x: Tensor, y: Tensor) -> Tensor:
    """Row i of ``x`` where ``chosen[i]``, else of ``y``."""
    return torch.where(chosen.view(-1, *(1,) * (x.dim() - 1)), x, y)


LACKING = {
    "continuous": "tokens are no numbers to add to",
    "ordered": "the coordinates of a vector have no order",
    "judge": "nothing judges single samples",
    "modes": "there is one mode only",
}


@dataclass(frozen=True)
class Corruption:
    """A corruption, and what samples must be for it to mean anything.

    Args:
        make: samples from a material, a strength and random numbers.
        needs: ``continuous`` numbers, a last axis that is ``ordered``, a ``judge``, at least two ``modes``.
    """

    make: Callable[[Material, float, Rng], Tensor]
    needs: tuple[str, ...] = ()

    def obstacle(self, given: Material) -> str | None:
        """Why it means nothing for these samples, if it does not."""
        met = {
            "continuous": given.continuous,
            "ordered": given.ordered,
            "judge": hasattr(given.judge, "high_quality"),
            "modes": len(given.by_size) > 1,
        }
        return next((LACKING[need] for need in self.needs if not met[need]), None)


CORRUPTIONS: Mapping[str, Corruption] = {
    "nothing": Corruption(nothing),
    "mode-drop": Corruption(mode_drop, ("modes",)),
    "mode-invention": Corruption(mode_invention, ("modes", "continuous")),
    "imbalance": Corruption(imbalance, ("modes",)),
    "noise": Corruption(noise, ("continuous",)),
    "blur": Corruption(blur, ("ordered", "continuous")),
    "shift": Corruption(shift, ("continuous",)),
    "scale": Corruption(scale, ("continuous",)),
    "memorisation": Corruption(memorisation),
    "duplicates": Corruption(duplicates),
    "shuffle": Corruption(shuffle, ("ordered",)),
    "grating": Corruption(grating, ("ordered", "continuous")),
    "one-coordinate": Corruption(one_coordinate, ("continuous",)),
    "violation": Corruption(violation, ("ordered", "judge")),
}
"""By name; ``nothing`` is the control."""
