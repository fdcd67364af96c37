"""gansuite: train, compare and judge generative adversarial networks on audio, text, graphs and images.

>>> import gansuite
>>> run = gansuite.run("recipes/wavegan.toml")      # doctest: +SKIP
>>> gansuite.sample(run.folder, 16, seed=1)         # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gansuite.api import evaluate, load, resume, run, sample, write_report
    from gansuite.curves.curves import draw_curves
    from gansuite.recipes import read as read_recipe

__version__ = "0.1.0"
__all__ = ["__version__", "draw_curves", "evaluate", "load", "read_recipe", "resume", "run", "sample", "write_report"]


def __getattr__(name: str) -> Any:
    """Import the API at its first use: ``import gansuite`` alone stays instant."""
    if name == "read_recipe":
        from gansuite.recipes import read

        return read
    if name == "draw_curves":
        from gansuite.curves.curves import draw_curves

        return draw_curves
    if name in __all__:
        from gansuite import api

        return getattr(api, name)
    raise AttributeError(f"module 'gansuite' has no attribute {name!r}")
