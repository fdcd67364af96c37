"""A number with its error: the only shape in which gansuite shows a measurement."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Interval:
    """A value with the ends of its confidence interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value + 0.0:.3g} [{self.low + 0.0:.3g}, {self.high + 0.0:.3g}]"


@dataclass(frozen=True)
class Estimate:
    """A metric's value, its interval, and everything needed to compare it with another one.

    ``floor`` is the same metric between real samples and other real samples at the same n; ``untrained`` the same
    metric for the generator before its first step. ``normalised`` puts the value between the two: 0 is as
    good as held-out real data, 1 is nothing learnt. ``direction`` is "min", "max", or "target" where ``ideal`` (or the
    floor) is best and both sides of it are worse.
    """

    name: str
    value: float
    low: float
    high: float
    n_real: int
    n_fake: int
    method: str
    level: float = 0.95
    direction: str = "min"
    seed: int | None = None
    extractor: str | None = None
    reference: str | None = None
    floor: float | None = None
    untrained: float | None = None
    ideal: float | None = None
    normalised: Interval | None = None
    extras: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.name} {self.value:.4g} [{self.low:.4g}, {self.high:.4g}]"

    def as_dict(self) -> dict[str, Any]:
        """Plain numbers and strings, ready for JSON: what is not finite becomes None (JSON knows no NaN)."""
        return _finite(asdict(self))


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: _finite(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(each) for each in value]
    return value
