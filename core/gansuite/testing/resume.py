"""Rounds played by hand, and a run that goes on from another one's checkpoint: resuming must be exact to the bit."""

from __future__ import annotations

from pathlib import Path

from gansuite.build import Experiment
from gansuite.engine.checkpoint import load, save

AVERAGE = "average."


def rounds(experiment: Experiment, first: int, last: int) -> None:
    """Play the rounds after ``first`` up to ``last`` of an experiment's first stage."""
    stage = experiment.stages[0]
    for step in range(first + 1, last + 1):
        experiment.engine.at(step)
        stage.dynamics.round(experiment.engine, stage.turns)
        if experiment.average:
            experiment.average.after(step)


def hand_over(giver: Experiment, taker: Experiment, folder: Path, step: int) -> None:
    """Let ``taker`` go on where ``giver`` stands, by a checkpoint written to ``folder`` and read from it."""
    average = giver.average.state_dict() if giver.average else {}
    weights = giver.game.state_dict() | {AVERAGE + key: value for key, value in average.items()}
    players = {name: player.state_dict() for name, player in giver.players.items()}
    save(folder, step, weights, {"players": players, "engine": giver.engine.state_dict()}, 1)
    _, weights, state = load(folder)
    average = {key.removeprefix(AVERAGE): weights.pop(key) for key in list(weights) if key.startswith(AVERAGE)}
    taker.game.load_state_dict(weights)
    if taker.average:
        taker.average.load_state_dict(average)
    taker.engine.load_state_dict(state["engine"])
    for name, player in taker.players.items():
        player.load_state_dict(state["players"][name])
