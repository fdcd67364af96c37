"""Layers of extractors, whose weights are a function of a generator of their own: the global one is not drawn from."""

from __future__ import annotations

import math
from typing import TypeVar

import torch
from torch import nn

Layer = TypeVar("Layer", nn.Linear, nn.Conv2d)


def initial(layer: Layer, generator: torch.Generator, bias: float = 0.0) -> Layer:
    """A layer of the meta device (which draws nothing) with He-normal weights and N(0, ``bias``²) biases."""
    layer = layer.to_empty(device="cpu")
    nn.init.normal_(layer.weight, 0, math.sqrt(2 / layer.weight[0].numel()), generator=generator)
    assert layer.bias is not None
    if bias:
        nn.init.normal_(layer.bias, 0, bias, generator=generator)
    else:
        nn.init.zeros_(layer.bias)
    return layer


def convolution(
    inputs: int, outputs: int, generator: torch.Generator, *, stride: int = 2, bias: float = 0.0
) -> nn.Conv2d:
    """A 3 x 3 convolution, by default of stride 2."""
    return initial(nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1, device="meta"), generator, bias)
