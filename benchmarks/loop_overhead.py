"""What the loop itself costs, on perceptrons of two layers where there is nothing else to pay for.

    python benchmarks/loop_overhead.py [--rounds 400] [--json]

Ours (sources, turns, dynamics, ledger, players) against a frugal hand-written loop: nothing recorded through the player
at rest, fused Adam, losses kept on the device, ``zero_grad``, ``backward``, ``step``; and against the leanest we can
write, which takes ``autograd.grad`` for the mover only. Batch 64, 1 + 1 moves, one thread.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from typing import Any

import torch
from timing import interleave, ratio, show
from torch import Tensor

from gansuite.dynamics.alternating import Alternating
from gansuite.engine.engine import Engine
from gansuite.engine.optimizers import adam
from gansuite.engine.player import Player
from gansuite.engine.source import DataSource, PriorSource
from gansuite.engine.turn import Turn
from gansuite.games.gan import Gan
from gansuite.objectives.non_saturating import NonSaturating
from gansuite.objectives.wasserstein import Wasserstein
from gansuite.penalties.gradient_penalty import GradientPenalty
from gansuite.priors.normal import Normal
from gansuite.testing.toy import Critic, Generator, PointsSpec, Ring

BATCH, LATENT, STEPS = 64, 8, 20
CPU = torch.device("cpu")


def networks() -> dict[str, torch.nn.Module]:
    torch.manual_seed(0)
    spec = PointsSpec()
    return {"generator": Generator(spec, Normal(spec, size=LATENT), width=64), "critic": Critic(spec, width=64)}


def ours(objective: Any, penalties: list[Any]) -> Callable[[], None]:
    nets, spec = networks(), PointsSpec()
    prior = Normal(spec, size=LATENT)
    game = Gan(nets, prior, spec.space, objective=objective, penalties=penalties)
    players = {n: Player(n, list(net.parameters()), adam(list(net.parameters()))) for n, net in nets.items()}
    sources = {"data": DataSource(Ring(count=16384), BATCH, 0, CPU), "prior": PriorSource(prior, BATCH, 0, CPU)}
    engine, dynamics = Engine(game, players, sources, 0, CPU), Alternating()
    turns = [Turn(n, n, game.draws(n), 1, tuple(penalties) if n == "critic" else ()) for n in game.turns]

    def steps() -> None:
        for _ in range(STEPS):
            dynamics.round(engine, turns)
        engine.ledger.read()

    return steps


def frugal(penalised: bool, leanest: bool = False) -> Callable[[], None]:
    nets = networks()
    generator, critic = nets["generator"], nets["critic"]
    theta, psi = list(generator.parameters()), list(critic.parameters())
    fast = {"lr": 1e-4, "betas": (0.5, 0.9), "fused": True}
    generator_adam, critic_adam = torch.optim.Adam(theta, **fast), torch.optim.Adam(psi, **fast)
    ring = Ring(count=16384)
    points = ring.batch("train", torch.arange(ring.count("train")), None)["data"]
    rng = torch.Generator().manual_seed(0)

    def move(cost: Tensor, parameters: list[torch.nn.Parameter], optimizer: torch.optim.Optimizer) -> None:
        if leanest:
            for p, g in zip(parameters, torch.autograd.grad(cost, parameters), strict=True):
                p.grad = g
        else:
            optimizer.zero_grad()
            cost.backward()
        optimizer.step()

    def steps() -> None:
        losses = []
        for _ in range(STEPS):
            for p in psi:
                p.requires_grad_(True)
            with torch.no_grad():
                fake = generator(torch.randn(BATCH, LATENT, generator=rng))
            real = points[torch.randint(len(points), (BATCH,), generator=rng)]
            real_score, fake_score = critic(torch.cat([real, fake])).split(BATCH)
            if penalised:
                cost = (fake_score - real_score).mean()
                between = torch.lerp(fake, real, torch.rand(BATCH, 1, generator=rng)).requires_grad_()
                (slope,) = torch.autograd.grad(critic(between).sum(), between, create_graph=True)
                cost = cost + 10 * (slope.norm(dim=1) - 1).square().mean()
            else:
                softplus = torch.nn.functional.softplus
                cost = (softplus(-real_score) + softplus(fake_score)).mean()
            move(cost, psi, critic_adam)
            losses.append(cost.detach())
            for p in psi:
                p.requires_grad_(False)
            score = critic(generator(torch.randn(BATCH, LATENT, generator=rng)))
            cost = -score.mean() if penalised else torch.nn.functional.softplus(-score).mean()
            move(cost, theta, generator_adam)
            losses.append(cost.detach())
        torch.stack(losses).tolist()

    return steps


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=100, help=f"turns of {STEPS} steps each")
    parser.add_argument("--json", action="store_true", help="print the ratios as an object in the last line")
    options = parser.parse_args()
    torch.set_num_threads(1)
    seconds = interleave(
        {
            "ours, non-saturating": ours(NonSaturating(), []),
            "frugal, non-saturating": frugal(False),
            "leanest, non-saturating": frugal(False, leanest=True),
            "ours, WGAN-GP": ours(Wasserstein(), [GradientPenalty()]),
            "frugal, WGAN-GP": frugal(True),
            "leanest, WGAN-GP": frugal(True, leanest=True),
        },
        options.rounds,
        clock=time.process_time,  # one thread: the same as wall time on an idle machine, and fair on a busy one
    )
    show(seconds, "us a step", 1e6 / STEPS)
    a, b, c, d, e, f = seconds.values()
    found = {
        "ours_over_frugal_non_saturating": ratio(a, b),
        "ours_over_frugal_wgan_gp": ratio(d, e),
        "ours_over_leanest_non_saturating": ratio(a, c),
        "ours_over_leanest_wgan_gp": ratio(d, f),
    }
    for name, (middle, low, high) in found.items():
        print(f"{name:36s} {middle:.3f}   [{low:.3f}, {high:.3f}]")
    if options.json:
        print(json.dumps({name: round(middle, 4) for name, (middle, *_) in found.items()}))


if __name__ == "__main__":
    main()
