"""One rank of test_distributed.py: plays a game of texts, then writes its weights."""

from __future__ import annotations

import sys
from typing import Any

import torch
from torch import Tensor

from gansuite.build import build
from gansuite.engine.ranks import Ranks
from gansuite.recipes import read

BASE: dict[str, Any] = {
    "plugin": "text",
    "data": {"name": "markov", "batch_size": 12, "count": 300, "length": 6},
    "prior": {"name": "none"},
    "players": {
        "generator": {"name": "recurrent", "embedding": 6, "hidden": 6},
        "critic": {"name": "convolutional", "embedding": 6, "widths": [1, 2], "channels": 6},
    },
    "game": {"name": "discrete", "pretraining": {"likelihood": 2}, "anchor": 0.1, "likelihood": 0.1},
    "train": {"steps": 6},
}
GAMES: dict[str, dict[str, Any]] = {
    "leave-one-out": {},
    "rollouts": {"credit": {"name": "rollouts", "n": 2}},
    "ppo": {"estimator": {"name": "ppo", "epochs": 2, "normalise": True}},
    "value": {"estimator": {"name": "reinforce", "baseline": "critic"}},
    "relaxed": {"estimator": "gumbel-softmax"},
}


def play(case: str, ranks: Ranks) -> dict[str, Tensor]:
    """The weights after all rounds of all stages."""
    # An eps as tiny as usual would make whole steps of rounding errors where a gradient is 0.
    optimizer = {"name": "adam", "lr": 1e-2, "eps": 1e-2}
    players = {name: table | {"optimizer": optimizer} for name, table in BASE["players"].items()}
    recipe = read(BASE | {"players": players, "game": BASE["game"] | GAMES[case]})
    made = build(recipe, torch.device("cpu"), ranks)
    step = 0
    for stage in made.stages:
        for _ in range(stage.rounds):
            made.engine.at(step)
            stage.dynamics.round(made.engine, stage.turns)
            step += 1
    return {name: p.detach().clone() for name, p in made.game.state_dict().items()}


if __name__ == "__main__":
    ranks = Ranks.join(torch.device("cpu"))
    torch.save({case: play(case, ranks) for case in GAMES}, f"{sys.argv[1]}/{ranks.rank}.pt")
    ranks.leave()
