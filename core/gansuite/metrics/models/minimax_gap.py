"""The duality gap: what each player could still gain while the other stands still."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np
import torch
from annotated_types import Gt
from jaxtyping import Float

from gansuite.build import Experiment
from gansuite.engine.engine import Engine
from gansuite.engine.source import DataSource, PriorSource
from gansuite.engine.turn import Turn
from gansuite.metrics.estimate import Estimate
from gansuite.metrics.metric import MetricError
from gansuite.metrics.models.points import of_points
from gansuite.metrics.subject import Subject

BLOCKS = 8  # of held-out samples, at least, for the interval
MARKS = 4  # places of a path, besides its start, where the value is taken


@dataclass(frozen=True)
class Path:
    """The game's value along one player's path, the other standing still: after ``steps`` [m], on ``blocks`` [m, B]."""

    steps: Sequence[int]
    blocks: Float[np.ndarray, "m b"]
    chosen: Float[np.ndarray, " m"]

    def best(self, sign: int) -> Float[np.ndarray, " b"]:
        """The blocks where the other samples have the greatest value (``sign`` 1), or the least (-1).

        Where that is the start, with the deviations of the best place besides it: no gain was found, to its error.
        """
        start, gains = self.blocks[0], self.blocks - self.blocks[0]
        place = int(np.argmax(sign * self.chosen))
        if place == 0:
            other = gains[1 + int(np.argmax(sign * self.chosen[1:]))]
            return start + other - other.mean()
        return self.blocks[place]


class DualityGap:
    """What the players still gain by k steps of each against the other as it stands: 0 at an equilibrium.

        DG = max_D' M(G, D') - min_G' M(G', D),   M = -E of the critic's cost, without penalties

        duality-gap            DG
        duality-gap/critic     max_D' M(G, D') - M(G, D)
        duality-gap/generator  M(G, D) - min_G' M(G', D)

    Each player moves on a twin of the run by its own optimiser, fresh, at its first learning rate, on training samples:
    the critic descends its cost with its penalties (which keep a Wasserstein critic in bounds), the generator M. The
    extremes are taken among k/4, k/2, 3k/4, k steps and none by the value on validation samples (training ones where
    those are judged), then M on the split to be judged: so the gap is not below 0 in expectation where the two agree.
    It is a lower bound of the true gap and grows with k, so compare at equal ``steps``; ``extras["curve"]`` tells how
    it grew. Weights are those that train, not their average.

    Args:
        steps: k, of each player.

    Source: Grnarova et al. (2019), section 3.
    """

    name = "duality-gap"
    needs = "model"
    direction = "min"
    meaning = "What critic and generator could still gain by moving alone: 0 at an equilibrium."

    def __init__(self, *, steps: Annotated[int, Gt(0)] = 100) -> None:
        self.steps = steps

    def __call__(self, subject: Subject, *, untrained: Subject | None = None, seed: int = 0) -> Sequence[Estimate]:
        """The gap and its two parts.

        Raises:
            MetricError: no critic, no recipe to go on training from, several critic's turns, or too few samples.
        """
        critic, generator, size = self.paths(subject, seed)
        now = critic.blocks[0]
        gains = {"critic": critic.best(1) - now, "generator": now - generator.best(-1)}
        former = None
        if untrained is not None and untrained.twin is not None:
            before, after, _ = self.paths(untrained, seed)
            former = {"critic": before.best(1) - before.blocks[0], "generator": after.blocks[0] - after.best(-1)}
        curve = {
            str(k): float((a - b).mean()) for k, a, b in zip(critic.steps, critic.blocks, generator.blocks, strict=True)
        }
        extras = {"split": subject.split, "steps": self.steps, "value": float(now.mean()), "curve": curve}
        found = []
        for part, values in {"": gains["critic"] + gains["generator"], **gains}.items():
            old = None if former is None else former[part] if part else former["critic"] + former["generator"]
            found.append(
                of_points(
                    self,
                    values,
                    part,
                    untrained=old,
                    ideal=0.0,
                    n=size * len(values),
                    seed=seed,
                    method=f"{self.steps} steps of each player; mean, Student over {len(values)} blocks",
                    extras={} if part else extras,
                )
            )
        return found

    def paths(self, subject: Subject, seed: int) -> tuple[Path, Path, int]:
        """The paths of critic and generator, and the samples in a block."""
        subject.critical()
        if subject.twin is None:
            raise MetricError("duality-gap: it goes on training, and there is no recipe here to train by")
        found, size = [], 0
        for mover in ("critic", "generator"):
            experiment = subject.twin()
            experiment.engine.round = subject.steps[-1] if subject.steps else 0
            turn, size = critic_turn(experiment), block_size(experiment, subject)
            judged = held_out(experiment, subject, subject.split, size, seed)
            other = (
                "valid" if subject.split != "valid" and experiment.dataset.count("valid") >= BLOCKS * size else "train"
            )
            chosen = held_out(experiment, subject, other, size, seed)
            marks = sorted({self.steps * i // MARKS for i in range(MARKS + 1)})
            blocks = []
            for step in range(self.steps + 1):
                if step in marks:
                    blocks.append((values(judged, turn, subject, size), values(chosen, turn, subject, size).mean()))
                if step < self.steps:
                    move(experiment, turn, mover)
            found.append(Path(marks, np.stack([b for b, _ in blocks]), np.array([c for _, c in blocks])))
        return found[0], found[1], size


def critic_turn(experiment: Experiment) -> Turn:
    """The one turn whose cost is the critic's.

    Raises:
        MetricError: there are several, and so no one value that both sides play for.
    """
    turns = [turn for turn in experiment.stages[-1].turns if experiment.game.side(turn.name) == "critic"]
    if len(turns) != 1:
        raise MetricError(
            f"duality-gap: the game has {len(turns)} turns of a critic, and so no single value: leave it out"
        )
    return turns[0]


def move(experiment: Experiment, turn: Turn, mover: str) -> None:
    """One step of the critic down its cost, or of the generator's side up the critic's."""
    engine = experiment.engine
    draw = engine.draw(turn, stream=f"duality-gap/{mover}")
    if mover == "critic":
        engine.move(turn, engine.gradients(turn, draw))
        return
    others = [other for other in experiment.stages[-1].turns if experiment.game.side(other.name) == "generator"]
    names = tuple(dict.fromkeys(name for other in others for name in other.players))
    theirs = replace(turn, players=names, terms=())
    engine.attend(*names)
    cost = engine.cost(theirs, draw)
    engine.move(theirs, engine.differentiate(-cost.value, engine.parameters(theirs)))


def block_size(experiment: Experiment, subject: Subject) -> int:
    """Samples in a block: a batch of the recipe, or less where the split is small; a whole number of packs."""
    count = min(subject.n, experiment.dataset.count(subject.split))
    batch, group = experiment.engine.sources["data"].batch_size, experiment.game.group  # pyright: ignore
    size = batch if count >= BLOCKS * batch else count // BLOCKS // group * group
    if size == 0:
        raise MetricError(
            f"duality-gap: {count} samples of {subject.split!r} are too few: give at least {BLOCKS * group}"
        )
    return size


def held_out(experiment: Experiment, subject: Subject, split: str, size: int, seed: int) -> Engine:
    """The same game with the samples of a split in place of the recipe's batches."""
    engine, device = experiment.engine, experiment.engine.device
    sources = {
        "data": DataSource(experiment.seen, size, seed, device, split),
        "prior": PriorSource(experiment.game.prior, size, seed, device),
    }
    held = Engine(engine.game, engine.players, sources, seed, device, engine.precision)
    held.round = engine.round
    return held


def values(engine: Engine, turn: Turn, subject: Subject, size: int) -> Float[np.ndarray, " b"]:
    """M on each block of samples, in evaluation mode; the same draws whenever it is asked."""
    count = min(subject.n, engine.sources["data"].count)  # pyright: ignore[reportAttributeAccessIssue]
    was_training, plain = engine.game.training, replace(turn, terms=())
    engine.game.eval()
    engine.counts.clear()
    with torch.no_grad():
        found = [-float(engine.cost(plain, engine.draw(turn, stream="held-out")).value) for _ in range(count // size)]
    engine.game.train(was_training)
    return np.array(found)
