"""The hidden layers that all perceptrons share."""

from __future__ import annotations

import math
from typing import Any, Literal

import torch
from jaxtyping import Float
from torch import Tensor, nn

from gansuite.engine.rng import Rng
from gansuite.layers import PixelNorm, VirtualBatchNorm

Activation = Literal["relu", "leaky-relu", "tanh", "elu"]
Norm = Literal["none", "batch", "layer", "pixel", "virtual-batch"]
Init = Literal["default", "orthogonal", "normal"]
Output = Literal["linear", "tanh", "sigmoid", "softmax"]


def size_of(spec: Any) -> int:
    """Numbers in one sample."""
    return math.prod(spec.shape)


def activate(name: Activation) -> nn.Module:
    """The activation of a name; the leak is .2, as GANs have it since DCGAN."""
    return {"relu": nn.ReLU(), "leaky-relu": nn.LeakyReLU(0.2), "tanh": nn.Tanh(), "elu": nn.ELU()}[name]


def normalise(name: Norm, width: int) -> list[nn.Module]:
    """The normalisation of a name for ``width`` units; nothing for ``none``."""
    if name == "none":
        return []
    if name == "batch":
        return [nn.BatchNorm1d(width)]
    if name == "layer":
        return [nn.LayerNorm(width)]
    return [PixelNorm(width) if name == "pixel" else VirtualBatchNorm(width)]


def hidden(inputs: int, width: int, depth: int, activation: Activation, norm: Norm = "none") -> nn.Sequential:
    """``depth`` layers of ``width`` units: linear, normalised, activated."""
    layers: list[nn.Module] = []
    for size in ([inputs] + [width] * depth)[:depth]:
        layers += [nn.Linear(size, width), *normalise(norm, width), activate(activation)]
    return nn.Sequential(*layers)


class LinearHead(nn.Module):
    """Critics of samples of any shape, [n, ...] to [n], whose score is linear in the features that ``body`` gives."""

    width: int
    body: nn.Module
    top: nn.Linear

    def features(self, x: Float[Tensor, "n ..."], rng: Rng | None = None) -> Float[Tensor, "n f"]:
        """What the score is linear in."""
        return self.body(x.flatten(1))

    def head(self, features: Float[Tensor, "n f"]) -> Float[Tensor, " n"]:
        """The score of each row of features."""
        return self.top(features).squeeze(1)

    def forward(self, x: Float[Tensor, "n ..."], condition: Any = None, rng: Rng | None = None) -> Float[Tensor, " n"]:
        """One score a sample; a condition comes as further channels of ``x``."""
        return self.head(self.features(x, rng))


def belongs(option: str, value: Any, mode: str) -> None:
    """Refuse an option that would do nothing.

    Raises:
        ValueError: it was given without the mode that it belongs to.
    """
    if value is not None:
        raise ValueError(f"{option} = {value} does nothing without {mode}; add that, or leave {option} out")


def initialise(network: nn.Module, init: Init, gain: float | None) -> None:
    """Set the weights of all linear layers anew, biases to 0; ``default`` leaves them as PyTorch made them.

    Raises:
        ValueError: a gain for PyTorch's own weights.
    """
    if init == "default":
        belongs("gain", gain, 'init = "orthogonal" or "normal"')
        return
    for module in network.modules():
        if isinstance(module, nn.Linear):
            if init == "orthogonal":
                nn.init.orthogonal_(module.weight, 1.0 if gain is None else gain)
            else:
                nn.init.normal_(module.weight, 0.0, 0.02 if gain is None else gain)
            if module.bias is not None:
                nn.init.zeros_(module.bias)


def squash(x: Tensor, output: Output) -> Tensor:
    """The last layer's values in the range of the data."""
    if output == "tanh":
        return x.tanh()
    if output == "sigmoid":
        return x.sigmoid()
    return torch.softmax(x, 1) if output == "softmax" else x
