"""From values at independent points (test samples, latents, blocks of data) to an estimate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from scipy.special import betainc, stdtrit

from gansuite.metrics.estimate import Estimate, Interval
from gansuite.metrics.metric import MetricError
from gansuite.metrics.statistics.modes import wilson

LEVEL = 0.95


def student(values: np.ndarray, level: float = LEVEL) -> Interval:
    """The mean of independent values [n] with Student's interval."""
    mean, n = float(values.mean()), len(values)
    half = float(stdtrit(n - 1, (1 + level) / 2)) * float(values.std(ddof=1)) / n**0.5
    return Interval(mean, mean - half, mean + half)


def median(values: np.ndarray, level: float = LEVEL) -> Interval:
    """The median of independent values [n] (infinite ones too), with the interval of the order statistics.

    x_(r) .. x_(n + 1 - r) with the largest r for which P(Binomial(n, 1/2) < r) is at most (1 - level) / 2.
    """
    ordered, n = np.sort(values), len(values)
    below = betainc(n - np.arange(n // 2 + 1), np.arange(n // 2 + 1) + 1.0, 0.5)  # P(Binomial(n, 1/2) <= r)
    r = int((below <= (1 - level) / 2).sum())  # the interval is all there is where even the extremes are too near
    low, high = (ordered[r - 1], ordered[n - r]) if r else (0.0, np.inf)
    middle = ordered[(n - 1) // 2], ordered[n // 2]
    return Interval(float(middle[0] if middle[0] == middle[1] else sum(middle) / 2), float(low), float(high))


def share(hits: int, n: int, level: float = LEVEL) -> Interval:
    """A share with Wilson's score interval."""
    low, high = wilson(torch.tensor([hits]), n, level)
    value = hits / n  # which is an end where all or none are hits, but for rounding
    return Interval(value, min(value, float(low) / n), max(value, float(high) / n))


def ratio(values: np.ndarray, untrained: np.ndarray, ideal: float, level: float = LEVEL) -> Interval | None:
    """(mean value - ideal) / (mean untrained - ideal), both at the same points; None where the span may be 0."""
    span = float(untrained.mean()) - ideal
    if not np.isfinite(span) or abs(span) <= 2 * float(untrained.std(ddof=1)) / len(untrained) ** 0.5:
        return None
    found = (float(values.mean()) - ideal) / span
    around = student((values - found * untrained) / span, level)  # to first order
    half = (around.high - around.low) / 2
    return Interval(found, found - half, found + half)


def of_points(
    metric: Any,
    values: np.ndarray,
    part: str = "",
    *,
    untrained: np.ndarray | None = None,
    ideal: float | None = None,
    direction: str | None = None,
    n: int | None = None,
    seed: int = 0,
    method: str = "mean; Student over points",
    extras: Mapping[str, Any] | None = None,
) -> Estimate:
    """The mean over points as an estimate; ``untrained`` are the values at the same points of an untrained model.

    A point may stand for several samples: ``n`` of them in all.

    Raises:
        MetricError: fewer than two points, or a value that is not finite.
    """
    if len(values) < 2:
        raise MetricError(f"{metric.name}: {len(values)} points are too few for an interval: give at least 2")
    if not np.isfinite(values).all():
        raise MetricError(
            f"{metric.name}: {int((~np.isfinite(values)).sum())} values are not finite: look at the samples"
        )
    paired = untrained is not None and len(untrained) == len(values) and ideal is not None
    return as_estimate(
        metric,
        student(values),
        part,
        n or len(values),
        untrained=None if untrained is None else float(untrained.mean()),
        ideal=ideal,
        direction=direction,
        normalised=ratio(values, untrained, ideal) if paired else None,  # pyright: ignore[reportArgumentType]
        seed=seed,
        method=method,
        extras=extras,
    )


def as_estimate(
    metric: Any,
    found: Interval,
    part: str,
    n: int,
    *,
    method: str,
    direction: str | None = None,
    seed: int = 0,
    extras: Mapping[str, Any] | None = None,
    **more: Any,
) -> Estimate:
    """A part of a metric of the model from its value and interval; ``n`` points were looked at."""
    return Estimate(
        f"{metric.name}/{part}" if part else metric.name,
        found.value,
        found.low,
        found.high,
        n,
        n,
        method,
        LEVEL,
        direction or metric.direction,
        seed,
        extras=dict(extras or {}),
        **more,
    )
