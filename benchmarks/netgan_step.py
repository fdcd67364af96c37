"""One iteration of NetGAN (1 generator move, 3 critic moves): batch 128, walks of 16 nodes, N = 2,810 (Cora-ML).

    python benchmarks/netgan_step.py [--rounds 5] [--nodes 2810] [--threads 1] [--json]

Ours (the game ``netgan`` with its penalty, float32, Adam's own weight decay) against the straightforward formulation:
the published code, word for word in torch. There a walk is a one-hot tensor [128, 16, N] in float64; every choice is
``F.gumbel_softmax(hard=True)``; the critic's move makes its generated walks with the generator's graph and sends
gradients through it that nobody uses; the gradient penalty differentiates by one-hot walks; and the L2 terms are sums
over the parameters in the cost. Both move the same number of parameters from the same walks, and CPU seconds are taken
of both in turn. Printed besides: our penalty against that one, on the same walks and weights.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from timing import interleave, ratio, show
from torch import Tensor, nn
from torch.nn import functional as F

from gansuite.credit.whole import Whole
from gansuite.engine.optimizers import adam
from gansuite.engine.rng import Rng
from gansuite.estimators.straight_through_gumbel import StraightThroughGumbel
from gansuite.games.game import Draw
from gansuite.games.networks import Networks
from gansuite.objectives.wasserstein import Wasserstein
from gansuite.priors.normal import Normal
from gansuite_graph.games.netgan import NetGan
from gansuite_graph.networks.walk_critic import WalkCritic
from gansuite_graph.networks.walk_lstm import WalkLstm
from gansuite_graph.penalties.projected_gradient import WalkGradientPenalty
from gansuite_graph.spec import WalkSpec

BATCH, LENGTH, CRITIC_MOVES, LATENT = 128, 16, 3, 16
DECAY = {"generator": 1e-7, "critic": 5e-5}
RATE, BETAS, TEMPERATURE = 3e-4, (0.5, 0.9), 5.0


def real_walks(nodes: int, generator: torch.Generator) -> Tensor:
    """Walks on a ring with chords: what they are is all one to the clock."""
    steps = torch.tensor([-7, -1, 1, 7])[torch.randint(0, 4, (BATCH, LENGTH), generator=generator)]
    steps[:, 0] = torch.randint(0, nodes, (BATCH,), generator=generator)
    return steps.cumsum(1) % nodes


# Ours.


def ours(nodes: int) -> tuple[Callable[[], None], NetGan]:
    """An iteration by the game."""
    spec = WalkSpec(nodes, LENGTH, 2 * nodes)
    prior = Normal(spec, size=LATENT)
    torch.manual_seed(0)
    networks = Networks.fixed({"generator": WalkLstm(spec, prior), "critic": WalkCritic(spec)}, spec, prior)
    estimator = StraightThroughGumbel(temperature=TEMPERATURE)
    penalty = WalkGradientPenalty()
    game = NetGan(
        networks, prior, spec.space, objective=Wasserstein(), penalties=[penalty], estimator=estimator, credit=Whole()
    )
    optimizers = {
        name: adam(list(game.get_submodule(name).parameters()), lr=RATE, betas=BETAS, weight_decay=decay)
        for name, decay in DECAY.items()
    }
    data, made = torch.Generator().manual_seed(1), [0]

    def move(turn: str) -> None:
        made[0] += 1
        for name in DECAY:
            game.get_submodule(name).requires_grad_(name == turn)
        draw = Draw({"prior": prior.sample(BATCH, Rng(0, "z", index=made[0]))}, partial(Rng, 0, index=made[0]))
        if turn == "critic":
            draw["data"] = real_walks(nodes, data)
        optimizers[turn].zero_grad()
        game(turn, draw, [penalty] if turn == "critic" else []).value.backward()
        optimizers[turn].step()

    def iteration() -> None:
        move("generator")
        for _ in range(CRITIC_MOVES):
            move("critic")

    return iteration, game


# The straightforward formulation.


class PlainGenerator(nn.Module):
    """The generator on one-hot rows."""

    def __init__(self, nodes: int, hidden: int = 40, embedding: int = 128) -> None:
        super().__init__()
        self.shared, self.to_h, self.to_c = (
            nn.Linear(LATENT, hidden),
            nn.Linear(hidden, hidden),
            nn.Linear(hidden, hidden),
        )
        self.cell, self.up = nn.LSTMCell(embedding, hidden), nn.Linear(hidden, nodes)
        self.down = nn.Linear(nodes, embedding, bias=False)

    def forward(self, z: Tensor, temperature: float) -> Tensor:
        shared = self.shared(z).tanh()
        h, c = self.to_h(shared).tanh(), self.to_c(shared).tanh()
        read, walk = z.new_zeros(len(z), self.down.out_features), []
        for _ in range(LENGTH):
            h, c = self.cell(read, (h, c))
            walk.append(F.gumbel_softmax(self.up(h), temperature, hard=True))
            read = self.down(walk[-1])
        return torch.stack(walk, 1)


class PlainCritic(nn.Module):
    """The critic on one-hot rows."""

    def __init__(self, nodes: int, hidden: int = 30, embedding: int = 128) -> None:
        super().__init__()
        self.down, self.hidden = nn.Linear(nodes, embedding, bias=False), hidden
        self.cell, self.out = nn.LSTMCell(embedding, hidden), nn.Linear(hidden, 1)

    def forward(self, walks: Tensor) -> Tensor:
        h = c = walks.new_zeros(len(walks), self.hidden)
        for read in self.down(walks).unbind(1):
            h, c = self.cell(read, (h, c))
        return self.out(h).squeeze(1)


def l2(network: nn.Module) -> Tensor:
    """½ Σ w²."""
    return torch.stack([0.5 * p.square().sum() for p in network.parameters()]).sum()


def straightforward(nodes: int) -> Callable[[], None]:
    """An iteration as the published code makes it."""
    torch.manual_seed(0)
    generator, critic = PlainGenerator(nodes).double(), PlainCritic(nodes).double()
    optimizers = {
        "generator": torch.optim.Adam(generator.parameters(), lr=RATE, betas=BETAS),
        "critic": torch.optim.Adam(critic.parameters(), lr=RATE, betas=BETAS),
    }
    data = torch.Generator().manual_seed(1)

    def move_critic() -> None:
        real = F.one_hot(real_walks(nodes, data), nodes).double()
        fake = generator(torch.randn(BATCH, LATENT, dtype=torch.float64), TEMPERATURE)
        share = torch.rand(BATCH, 1, 1, dtype=torch.float64)
        between = (share * real + (1 - share) * fake).detach().requires_grad_()
        (slope,) = torch.autograd.grad(critic(between).sum(), between, create_graph=True)
        penalty = (slope.square().sum((1, 2)).sqrt() - 1).square().mean()
        cost = critic(fake).mean() - critic(real).mean() + 10 * penalty + DECAY["critic"] * l2(critic)
        optimizers["critic"].zero_grad()
        cost.backward()
        optimizers["critic"].step()

    def move_generator() -> None:
        fake = generator(torch.randn(BATCH, LATENT, dtype=torch.float64), TEMPERATURE)
        cost = -critic(fake).mean() + DECAY["generator"] * l2(generator)
        optimizers["generator"].zero_grad()
        cost.backward()
        optimizers["generator"].step()

    def iteration() -> None:
        move_generator()
        for _ in range(CRITIC_MOVES):
            move_critic()

    return iteration


def penalties_apart(game: Any, nodes: int) -> float:
    """The relative difference of our penalty and one by one-hot float64 walks."""
    critic, made = game.critic.double(), torch.Generator().manual_seed(2)
    real, fake = real_walks(nodes, made), real_walks(nodes, made)
    draw = Draw({}, lambda name: Rng(0, "path"))
    own = WalkGradientPenalty()(game, draw, {"real": real, "fake": fake, "score": lambda x, rng=None: critic(x)})
    share = Rng(0, "path").uniform(BATCH).view(-1, 1, 1).double()
    corner = partial(F.one_hot, num_classes=nodes)
    between = torch.lerp(corner(fake).double(), corner(real).double(), share).requires_grad_()
    (slope,) = torch.autograd.grad(critic(between).sum(), between)
    plain = (slope.square().sum((1, 2)).sqrt() - 1).square().mean()
    return float((own.detach() - plain).abs() / plain)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--nodes", type=int, default=2810)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    iteration, game = ours(arguments.nodes)
    variants = {"ours": iteration, "straightforward": straightforward(arguments.nodes)}
    seconds = interleave(variants, arguments.rounds, warmup=1, clock=time.process_time)
    found: dict[str, Any] = {
        "straightforward_over_ours": ratio(seconds["straightforward"], seconds["ours"]),
        "penalties_apart": penalties_apart(game, arguments.nodes),
    }
    if arguments.json:
        print(json.dumps(found))
        return
    show(seconds)
    for name, value in found.items():
        print(f"{name}: {value}")


if __name__ == "__main__":
    main()
