"""An engine whose batches are the laws themselves, so that one round is its own expectation.

A round on random batches has no Jacobian to speak of: its noise does not vanish at the equilibrium. Here N(0, 1) is
six equally weighted points, {0, 0, 0, 0, √3, -√3}: the three-point Gauss-Hermite rule, with the first five moments of
the normal law. U[0, 1) is the three-point rule of Chebyshev with equal weights, right up to the third moment. A batch
is the product of all laws that meet in it, so that they are independent in it as they are in truth. The costs of
the two systems are polynomials of low degree in what is random, to the order that a Jacobian at the equilibrium sees:
for them these batches are exact and not a sample.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import torch
from torch import Tensor

from gansuite.build import Experiment
from gansuite.engine.engine import Engine
from gansuite.engine.rng import Rng
from gansuite.engine.turn import Turn
from gansuite.games.game import Draw

NORMAL = torch.tensor([0.0, 0.0, 0.0, 0.0, math.sqrt(3), -math.sqrt(3)], dtype=torch.float64)
UNIFORM = 0.5 + 0.5 * torch.tensor([-math.sqrt(0.5), 0.0, math.sqrt(0.5)], dtype=torch.float64)
AXES: Mapping[str, Tensor] = {"data": NORMAL, "prior": NORMAL, "noise": NORMAL, "place": UNIFORM}


class Product:
    """The product of some laws as the rows of a batch; a law that does not meet is one point, 0."""

    def __init__(self, laws: frozenset[str]) -> None:
        points = [AXES[name] if name in laws else torch.zeros(1, dtype=torch.float64) for name in AXES]
        self.columns = dict(zip(AXES, torch.cartesian_prod(*points).T, strict=True))

    def __getitem__(self, name: str) -> Tensor:
        """The points of a law, one for each row."""
        return self.columns[name]


class ExactRng(Rng):
    """The random numbers of a cost as the product has them: normal ones from "noise", uniform ones from "place"."""

    def __init__(self, product: Product) -> None:
        super().__init__(0)
        self.product = product

    def normal(self, n: int, *shape: int, scale: float = 1.0) -> Tensor:
        return scale * column(self.product["noise"], n, *shape)

    def uniform(self, n: int, *shape: int, low: float = 0.0, high: float = 1.0) -> Tensor:
        return low + (high - low) * column(self.product["place"], n, *shape)


def column(points: Tensor, *shape: int) -> Tensor:
    """A law's points [n] as a batch of this shape, whose further axes have one entry."""
    return points.view(-1, *(1,) * (len(shape) - 1)).expand(*shape)


class ExactSource:
    """The product in place of the data (with its deviation) or the latents."""

    def __init__(self, name: str, product: Product, scale: float) -> None:
        self.name, self.batch = name, scale * product[name][:, None]

    def draw(self, stream: str, index: int, shard: tuple[int, int]) -> dict[str, Tensor]:
        return {self.name: self.batch}


class ExactEngine(Engine):
    """The engine of an experiment, with the product of ``laws`` in place of its draws.

    Args:
        experiment: in double precision, on the CPU.
        laws: those that meet in its costs, of ``data prior noise place``.
        sd: deviation of the data.
    """

    def __init__(self, experiment: Experiment, laws: frozenset[str], sd: float) -> None:
        product = Product(laws)
        sources = {"data": ExactSource("data", product, sd), "prior": ExactSource("prior", product, 1.0)}
        device = experiment.engine.device
        super().__init__(experiment.game, experiment.players, sources, 0, device, experiment.engine.precision)
        self.exact = ExactRng(product)

    def draw(self, *turns: Turn, stream: str | None = None) -> Draw:
        draw = super().draw(*turns, stream=stream)
        draw.rng = lambda name: self.exact
        return draw
