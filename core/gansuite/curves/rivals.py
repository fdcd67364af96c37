"""Whom a model is drawn beside: a twin of equal budget that learns by likelihood, and a control without a critic."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from gansuite import api
from gansuite.errors import UserError
from gansuite.folders import is_run, read_json
from gansuite.priors.none import NoLatent
from gansuite.recipes import Recipe, read

Tables = dict[str, Any]
FALLING = {"name": "core/linear", "begin": 0.5, "final": 0.05}
"""The twin's learning rate: the run's own at first, then less, as suits a likelihood."""


def twin(recipe: Recipe, spec: Any) -> Tables:
    """The recipe's generator by likelihood alone, for as many moves as the recipe's generator makes.

    Where the generator reads a latent, and so has no likelihood, or cannot be had without its game (LeakGAN's hears the
    critic), the domain's usual one stands in for it.

    Args:
        recipe: of the run.
        spec: the domain, with the table of its usual generator, ``twin``.
    """
    tables = recipe.as_dict()
    options = tables["game"]
    before = options.get("pretraining") or {}
    before = before if isinstance(before, dict) else {"likelihood": before}
    rounds = tables["train"]["steps"] - sum(before.values())
    moves = tables["dynamics"]["moves"]
    steps = before.get("likelihood", 0) * moves.get("likelihood", 1) + rounds * moves.get("generator", 1)
    player = dict(tables["players"].get("generator", {}))
    player["schedule"] = FALLING  # that of the run has its steps
    prior = recipe.prior.make(spec)
    if prior.size or not stands_alone(recipe, spec):
        player = {**spec.twin, **{key: player[key] for key in ("optimizer", "schedule", "clip") if key in player}}
    conditioning = options.get("conditioning")
    return {
        **tables,
        "name": "twin",
        "prior": {"name": "core/none"},
        "players": {"generator": player},
        "game": {"name": "core/maximum-likelihood"} | ({"conditioning": conditioning} if conditioning else {}),
        "dynamics": {"name": "core/alternating"},
        "train": {**tables["train"], "steps": steps, "checkpoint_every": steps, "sample_every": steps},
        "metrics": [],
    }


def control(recipe: Recipe) -> Tables | None:
    """The recipe with one reward for all samples; None where the critic is differentiated and there is no reward."""
    tables = recipe.as_dict()
    game = tables["game"]
    if "estimator" not in game or "rewards" not in estimator_of(recipe).needs:
        return None
    steps = tables["train"]["steps"]
    credit = dict(game["credit"])
    if "n" in credit:  # the ends of a beginning all earn the same: one will do
        credit["n"] = 1
    if "discount" in credit:  # what each choice earns counts for itself alone, else the length would be rewarded
        credit["discount"] = 0.0
    return {
        **tables,
        "name": "control",
        "game": {**game, "reward": {"name": "core/constant"}, "credit": credit},
        "train": {**tables["train"], "checkpoint_every": steps, "sample_every": steps},
        "metrics": [],
    }


def stands_alone(recipe: Recipe, spec: Any) -> bool:
    """Whether the recipe's generator can be made without its game."""
    network = recipe.players["generator"].network if "generator" in recipe.players else None
    if network is None:
        return False
    try:
        with torch.random.fork_rng(devices=[]):
            network.make(spec, NoLatent(spec))
    except (AttributeError, TypeError, UserError):
        return False
    return True


def estimator_of(recipe: Recipe) -> Any:
    """The class of the game's estimator."""
    bound = next(each for each in recipe.game.walk() if each.entry.component.kind == "estimator")
    return bound.entry.load()


def trained(tables: Mapping[str, Any], folder: Path, device: str) -> Path:
    """The finished run of these tables in ``folder``: as it is there, gone on with, or made.

    Raises:
        UserError: the folder holds a run of another recipe.
    """
    wanted = read(dict(tables))
    if not is_run(folder):
        return api.run(wanted, out=folder, device=device).folder
    if read(folder / "recipe.toml").as_dict() != wanted.as_dict():
        raise UserError(f"{folder} is of another recipe than the run's own; remove it, and it is made anew")
    if not (folder / "run.json").exists() or read_json(folder / "run.json")["status"] != "finished":
        api.resume(folder, device=device)
    return folder
