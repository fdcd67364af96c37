"""A round of a recipe on PyTorch's meta device."""

from __future__ import annotations

import warnings

from gansuite.recipes import Recipe
from gansuite.testing.device import play_on_meta


def plays_all_its_turns(recipe: Recipe) -> None:
    """A round needs no host, and plays every turn that the recipe has."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a critic that couples a small batch
        experiment = play_on_meta(recipe, rounds=1)
    assert {p.device.type for p in experiment.game.parameters()} == {"meta"}
    played = {note.partition("/")[0] for note in experiment.engine.ledger.notes}
    assert played == set(recipe.dynamics.moves)
