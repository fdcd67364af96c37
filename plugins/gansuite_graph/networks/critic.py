"""What critics of graphs share: they read the masked dense form, and score what is left when order is forgotten."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn

from gansuite.engine.rng import Rng
from gansuite.errors import UserError

from ..dense import Dense
from ..spec import GraphSpec


class GraphCritic(nn.Module, ABC):
    """D(x) = w · r(x) + b with r(x) the same for every order of the nodes, and blind to nodes that are not there.

    A subclass gives r as ``readout``; the code of a condition stands beside it.

    Args:
        spec: the domain.
        width: coordinates of r(x).

    Raises:
        UserError: the data are walks.
    """

    scores = "sample"

    def __init__(self, spec: Any, width: int) -> None:
        super().__init__()
        if not isinstance(spec, GraphSpec):
            raise UserError("this critic judges whole graphs, and the data are walks of one: take netgan")
        self.spec: GraphSpec = spec
        self.width = width + spec.codes
        self.out = nn.Linear(self.width, 1)

    @abstractmethod
    def readout(self, graphs: Dense) -> Float[Tensor, "n r"]:
        """r(x)."""

    def read(self, x: Tensor) -> Dense:
        """The dense form, in the precision of the network."""
        return self.spec.dense(x).to(self.out.weight.dtype)

    def features(self, x: Tensor, rng: Rng | None = None) -> Float[Tensor, "n w"]:
        """What the score is a linear map of, before a code is put beside it."""
        return self.readout(self.read(x))

    def head(self, features: Float[Tensor, "n w"]) -> Float[Tensor, "n 1"]:
        """The score of features."""
        return self.out(features)

    def forward(self, x: Tensor, condition: Any = None, rng: Rng | None = None) -> Float[Tensor, " n"]:
        features = self.features(x, rng)
        if condition is not None:
            features = torch.cat([features, condition.to(features.dtype)], 1)
        return self.head(features).flatten()
