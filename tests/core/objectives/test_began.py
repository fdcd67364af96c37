"""BEGAN's controller against the paper's recursion."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from gansuite.objectives.began import Began


def test_k_follows_the_paper() -> None:
    """k + λ (γ L(x) - L(G)), cut to [0, 1], by hand; the cost uses it, and it is in the state."""
    objective, k = Began(gamma=0.5, rate=0.1), 0.0
    for real, fake in [(4.0, 1.0), (6.0, 0.5), (1.0, 3.0), (40.0, 0.0), (1.0, 0.5), (0.0, 50.0)]:
        sides = torch.tensor([real - 0.5, real + 0.5]), torch.tensor([fake, fake])
        torch.testing.assert_close(objective.critic(*sides), sides[0] - k * sides[1])
        objective.after(*sides)
        k = min(1.0, max(0.0, k + 0.1 * (0.5 * real - fake)))
        assert float(objective.k) == pytest.approx(k)
    assert k == 0
    assert set(objective.state_dict()) == {"k"}
    torch.testing.assert_close(objective.generator(torch.tensor([2.0])), torch.tensor([2.0]))


def test_the_measure_by_hand() -> None:
    objective = Began(gamma=0.75)
    parts = objective.parts(torch.tensor([1.0, 3.0]), torch.tensor([5.0, 5.0]))
    assert float(parts["measure"]) == pytest.approx(2 + abs(0.75 * 2 - 5))
    assert float(parts["k"]) == 0
    objective.after(torch.tensor([400.0]), torch.tensor([0.0]))
    assert float(parts["k"]) == 0  # what was logged does not change afterwards


class AutoEncoder(nn.Module):
    """The energy of a point: its mean absolute reconstruction error through one number."""

    def __init__(self) -> None:
        super().__init__()
        self.net = nn.Sequential(
            nn.Linear(2, 32), nn.Tanh(), nn.Linear(32, 1), nn.Linear(1, 32), nn.Tanh(), nn.Linear(32, 2)
        )

    def forward(self, x: Tensor, condition: None = None, rng: object = None) -> Tensor:
        return (self.net(x) - x).abs().mean(1)


def test_the_measure_falls_on_the_ring(gan) -> None:
    objective = Began(gamma=0.5)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        critic = AutoEncoder()
    adam = lambda parameters: torch.optim.Adam(parameters, lr=3e-3, betas=(0.5, 0.999))  # noqa: E731
    engine, turns = gan(objective, critic=critic, optimizer=adam, batch_size=64)
    measures = []
    for _ in range(200):
        for turn in turns:
            draw = engine.draw(turn)
            if turn.name == "critic":
                measures.append(engine.cost(turn, draw).parts["measure"])
            engine.move(turn, engine.gradients(turn, draw))
    assert float(torch.stack(measures[-40:]).mean()) < 0.8 * float(torch.stack(measures[:20]).mean())
    assert 0 < float(objective.k) < 1
