"""What the loop itself costs, on perceptrons of two layers where there is nothing else to pay for.

    python benchmarks/loop_overhead.py [--rounds 100] [--only unrolled] [--json]

Ours (sources, turns, dynamics, ledger, players) against frugal hand-written loops of the same mathematics
(``frugal_loops.py``). Batch 64, one thread, Adam; 1 + 1 moves.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from typing import Any

import frugal_loops as by_hand
import torch
from timing import interleave, ratio, show

from gansuite.dynamics.alternating import Alternating
from gansuite.dynamics.consensus import Consensus
from gansuite.dynamics.dynamics import Dynamics
from gansuite.dynamics.simultaneous import Simultaneous
from gansuite.dynamics.unrolled import Unrolled
from gansuite.engine.engine import Engine
from gansuite.engine.optimizers import adam
from gansuite.engine.player import Player
from gansuite.engine.source import DataSource, PriorSource
from gansuite.engine.turn import Turn
from gansuite.games.game import Game
from gansuite.games.gan import Gan
from gansuite.games.mad_gan import MadGan
from gansuite.games.networks import Networks
from gansuite.objectives.non_saturating import NonSaturating
from gansuite.objectives.wasserstein import Wasserstein
from gansuite.penalties.gradient_penalty import GradientPenalty
from gansuite.priors.normal import Normal
from gansuite.testing.toy import PointsSpec, Ring

CPU = torch.device("cpu")


def ours(dynamics: Dynamics, objective: Any, penalties: list[Any] | None = None) -> Callable[[], None]:
    """Steps of the two-player game, as a run makes them."""
    nets, spec, penalties = by_hand.networks(), PointsSpec(), penalties or []
    prior = Normal(spec, size=by_hand.LATENT)
    game = Gan(Networks.fixed(nets, spec, prior), prior, spec.space, objective=objective, penalties=penalties)
    return steps(game, prior, dynamics)


def mad_gan(k: int = 4) -> Callable[[], None]:
    """The same with k generators and a critic that tells them apart."""
    spec = PointsSpec()
    prior = Normal(spec, size=by_hand.LATENT)
    made = {"generator": [by_hand.networks()["generator"] for _ in range(k)], "critic": by_hand.networks()["critic"]}
    game = MadGan(Networks.fixed(made, spec, prior), prior, spec.space, objective=NonSaturating(), generators=k)
    return steps(game, prior, Alternating())


def steps(game: Game, prior: Any, dynamics: Dynamics) -> Callable[[], None]:
    """Steps of any game whose players are its turns."""
    players = {}
    for name in game.players:
        parameters = [p for module in game.owned(name) for p in module.parameters()]
        players[name] = Player(name, parameters, adam(parameters))
    sources = {
        "data": DataSource(Ring(count=16384), by_hand.BATCH, 0, CPU),
        "prior": PriorSource(prior, by_hand.BATCH, 0, CPU),
    }
    engine = Engine(game, players, sources, 0, CPU)
    turns = [
        Turn(n, game.movers(n), game.draws(n), 1, tuple(p for p in game.terms() if p.turn == n)) for n in game.turns
    ]

    def run() -> None:
        for _ in range(by_hand.STEPS):
            dynamics.round(engine, turns)
        engine.ledger.read()

    return run


def rows() -> dict[str, list[Callable[[], None]]]:
    """For each row ours, the frugal loop, and the leanest where there is one."""
    return {
        "non_saturating": [
            ours(Alternating(), NonSaturating()),
            by_hand.alternating(penalised=False),
            by_hand.alternating(penalised=False, leanest=True),
        ],
        "wgan_gp": [
            ours(Alternating(), Wasserstein(), [GradientPenalty()]),
            by_hand.alternating(penalised=True),
            by_hand.alternating(penalised=True, leanest=True),
        ],
        "simultaneous": [ours(Simultaneous(), NonSaturating()), by_hand.simultaneous()],
        "consensus": [ours(Consensus(), NonSaturating()), by_hand.consensus()],
        "mad_gan": [mad_gan(), by_hand.mad_gan()],
        "unrolled": [
            ours(Unrolled(steps=5, value="own"), NonSaturating()),
            by_hand.unrolled(steps=5),
            by_hand.unrolled(steps=5, leanest=True),
        ],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=100, help=f"turns of {by_hand.STEPS} steps each")
    parser.add_argument("--only", help="one row")
    parser.add_argument("--json", action="store_true", help="print the ratios as an object in the last line")
    options = parser.parse_args()
    torch.set_num_threads(1)
    found = {}
    for row, variants in rows().items():
        if options.only not in (None, row):
            continue
        names = [f"{who}, {row.replace('_', ' ')}" for who in ("ours", "frugal", "leanest")[: len(variants)]]
        # One thread: the same as wall time on an idle machine, and fair on a busy one.
        seconds = interleave(dict(zip(names, variants, strict=True)), options.rounds, clock=time.process_time)
        show(seconds, "us a step", 1e6 / by_hand.STEPS)
        mine, *others = seconds.values()
        for who, theirs in zip(("frugal", "leanest"), others, strict=False):
            found[f"ours_over_{who}_{row}"] = ratio(mine, theirs)
    for name, (middle, low, high) in found.items():
        print(f"{name:36s} {middle:.3f}   [{low:.3f}, {high:.3f}]")
    if options.json:
        print(json.dumps({name: round(middle, 4) for name, (middle, *_) in found.items()}))


if __name__ == "__main__":
    main()
