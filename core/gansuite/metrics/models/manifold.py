"""Precision and recall where the data's manifold is known: the measure of "Are GANs Created Equal?"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Protocol, runtime_checkable

import numpy as np
import torch
from annotated_types import Ge, Gt
from jaxtyping import Bool, Float
from torch import Tensor

from gansuite.metrics.estimate import Estimate, Interval
from gansuite.metrics.metric import MetricError
from gansuite.metrics.models.inversion import IvOM
from gansuite.metrics.models.latents import numbers
from gansuite.metrics.models.points import as_estimate, ratio, share
from gansuite.metrics.subject import Subject

BATCH = 256  # samples made at a time


@runtime_checkable
class ManifoldJudge(Protocol):
    """What knows the manifold on which a data set lies; samples come as float32 [n, d], flattened."""

    tolerance: float
    """The distance up to which a sample counts as one of the data's."""

    unit: float
    """A distance of two samples is ``unit ‖x - y‖``."""

    def away(self, samples: Float[Tensor, "n d"]) -> Float[Tensor, " n"]:
        """The distance of each sample from the manifold, or an upper limit of it."""
        ...


class ManifoldPrecisionRecall:
    """Three numbers, with d the distance of the data set's judge and δ the tolerance:

        manifold-precision-recall/precision  P = #{generated y : d(y, manifold) <= δ} / n
        manifold-precision-recall/recall     R = #{held-out x : min_z d(x, G(z)) <= δ} / points
        manifold-precision-recall/f1         2 P R / (P + R), 0 where both are

    The minimum over latents is that of ``ivom``, an upper limit, so R is a lower one; a judge that gives upper limits
    makes P one, too. Intervals: Wilson's score for the shares, and from their ends (Zou & Donner's way) for F1. The
    floor of P is the share of held-out real samples within δ, the ideal R is 1.

    Args:
        tolerance: δ, in the judge's units; absent: the judge's own.
        points: held-out samples that are looked for, at most.
        restarts: descents for each.
        steps: of a descent.
        rate: its first learning rate, in units of Gaussian numbers.

    Source: Lucic et al., Are GANs Created Equal? (2018), section 5.2; Zou & Donner, Statistics in Medicine 27 (2008).
    """

    name = "manifold-precision-recall"
    needs = "model"
    direction = "max"
    meaning = "Share of samples that lie on the data's manifold, and of held-out ones that the generator can make."

    def __init__(
        self,
        *,
        tolerance: Annotated[float, Gt(0)] | None = None,
        points: Annotated[int, Ge(2)] = 64,
        restarts: Annotated[int, Gt(0)] = 4,
        steps: Annotated[int, Gt(0)] = 200,
        rate: Annotated[float, Gt(0)] = 0.1,
    ) -> None:
        self.tolerance, self.points = tolerance, points
        self.nearest = IvOM(points=points, restarts=restarts, steps=steps, rate=rate)

    def __call__(self, subject: Subject, *, untrained: Subject | None = None, seed: int = 0) -> Sequence[Estimate]:
        """The three estimates.

        Raises:
            MetricError: the data's manifold is not known, or as of ``ivom``.
        """
        judge = judge_of(subject)
        delta = judge.tolerance if self.tolerance is None else self.tolerance
        real = numbers(subject, subject.real(subject.n)).float()
        floors = float((judge.away(real) <= delta).double().mean()), 1.0
        hits = self.hits(subject, subject, judge, delta)
        former = None if untrained is None else self.hits(untrained, subject, judge, delta)
        shares, before = shares_of(hits), [None, None] if former is None else shares_of(former)
        ratios = [None if former is None else ratio(hits[i], former[i], floors[i]) for i in (0, 1)]
        rows = [
            ("precision", "share of samples; Wilson score", shares[0], floors[0], before[0], ratios[0]),
            ("recall", "share of held-out points; Wilson score", shares[1], floors[1], before[1], ratios[1]),
        ]
        both, floor = harmonic(*shares), harmonic_mean(*floors)
        old = None if former is None else harmonic(*shares_of(former))
        normalised = None if old is None else between(both, floor, old)
        rows.append(("f1", "harmonic mean; from both shares' ends (Zou & Donner)", both, floor, old, normalised))
        extras = {"split": subject.split, "tolerance": delta}
        return [
            as_estimate(
                self,
                found,
                part,
                len(hits[0] if part == "precision" else hits[1]),
                method=method,
                seed=seed,
                extras=extras,
                floor=floor,
                ideal=1.0,
                untrained=None if old is None else old.value,
                normalised=normalised,
            )
            for part, method, found, floor, old, normalised in rows
        ]

    def hits(
        self, subject: Subject, data: Subject, judge: ManifoldJudge, tolerance: float
    ) -> tuple[Float[np.ndarray, " n"], Float[np.ndarray, " m"]]:
        """Whether each generated sample is near the manifold, and each held-out one of ``data`` near a generated."""
        near = judge.away(generated(subject, data.n)) <= tolerance
        squares = self.nearest.distances(subject, data, data.split, min(self.points, data.n))
        return as_numbers(near), (judge.unit * np.sqrt(squares) <= tolerance).astype(float)


