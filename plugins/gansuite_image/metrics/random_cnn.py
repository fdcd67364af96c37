"""A seeded random network: features to compare pictures by, with no weights to download."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Any

import torch
from annotated_types import Gt
from jaxtyping import Float
from torch import Tensor, nn

from gansuite.extractors.hashing import hash_of
from gansuite.extractors.layers import convolution
from gansuite_image.metrics.strides import strides_of


class RandomCNN(nn.Module):
    """Global mean and standard deviation of a random convolutional network's last maps: 8 · width features.

    The picture with two channels that hold row and column (far from edges convolutions cannot tell left from right),
    then 3 x 3 convolutions with leaky rectifiers, of stride 2 until four rows or columns are left and three layers at
    least, He-initialised by a generator of their own and never trained. A random network keeps the geometry of its
    input well enough that equal laws are at distance 0 and noise, lost modes and other shapes are not. What a picture
    *means* it does not know.

    Args:
        spec: the domain: ``shape`` (channels, height, width), from 8 x 8 on.
        seed: of the weights.
        width: channels of the first layer; the following ones have twice and four times as many.
    """

    name = "random-cnn"

    where: Tensor

    def __init__(self, spec: Any, *, seed: int = 0, width: Annotated[int, Gt(0)] = 32) -> None:
        super().__init__()
        channels, *sides = spec.shape
        generator = torch.Generator().manual_seed(seed)
        strides = strides_of(*sides)
        maps = [channels + 2, width, 2 * width, *[4 * width] * (len(strides) - 2)]
        layers: list[nn.Module] = []
        for (inputs, outputs), stride in zip(pairwise(maps), strides, strict=True):
            layers += [convolution(inputs, outputs, generator, stride=stride, bias=0.1), nn.LeakyReLU(0.2)]
        self.layers = nn.Sequential(*layers).requires_grad_(False)
        places = torch.meshgrid(*(torch.linspace(-1, 1, side) for side in sides), indexing="ij")
        self.register_buffer("where", torch.stack(places)[None])
        self.fingerprint = hash_of("image/random-cnn", 1, strides, weights=self.state_dict())

    @torch.no_grad()
    def forward(self, samples: Float[Tensor, "n c h w"]) -> Float[Tensor, "n d"]:
        where = self.where.expand(len(samples), -1, -1, -1)
        maps = self.layers(torch.cat([samples.float(), where], 1)).flatten(2)
        return torch.cat([maps.mean(2), maps.std(2, correction=0)], 1)
