"""Two small networks. What stands before the ``*`` is given by the run, what stands after it by the recipe."""

from __future__ import annotations

from typing import Annotated, Any

from annotated_types import Gt
from torch import Tensor, nn

from gansuite.engine.rng import Rng

from .beats import BeatSpec


def dense(inputs: int, width: int, outputs: int) -> nn.Sequential:
    """Two hidden layers."""
    return nn.Sequential(
        nn.Linear(inputs, width),
        nn.LeakyReLU(0.2),
        nn.Linear(width, width),
        nn.LeakyReLU(0.2),
        nn.Linear(width, outputs),
    )


class Generator(nn.Module):
    """A latent [n, prior.size] to a beat [n, length].

    Args:
        width: units of a hidden layer.
    """

    def __init__(self, spec: BeatSpec, prior: Any, *, width: Annotated[int, Gt(0)] = 128) -> None:
        super().__init__()
        self.layers = dense(prior.size, width, spec.length)

    def forward(self, x: Tensor, condition: Any = None, rng: Rng | None = None) -> Tensor:
        return self.layers(x)


class Critic(nn.Module):
    """A beat [n, length] to a score [n].

    Args:
        width: units of a hidden layer.
    """

    def __init__(self, spec: BeatSpec, *, width: Annotated[int, Gt(0)] = 128) -> None:
        super().__init__()
        self.layers = dense(spec.length, width, 1)

    def forward(self, x: Tensor, condition: Any = None, rng: Rng | None = None) -> Tensor:
        return self.layers(x).squeeze(1)
