"""The critic of WGAN-GP's character models (Gulrajani et al. 2017, section 5 and appendix C)."""

from __future__ import annotations

from typing import Annotated, Any

import torch
from annotated_types import Gt
from jaxtyping import Float
from torch import Tensor, nn

from gansuite.engine.rng import Rng

from ..spec import TextSpec
from .embedding import Embedding
from .residual_block import ResidualBlock, odd


class ResidualConvolutional(nn.Module):
    """D(x) = w · blocks(E x + e) + b: residual convolutions over all places, and a linear score of what they hold.

    The room behind a text's end is judged like the text: a mask is a step of the likeliest token, across which no
    slope is bounded, and this critic is made for a gradient penalty. A generator learns to fill that room with ends.

    Args:
        width: channels.
        blocks: residual blocks.
        kernel: tokens of a convolution's window.

    Source: Gulrajani et al. (2017), with width 512 and 5 blocks of kernel 5.
    """

    scores = "sample"

    def __init__(
        self,
        spec: TextSpec,
        *,
        width: Annotated[int, Gt(0)] = 512,
        blocks: Annotated[int, Gt(0)] = 5,
        kernel: Annotated[int, Gt(0)] = 5,
    ) -> None:
        super().__init__()
        self.embedding, self.shift = Embedding(spec.vocabulary, width), nn.Parameter(torch.zeros(width))
        self.blocks = nn.Sequential(*(ResidualBlock(width, odd(kernel)) for _ in range(blocks)))
        self.width = width * spec.length + spec.codes
        self.out = nn.Linear(self.width, 1)

    def features(self, x: Tensor, rng: Rng | None = None) -> Float[Tensor, "n w"]:
        """What the score is a linear map of."""
        return self.blocks((self.embedding(x) + self.shift).transpose(1, 2)).flatten(1)

    def head(self, features: Float[Tensor, "n w"]) -> Float[Tensor, "n 1"]:
        """The score of features."""
        return self.out(features)

    def forward(self, x: Tensor, condition: Any = None, rng: Rng | None = None) -> Float[Tensor, " n"]:
        features = self.features(x, rng)
        if condition is not None:
            features = torch.cat([features, condition.to(features.dtype)], 1)
        return self.head(features).flatten()
