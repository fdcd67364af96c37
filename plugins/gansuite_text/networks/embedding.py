"""Tokens as vectors: looked up where they are numbers, mixed where they are relaxed."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Embedding(nn.Module):
    """Rows of a table E [v, d] for numbers int64 [...], and x E for rows of the simplex float [..., v].

    A look-up costs nothing beside the product, which is taken for relaxed tokens alone.
    """

    def __init__(self, vocabulary: int, width: int, scale: float | None = None) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(vocabulary, width) * (width**-0.5 if scale is None else scale))

    def forward(self, x: Tensor) -> Float[Tensor, "*places d"]:
        return x @ self.weight if x.is_floating_point() else nn.functional.embedding(x, self.weight)
