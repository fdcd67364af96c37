"""The grid of a study: recipes or a task, times factors, times seeds, as TOML."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal

from annotated_types import Gt, Le
from pydantic import Field

from gansuite.errors import UserError
from gansuite.plugins.validation import validate
from gansuite.plugins.wording import did_you_mean, show
from gansuite.recipes import Recipe, read
from gansuite.recipes.tables import Table
from gansuite.recipes.toml import read_toml
from gansuite.studies.cell import Cell

TRAIN = "gansuite.studies.train:train"
Scale = Literal["smoke", "small", "full"]
Seeds = Annotated[int, Gt(0), Le(10**4)]
Factors = dict[str, list[bool | int | float | str] | dict[str, list[str]]]


class Grid(Table):
    """A block of cells: every recipe at every combination of levels, with every seed."""

    recipes: list[str] = Field(default_factory=list)
    """files or names; none where the task is not about a recipe"""
    task: str = TRAIN
    """what is done in a cell, as "package.module:function"; the usual one trains the recipe to its end"""
    seeds: Seeds | None = None
    """number of repetitions: seeds 0, 1, ..., each as the recipe's ``seed`` or the task's argument of that name;
    absent: one, with the recipe's own seed, and a task is given none"""
    set: list[str] = Field(default_factory=list)
    """settings of every recipe, as ``--set`` takes them"""
    factors: Factors = Field(default_factory=dict)
    """what is varied. ``"data.batch_size" = [8, 16]``: the values of an option (or of a task's argument);
    ``training = { plain = [], r1 = ["game.penalties=[{name='r1'}]"] }``: named levels, each a list of settings"""


class Scaled(Table):
    """``[scale.NAME]``: what a scale changes in every block."""

    seeds: Seeds | None = None
    """number of repetitions"""
    set: list[str] = Field(default_factory=list)
    """further settings"""
    factors: Factors = Field(default_factory=dict)
    """other levels of some factors"""


class Grids(Table):
    """The file of a study."""

    grid: list[Grid]
    """the blocks"""
    scale: dict[Scale, Scaled] = Field(default_factory=dict)
    """changes for ``--scale smoke`` (seconds, for tests), ``small`` and ``full``"""


def read_grid(path: Path, scale: str) -> list[Grid]:
    """The blocks of a study's file at a scale.

    Raises:
        UserError: the file, or the scale, is not right.
    """
    whole = validate(Grids, read_toml(path), path.name)
    change = next((each for name, each in whole.scale.items() if name == scale), None)
    if change is None:
        raise UserError(f"--scale {show(scale)}: no such scale{did_you_mean(scale, whole.scale)}")
    return [
        Grid(
            recipes=grid.recipes,
            task=grid.task,
            seeds=change.seeds or grid.seeds,
            set=[*grid.set, *change.set],
            factors={name: change.factors.get(name, levels) for name, levels in grid.factors.items()},
        )
        for grid in whole.grid
    ]


def cells_of(grid: Grid) -> list[Cell]:
    """All cells of a block, seeds innermost; every recipe is read now, so that a mistake is told before any work.

    Raises:
        UserError: a recipe or a setting is not right.
    """
    named = [name for name, levels in grid.factors.items() if isinstance(levels, Mapping)]
    if not grid.recipes and (grid.set or named):
        raise UserError(f"{show((grid.set or named)[0])}: settings are for recipes, and the block names none")
    cells = []
    for source in dict.fromkeys(grid.recipes) or [None]:
        for combination in combinations(grid.factors):
            settings = [*grid.set, *itertools.chain.from_iterable(settings for _, settings in combination.values())]
            levels = {name: level for name, (level, _) in combination.items()}
            for seed in [None] if grid.seeds is None else range(grid.seeds):
                if source is None:
                    factors, arguments = levels, levels | ({} if seed is None else {"seed": seed})
                else:
                    recipe = read(source, [*settings, *([] if seed is None else [f"seed={seed}"])])
                    factors, arguments = {"recipe": source, **levels}, {"recipe": tables_of(recipe)}
                cells.append(Cell(grid.task, arguments, "", factors, seed))
    return [replace(cell, label=label) for cell, label in zip(cells, labels(cells), strict=True)]


def combinations(factors: Mapping[str, Any]) -> Iterator[dict[str, tuple[Any, list[str]]]]:
    """Every combination of levels: factor to (level as it is shown, settings that make it)."""
    for levels in itertools.product(*(levels_of(name, levels) for name, levels in factors.items())):
        yield dict(zip(factors, levels, strict=True))


def levels_of(name: str, levels: Sequence[Any] | Mapping[str, list[str]]) -> list[tuple[Any, list[str]]]:
    """The levels of a factor: named ones with their settings, or the values of an option."""
    if isinstance(levels, Mapping):
        return [(level, list(settings)) for level, settings in levels.items()]
    return [(level, [f"{name}={json.dumps(level, ensure_ascii=False)}"]) for level in levels]


def tables_of(recipe: Recipe) -> dict[str, Any]:
    """What makes a run what it is: neither its name nor a paper's figures do."""
    return {key: value for key, value in recipe.as_dict().items() if key not in ("name", "published")}


def labels(cells: Sequence[Cell]) -> list[str]:
    """A name for the row of each cell: the factors that differ between the cells, each in few words."""
    names = dict.fromkeys(name for cell in cells for name in cell.factors)
    differing = [name for name in names if len({show(cell.factors.get(name)) for cell in cells}) > 1]
    short = shortest(differing)
    sources = stems([str(cell.factors.get("recipe", "")) for cell in cells])
    told = []
    for cell, stem in zip(cells, sources, strict=True):
        words = [
            stem if name == "recipe" else f"{short[name]}={word(cell.factors[name])}"
            for name in differing
            if name in cell.factors
        ]
        told.append(" ".join(words) or stem or cell.task.rpartition(":")[2])
    return told


def word(level: Any) -> str:
    """A level as it would be typed."""
    return level if isinstance(level, str) else show(level)


def stems(sources: Sequence[str]) -> list[str]:
    """Recipes by their file's or component's name; in full where two share it."""
    short = {source: source.replace("\\", "/").rpartition("/")[2].removesuffix(".toml") for source in sources}
    alike = list(short.values())
    return [short[source] if alike.count(short[source]) == 1 else source for source in sources]


def shortest(paths: Sequence[str]) -> dict[str, str]:
    """Each dotted path by its last parts, as few as tell it from the others."""
    found = {}
    for path in paths:
        parts = path.split(".")
        tails = [".".join(parts[-k:]) for k in range(1, len(parts) + 1)]
        found[path] = next(
            (t for t in tails if not any(o != path and (o == t or o.endswith(f".{t}")) for o in paths)), path
        )
    return found
