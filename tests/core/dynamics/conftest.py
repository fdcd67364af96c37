"""The Dirac-GAN (Mescheder, Geiger & Nowozin 2018), and the Jacobian of whatever plays it.

Data sit at 0, the generator is one number theta, the critic D(x) = psi x.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from gansuite.dynamics.dynamics import Dynamics
from gansuite.engine.engine import Engine
from gansuite.engine.player import Player
from gansuite.engine.turn import Turn
from gansuite.games.gan import Gan
from gansuite.games.networks import Networks
from gansuite.penalties.r1 import R1
from gansuite.spaces import TensorSpace

STENCIL = (2 / 3, -1 / 12)  # of order 4: with steps of 1e-3 its error is that of rounding


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


class Dirac:
    """A Dirac-GAN that is played by some dynamics; its state is everything that the next round depends on.

    Args:
        dynamics: that play it.
        objective: f in the notation of the paper.
        gamma: weight of R1.
        moves: of a round, in their order; critic and generator once each where absent.
        h: learning rates, of both players or of (generator, critic).
        momentum: of both players.
        clip: bound of the critic's parameter.
    """

    def __init__(
        self,
        dynamics: Dynamics,
        objective: Any,
        gamma: float = 0.0,
        moves: Mapping[str, int] | None = None,
        h: float | tuple[float, float] = 0.2,
        momentum: float = 0.0,
        clip: float | None = None,
    ) -> None:
        self.dynamics, self.nets = dynamics, {"generator": Point(), "critic": Slope()}
        game = Gan(Networks.fixed(self.nets), None, TensorSpace(), objective=objective, penalties=[])
        rates = dict(zip(self.nets, (h, h) if isinstance(h, float) else h, strict=True))
        self.players = {}
        for name, net in self.nets.items():
            group = {"params": list(net.parameters()), "momentum": momentum}
            keep = [lambda ps: [p.data.clamp_(-clip, clip) for p in ps]] if clip and name == "critic" else []
            optimizer = torch.optim.SGD([group], lr=rates[name])
            self.players[name] = Player(name, list(net.parameters()), optimizer, projections=keep)
        terms = (R1(weight=gamma),) if gamma else ()
        self.turns = [
            Turn(name, (name,), ("data",), repeat, terms if name == "critic" else ())
            for name, repeat in (moves or {"critic": 1, "generator": 1}).items()
        ]
        self.engine = Engine(game, self.players, {"data": Zeros()}, 0, torch.device("cpu"))

    def play(self, rounds: int = 1) -> None:
        for _ in range(rounds):
            self.dynamics.round(self.engine, self.turns)

    @property
    def point(self) -> tuple[float, float]:
        """(theta, psi)."""
        theta, psi = (float(p.detach()) for player in self.players.values() for p in player.parameters)
        return theta, psi

    @point.setter
    def point(self, values: Sequence[float]) -> None:
        for player, value in zip(self.players.values(), values, strict=True):
            player.parameters[0].data.fill_(value)

    def trajectory(self, start: tuple[float, float], rounds: int) -> Tensor:
        """The points after each of the rounds, [rounds, 2]."""
        self.point = start
        points = []
        for _ in range(rounds):
            self.play()
            points.append(self.point)
        return torch.tensor(points, dtype=torch.float64)

    def state(self) -> Any:
        """Players, velocities and memory of the dynamics."""
        return [
            [p.detach().clone() for player in self.players.values() for p in player.parameters],
            [dict(player.optimizer.state[p]) for player in self.players.values() for p in player.parameters],
            self.dynamics.state_dict(),
        ]

    def load(self, state: Any) -> None:
        points, velocities, memory = state
        self.point = [float(p) for p in points]
        for player, velocity in zip(self.players.values(), velocities, strict=True):
            player.optimizer.state[player.parameters[0]] = {
                k: v.clone() if isinstance(v, Tensor) else v for k, v in velocity.items()
            }
        self.dynamics.load_state_dict(memory)

    def eigenvalues(self, warmup: int = 2, e: float = 1e-3) -> Tensor:
        """Of one round's Jacobian at the equilibrium, over the whole state, the largest first.

        Args:
            warmup: rounds at rest before it, after which queues are full and velocities exist.
            e: step of the differences.
        """
        self.point = (0.0, 0.0)
        self.play(warmup)
        at_rest = self.state()
        zero = flatten(at_rest)
        assert not zero.any()

        def end(x: Tensor) -> Tensor:
            self.load(unflatten(at_rest, iter(x)))
            self.play()
            return flatten(self.state())

        columns = []
        for direction in torch.eye(len(zero), dtype=torch.float64) * e:
            ends = [c * (end(k * direction) - end(-k * direction)) for k, c in enumerate(STENCIL, 1)]
            columns.append(torch.stack(ends).sum(0) / e)
        found = torch.linalg.eigvals(torch.stack(columns, 1))
        return found[found.abs().argsort(descending=True)]

    def radius(self, warmup: int = 2) -> float:
        return float(self.eigenvalues(warmup).abs().max())


def flatten(tree: Any) -> Tensor:
    """The floating-point tensors of a tree, each a number."""
    if isinstance(tree, Tensor):
        return tree.detach().double().reshape(1)
    children = tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list | tuple) else ()
    return torch.cat([torch.zeros(0, dtype=torch.float64), *map(flatten, children)])


def unflatten(tree: Any, numbers: Any) -> Any:
    if isinstance(tree, Tensor):
        return next(numbers).clone()
    if isinstance(tree, dict):
        return {key: unflatten(value, numbers) for key, value in tree.items()}
    return [unflatten(value, numbers) for value in tree] if isinstance(tree, list | tuple) else tree


@pytest.fixture
def dirac() -> Callable[..., Dirac]:
    """``dirac(dynamics, objective, ...)``: a Dirac-GAN."""
    return Dirac
