"""Where each row of a comparison stands: its task (a data set of a domain) and its method (what is compared)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gansuite.plugins.wording import show
from gansuite.recipes import read
from gansuite.studies.cell import Cell
from gansuite.studies.grid import shortest, stems, word

DATA = "data."
OWN = ("batch_size",)
"""Options of ``[data]`` that say how the data are used and not which they are."""


@dataclass(frozen=True)
class Place:
    """Where a row stands: a method, run on a task."""

    task: str
    method: str


@dataclass(frozen=True)
class Arm:
    """What is known of a row before it is run: its first cell, the domain, and the data set's table."""

    cell: Cell
    domain: str
    data: Mapping[str, Any]

    @property
    def key(self) -> str:
        """Equal where two rows are of one task."""
        return json.dumps([self.domain, self.data], sort_keys=True)

    @property
    def source(self) -> str:
        return str(self.cell.factors["recipe"])

    @property
    def levels(self) -> dict[str, Any]:
        """What was varied, apart from the data."""
        return {name: level for name, level in self.cell.factors.items() if name != "recipe" and not of_data(name)}


def of_data(option: str) -> bool:
    """Whether an option chooses the data."""
    return option.startswith(DATA) and option.removeprefix(DATA) not in OWN


def arms_of(cells: Sequence[Cell]) -> dict[str, Arm]:
    """The rows of a comparison by their label, in their order."""
    domains: dict[str, tuple[str, Mapping[str, Any]]] = {}
    arms: dict[str, Arm] = {}
    for cell in cells:
        if cell.label in arms:
            continue
        tables = cell.arguments["recipe"]
        key = json.dumps([tables.get("plugin"), tables["data"]], sort_keys=True)
        if key not in domains:
            data = read({**tables, "name": "task"}).data
            domains[key] = data.domain.plugin, data.dataset.as_table()
        arms[cell.label] = Arm(cell, *domains[key])
    return arms


def places_of(cells: Sequence[Cell]) -> dict[str, Place]:
    """Task and method of every row, by its label.

    A task is named by its domain if the domain has no other, else by its recipe, else by its data set, with the options
    that tell it from the domain's others. A method is named by what was varied, and by its recipe where a task has
    several, or where nothing was varied.
    """
    arms = arms_of(cells)
    tasks: dict[str, list[Arm]] = {}
    for arm in arms.values():
        tasks.setdefault(arm.key, []).append(arm)
    names = task_names(tasks)
    varied = list(dict.fromkeys(name for arm in arms.values() for name in arm.levels))
    differing = [name for name in varied if len({show(arm.levels.get(name)) for arm in arms.values()}) > 1]
    short = shortest(differing)
    several = any(len({arm.source for arm in each}) > 1 for each in tasks.values())
    stem = recipe_names(tasks)
    places = {}
    for label, arm in arms.items():
        levels = [f"{short[name]}={word(arm.levels[name])}" for name in differing if name in arm.levels]
        named = [stem[arm.source]] if several or not levels else []
        places[label] = Place(names[arm.key], " ".join([*named, *levels]))
    if len(set(places.values())) < len(places):  # rows that only their label tells apart
        return {label: Place(place.task, label) for label, place in places.items()}
    return places


def recipe_names(tasks: Mapping[str, Sequence[Arm]]) -> dict[str, str]:
    """Recipes by their short names; in full where two of one task share it: in two tasks they may be one method."""
    names: dict[str, str] = {}
    for arms in tasks.values():
        sources = list(dict.fromkeys(arm.source for arm in arms))
        names |= dict(zip(sources, stems(sources), strict=True))
    return names


def task_names(tasks: Mapping[str, Sequence[Arm]]) -> dict[str, str]:
    """A name for each task."""
    domains: dict[str, list[str]] = {}
    for key, arms in tasks.items():
        domains.setdefault(arms[0].domain, []).append(key)
    names = {}
    for domain, keys in domains.items():
        data = [tasks[key][0].data for key in keys]
        told = [
            [recipe_name(tasks[key]) for key in keys],
            [str(each["name"]) for each in data],
            [described(each, data) for each in data],
        ]
        chosen = next((each for each in told if all(each) and len(set(each)) == len(keys)), told[-1])
        names |= {keys[0]: domain} if len(keys) == 1 else dict(zip(keys, chosen, strict=True))
    return names


def recipe_name(arms: Sequence[Arm]) -> str:
    """The name of the one recipe of a task; none where it has several."""
    sources = {arm.source for arm in arms}
    return stems(sorted(sources))[0] if len(sources) == 1 else ""


def described(data: Mapping[str, Any], others: Sequence[Mapping[str, Any]]) -> str:
    """The data set's component with the options that tell it from the others."""
    told = [f"{k}={word(v)}" for k, v in data.items() if k != "name" and any(show(o.get(k)) != show(v) for o in others)]
    return " ".join([str(data["name"]), *told])
