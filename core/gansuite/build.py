"""From a recipe to the objects of a run."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

import torch

from gansuite.engine.engine import Engine
from gansuite.engine.follower import Average
from gansuite.engine.player import Player
from gansuite.engine.ranks import Ranks
from gansuite.engine.read_ahead import data_source
from gansuite.engine.rng import Rng, seed_of
from gansuite.engine.source import PriorSource
from gansuite.engine.turn import Stage, Turn
from gansuite.errors import UserError
from gansuite.games.game import Game, couples_batch
from gansuite.games.networks import Networks
from gansuite.metrics.evaluation import Evaluator
from gansuite.metrics.features import Samples
from gansuite.metrics.plan import Plan
from gansuite.plugins.component import KINDS
from gansuite.plugins.options import Bound
from gansuite.plugins.registry import registry
from gansuite.recipes import Recipe
from gansuite.representations.represented import represented

CLASSIFIER = "core/classifier"
"""What gives class probabilities where a metric needs them, and neither it nor the domain names an extractor."""


def choose_device(name: str = "auto") -> torch.device:
    """The device of a name; ``auto`` is CUDA, then MPS, then the CPU. Under ``torchrun`` each rank has its own.

    Raises:
        UserError: this machine has no such device.
    """
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    if name.partition(":")[0] not in ("cpu", "cuda", "mps", "xpu"):
        raise UserError(f"--device {name}: there is no such device; this machine has {known_devices()}")
    try:
        device = torch.device("cpu" if name.startswith("cpu:") else name)
        if device.type == "cuda" and device.index is None and torch.cuda.is_available():
            device = torch.device("cuda", Ranks.local() % torch.cuda.device_count())
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError) as error:
        raise UserError(f"--device {name}: {str(error).splitlines()[0]}; this machine has {known_devices()}") from error
    return device


def known_devices() -> str:
    """The devices of this machine, in words."""
    names = ["cpu", *(f"cuda:{i}" for i in range(torch.cuda.device_count()))]
    return ", ".join([*names, "mps"] if torch.backends.mps.is_available() else names)


def choose_precision(name: str, device: torch.device) -> str:
    """The precision of a name; ``auto`` is bf16 where the device computes in it (an imitation is far slower)."""
    if name != "auto":
        return name
    if device.type == "cuda":
        native = torch.cuda.is_bf16_supported(including_emulation=False)
    else:
        known = getattr(torch.cpu, "get_capabilities", dict)() if device.type == "cpu" else {}
        native = known.get("avx512_bf16") or known.get("amx_bf16")
    return "bf16" if native else "fp32"


@dataclass
class Model:
    """A game on its device with the averaged weights: all that sampling needs."""

    spec: Any
    game: Game
    average: Average | None

    def sample(self, n: int, seed: int, chunk: int = 64, condition: Any = None, **how: Any) -> Any:
        """Draw ``n`` samples from the averaged generator, ``chunk`` at a time; a function of (n, seed) alone.

        Args:
            n: number of samples.
            seed: equal seeds give equal samples.
            chunk: how many go through the generator at once.
            condition: of a conditional model: a label by its name or number, one for each sample, or codes [n, k];
                None: labels by chance.
            how: what else the game's ``sample`` takes: ``alpha`` and ``prefix`` where samples are made of choices.

        Raises:
            UserError: there is no such label, or the model is not conditional.
        """
        rows = None if condition is None else self.game.condition(condition, n)
        device = next(self.game.parameters()).device
        with torch.no_grad(), self.at_rest():
            parts = [
                self.game.sample(
                    min(chunk, n - first),
                    Rng(seed, "sample", index=first, device=device),
                    None if rows is None else rows[first : first + chunk],
                    **how,
                )
                for first in range(0, n, chunk)
            ]
            samples = self.game.space.cat(parts)
            return samples if self.representation is None else self.decoded(samples, chunk)

    def decoded(self, samples: Any, chunk: int) -> Any:
        """What the networks made, as samples of the domain; ``chunk`` at a time."""
        size, take = self.game.space.size(samples), self.game.space.take
        parts = [self.representation.decode(take(samples, slice(i, i + chunk))) for i in range(0, size, chunk)]
        return self.spec.space.cat(parts)

    @property
    def representation(self) -> Any:
        """How samples are given to the networks; None where they see the data as it is."""
        return self.game.representation

    @contextmanager
    def at_rest(self) -> Iterator[Game]:
        """The game in evaluation mode with its averaged weights in place, for as long as the context lasts."""
        was_training = self.game.training
        self.game.eval()
        try:
            with self.average.applied() if self.average else nullcontext():
                yield self.game
        finally:
            self.game.train(was_training)


@dataclass
class Experiment(Model):
    """Everything that trains: the model, its data, its players, and the stages to be played."""

    dataset: Any
    engine: Engine
    players: Mapping[str, Player]
    stages: Sequence[Stage]

    @property
    def seen(self) -> Any:
        """The data set as the networks see it."""
        return represented(self.dataset, self.representation)


def build_model(recipe: Recipe, spec: Any, device: torch.device) -> Model:
    """Networks, prior and game of a recipe, freshly initialised from its seed."""
    representation = None if recipe.representation is None else recipe.representation.make(spec)
    seen = spec if representation is None else representation.spec
    prior = recipe.prior.make(seen)
    kinds = recipe.game.entry.load().players
    makers = {name: (KINDS[kinds[name]].given, player.network.make) for name, player in recipe.players.items()}
    networks = Networks(seen, prior, makers, recipe.seed)
    with torch.random.fork_rng(devices=[]):  # heads that the game itself puts on networks
        torch.manual_seed(seed_of(recipe.seed, "initialise", "game", recipe.game.entry.component.name))
        game = recipe.game.make(networks, prior, seen.space)
    game.representation = representation  # its statistics are saved, and move, with the networks
    for penalty in game.terms():
        penalty.bind(game)
    game = game.to(device)
    if recipe.train.precision == "fp64":
        game = game.double()
    modules = list(dict.fromkeys(module for player in game.sampled for module in game.owned(player)))
    followed = recipe.train.ema
    average = Average(modules, followed.half_life) if followed else recipe.dynamics.rule.make().average(modules)
    return Model(spec, game, average)


def build(recipe: Recipe, device: torch.device, ranks: Ranks | None = None, dataset: Any = None) -> Experiment:
    """All objects of a recipe, ready to train on ``device``; on ``dataset``, if it is there already."""
    ranks = ranks or Ranks()
    if recipe.data.batch_size % ranks.world:
        raise UserError(
            f"[data] batch_size = {recipe.data.batch_size} cannot be shared by {ranks.world} processes; "
            f"choose a multiple of {ranks.world}"
        )
    dataset = recipe.data.dataset.make().to(device) if dataset is None else dataset
    model = build_model(recipe, dataset.spec, device)
    game, train = model.game, recipe.train
    if model.representation is not None:
        model.representation.fit(dataset)
    seen = represented(dataset, model.representation)
    game.furnish(seen)
    if recipe.data.batch_size // ranks.world % game.group:
        raise UserError(
            f"[data] batch_size = {recipe.data.batch_size}: each of {ranks.world} processes holds no whole number of "
            f"packs; choose a multiple of {ranks.world * game.group}"
        )
    if ranks.world > 1 and couples_batch(game):
        raise UserError(f"[players] a layer couples the batch, which {ranks.world} processes do not share")
    players: dict[str, Player] = {}
    for name, table in recipe.players.items():
        parameters = list(dict.fromkeys(p for module in game.owned(name) for p in module.parameters()))
        schedule = table.schedule.make(train.steps) if table.schedule else None
        projections = [each.project for each in game.constraints(name)]
        kind = table.optimizer.entry.component.name
        players[name] = Player(
            name, parameters, table.optimizer.make(parameters), schedule, projections, kind, table.clip
        )
    sources = {
        "data": data_source(seen, recipe.data.batch_size, recipe.seed, device),
        "prior": PriorSource(game.prior, recipe.data.batch_size, recipe.seed, device),
    }
    precision = choose_precision(train.precision, device)
    engine = Engine(game, players, sources, recipe.seed, device, precision, ranks, train.on_nan)
    turns = {turn.name: turn for turn in make_turns(game, recipe.dynamics.moves)}
    stages = [
        Stage([turn for turn in turns.values() if turn.name in played], recipe.dynamics.rule.make(), rounds, name)
        for name, rounds, played in game.stages(train.steps)
    ]
    return Experiment(model.spec, game, model.average, dataset, engine, players, stages)


def make_turns(game: Game, moves: Mapping[str, int]) -> list[Turn]:
    """The turns of a round in the order of ``moves``, with the game's penalties hung on their sides."""
    turns = []
    for name, repeat in moves.items():
        terms = [penalty for penalty in game.terms() if penalty.turn == game.sides.get(name, name)]
        for i, term in enumerate(terms):
            if any(term.name == other.name for other in terms[:i]):
                term.name = f"{term.name}-{i + 1}"
        turns.append(Turn(name, game.movers(name), game.draws(name), repeat, tuple(terms)))
    return turns


