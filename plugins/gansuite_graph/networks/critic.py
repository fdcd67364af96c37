"""What critics of graphs share: one vector of a graph, blind to order, and a perceptron that judges it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, Literal

import torch
from jaxtyping import Float
from torch import Tensor, nn

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.layers import LeakyReLU, MinibatchDiscrimination, MinibatchStddev

from ..dense import Dense
from ..spec import GraphSpec

Minibatch = Literal["none", "discrimination", "stddev"]
"""What is appended to the vectors of a batch, so that a collapsed one shows itself."""
KERNELS, DIMENSIONS = 16, 8
"""Of minibatch discrimination: similarities appended, and the dimension that each lives in."""


class GraphCritic(nn.Module, ABC):
    """D(x) = w · m([p(x), c]) + b, p(x) the same for every order of the nodes and blind to nodes that are not there.

    The code c of a condition goes through the perceptron m with the graph, so that the score can tell a graph that does
    not fit its code. A subclass gives p as ``pooled``.

    Args:
        spec: the domain.
        pooled: coordinates of p(x).
        width: units of m.
        minibatch: appended to the features, which then depend on the batch: ``discrimination``, the closeness to the
            other graphs in 16 learnt projections, or ``stddev``, the mean deviation over groups of four.
        activation: of m.

    Raises:
        UserError: the data are walks.
    """

    scores = "sample"

    def __init__(
        self,
        spec: Any,
        pooled: int,
        *,
        width: int,
        minibatch: Minibatch = "none",
        activation: type[nn.Module] = LeakyReLU,
    ) -> None:
        super().__init__()
        if not isinstance(spec, GraphSpec):
            raise UserError("this critic judges whole graphs, and the data are walks of one: take netgan")
        self.spec: GraphSpec = spec
        self.width = width + {"none": 0, "discrimination": KERNELS, "stddev": 1}[minibatch]
        self.out = nn.Linear(self.width, 1)
        layers: list[nn.Module] = [nn.Linear(pooled + spec.codes, width), activation()]
        if minibatch == "discrimination":
            layers.append(MinibatchDiscrimination(width, kernels=KERNELS, dimensions=DIMENSIONS))
        elif minibatch == "stddev":
            layers.append(MinibatchStddev(width))
        self.judge = nn.Sequential(*layers)

    @abstractmethod
    def pooled(self, graphs: Dense) -> Float[Tensor, "n p"]:
        """p(x)."""

    def readout(self, graphs: Dense) -> Float[Tensor, "n w"]:
        """m(p(x)), without a code."""
        return self.judge(self.pooled(graphs))

    def read(self, x: Tensor) -> Dense:
        """The dense form, in the precision of the network."""
        return self.spec.dense(x).to(self.out.weight.dtype)

    def features(self, x: Tensor, rng: Rng | None = None) -> Float[Tensor, "n w"]:
        """What the score is a linear map of, without a code."""
        return self.readout(self.read(x))

    def head(self, features: Float[Tensor, "n w"]) -> Float[Tensor, "n 1"]:
        """The score of features."""
        return self.out(features)

    def forward(self, x: Tensor, condition: Any = None, rng: Rng | None = None) -> Float[Tensor, " n"]:
        pooled = self.pooled(self.read(x))
        if condition is not None:
            pooled = torch.cat([pooled, condition.to(pooled.dtype)], 1)
        return self.head(self.judge(pooled)).flatten()
