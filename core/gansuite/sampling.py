"""What ``gansuite sample`` asks of a trained model: a way through its latents, and how the files are to be written."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch

from gansuite.build import Model, make_writer, writer_of
from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.games.choices import has_temperature
from gansuite.plugins.registry import registry
from gansuite.plugins.signature import option_types
from gansuite.priors.walk import walk
from gansuite.recipes import Recipe


def interpolate(model: Model, corners: int, steps: int, seed: int, condition: Any = None) -> Any:
    """Samples on the way through ``corners`` latents, (corners - 1) · steps + 1 in order; the first latent comes first.

    The way is the prior's: an arc for normal latents, a line for uniform ones. All else that is random, the condition
    included, is the same at every point, which is why each is made by itself.

    Raises:
        UserError: the model has no latents, or there is no such condition.
    """
    game = model.game
    prior: Any = getattr(game, "prior", None)
    if not getattr(prior, "size", 0):
        raise UserError("this model has no latents, so there is no way from one to another; leave --interpolate out")
    parameter = next(game.parameters())
    z = walk(prior, prior.sample(corners, Rng(seed, "walk", device=parameter.device)).to(parameter.dtype), steps)
    conditioning: Any = getattr(game, "conditioning", None)
    if condition is not None:
        code = game.condition(condition, 1)
    else:
        code = conditioning.chance(1, Rng(seed, "walk-code", device=parameter.device)) if conditioning else None
    with torch.no_grad(), model.at_rest():
        points = [game.sample_at(each, Rng(seed, "walk-else", device=parameter.device), code) for each in z.split(1)]
        samples = game.space.cat(points)
        return samples if model.representation is None else model.decoded(samples, 64)


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


def chosen_writer(recipe: Recipe, spec: Any, options: Mapping[str, Any]) -> Any:
    """The run's writer with these options in the place of its own; those that are None are left as they are.

    Raises:
        UserError: the writer has no such option, or refuses its value.
    """
    wanted = {name: value for name, value in options.items() if value is not None}
    if not wanted:
        return make_writer(recipe, spec)
    bound = writer_of(recipe, spec)
    known = list(option_types(bound.entry.load()))
    for name, value in wanted.items():
        if name not in known:
            has = f"it has {', '.join(known)}" if known else "it has none"
            raise UserError(f"--{name} {value}: the writer {bound.entry.component.name} has no option {name}; {has}")
    table = bound.as_table() | {"name": bound.entry.address} | wanted
    return registry().bind("writer", table, "[writer]").make(spec)


def write(writer: Any, samples: Any, folder: Path, stem: str, in_order: bool) -> list[Path]:
    """Write samples; as one file where they come in order and the writer can join them (``write_sequence``)."""
    if in_order and hasattr(writer, "write_sequence"):
        return writer.write_sequence(samples, folder, stem)
    return writer.write(samples, folder, stem)


def stems(conditions: Sequence[Any]) -> list[str]:
    """What the names of files begin with under each condition: nothing, where there is only one."""
    if len(conditions) == 1:
        return [""]
    names = [slug(each) for each in conditions]
    return [f"{name}-" if names.count(name) == 1 else f"{name}-{i}-" for i, name in enumerate(names)]


def slug(value: Any) -> str:
    """A value as a part of a file's name."""
    return re.sub(r"[^A-Za-z0-9]+", "-", str(value))
