"""Every objective in play: one move of each player does what the player is there for."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from gansuite.objectives.objective import Objective
from gansuite.plugins.registry import registry
from gansuite.testing.toy import Critic, PointsSpec

ENTRIES = [entry for entry in registry().entries("objective") if entry.plugin == "core"]
F_DIVERGENCES = [{"name": "f-divergence", "divergence": name} for name in ("kl", "reverse-kl", "pearson", "js")]
OTHERS = [{"name": "mmd", "kernel": "rbf"}, {"name": "optimal-transport", "cost": "euclidean"}, *F_DIVERGENCES]
TABLES = [{"name": entry.component.name} for entry in ENTRIES] + OTHERS
everyone = pytest.mark.parametrize("table", TABLES, ids=lambda table: "-".join(table.values()))


class Energy(nn.Module):
    """A critic that reconstructs: the squared error of a point."""

    def __init__(self) -> None:
        super().__init__()
        self.net = nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 1), nn.Linear(1, 2))

    def forward(self, x: Tensor, condition: None = None, rng: object = None) -> Tensor:
        return (self.net(x) - x).square().sum(1)


def make(table: dict) -> Objective:
    return registry().bind("objective", table, "[game] objective").make()


def game_of(gan, objective: Objective):
    with torch.random.fork_rng():
        torch.manual_seed(3)
        critic = Energy() if objective.energy else Critic(PointsSpec())
    return gan(objective, batch_size=64, critic=critic, optimizer=lambda p: torch.optim.SGD(p, lr=0.005))


@everyone
def test_each_move_lowers_its_cost_and_the_generator_fools_the_critic(gan, table) -> None:
    """One small step on a draw, judged on the same draw.

    The critic's step lowers its loss; the generator's lowers its own and, where it is judged by scores, moves the
    mean score of generated samples towards real.
    """
    objective = make(table)
    engine, (critic, generator) = game_of(gan, objective)
    for _ in range(20):  # a critic that has begun to tell them apart
        engine.move(critic, engine.gradients(critic, engine.draw(critic)))
    for turn in (critic, generator):
        draw = engine.draw(turn)
        engine.attend(turn.name)
        before = engine.cost(turn, draw)
        engine.move(turn, engine.gradients(turn, draw))
        after = engine.cost(turn, draw)
        assert after.value.item() < before.value.item(), turn.name
        if turn is generator and objective.generator_sees == "scores":
            gain = (after.out["fake_score"] - before.out["fake_score"]).mean().item()
            assert (-gain if objective.energy else gain) > 0


def seen(sees: str, seed: int) -> Tensor:
    shape = (8,) if sees == "scores" else (8, 2)
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64) + seed


@everyone
def test_the_order_of_the_batch_is_nothing(table) -> None:
    """Rows permuted on both sides alike (a pair stays a pair, a half a half) leave the mean cost, joint or not."""
    objective, order = make(table), [3, 1, 0, 2, 6, 7, 5, 4]
    real, fake = (seen(objective.critic_sees, seed) for seed in (0, 1))
    torch.testing.assert_close(objective.critic(real[order], fake[order]).mean(), objective.critic(real, fake).mean())
    real, fake = (seen(objective.generator_sees, seed) for seed in (0, 1))
    costs = [
        objective.generator(y, x if objective.generator_needs_real else None)
        for x, y in ((real, fake), (real[order], fake[order]))
    ]
    torch.testing.assert_close(costs[1].mean(), costs[0].mean())


@everyone
def test_a_batch_is_its_parts_unless_joint(table) -> None:
    """Mean cost of the whole against the mean over two halves: what lets processes share a batch."""
    objective = make(table)
    real, fake = (seen(objective.critic_sees, seed) for seed in (0, 1))
    whole = objective.critic(real, fake).mean()
    parts = (objective.critic(real[:4], fake[:4]).mean() + objective.critic(real[4:], fake[4:]).mean()) / 2
    if not objective.joint:
        torch.testing.assert_close(parts, whole)


@everyone
def test_precision_is_kept(table) -> None:
    objective = make(table)
    sides = [
        (objective.critic, objective.critic_sees),
        (lambda x, y: objective.generator(y, x), objective.generator_sees),
    ]
    for cost, sees in sides:
        assert cost(seen(sees, 0), seen(sees, 1)).dtype == torch.float64
        assert cost(seen(sees, 0).float(), seen(sees, 1).float()).dtype == torch.float32
