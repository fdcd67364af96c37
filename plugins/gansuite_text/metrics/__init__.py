"""What texts are compared by: n-gram overlap, language models, encoders, and whoever knows the truth.

``bleu(hypotheses, references)`` and its neighbours take lists of token lists and need no run.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gansuite_text.metrics.bleu_scores import bleu, self_bleu
    from gansuite_text.metrics.kneser_ney import KneserNey
    from gansuite_text.metrics.small_lm import SmallLm

_HOME = {"KneserNey": "kneser_ney", "SmallLm": "small_lm", "bleu": "bleu_scores", "self_bleu": "bleu_scores"}

__all__ = ["KneserNey", "SmallLm", "bleu", "self_bleu"]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
