"""How little of a change turns the critic's verdict on a generated sample."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any

import numpy as np
import torch
from annotated_types import Ge, Gt
from jaxtyping import Float
from torch import Tensor

from gansuite.metrics.estimate import Estimate, Interval
from gansuite.metrics.metric import MINIMUM
from gansuite.metrics.models.latents import numbers, slope
from gansuite.metrics.models.points import as_estimate, median, share
from gansuite.metrics.models.verdict import judge_of
from gansuite.metrics.subject import Subject

Margin = Callable[[Tensor], Tensor]
DOUBLINGS = 10  # of the first guess, until a change is given up
BISECTIONS = 8  # of the radius
REFINEMENTS = 24  # along the direction found


class CriticRobustness:
    """Euclidean length of the smallest change that makes a critic call a sample real that it called generated.

        critic-robustness             median over generated samples of min |p| : D(G(z) + p) says real
        critic-robustness/random      the same along a random direction (either way)
        critic-robustness/accidental  share of the smallest changes that do not bring the sample nearer to real ones

    The critic stands still. From the linear guess |D| / |grad D| the radius is doubled until projected gradient ascent
    turns the verdict, then bisected, and the change found is shortened along its direction: an upper bound of the
    smallest length. A change of verdict that does not bring the sample nearer to its nearest real sample is a fault of
    the critic, and a generator that follows it learns nothing.

    The verdict changes at the objective's own undecided score (0 for logits and hinge, 1/2 for least squares); where
    there is none (Wasserstein), at the midpoint of the mean scores of real and generated samples, and the length then
    says how far apart the critic holds them. A critic of packs judges packs, whose changes are measured as a whole.

    Args:
        points: generated samples (packs) at most, of which those called real are left out.
        steps: of the ascent at each radius.

    Source: Odena (2019), problem 7; Szegedy et al. (2014); Madry et al. (2018).
    """

    name = "critic-robustness"
    needs = "model"
    direction = "max"
    meaning = "Length of the smallest change that makes the critic call a generated sample real."

    def __init__(self, *, points: Annotated[int, Ge(4)] = 128, steps: Annotated[int, Gt(0)] = 10) -> None:
        self.points, self.steps = points, steps

    def __call__(self, subject: Subject, *, untrained: Subject | None = None, seed: int = 0) -> Sequence[Estimate]:
        """The three estimates; NaN, with a warning, where the critic calls fewer than 4 samples generated.

        Raises:
            MetricError: no critic of samples, no latent, or samples of integers.
        """
        lengths, random, accidental, extras = self.attacked(subject)
        before = {} if untrained is None else {"untrained": self.typical(untrained)}
        n, nan = len(lengths), float("nan")
        if n >= MINIMUM:
            accident = share(accidental, int(extras["turned"]) or 1)
            found = {"": median(lengths), "random": median(random), "accidental": accident}
        else:
            found = dict.fromkeys(("", "random", "accidental"), Interval(nan, nan, nan))
            extras["warning"] = f"the critic calls {n} samples generated: too few to turn"
        methods = ["median of upper bounds; order statistics", "median; order statistics", "share; Wilson score"]
        return [
            as_estimate(
                self,
                interval,
                part,
                n,
                method=method,
                seed=seed,
                direction="min" if part == "accidental" else "max",
                extras={} if part else extras,
                **({} if part else before),
            )
            for (part, interval), method in zip(found.items(), methods, strict=True)
        ]

    def typical(self, subject: Subject) -> float:
        """The median length alone; NaN where there is nothing to turn."""
        lengths = self.attacked(subject)[0]
        return median(lengths).value if len(lengths) else float("nan")

    def attacked(self, subject: Subject) -> tuple[np.ndarray, np.ndarray, int, dict[str, Any]]:
        """Smallest lengths, lengths along a random direction, accidental turns, and what else there is to tell."""
        game = subject.critical()
        m: int = game.group
        n = min(self.points, max(subject.n // m, 1)) * m
        z = subject.latents(n, self.name)
        codes = None if game.conditioning is None else game.conditioning.chance(n, subject.rng("labels"))
        with torch.no_grad():
            fake = subject.generate(z, codes)
        real = subject.real(min(subject.n, subject.dataset.count(subject.split)) // m * m)
        judge = judge_of(subject, real, fake, codes)
        x, shape = numbers(subject, fake), fake.shape
        with torch.no_grad():
            called = judge.margin(fake, codes) < 0
        packs = x.unflatten(0, (-1, m)).flatten(1)[called]
        rows = None if codes is None else codes.unflatten(0, (-1, m))[called].flatten(0, 1)

        def margin(p: Tensor) -> Tensor:
            return judge.margin(p.reshape(-1, *shape[1:]), rows)

        extras: dict[str, Any] = {
            "threshold": judge.threshold,
            "natural": judge.natural,
            "called_fake": len(packs),
            "turned": 0,
        }
        if not len(packs):
            return np.zeros(0), np.zeros(0), 0, extras
        change = smallest(margin, packs, self.steps)
        lengths = change.norm(dim=1)
        away = along_random(margin, packs, subject.rng(self.name, "random").normal(*packs.shape))
        turned = lengths.isfinite()
        known = numbers(subject, real).to(packs)
        before, after = (nearest(p.unflatten(1, (m, -1)), known) for p in (packs, packs + change))
        accidental = int((after >= before)[turned].sum())
        extras |= {"turned": int(turned.sum()), "share_called_fake": len(packs) / (n // m)}
        return lengths.double().cpu().numpy(), away.double().cpu().numpy(), accidental, extras


def smallest(margin: Margin, x: Float[Tensor, "n d"], steps: int) -> Float[Tensor, "n d"]:
    """The smallest change of each row that lifts its margin above 0, as far as ascent finds it; infinite: none.

    ``margin`` takes all rows at once and judges each by itself.
    """
    start, rise = climb(margin, x)
    radius = (-start / rise.norm(dim=1).clamp_min(1e-12)).clamp(1e-12, 1e12).to(x.dtype)
    radius = radius * (1 + 1e-3)  # a linear critic turns at once
    low, high = torch.zeros_like(radius), torch.full_like(radius, torch.inf)
    best = torch.full_like(x, torch.inf)
    for trial in range(DOUBLINGS + BISECTIONS):
        found, turned = ascend(margin, x, rise, radius, steps)
        best = torch.where((turned & (radius < high))[:, None], found, best)
        high, low = (
            torch.where(turned, torch.minimum(high, radius), high),
            torch.where(turned, low, torch.maximum(low, radius)),
        )
        radius = torch.where(high.isfinite(), (low + high) / 2, radius * 2 if trial < DOUBLINGS else radius)
    return shortened(margin, x, best)


def climb(margin: Margin, x: Float[Tensor, "n d"]) -> tuple[Float[Tensor, " n"], Float[Tensor, "n d"]]:
    """Margins and their slopes."""
    x = x.detach().requires_grad_()
    with torch.enable_grad():
        value = margin(x)
        return value.detach(), slope(value, x)


def ascend(
    margin: Margin, x: Float[Tensor, "n d"], rise: Float[Tensor, "n d"], radius: Float[Tensor, " n"], steps: int
) -> tuple[Float[Tensor, "n d"], Tensor]:
    """The change of highest margin on each row's ball by projected ascent along the slope, and whether it turned it."""
    change = radius[:, None] * unit(rise)
    best, top = change, None
    for i in range(steps + 1):
        value, rise = climb(margin, x + change)
        better = value > (value.new_full((), -torch.inf) if top is None else top)
        best = torch.where(better[:, None], change, best)
        top = value if top is None else torch.maximum(top, value)
        # Steps shrink from the radius on: a ball is crossed at first, and its top settled on at last.
        change = change + (radius * (1 - i / (steps + 1)))[:, None] * unit(rise)
        change = change * (radius / change.norm(dim=1).clamp_min(1e-12)).clamp_max(1)[:, None]
    assert top is not None
    return best, top > 0


