"""A sweep as it was asked for, and as it is kept: every recipe read, every end of every range tried."""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from annotated_types import Ge, Gt, Le
from pydantic import Field

from gansuite.errors import UserError
from gansuite.metrics.metric import MINIMUM
from gansuite.plugins.validation import validate
from gansuite.plugins.wording import did_you_mean, one_line, show
from gansuite.recipes import Recipe, read
from gansuite.recipes.locate import locate
from gansuite.recipes.merge import parse_setting
from gansuite.recipes.tables import Table
from gansuite.recipes.toml import read_toml
from gansuite.studies.grid import stems, tables_of
from gansuite.sweep.space import Parameter, Range, parameter, spread, suited

CORNERS = 64
"""Combinations of ends that are read before anything runs; of more, the first ones are."""
PLACE = ("recipe", "trial", "phase")
"""What a run is known by besides the values that it drew."""
GROWS = ("trials", "final_seeds")
"""What a later call may ask more of."""


Splits = tuple[str | None, str | None]


class Further(Table):
    """``[recipe."NAME"]``: what one recipe has besides."""

    space: dict[str, Range] = Field(default_factory=dict)
    """further ranges; one of a name that is there already takes its place"""


class Asked(Table):
    """A sweep's file."""

    recipes: Annotated[list[str], Field(min_length=1)]
    """files or names: the arms, each of which gets as many trials"""
    metric: str
    """what is searched for, by its name in the results, such as ``kad`` or ``modes/f1``; its direction is its own"""
    trials: Annotated[int, Gt(0), Le(10**6)] = 20
    """trials of each recipe"""
    search: Literal["random", "tpe"] = "random"
    """how values are drawn: independently, or by a tree-structured Parzen estimator from what came of those before"""
    seed: Annotated[int, Ge(0), Le(10**9)] = 0
    """of the draws and of the runs"""
    final_seeds: Annotated[int, Ge(0), Le(10**6)] = 5
    """fresh seeds with which the winner of each recipe is run again"""
    defaults_first: bool = True
    """whether the first trial of each recipe has the recipe's own values"""
    set: list[str] = Field(default_factory=list)
    """settings of all runs"""
    space: dict[str, Range] = Field(default_factory=dict)
    """the ranges of all recipes"""
    recipe: dict[str, Further] = Field(default_factory=dict)
    """further ranges of single ones"""


@dataclass(frozen=True)
class Arm:
    """One recipe of a sweep: its resolved tables, what is varied, and the parts of the data that judge."""

    name: str
    source: str
    tables: Mapping[str, Any]
    parameters: tuple[Parameter, ...]
    selection: str | None
    report: str | None

    def recipe(self, values: Mapping[str, Any], seed: int, split: str | None) -> Recipe:
        """The recipe at ``values``, with a seed, judged on a part of the data (None: the recipe's own).

        Raises:
            UserError: the values do not go together.
        """
        settings = [
            line for each in self.parameters if each.name in values for line in each.settings(values[each.name])
        ]
        settings += [f"seed={seed}", *([f'evaluation.split="{split}"'] if split else [])]
        return read(self.tables, settings)

    def has(self, parameter: Parameter, value: Any) -> bool:
        """Whether the recipe as it is has a value of a parameter already."""
        return tables_of(read(self.tables, parameter.settings(value))) == dict(self.tables)


