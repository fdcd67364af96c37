"""Critics that make one vector of a graph, and judge it by a perceptron that reads the condition beside it."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import replace
from typing import Any, Literal

import torch
from jaxtyping import Float
from torch import Tensor, nn

from gansuite.engine.rng import Rng
from gansuite.layers import LeakyReLU, MinibatchDiscrimination, MinibatchStddev

from ..dense import Dense
from .critic import GraphCritic

Minibatch = Literal["none", "discrimination", "stddev"]
"""What is appended to the vectors of a batch, so that a collapsed one shows itself."""
KERNELS, DIMENSIONS = 16, 8
"""Of minibatch discrimination: similarities appended, and the dimension that each lives in."""


class PooledCritic(GraphCritic):
    """D(x) = w · m([p(x), c]) + b, p(x) the same for every order of the nodes, c the code of a condition.

    The code goes through the perceptron m with the graph, so that the score can tell a graph that does not fit its
    code. A subclass gives p as ``pooled``.

    Args:
        pooled: coordinates of p(x).
        width: units of m.
        activation: of m.
        minibatch: appended to the features, which then depend on the batch: ``discrimination``, the closeness to the
            other graphs in 16 learnt projections, or ``stddev``, the mean deviation over groups of four.
    """

    def __init__(
        self,
        spec: Any,
        pooled: int,
        *,
        width: int,
        minibatch: Minibatch = "none",
        activation: type[nn.Module] = LeakyReLU,
    ) -> None:
        more = {"none": 0, "discrimination": KERNELS, "stddev": 1}[minibatch]
        super().__init__(replace(spec, codes=0), width + more)  # the base would put the code behind m, where it is
        codes = spec.codes  # a constant of the score
        layers: list[nn.Module] = [nn.Linear(pooled + codes, width), activation()]
        if minibatch == "discrimination":
            layers.append(MinibatchDiscrimination(width, kernels=KERNELS, dimensions=DIMENSIONS))
        elif minibatch == "stddev":
            layers.append(MinibatchStddev(width))
        self.judge = nn.Sequential(*layers)

    @abstractmethod
    def pooled(self, graphs: Dense) -> Float[Tensor, "n p"]:
        """p(x)."""

    def readout(self, graphs: Dense) -> Float[Tensor, "n r"]:
        return self.judge(self.pooled(graphs))

    def forward(self, x: Tensor, condition: Any = None, rng: Rng | None = None) -> Float[Tensor, " n"]:
        pooled = self.pooled(self.read(x))
        if condition is not None:
            pooled = torch.cat([pooled, condition.to(pooled.dtype)], 1)
        return self.head(self.judge(pooled)).flatten()