def judge_of(subject: Subject) -> ManifoldJudge:
    """The judge of the data, where its distances are those of the samples that the networks make.

    Raises:
        MetricError: there is none.
    """
    judge: Any = getattr(subject.dataset, "judge", None)
    if not isinstance(judge, ManifoldJudge):
        raise MetricError("manifold-precision-recall: the data set knows no manifold to be near to; leave it out")
    if hasattr(subject.dataset, "representation"):
        raise MetricError(
            "manifold-precision-recall: distances are those of the data, and the networks see another form"
        )
    return judge


@torch.no_grad()
def generated(subject: Subject, n: int) -> Float[Tensor, "n d"]:
    """``n`` samples of the model, all their numbers side by side."""
    return torch.cat([numbers(subject, subject.generate(z)).float() for z in subject.latents(n).split(BATCH)])


def shares_of(hits: Sequence[Float[np.ndarray, " _"]]) -> list[Interval]:
    """The share of hits among samples, and among points."""
    return [share(int(each.sum()), len(each)) for each in hits]


def as_numbers(hits: Bool[Tensor, " n"]) -> Float[np.ndarray, " n"]:
    return hits.double().cpu().numpy()


def harmonic_mean(p: float, r: float) -> float:
    """2 p r / (p + r), 0 where both are."""
    return 2 * p * r / (p + r) if p + r else 0.0


def harmonic(p: Interval, r: Interval) -> Interval:
    """The harmonic mean of two independent positive numbers with the intervals of their own.

    1/F = (1/p + 1/r) / 2 is a sum, whose ends lie from it by the root of the sum of squares of the terms' own ends.
    Where one of them is 0, so is F, and the upper ends' harmonic mean is its upper end.

    Source: Zou & Donner, Construction of confidence limits about effect measures, Statistics in Medicine 27 (2008).
    """
    value = harmonic_mean(p.value, r.value)
    if not value or not p.low or not r.low:
        return Interval(value, 0.0, harmonic_mean(p.high, r.high))
    centre = 1 / p.value + 1 / r.value
    below = np.hypot(1 / p.value - 1 / p.high, 1 / r.value - 1 / r.high)
    above = np.hypot(1 / p.low - 1 / p.value, 1 / r.low - 1 / r.value)
    return Interval(value, float(2 / (centre + above)), float(2 / (centre - below)))


def between(found: Interval, floor: float, untrained: Interval) -> Interval | None:
    """A value and its ends between floor (0) and untrained (1), whose own errors are left out; None at one place."""
    span = untrained.value - floor
    if untrained.low <= floor <= untrained.high:
        return None
    value, *ends = ((each - floor) / span for each in (found.value, found.low, found.high))
    return Interval(value, min(ends), max(ends))
