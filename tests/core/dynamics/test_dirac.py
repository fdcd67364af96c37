"""Dirac-GAN (Mescheder, Geiger & Nowozin 2018): eigenvalues of the very update that trains WaveGAN.

Data sit at 0, the generator is one number theta, the critic D(x) = psi x. One round is differentiated numerically at
the equilibrium (0, 0); its spectral radius has a closed form for each objective and dynamics.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest
import torch
from torch import Tensor, nn

from gansuite.dynamics.alternating import Alternating
from gansuite.dynamics.simultaneous import Simultaneous
from gansuite.engine.engine import Engine
from gansuite.engine.player import Player
from gansuite.engine.turn import Turn
from gansuite.games.gan import Gan
from gansuite.objectives.hinge import Hinge
from gansuite.objectives.minimax import Minimax
from gansuite.objectives.non_saturating import NonSaturating
from gansuite.objectives.wasserstein import Wasserstein
from gansuite.penalties.r1 import R1
from gansuite.spaces import TensorSpace

H = 0.2


class Point(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.theta = nn.Parameter(torch.zeros((), dtype=torch.float64))

    def forward(self, z: Tensor, condition: None = None, rng: object = None) -> Tensor:
        return self.theta.expand(z.shape[0], 1)


class Slope(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.psi = nn.Parameter(torch.zeros((), dtype=torch.float64))

    def forward(self, x: Tensor, condition: None = None, rng: object = None) -> Tensor:
        return (self.psi * x).squeeze(1)


class Zeros:
    """The one real point, and a latent that nobody reads."""

    def draw(self, stream: str, index: int, shard: tuple[int, int]) -> dict[str, Tensor]:
        return {"data": torch.zeros(1, 1, dtype=torch.float64), "prior": torch.zeros(1, 1, dtype=torch.float64)}


class Dirac(Gan):
    """Scores stay in double precision, for differences of 1e-6."""

    def score(self, x: Tensor, rng: object = None) -> Tensor:
        return self.critic(x)


def after_one_round(start: Sequence[float], dynamics, objective, gamma: float, moves: dict[str, int]) -> Tensor:
    networks = {"generator": Point(), "critic": Slope()}
    game = Dirac(networks, None, TensorSpace(), objective=objective, penalties=[])
    players = {n: Player(n, list(m.parameters()), torch.optim.SGD(m.parameters(), lr=H)) for n, m in networks.items()}
    terms = (R1(weight=gamma),) if gamma else ()
    turns = [Turn(n, n, ("data",), k, terms if n == "critic" else ()) for n, k in moves.items()]
    with torch.no_grad():
        networks["generator"].theta.fill_(start[0])
        networks["critic"].psi.fill_(start[1])
    engine = Engine(game, players, {"data": Zeros()}, 0, torch.device("cpu"))
    dynamics.round(engine, turns)
    return torch.stack([networks["generator"].theta.detach(), networks["critic"].psi.detach()])


def radius(dynamics, objective, gamma: float = 0.0, moves: dict[str, int] | None = None) -> float:
    """Spectral radius of one round's Jacobian at (0, 0), by central differences."""
    moves = moves or {"critic": 1, "generator": 1}
    e = 1e-4

    def end(*start: float) -> Tensor:
        return after_one_round(start, dynamics, objective, gamma, moves)

    columns = [(end(e, 0.0) - end(-e, 0.0)) / (2 * e), (end(0.0, e) - end(0.0, -e)) / (2 * e)]
    return float(torch.linalg.eigvals(torch.stack(columns, 1)).abs().max())


@pytest.mark.parametrize(
    ("objective", "slope"), [(Minimax(), 0.5), (NonSaturating(), 0.5), (Wasserstein(), 1.0), (Hinge(), 1.0)]
)
def test_unregularised_games_spiral_out_simultaneously_and_circle_alternately(objective, slope: float) -> None:
    assert radius(Simultaneous(), objective) == pytest.approx(math.sqrt(1 + (H * slope) ** 2), abs=1e-6)
    assert radius(Alternating(), objective) == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize(
    ("objective", "gamma", "simultaneous", "alternating", "five"),
    [
        (Minimax(), 0.3, 0.97468, 0.96954, 0.85668),
        (Minimax(), 2.0, 0.97321, 0.97396, 0.97495),
        (NonSaturating(), 0.3, 0.97468, 0.96954, 0.85668),
        (Wasserstein(), 0.3, 0.98995, 0.96954, None),
    ],
)
def test_r1_makes_them_converge(objective, gamma, simultaneous, alternating, five) -> None:
    assert radius(Simultaneous(), objective, gamma) == pytest.approx(simultaneous, abs=2e-5)
    assert radius(Alternating(), objective, gamma) == pytest.approx(alternating, abs=2e-5)
    if five:
        assert radius(Alternating(), objective, gamma, {"critic": 5, "generator": 1}) == pytest.approx(five, abs=2e-5)


def test_alternating_loses_stability_at_the_predicted_rate() -> None:
    """Alternating steps circle for h f' sqrt(n_d) < 2 and diverge beyond: n_d = 99, h = .2, f' = 1 is just below."""
    assert radius(Alternating(), Wasserstein(), 0, {"critic": 99, "generator": 1}) == pytest.approx(1, abs=1e-5)
    assert radius(Alternating(), Wasserstein(), 0, {"critic": 101, "generator": 1}) > 1.1