def shortened(margin: Margin, x: Float[Tensor, "n d"], change: Float[Tensor, "n d"]) -> Float[Tensor, "n d"]:
    """Each change shortened along its direction to where the verdict turns; infinite ones stay."""
    known = torch.where(change.isfinite(), change, 0.0)
    low, high = torch.zeros_like(known[:, 0]), torch.ones_like(known[:, 0])
    with torch.no_grad():
        for _ in range(REFINEMENTS):
            middle = (low + high) / 2
            turned = margin(x + middle[:, None] * known) > 0
            low, high = torch.where(turned, low, middle), torch.where(turned, middle, high)
    return torch.where(change.isfinite(), high[:, None] * known, change)


def along_random(margin: Margin, x: Float[Tensor, "n d"], directions: Float[Tensor, "n d"]) -> Float[Tensor, " n"]:
    """The length at which each row's verdict turns along its direction or against it; infinite: not within reach."""
    v = unit(directions.to(x.dtype))
    start, rise = climb(margin, x)
    first = (-start / rise.norm(dim=1).clamp_min(1e-12)).clamp(1e-12, 1e12).to(x.dtype)
    lengths = []
    for way in (v, -v):
        change = torch.full_like(x, torch.inf)
        with torch.no_grad():
            for i in range(DOUBLINGS + 1):
                try_it = (first * 2.0**i)[:, None] * way
                new = (margin(x + try_it) > 0) & ~change[:, 0].isfinite()
                change = torch.where(new[:, None], try_it, change)
        lengths.append(shortened(margin, x, change).norm(dim=1))
    return torch.minimum(*lengths)


def nearest(packs: Float[Tensor, "n m d"], real: Float[Tensor, "k d"]) -> Float[Tensor, " n"]:
    """Distance of each sample from the nearest real one, as the mean over its pack; infinite changes stay so."""
    known = torch.where(packs.isfinite(), packs, 0.0)
    return torch.cdist(known.double().flatten(0, 1), real.double()).min(1).values.unflatten(0, packs.shape[:2]).mean(1)


def unit(x: Float[Tensor, "n d"]) -> Float[Tensor, "n d"]:
    """Rows of length 1; 0 where there is no direction."""
    return x / x.norm(dim=1, keepdim=True).clamp_min(1e-12)
