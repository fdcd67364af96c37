"""A recipe that has been read: every name resolved, every option validated, every default filled in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from gansuite.plugins.entry import Entry
from gansuite.plugins.options import Bound
from gansuite.recipes.tables import Evaluation, Published, Train
from gansuite.recipes.toml import write_toml


@dataclass(frozen=True)
class DataPlan:
    """``[data]``: the dataset, and how many samples make a batch over all processes."""

    dataset: Bound
    batch_size: int

    @property
    def domain(self) -> Entry:
        """The data set whose plugin the samples belong to: this one, or the one that it is made of."""
        bound = self.dataset
        while option := getattr(bound.entry.load(), "made_of", None):
            bound = bound.options[option]
        return bound.entry


@dataclass(frozen=True)
class PlayerPlan:
    """``[players.NAME]``: a network and how its parameters move."""

    network: Bound
    optimizer: Bound
    schedule: Bound | None
    clip: float | None = None


@dataclass(frozen=True)
class DynamicsPlan:
    """``[dynamics]``: how the turns are played, and how often each in a round, in the order of play."""

    rule: Bound
    moves: Mapping[str, int]


@dataclass(frozen=True)
class MetricPlan:
    """One of ``[[metrics]]``: every how many steps (None: at the end only), on how many samples."""

    metric: Bound
    every: int | None
    n: int
    extractor: Bound | None


@dataclass(frozen=True)
class Recipe:
    """An experiment, as data. Nothing is built yet: each ``Bound`` makes its component when the run asks.

    ``writer`` and a metric's ``extractor`` are None where the dataset's specification names them, and
    ``representation`` is where the networks see the data as it is.
    """

    name: str
    plugin: str | None
    seed: int
    data: DataPlan
    prior: Bound
    players: Mapping[str, PlayerPlan]
    game: Bound
    dynamics: DynamicsPlan
    train: Train
    evaluation: Evaluation
    metrics: tuple[MetricPlan, ...]
    writer: Bound | None
    observers: tuple[Bound, ...]
    published: Published | None = None
    representation: Bound | None = None

    def bounds(self) -> Iterator[Bound]:
        """Every component of the recipe, nested ones included."""
        return _bounds(self)

    def components(self) -> list[Entry]:
        """The entries that this recipe uses, each once, in the order of the recipe."""
        return list(dict.fromkeys(bound.entry for bound in self.bounds()))

    def distributions(self) -> dict[str, str]:
        """Name and version of every distribution that gives a component."""
        return {entry.distribution: entry.version for entry in self.components()}

    def references(self) -> dict[str, str]:
        """BibTeX key to BibTeX entry, for gansuite itself excepted all that this recipe uses."""
        found: dict[str, str] = {}
        for entry in self.components():
            found.update(entry.reference())
        return found

    def as_dict(self) -> dict[str, Any]:
        """The resolved recipe as plain tables: what ``read`` would make into an equal Recipe."""
        tables: dict[str, Any] = {"name": self.name}
        if self.plugin is not None:
            tables["plugin"] = self.plugin
        tables["seed"] = self.seed
        tables["data"] = self.data.dataset.as_table() | {"batch_size": self.data.batch_size}
        if self.representation is not None:
            tables["representation"] = self.representation.as_table()
        tables["prior"] = self.prior.as_table()
        tables["players"] = {name: _player_table(player) for name, player in self.players.items()}
        tables["game"] = self.game.as_table()
        tables["dynamics"] = self.dynamics.rule.as_table() | {"moves": dict(self.dynamics.moves)}
        tables["train"] = self.train.model_dump(mode="json", exclude_none=True)
        tables["evaluation"] = self.evaluation.model_dump(mode="json", exclude_none=True)
        if self.writer is not None:
            tables["writer"] = self.writer.as_table()
        tables["metrics"] = [_metric_table(metric) for metric in self.metrics]
        tables["observers"] = [observer.as_table() for observer in self.observers]
        if self.published is not None:
            tables["published"] = self.published.model_dump(mode="json")
        return {key: value for key, value in tables.items() if value != []}

    def to_toml(self) -> str:
        """The resolved recipe as TOML, headed by the versions of the distributions it used."""
        versions = ", ".join(f"{name} {version}" for name, version in sorted(self.distributions().items()))
        return f"# resolved with {versions}\n{write_toml(self.as_dict())}"


def _player_table(player: PlayerPlan) -> dict[str, Any]:
    table = player.network.as_table() | {"optimizer": player.optimizer.as_table()}
    table |= {} if player.clip is None else {"clip": player.clip}
    return table if player.schedule is None else table | {"schedule": player.schedule.as_table()}


def _metric_table(plan: MetricPlan) -> dict[str, Any]:
    table = plan.metric.as_table() | {"n": plan.n}
    if plan.every is not None:
        table["every"] = plan.every
    return table if plan.extractor is None else table | {"extractor": plan.extractor.as_table()}


def _bounds(part: Any) -> Iterator[Bound]:
    if isinstance(part, Bound):
        yield from part.walk()
    elif isinstance(part, Mapping):
        for value in part.values():
            yield from _bounds(value)
    elif isinstance(part, tuple):
        for value in part:
            yield from _bounds(value)
    elif is_dataclass(part):
        for item in fields(part):
            yield from _bounds(getattr(part, item.name))
