"""Estimates with their uncertainty: two-sample statistics over features, and the evaluator that feeds them.

Files are named by the idea and functions by the metric, so that a module never hides the function it defines.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gansuite.metrics.estimate import Estimate, Interval
    from gansuite.metrics.evaluation import Evaluator, Plan
    from gansuite.metrics.frechet_distance import Frechet, frechet
    from gansuite.metrics.jackknife import Jackknife, jackknife_of
    from gansuite.metrics.kernel_distance import KAD, kad
    from gansuite.metrics.two_sample import Metric, MetricError

_HOME = {
    "Estimate": "estimate",
    "Evaluator": "evaluation",
    "Frechet": "frechet_distance",
    "Interval": "estimate",
    "Jackknife": "jackknife",
    "KAD": "kernel_distance",
    "Metric": "two_sample",
    "MetricError": "two_sample",
    "Plan": "evaluation",
    "frechet": "frechet_distance",
    "jackknife_of": "jackknife",
    "kad": "kernel_distance",
}

__all__ = [
    "KAD",
    "Estimate",
    "Evaluator",
    "Frechet",
    "Interval",
    "Jackknife",
    "Metric",
    "MetricError",
    "Plan",
    "frechet",
    "jackknife_of",
    "kad",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