def writer_of(recipe: Recipe, spec: Any) -> Bound:
    """The recipe's writer, or the one that the domain names."""
    return recipe.writer or registry().bind("writer", spec.writer, "[writer]", recipe.data.domain.plugin)


def make_writer(recipe: Recipe, spec: Any) -> Any:
    """That writer, ready to write."""
    return writer_of(recipe, spec).make(spec)


def make_evaluator(recipe: Recipe, experiment: Experiment, seed: int | None = None, strict: bool = False) -> Evaluator:
    """The recipe's metrics, each with its extractor or the one that the domain names."""
    spec, dataset, device = experiment.spec, experiment.dataset, experiment.engine.device
    home = recipe.data.domain.plugin
    usual = registry().bind("extractor", spec.extractor, "[[metrics]]", home)
    made: dict[str, Any] = {}

    def ready(bound: Bound) -> Any:
        """The extractor, made and trained once for all metrics that name it."""
        key = json.dumps(bound.as_table(), sort_keys=True)
        if key not in made:
            made[key] = bound.make(spec)
            if hasattr(made[key], "fit"):
                made[key].fit(dataset, device)
        return made[key]

    def extractor(metric: Any, chosen: Bound | None) -> Any:
        """The features that a metric is given."""
        needs, own = metric.needs, getattr(metric, "extractor", None)
        if needs in ("judge", "samples"):
            return Samples(flat=needs == "judge")
        if needs == "probabilities" and chosen is None and len(getattr(spec, "labels", ())) > 1:
            judge = {"name": getattr(spec, "classifier", CLASSIFIER), "output": "probabilities"}
            return ready(registry().bind("extractor", judge, "[[metrics]]", home))
        if needs == "model":
            return None
        if chosen is None and own is not None:
            return ready(registry().bind("extractor", own, "[[metrics]]", home))
        return ready(chosen or usual)

    plans = []
    for each in recipe.metrics:
        metric, table = each.metric.make(), json.dumps(each.metric.as_table(), sort_keys=True)
        if hasattr(metric, "bind"):
            metric.bind(spec)
        given = extractor(metric, each.extractor)
        plans.append(Plan(metric, given, each.n, each.every or 0, recipe.evaluation.split, table))
    return Evaluator(
        dataset,
        plans,
        device=device,
        seed=recipe.seed if seed is None else seed,
        extractor=ready(usual),
        ranks=experiment.engine.ranks,
        game=experiment.game,
        strict=strict,
    )
