"""From a file of TOML to a validated Recipe; every mistake is told in one line with its place."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from gansuite.errors import UserError
from gansuite.plugins.discovery import CORE
from gansuite.plugins.options import Bound, bind
from gansuite.plugins.registry import registry
from gansuite.plugins.validation import validate
from gansuite.plugins.wording import did_you_mean, one_line, place_of, show
from gansuite.recipes.locate import locate
from gansuite.recipes.merge import merge, override
from gansuite.recipes.recipe import DataPlan, DynamicsPlan, MetricPlan, PlayerPlan, Recipe
from gansuite.recipes.tables import (
    DataTable,
    DynamicsTable,
    Evaluation,
    Head,
    MetricTable,
    PlayerTable,
    Published,
    Train,
)
from gansuite.recipes.toml import check_values, read_toml

if TYPE_CHECKING:
    from gansuite.dynamics.dynamics import Dynamics

TABLES = ("data", "prior", "players", "game", "dynamics", "train", "evaluation", "writer", "metrics", "observers")
TABLES += ("published", "representation")
RunTable = TypeVar("RunTable", DataTable, DynamicsTable, MetricTable, PlayerTable)
DEFAULTS = {"prior": "uniform", "game": "gan", "dynamics": "alternating"}


def read(source: str | Path | Mapping[str, Any], overrides: Iterable[str] = ()) -> Recipe:
    """Read a recipe.

    Args:
        source: a file, the name of a registered recipe, or its tables.
        overrides: settings as ``players.generator.dim=32``.

    Raises:
        UserError: with the place and the remedy, for whatever is wrong.
    """
    if isinstance(source, Mapping):
        check_values(source, "recipe")
        tables, name = _extended(dict(source), Path(), ()), "recipe"
    else:
        path = locate(source)
        tables, name = _extended(read_toml(path), path.parent, (path.resolve(),)), path.stem
    return resolve(override(tables, overrides), re.sub(r"[^\w.-]|^[_.-]+", "", name, flags=re.ASCII)[:64] or "recipe")


def _extended(tables: dict[str, Any], folder: Path, trail: tuple[Path, ...]) -> dict[str, Any]:
    """Tables laid over those of the recipe that they extend."""
    if "extends" not in tables:
        return tables
    base = tables.pop("extends")
    if not isinstance(base, str) or not base:
        raise UserError(f"extends = {show(base)}: name one recipe, by its file or its name")
    path = locate(base, folder)
    if path.resolve() in trail:
        circle = " -> ".join(one_line(step.name) for step in (*trail, path))
        raise UserError(f"extends = {show(base)}: the recipes extend each other in a circle: {circle}")
    below = _extended(read_toml(path), path.parent, (*trail, path.resolve()))
    below.pop("published", None)  # a variant is another system: no paper reports it under the former one's figures
    return merge(below, tables)


def resolve(tables: Mapping[str, Any], name: str) -> Recipe:
    """Tables to a Recipe: names found, options validated, defaults filled in.

    Raises:
        UserError: with the place and the remedy, for whatever is wrong.
    """
    heads = list(Head.model_fields)
    for key in tables:
        if key not in TABLES and key not in heads:
            raise UserError(f"the recipe has no table or key {show(key)}{did_you_mean(key, [*TABLES, *heads])}")
    for key in ("data", "players"):
        if key not in tables:
            raise UserError(f"the recipe has no table [{key}]: add one")
    head = validate(Head, {"name": name} | {key: tables[key] for key in heads if key in tables}, "")
    if head.plugin is not None:
        registry().plugin(head.plugin, f"plugin = {show(head.plugin)}")
    scope = head.plugin or CORE

    data, dataset = _split(tables["data"], "data", DataTable)
    game = _bind("game", tables.get("game", DEFAULTS["game"]), "[game]", scope)
    dynamics, rule = _split(tables.get("dynamics", DEFAULTS["dynamics"]), "dynamics", DynamicsTable)
    evaluation = validate(Evaluation, _table(tables.get("evaluation", {}), "evaluation"), "[evaluation]")
    writer, published, seen = (tables.get(key) for key in ("writer", "published", "representation"))
    recipe = Recipe(
        name=head.name,
        plugin=head.plugin,
        seed=head.seed,
        data=DataPlan(_bind("dataset", dataset, "[data]", scope, also=DataTable.model_fields), data.batch_size),
        prior=_bind("prior", tables.get("prior", DEFAULTS["prior"]), "[prior]", scope),
        players=_players(tables["players"], game, scope),
        game=game,
        dynamics=DynamicsPlan(
            _bind("dynamics", rule, "[dynamics]", scope, also=DynamicsTable.model_fields), _moves(dynamics, game)
        ),
        train=validate(Train, _table(tables.get("train", {}), "train"), "[train]"),
        evaluation=evaluation,
        metrics=tuple(
            _metric(table, f"[metrics.{index}]", evaluation, scope)
            for index, table in enumerate(_list(tables.get("metrics", []), "metrics"))
        ),
        writer=None if writer is None else _bind("writer", writer, "[writer]", scope),
        observers=tuple(
            _bind("observer", table, f"[observers.{index}]", scope)
            for index, table in enumerate(_list(tables.get("observers", []), "observers"))
        ),
        published=None if published is None else validate(Published, _table(published, "published"), "[published]"),
        representation=None if seen is None else _bind("representation", seen, "[representation]", scope),
    )
    check_needs(game)
    check_options(game, recipe.data.batch_size)
    check_dynamics(recipe.dynamics, game)
    return recipe


def _bind(kind: str, table: Any, place: str, scope: str, also: Iterable[str] = ()) -> Bound:
    return bind(registry(), kind, table, place, scope, also=also)


def _table(value: Any, name: str) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise UserError(f"{name} = {show(value)}: write a table [{name}]")
    return dict(value)


def _list(value: Any, name: str) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise UserError(f"{name} = {show(value)}: write tables [[{name}]]")
    return list(value)


def _split(value: Any, place: str, model: type[RunTable]) -> tuple[RunTable, dict[str, Any]]:
    """The run's settings of a table, and what is left for its component."""
    table = {"name": value} if isinstance(value, str) else _table(value, place)
    own = {key: table.pop(key) for key in model.model_fields if key in table}
    return validate(model, own, place if place.startswith("[") else f"[{place}]"), table


