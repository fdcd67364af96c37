"""RELAX (Grathwohl et al. 2018): a control variate that learns to make the estimate quiet."""

from __future__ import annotations

import math
from typing import Annotated

import torch
from annotated_types import Ge, Gt
from jaxtyping import Float
from torch import Tensor, nn

from gansuite.engine.rng import Rng
from gansuite.estimators.estimator import CostOf, Estimator, Logits, log_prob_of, one_hot
from gansuite.estimators.rebar import relaxed_pair


class Relax(Estimator):
    """REBAR with a network for a control variate, which learns to lessen the variance.

    ĝ = [f(x) - c(z̃)] ∇ log p(x) + ∇ c(z) - ∇ c(z̃),  c(z) = r_φ(s(z)) + η f(s(z)),  s(z) = softmax(z / τ)
    φ descends E ‖ĝ‖², whose gradient is that of the variance, the mean of ĝ being independent of φ.

    r_φ has one hidden layer and begins as 0, so that the first estimate is REINFORCE's (or REBAR's). One scalar moves
    both: by the logits its gradient is ĝ, by φ that of the mean of ‖ĝ‖² over rows, ĝ taken by the logits. φ is among
    the parameters of this module, made by ``prepare``, or by the first logits that come.

    Args:
        width: of the hidden layer.
        temperature: τ.
        eta: η; 0 asks nothing of the cost but its value.

    Source: Grathwohl et al. (2018), eq. 6-8 and algorithm 1.
    """

    unbiased = True

    def __init__(
        self,
        *,
        width: Annotated[int, Gt(0)] = 32,
        temperature: Annotated[float, Gt(0)] = 0.5,
        eta: Annotated[float, Ge(0)] = 0.0,
    ) -> None:
        super().__init__()
        self.width, self.temperature, self.eta = width, temperature, eta
        self.needs = frozenset({"factorised", "relaxed"} if eta else {"factorised"})
        self.network: nn.Module | None = None

    def evaluations(self, choices: int, alternatives: int) -> int:
        return 2 if self.eta else 1

    def prepare(self, choices: int, alternatives: int) -> None:
        if self.network is None:
            self.network = surrogate_network(choices * alternatives, self.width)

    def control(self, points: Float[Tensor, "n c k"]) -> Float[Tensor, " n"]:
        """r_φ at points of the simplex."""
        assert self.network is not None
        return self.network(points.flatten(1)).squeeze(1)

    def surrogate_of(self, logits: Logits, cost: CostOf, rng: Rng) -> Float[Tensor, ""]:
        if self.network is None:
            self.prepare(*logits.shape[1:])
            self.to(logits.device)
        at = logits.detach().requires_grad_()  # a leaf: so ‖ĝ‖² has a gradient by φ and none by the generator
        x, point = relaxed_pair(at, rng, self.temperature)
        with torch.no_grad():
            f = cost(one_hot(x, at.shape[-1]))
        relaxed = self.eta * cost(point) if self.eta else torch.zeros_like(f)
        weight = f - relaxed.detach() - self.control(point.detach())
        each = weight * log_prob_of(at, x).sum(1) + relaxed + self.control(point)
        (estimate,) = torch.autograd.grad(each.sum(), at, create_graph=True)
        square = estimate.square().sum((1, 2)).mean()
        return (estimate.detach() * logits).sum() / len(logits) + (square - square.detach())


def surrogate_network(inputs: int, width: int) -> nn.Module:
    """inputs - width - 1 with tanh, from a fixed stream of numbers; the last layer begins as 0."""
    shapes = ((inputs, width), (width, 1))
    first, last = (nn.Linear(*shape, device="meta").to_empty(device="cpu") for shape in shapes)
    with torch.no_grad():
        first.weight.normal_(0, 1 / math.sqrt(inputs), generator=torch.Generator().manual_seed(0))
        for rest in (first.bias, last.weight, last.bias):
            rest.zero_()
    return nn.Sequential(first, nn.Tanh(), last)
