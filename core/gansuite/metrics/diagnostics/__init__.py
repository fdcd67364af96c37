"""What is wrong with a run, as far as samples and scores show it: ``diagnose`` and the statistics behind it."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gansuite.metrics.diagnostics.critics import pull
    from gansuite.metrics.diagnostics.dimension import intrinsic_dimension
    from gansuite.metrics.diagnostics.examination import diagnose
    from gansuite.metrics.diagnostics.finding import Finding

_HOME = {"Finding": "finding", "diagnose": "examination", "intrinsic_dimension": "dimension", "pull": "critics"}

__all__ = ["Finding", "diagnose", "intrinsic_dimension", "pull"]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
