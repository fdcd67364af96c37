"""Untrained models of toy recipes: what is asked of their latents has answers in closed form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from gansuite.build import Model, build_model
from gansuite.plugins.registry import registry
from gansuite.recipes import read

LINEAR: dict[str, Any] = {
    "plugin": "toy",
    "data": {"name": "signals", "count": 40, "batch_size": 8},
    "prior": {"name": "normal", "size": 3},
    "players": {"generator": {"name": "mlp", "depth": 0}, "critic": {"name": "mlp", "width": 4}},
    "game": {"name": "gan"},
    "train": {"steps": 1, "precision": "fp64"},
}


def untrained(**tables: Any) -> Model:
    """The model of the recipe above, some tables exchanged."""
    recipe = read(LINEAR | tables)
    spec = recipe.data.dataset.make().spec
    return build_model(recipe, spec, torch.device("cpu"))


@pytest.fixture
def toy_model(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Model]:
    """G(z) = W z + b on signals of 64 numbers, from 3 latents, in double precision."""
    registry()
    return untrained


@pytest.fixture
def weights() -> Callable[[Model], tuple[torch.Tensor, torch.Tensor]]:
    """W and b."""

    def found(model: Model) -> tuple[torch.Tensor, torch.Tensor]:
        generator: Any = model.game.generator
        return generator.head.weight.detach(), generator.head.bias.detach()

    return found
