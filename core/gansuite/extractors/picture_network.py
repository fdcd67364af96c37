"""The network of classifiers of whatever has rows and columns: pictures, spectrograms."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from itertools import pairwise
from typing import ClassVar

import torch
from jaxtyping import Float
from torch import Tensor, nn

from gansuite.extractors.layers import convolution, initial

SLOPE = 0.1
LEAST = 1e-3  # deviation below which numbers do not vary, and keep their scale


class PictureNetwork(nn.Module, ABC):
    """Standardise, 3 x 3 convolutions normalised over the whole map, gather, hidden layer, logits.

    Args:
        shape: channels and rows of what it is given as rows [n, channels · rows · columns].
        classes: number of logits.
        maps: channels after each convolution.
        strides: of each convolution.
        gathered: numbers that ``gather`` makes of the last maps.
        hidden: units.
        seed: of the weights.

    Class attributes:
        alike: axes of [n, channels, rows, columns] over which numbers have one mean and one deviation.
    """

    alike: ClassVar[tuple[int, ...]] = (0, 2, 3)

    mean: Tensor
    scale: Tensor

    def __init__(
        self,
        shape: tuple[int, int],
        classes: int,
        *,
        maps: Sequence[int],
        strides: Sequence[int],
        gathered: int,
        hidden: int,
        seed: int,
    ) -> None:
        super().__init__()
        self.channels, self.rows = shape
        generator = torch.Generator().manual_seed(seed)
        layers: list[nn.Module] = []
        for (inputs, outputs), stride in zip(pairwise([self.channels, *maps]), strides, strict=True):
            layers += [convolution(inputs, outputs, generator, stride=stride)]
            layers += [nn.GroupNorm(1, outputs), nn.LeakyReLU(SLOPE)]
        self.layers = nn.Sequential(*layers)
        self.first = initial(nn.Linear(gathered, hidden, device="meta"), generator)
        self.last = initial(nn.Linear(hidden, classes, device="meta"), generator)
        sizes = [1 if 2 in self.alike else self.rows, 1]
        self.register_buffer("mean", torch.zeros(self.channels, *sizes))
        self.register_buffer("scale", torch.ones(self.channels, *sizes))

    @abstractmethod
    def gather(self, maps: Float[Tensor, "n c rows columns"]) -> Float[Tensor, "n d"]:
        """The last maps as one row of numbers."""

    def measure(self, x: Float[Tensor, "n d"]) -> None:
        """Take mean and deviation from training rows."""
        maps = x.view(len(x), self.channels, self.rows, -1)
        self.mean = maps.mean(self.alike, keepdim=True)[0]
        deviation = (maps - self.mean).square().mean(self.alike, keepdim=True)[0].sqrt()
        self.scale = torch.where(deviation > LEAST, deviation, 1.0)

    def pictures(self, x: Float[Tensor, "n d"]) -> Float[Tensor, "n c rows columns"]:
        """The rows as standardised pictures."""
        return (x.view(len(x), self.channels, self.rows, -1) - self.mean) / self.scale

    def units(self, x: Float[Tensor, "n c rows columns"]) -> Float[Tensor, "n h"]:
        """The hidden units."""
        return nn.functional.leaky_relu(self.first(self.gather(self.layers(x))), SLOPE)

    def judged(self, x: Float[Tensor, "n c rows columns"]) -> Float[Tensor, "n k"]:
        """The logits."""
        return self.last(self.units(x))
