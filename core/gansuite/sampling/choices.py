"""Samples that are made choice by choice: how they begin, and how sharply they are chosen."""

from __future__ import annotations

from typing import Any

from gansuite.build import Model
from gansuite.errors import UserError
from gansuite.games.choices import has_temperature


def of_choices(model: Model, folder: Any, prompt: str | None, alpha: float | None) -> dict[str, Any]:
    """How a model that makes choices in order is to sample: ``alpha`` and ``prefix``.

    Raises:
        UserError: the model makes no choices, ``alpha`` is not positive, or the prompt is none of its domain.
    """
    how: dict[str, Any] = {}
    if (alpha is not None or prompt is not None) and not has_temperature(model.game):
        raise UserError(f"{folder}: its model makes no choices in order; leave --prompt and --alpha out")
    if alpha is not None:
        if not 0 < alpha <= 1e6:
            raise UserError(f"--alpha {alpha}: give a positive number, as in --alpha 1.2")
        how["alpha"] = alpha
    if prompt is not None:
        if not hasattr(model.spec, "encode"):
            raise UserError(f"{folder}: its samples are not written from a text; leave --prompt out")
        how["prefix"] = model.spec.encode(prompt)
    return how
