"""Public helpers for those who write plugins."""

from __future__ import annotations

from gansuite.testing.check import check_plugin
from gansuite.testing.isolation import isolated_plugins

__all__ = ["check_plugin", "isolated_plugins"]