@dataclass(frozen=True)
class Plan:
    """A whole sweep, as ``sweep.json`` keeps it."""

    arms: tuple[Arm, ...]
    metric: str
    trials: int
    search: str
    seed: int
    final_seeds: int
    defaults_first: bool
    set: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Plain values."""
        arms = [{**vars(arm), "parameters": [each.as_dict() for each in arm.parameters]} for arm in self.arms]
        return json.loads(json.dumps({**asdict(self), "arms": arms}))

    @classmethod
    def of_dict(cls, table: Mapping[str, Any]) -> Plan:
        """From plain values."""
        arms = tuple(
            Arm(**{**arm, "parameters": tuple(map(Parameter.of_dict, arm["parameters"]))}) for arm in table["arms"]
        )
        return cls(**{**table, "arms": arms, "set": tuple(table["set"])})

    @property
    def identity(self) -> str:
        """Hash of all that a later call may not change."""
        fixed = {key: value for key, value in self.as_dict().items() if key not in GROWS}
        return hashlib.blake2b(json.dumps(fixed, sort_keys=True).encode(), digest_size=4).hexdigest()


def read_asked(path: Path) -> Asked:
    """A sweep's file; recipes that lie beside it are found there.

    Raises:
        UserError: it is not right, and where.
    """
    asked = validate(Asked, read_toml(path), one_line(path.name))
    beside = {source: str(path.parent / source) for source in asked.recipes if (path.parent / source).is_file()}
    return asked.model_copy(
        update={
            "recipes": [beside.get(source, source) for source in asked.recipes],
            "recipe": {beside.get(source, source): further for source, further in asked.recipe.items()},
        }
    )


def make_plan(asked: Asked) -> Plan:
    """Read every recipe at every end of every range.

    Raises:
        UserError: a recipe, a setting, an option, a range or the metric is not right.
    """
    sources = list(dict.fromkeys(asked.recipes))
    for source in asked.recipe:
        if source not in sources:
            raise UserError(f"[recipe.{show(source)}]: the sweep has no such recipe{did_you_mean(source, sources)}")
    for setting in asked.set:
        if ".".join(parse_setting(setting)[0]) in ("seed", "evaluation.split"):
            raise UserError(f"{setting}: a sweep chooses the seeds and the split of its runs itself")
    names = [name.replace("/", "-") for name in stems(sources)]
    seen: dict[str, Splits] = {}
    arms = [make_arm(name, source, asked, seen) for name, source in zip(names, sources, strict=True)]
    check_metric(asked.metric, arms)
    fixed = asked.model_dump(include={"metric", "trials", "search", "seed", "final_seeds", "defaults_first"})
    return Plan(tuple(arms), **fixed, set=tuple(asked.set))


def make_arm(name: str, source: str, asked: Asked, seen: dict[str, Splits]) -> Arm:
    """One recipe with its space; ``seen`` are the data sets that were looked into.

    Raises:
        UserError: an option does not exist, or refuses an end of its range.
    """
    locate(source)
    base = read(source, asked.set)
    further = asked.recipe[source].space if source in asked.recipe else {}
    given = {key: (f"[space] {key}", each) for key, each in asked.space.items()}
    given |= {key: (f"[recipe.{show(source)}.space] {key}", each) for key, each in further.items()}
    if not given:
        raise UserError(f"{one_line(source)}: the sweep varies nothing; give [space], or --over OPTION=LOW..HIGH")
    tables = tables_of(base)
    parameters = []
    for key, (place, each) in given.items():
        if key in PLACE:
            raise UserError(f"{place}: call it something else; {' '.join(PLACE)} are the sweep's own words")
        found = spread(parameter(key, each, place), tables)
        if any(path in ("seed", "name") or path.startswith("evaluation.") for path in found.of):
            raise UserError(f"{place}: a sweep chooses the seeds, the names and the evaluation of its runs itself")
        parameters.append(suited(found, lambda value, found=found: accepts(tables, found, value)))
        for end in parameters[-1].ends():
            attempt(tables, [(parameters[-1], end)], f"{place} ({one_line(source)})")
    check_apart(parameters)
    for corner in itertools.islice(itertools.product(*(each.ends() for each in parameters)), CORNERS):
        attempt(tables, list(zip(parameters, corner, strict=True)), one_line(source))
    return Arm(name, source, tables, tuple(parameters), *splits(base, seen))


def check_apart(parameters: Sequence[Parameter]) -> None:
    """Refuse two draws for one option.

    Raises:
        UserError: which, and of which entries.
    """
    owner: dict[str, str] = {}
    for each in parameters:
        for path in each.of:
            if path in owner:
                raise UserError(f"[space] {each.name}: {path} is drawn by {owner[path]} already")
            owner[path] = each.name


def attempt(tables: Mapping[str, Any], values: Sequence[tuple[Parameter, Any]], place: str) -> None:
    """Read a recipe at some values.

    Raises:
        UserError: they are refused, and why.
    """
    try:
        read(tables, [line for each, value in values for line in each.settings(value)])
    except UserError as error:
        raise UserError(f"{place}: {one_line(error)}") from error


def accepts(tables: Mapping[str, Any], found: Parameter, value: Any) -> bool:
    """Whether the options take a value."""
    try:
        attempt(tables, [(found, value)], "")
    except UserError:
        return False
    return True


def splits(recipe: Recipe, seen: dict[str, Splits]) -> Splits:
    """The parts of the data for selecting and for reporting: "valid" and "test" where there are both.

    Raises:
        UserError: the data set cannot be made.
    """
    known = json.dumps(recipe.data.dataset.as_table(), sort_keys=True)
    if known not in seen:
        dataset = recipe.data.dataset.make()
        both = all(dataset.count(split) >= MINIMUM for split in ("valid", "test"))
        seen[known] = ("valid", "test") if both else (None, None)
    return seen[known]


def check_metric(metric: str, arms: Sequence[Arm]) -> None:
    """Whether every recipe measures it, and whether it has a better and a worse.

    What a metric does not tell beforehand (some numbers have parts that depend on the data) is seen when the first run
    has ended.

    Raises:
        UserError: no, and what each does measure.
    """
    base, _, part = metric.partition("/")
    for arm in arms:
        known = {plan.metric.entry.component.name: plan.metric.entry for plan in read(arm.tables).metrics}
        if base not in known:
            hint = did_you_mean(base, known) if known else ""
            raise UserError(f"metric {show(metric)}: {one_line(arm.source)} does not measure it{hint}")
        kind = known[base].load()
        parts = {each.name: each.direction for each in getattr(kind, "parts", ())}
        if parts and part not in parts:
            names = [f"{base}/{name}" if name else base for name in parts]
            raise UserError(f"metric {show(metric)} is no number of {base}{did_you_mean(metric, names)}")
        if parts.get(part, None if part else getattr(kind, "direction", None)) not in ("min", "max", None):
            raise UserError(f"metric {show(metric)} has no direction: on both sides of its ideal it is worse")
