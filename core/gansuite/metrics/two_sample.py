"""What all two-sample metrics share: their contract, the check of their input, and the way to an estimate."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from gansuite.errors import UserError
from gansuite.metrics.estimate import Estimate, Interval
from gansuite.metrics.jackknife import Jackknife, block_labels, jackknife_of

Features = Tensor | np.ndarray
MINIMUM = 4
"""Rows below which no metric is taken."""


class MetricError(UserError, ValueError):
    """Features that a metric cannot compare; the line says which and why."""


@runtime_checkable
class Metric(Protocol):
    """A statistic over features; its constructor takes keyword-only options.

    A metric that ``needs`` "features" compares those of an extractor; one that needs a "judge" is given the samples
    themselves and ``judge=``, the data set's own (see its documentation), and may return several estimates, named
    ``name/part``. ``floor`` are features of other real samples, ``untrained`` those of the generator before its first
    step; all sets have n rows. The estimate then carries the metric at both, and the value normalised between them.
    """

    name: str
    needs: str
    direction: str

    def __call__(
        self,
        real: Float[Tensor, "n d"],
        fake: Float[Tensor, "n d"],
        *,
        floor: Float[Tensor, "n d"] | None = None,
        untrained: Float[Tensor, "n d"] | None = None,
        seed: int = 0,
        **judge: Any,
    ) -> Estimate | Sequence[Estimate]: ...


def checked(**sets: Features | None) -> list[Float[Tensor, "n d"]]:
    """The given sets as float64 tensors on one device, centred at the mean of the first.

    Centring loses nothing (the metrics are translation invariant) and saves the digits that a large offset costs.

    Raises:
        MetricError: a set is not [n, d], is not finite, has fewer than 4 rows, or differs in n or d from the first.
    """
    tensors = {name: torch.as_tensor(x).detach() for name, x in sets.items() if x is not None}
    first, reference = next(iter(tensors.items()))
    device = torch.device("cpu") if reference.device.type == "mps" else reference.device  # MPS has no float64
    for name, x in tensors.items():
        if x.dim() != 2:
            raise MetricError(f"{name} features have shape {list(x.shape)}: give one row per sample, [n, d]")
        if x.shape[1] != reference.shape[1]:
            raise MetricError(
                f"{name} features have {x.shape[1]} dimensions and {first} ones {reference.shape[1]}: "
                "take both from one extractor"
            )
        if x.shape[0] != reference.shape[0]:
            raise MetricError(
                f"{x.shape[0]} {name} rows against {reference.shape[0]} {first} rows: the bias of a metric depends "
                "on n, so give equal numbers"
            )
        if x.shape[0] < MINIMUM:
            raise MetricError(f"{x.shape[0]} {name} rows are too few: give at least {MINIMUM}")
        if not torch.isfinite(x).all():
            raise MetricError(f"{name} features are not finite: look for NaN or overflow in the samples")
    doubles = [x.to(device, torch.float64) for x in tensors.values()]
    pivot = doubles[0].mean(0)
    return [x - pivot for x in doubles]


def compared(
    name: str,
    statistic: Callable[[int | None], Sequence[float]],
    n: int,
    *,
    sets: Sequence[str],
    seed: int,
    method: str,
    direction: str = "min",
    correct: bool = True,
    level: float = 0.95,
    extras: Mapping[str, Any] | None = None,
) -> Estimate:
    """Jackknife the metric of every set in ``sets`` against the real samples and make one estimate of them.

    Args:
        statistic: the metric of each set, on all rows (None) or without block b; see ``jackknife_of``. Its blocks are
            ``block_labels(n, seed=seed)`` in every set.
        sets: what the statistics are, in order: "fake", then "floor" and "untrained" where given.
    """
    found = jackknife_of(statistic, block_labels(n, seed=seed), correct=correct)
    value = found.of(0, level)
    at = {label: float(x) for label, x in zip(sets, found.value, strict=True)}
    return Estimate(
        name=name,
        value=value.value,
        low=value.low,
        high=value.high,
        n_real=n,
        n_fake=n,
        method=method,
        level=level,
        direction=direction,
        seed=seed,
        floor=at.get("floor"),
        untrained=at.get("untrained"),
        normalised=normalised(found, level) if tuple(sets) == ("fake", "floor", "untrained") else None,
        extras=dict(extras or {}),
    )


def normalised(found: Jackknife, level: float = 0.95) -> Interval | None:
    """(value - floor) / (untrained - floor) with its interval from the joint jackknife of the three.

    None where the untrained generator is not told from real data (its distance to the floor is within the
    error), for then the ratio has no meaning.
    """
    value, floor, untrained = found.value
    span = untrained - floor
    if abs(span) <= 2 * found.error([0.0, -1.0, 1.0]) or not np.isfinite(span):
        return None
    ratio = (value - floor) / span
    return found.interval(float(ratio), np.array([1.0, ratio - 1.0, -ratio]) / span, level)