def _players(value: Any, game: Bound, scope: str) -> dict[str, PlayerPlan]:
    tables, kinds = _table(value, "players"), _declared(game, "players")
    for name in tables:
        if name not in kinds:
            raise UserError(f"[players] {game.entry} has no player {show(name)}{did_you_mean(name, kinds)}")
    for name in kinds:
        if name not in tables:
            raise UserError(f"[players] lacks a table [players.{name}], which {game.entry} needs")
    return {name: _player(_named(tables[name], f"players.{name}"), name, kinds[name], scope) for name in kinds}


def _named(value: Any, place: str) -> dict[str, Any]:
    return {"name": value} if isinstance(value, str) else _table(value, place)


def _player(table: dict[str, Any], name: str, kind: str, scope: str) -> PlayerPlan:
    place = f"[players.{name}]"
    settings, table = _split(table, place, PlayerTable)
    optimizer, schedule = table.pop("optimizer", "adam"), table.pop("schedule", None)
    return PlayerPlan(
        network=_bind(kind, table, place, scope, also=("optimizer", "schedule", *PlayerTable.model_fields)),
        optimizer=_bind("optimizer", optimizer, place_of(place, ["optimizer"]), scope),
        schedule=None if schedule is None else _bind("schedule", schedule, place_of(place, ["schedule"]), scope),
        clip=settings.clip,
    )


def _declared(game: Bound, attribute: str) -> Any:
    """What a game's class says of itself."""
    value = getattr(game.entry.load(), attribute, None)
    if value is None:
        raise UserError(f"{game.place}: {game.entry} is broken: its class declares no {attribute}")
    return value


def _moves(dynamics: DynamicsTable, game: Bound) -> dict[str, int]:
    turns = tuple(_declared(game, "turns"))
    moves = dict.fromkeys(turns, 1) if dynamics.moves is None else dynamics.moves
    for turn in moves:
        if turn not in turns:
            raise UserError(f"[dynamics] moves: {game.entry} has no turn {show(turn)}{did_you_mean(turn, turns)}")
    for turn in turns:
        if turn not in moves:
            raise UserError(f"[dynamics] moves lacks the turn '{turn}' of {game.entry}: add {turn} = 1")
    return moves


def _metric(value: Any, place: str, evaluation: Evaluation, scope: str) -> MetricPlan:
    settings, table = _split(value, place, MetricTable)
    extractor = table.pop("extractor", None)
    return MetricPlan(
        metric=_bind("metric", table, place, scope, also=(*MetricTable.model_fields, "extractor")),
        every=settings.every,
        n=settings.n or evaluation.n,
        extractor=None if extractor is None else _bind("extractor", extractor, place_of(place, ["extractor"]), scope),
    )


def check_needs(game: Bound) -> None:
    """Whether the game's turns pass through the tensors that its penalties ask for.

    Raises:
        UserError: one does not, and which.
    """
    provides: Mapping[str, Iterable[str]] = _declared(game, "provides")
    for bound in game.walk():
        if bound.entry.component.kind != "penalty":
            continue
        penalty = bound.entry.load()
        sides: Mapping[str, str] = _declared(game, "sides")
        side = bound.options.get("turn", penalty.turn)
        turns = [turn for turn in provides if sides.get(turn, turn) == side]
        if not turns:
            raise UserError(f"{bound.place}: {bound.entry} hangs on the turn '{side}', unknown to {game.entry}")
        for turn in turns:
            lacking = sorted(set(penalty.needs) - set(provides[turn]))
            if lacking:
                raise UserError(
                    f"{bound.place}: {bound.entry} needs {' '.join(lacking)}, which the turn '{turn}'"
                    f" of {game.entry} does not provide"
                )


def check_options(game: Bound, batch_size: int) -> None:
    """Whether the game's options can be combined.

    Raises:
        UserError: they cannot, and why.
    """
    try:
        game.entry.load().check(game.parts(), batch_size)
    except (UserError, ValueError) as error:
        raise UserError(f"{game.place}: {one_line(error)}") from error


def check_dynamics(dynamics: DynamicsPlan, game: Bound) -> None:
    """Whether the rule's options fit the game's turns.

    Raises:
        UserError: they do not, and why.
    """
    provides: Mapping[str, Collection[str]] = _declared(game, "provides")
    turns = {turn: provides.get(turn, ()) for turn in _declared(game, "turns")}
    rule: Dynamics = dynamics.rule.make()
    try:
        rule.check(turns, dynamics.moves)
    except UserError as error:
        raise UserError(f"{dynamics.rule.place}: {one_line(error)}") from error
