"""What a sweep varies: ranges and choices of a recipe's options, as TOML and as typed on the command line."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from pydantic import Field

from gansuite.errors import UserError
from gansuite.plugins.wording import show
from gansuite.recipes.merge import parse_setting
from gansuite.recipes.tables import Table
from gansuite.recipes.toml import inline

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution

Number = int | float


class Range(Table):
    """One entry of ``[space]``: ``low`` and ``high``, or ``choices``."""

    of: list[str] = Field(default_factory=list)
    """the options that are set to what is drawn; absent: the one that the entry is called after. ``*`` is every table
    at its place, as in ``players.*.optimizer.lr``"""
    low: Number | None = None
    """least value"""
    high: Number | None = None
    """greatest value"""
    log: bool = False
    """whether the logarithm is what is uniform"""
    choices: list[Any] | None = None
    """the values, any of equal chance"""


@dataclass(frozen=True)
class Parameter:
    """A number or a choice that a trial draws, and the options that are set to it."""

    name: str
    of: tuple[str, ...]
    low: Number = 0
    high: Number = 0
    log: bool = False
    choices: tuple[Any, ...] | None = None

    @property
    def whole(self) -> bool:
        """Whether it is drawn from the whole numbers."""
        return self.choices is None and isinstance(self.low, int) and isinstance(self.high, int)

    def ends(self) -> list[Any]:
        """The values that are tried before anything runs: both ends, or every choice."""
        return [self.low, self.high] if self.choices is None else list(self.choices)

    def settings(self, value: Any) -> list[str]:
        """``value`` as settings of a recipe."""
        return [f"{path}={inline(value)}" for path in self.of]

    def holds(self, value: Any) -> bool:
        """Whether it could have been drawn."""
        if self.choices is not None:
            return value in self.choices
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        return self.low <= value <= self.high and (not self.whole or isinstance(value, int))

    def distribution(self) -> BaseDistribution:
        """The same for Optuna. A choice goes by its text, for a choice may be a table, and Optuna keeps words."""
        from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

        if self.choices is not None:
            return CategoricalDistribution([json.dumps(choice) for choice in self.choices])
        if self.whole:
            return IntDistribution(int(self.low), int(self.high), log=self.log)
        return FloatDistribution(float(self.low), float(self.high), log=self.log)

    def kept(self, value: Any) -> Any:
        """``value`` as Optuna is told it."""
        return json.dumps(value) if self.choices is not None else value

    def read(self, value: Any) -> Any:
        """What Optuna drew, as the option takes it."""
        return json.loads(value) if self.choices is not None else value

    def as_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(self).items()}

    @classmethod
    def of_dict(cls, table: Mapping[str, Any]) -> Parameter:
        """From plain values."""
        choices = None if table["choices"] is None else tuple(table["choices"])
        return cls(**{**table, "of": tuple(table["of"]), "choices": choices})


def parameter(name: str, given: Range, place: str) -> Parameter:
    """An entry of a space.

    Raises:
        UserError: it is empty, or says too much or too little.
    """
    of = tuple(given.of) or (name,)
    if given.choices is not None:
        if given.low is not None or given.high is not None or given.log:
            raise UserError(f"{place}: give choices, or low and high, not both")
        if not given.choices:
            raise UserError(f"{place}: choices = [] leaves nothing to choose from; name two values or more")
        for index, choice in enumerate(given.choices):
            if any(same(choice, other) for other in given.choices[:index]):
                raise UserError(f"{place}: the choice {show(choice)} is there twice")
        return Parameter(name, of, choices=tuple(given.choices))
    if given.low is None or given.high is None:
        raise UserError(f"{place} needs low and high, or choices")
    if not given.low < given.high:
        raise UserError(f"{place}: the range from {given.low} to {given.high} is empty; low must be less than high")
    if given.log and given.low <= 0:
        raise UserError(f"{place}: a logarithmic range begins above 0, not at {given.low}")
    return Parameter(name, of, given.low, given.high, given.log)


def same(first: Any, second: Any) -> bool:
    """Whether two choices are one; ``true`` is not 1."""
    return json.dumps(first) == json.dumps(second)


def suited(found: Parameter, accepts: Callable[[Any], bool]) -> Parameter:
    """A range between whole numbers, of an option of real ones, as a range of real numbers."""
    if not found.whole or not accepts(found.low + 0.5):
        return found
    return Parameter(found.name, found.of, float(found.low), float(found.high), found.log)


def spread(found: Parameter, tables: Mapping[str, Any]) -> Parameter:
    """A parameter whose ``*`` are the tables that a recipe has there.

    Raises:
        UserError: it has none.
    """
    of = tuple(dict.fromkeys(path for pattern in found.of for path in matching(pattern, tables)))
    if not of:
        raise UserError(f"{found.name}: no option of the recipe is called {' or '.join(map(show, found.of))}")
    return Parameter(found.name, of, found.low, found.high, found.log, found.choices)


def matching(pattern: str, tables: Any) -> Iterator[str]:
    """The paths that a pattern stands for."""
    head, star, tail = pattern.partition("*")
    if not star:
        yield pattern
        return
    below = value_at(tables, head.rstrip("."))
    for key, table in below.items() if isinstance(below, Mapping) else ():
        if isinstance(table, Mapping):
            yield from matching(f"{head}{key}{tail}", tables)


def value_at(tables: Any, path: str) -> Any:
    """What stands at a path of resolved tables; None where nothing does."""
    for part in path.replace("[", ".").replace("]", "").split("."):
        if isinstance(tables, Mapping):
            tables = tables.get(part)
        elif isinstance(tables, Sequence) and not isinstance(tables, str) and part.isdecimal():
            tables = tables[int(part)] if int(part) < len(tables) else None
        else:
            return None
    return tables


def parse_over(text: str) -> tuple[str, Range]:
    """``"a.b=1e-5..1e-2:log"`` or ``"a.b=32,64"``; several options of one draw are ``"a.b,c.d=..."``.

    Raises:
        UserError: it is neither.
    """
    from gansuite.studies.comparison.vary import split

    left, equals, right = text.partition("=")
    of = [path.strip() for path in left.split(",")]
    usage = f"--over {text}: write it as OPTION=LOW..HIGH, OPTION=LOW..HIGH:log or OPTION=VALUE,VALUE"
    if not equals or not right.strip() or not all(of):
        raise UserError(usage)
    low, dots, high = right.partition("..")
    if dots:
        high, colon, scale = high.partition(":")
        if colon and scale.strip() != "log":
            raise UserError(usage)
        ends = {"low": number(low, usage), "high": number(high, usage), "log": bool(colon)}
        return of[0], Range(of=of, **ends)
    values = [value.strip() for value in split(right)]
    if not all(values):
        raise UserError(usage)
    return of[0], Range(of=of, choices=[parse_setting(f"value={value}")[1] for value in values])


def number(text: str, usage: str) -> Number:
    """A whole or a real number as typed."""
    for kind in (int, float):
        try:
            value = kind(text)
        except ValueError:
            continue
        if math.isfinite(value):
            return value
    raise UserError(usage)
