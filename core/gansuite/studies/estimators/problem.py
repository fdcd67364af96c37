"""What a problem is: a law over few enough samples that the gradient of an expected cost is a finite sum."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import torch
from jaxtyping import Float, Int64
from torch import Tensor

from gansuite.engine.rng import Rng
from gansuite.estimators.estimator import CostOf, Estimator, one_hot


@dataclass(frozen=True)
class Quadratic:
    """f(y) = σ(½ yᵀ A y + bᵀ y) on points of the simplex, y flattened; it is not linear in any choice."""

    a: Float[Tensor, "d d"]
    b: Float[Tensor, " d"]

    @classmethod
    def drawn(cls, d: int, seed: int, scale: float = 0.5) -> Quadratic:
        """Normal coefficients, A symmetric."""
        rng = Rng(seed, "quadratic")
        a = rng.normal(d, d, scale=scale)
        return cls((a + a.t()) / 2**0.5, rng.normal(d, scale=scale))

    def __call__(self, y: Float[Tensor, "n c k"]) -> Float[Tensor, " n"]:
        y = y.flatten(1)
        return (0.5 * (y @ self.a.to(y.dtype) * y).sum(1) + y @ self.b.to(y.dtype)).sigmoid()


@dataclass(frozen=True)
class Tabulated:
    """A cost that is told for every sample, and has no meaning between them."""

    values: Float[Tensor, " states"]

    def __call__(self, y: Float[Tensor, "n c k"]) -> Float[Tensor, " n"]:
        return self.values[place_of(y.argmax(-1), y.shape[-1])].to(y.dtype)


class Counted:
    """A cost that counts the rows that it is asked for."""

    def __init__(self, cost: CostOf) -> None:
        self.cost, self.rows = cost, 0

    def __call__(self, y: Float[Tensor, "n c k"]) -> Float[Tensor, " n"]:
        self.rows += len(y)
        return self.cost(y)


@dataclass(frozen=True)
class Estimates:
    """Estimates of a gradient, one a row, and evaluations of the cost that each of them took."""

    gradients: Float[Tensor, "draws p"]
    evaluations: float


class Problem(ABC):
    """A cost, a law, and the exact gradient of the expected cost by the law's parameters.

    Class attributes:
        name: in tables.
        offers: what an estimator may need (``NEEDS``).
    """

    name: ClassVar[str]
    offers: ClassVar[frozenset[str]]
    cost: CostOf
    truth: Float[Tensor, " p"]
    """∇ E f, by enumeration in double precision"""

    def fits(self, estimator: Estimator) -> bool:
        """Whether the estimator can be asked here."""
        return estimator.needs <= self.offers

    @abstractmethod
    def estimates(
        self, estimator: Estimator, draws: int, rng: Rng, *, samples: int = 1, credit: str = "whole"
    ) -> Estimates:
        """Independent estimates, each from ``samples`` samples that are compared with each other only.

        Score functions with the baseline "critic" are given the true value before each choice.
        """

    @abstractmethod
    def costs(self, n: int, rng: Rng) -> Float[Tensor, " n"]:
        """Costs of fresh samples."""


def every(choices: int, alternatives: int) -> Float[Tensor, "states c k"]:
    """All k^c samples as one-hot rows, in the order of ``place_of``."""
    states = torch.cartesian_prod(*[torch.arange(alternatives)] * choices).view(-1, choices)
    return one_hot(states, alternatives)


def place_of(x: Int64[Tensor, "n c"], k: int) -> Int64[Tensor, " n"]:
    """The number whose digits in base k are the choices."""
    place = torch.zeros_like(x[:, 0])
    for t in range(x.shape[1]):
        place = place * k + x[:, t]
    return place
