"""What the gradient penalty is for: the critic's gap is the distance of the two distributions."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from gansuite.engine.rng import Rng
from gansuite.games.game import Draw
from gansuite.penalties.gradient_penalty import GradientPenalty
from gansuite.spaces import TensorSpace


def gap(critic: nn.Module, shift: float, penalty: GradientPenalty, stage, rate: float = 5e-3) -> float:
    """E D(x) - E D(y) of a trained critic, x ~ N(shift, 1), y ~ N(0, 1), whose distance is W1 = shift."""
    game, steps = stage({"critic": critic}, TensorSpace()), 400
    optimizer = torch.optim.Adam(critic.parameters(), lr=rate, betas=(0.0, 0.9))
    decay = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.01, steps)

    def score(x: Tensor, rng: Rng | None = None) -> Tensor:
        return critic(x).squeeze(1)

    for i in range(steps):
        real, fake = Rng(0, "x", index=i).normal(256, 1) + shift, Rng(0, "y", index=i).normal(256, 1)
        draw = Draw({}, lambda name, i=i: Rng(0, name, index=i), index=i)
        value = score(fake).mean() - score(real).mean()
        value = value + penalty.weight * penalty(game, draw, {"real": real, "fake": fake, "score": score})
        optimizer.zero_grad()
        value.backward()
        optimizer.step()
        decay.step()
    x, y = Rng(1, "x").normal(20000, 1) + shift, Rng(1, "y").normal(20000, 1)
    with torch.no_grad():
        return float(score(x).mean() - score(y).mean())


def test_the_gap_of_a_penalised_critic_is_the_distance(stage) -> None:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        critic = nn.Sequential(
            nn.Linear(1, 32), nn.LeakyReLU(0.2), nn.Linear(32, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1)
        )
    assert gap(critic, 0.5, GradientPenalty(), stage) == pytest.approx(0.5, rel=0.05)


@pytest.mark.parametrize("weight", [1.0, 10.0])
@pytest.mark.parametrize(
    ("sides", "start", "slope"),
    [
        ("two", 0.5, lambda excess: 1 + excess),
        ("two", -0.5, lambda excess: -1 + excess),
        ("one", 0.5, lambda excess: 1 + excess),
        ("one", -0.5, lambda excess: 1 + excess),
    ],
    ids=["two-right", "two-wrong", "one-right", "one-wrong"],
)
def test_a_linear_critic_overshoots_by_what_the_penalty_lets_it(stage, weight, sides, start, slope) -> None:
    """m w - λ (|w| - 1)² is greatest at w = 1 + m / (2 λ), and has a second peak at -1 + m / (2 λ), where a critic of
    one dimension that starts with the wrong sign stays; the one-sided penalty has the first alone."""
    critic = nn.Linear(1, 1)
    with torch.no_grad():
        critic.weight.fill_(start)
    found = gap(critic, 1.0, GradientPenalty(weight=weight, sides=sides), stage, rate=0.02)
    assert found == pytest.approx(slope(1 / (2 * weight)), rel=0.03)
