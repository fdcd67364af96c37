"""Self-attention of SAGAN (Zhang, Goodfellow, Metaxas & Odena 2019, eq. 1-3)."""

from __future__ import annotations

from typing import Annotated

import torch
from annotated_types import Gt
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional


class SelfAttention(nn.Module):
    """Lets every place of a sample look at every other: ``y = γ o + x``.

    ``o_j = W_v (sum over i of β_ji W_h x_i)`` with ``β_ji = softmax over i of (W_f x_i) · (W_g x_j)``.
    γ is learnt from 0, so that a network begins with what is near.  The paper normalises all four weights
    spectrally, in both players: ``spectral_norm(SelfAttention(64))``.  Its products are written out, so that a
    gradient penalty can differentiate them twice; the matrix of l x l / pool^rank weights is kept in memory.

    Args:
        reduction: channels per channel of f, g and h.
        value_reduction: channels per channel of h, where it is not ``reduction`` (2 in the published code).
        pool: places that share one key and one value along each axis, by their maximum (1 in the paper's text,
            2 in its code).

    Shape: ``[n, channels, *axes]`` with one to three axes of any lengths.
    """

    def __init__(
        self,
        channels: int,
        *,
        reduction: Annotated[int, Gt(0)] = 8,
        value_reduction: Annotated[int, Gt(0)] | None = None,
        pool: Annotated[int, Gt(0)] = 1,
    ) -> None:
        super().__init__()
        inner, values = (max(1, channels // share) for share in (reduction, value_reduction or reduction))
        self.pool = pool
        self.query = nn.Conv1d(channels, inner, 1, bias=False)
        self.key = nn.Conv1d(channels, inner, 1, bias=False)
        self.value = nn.Conv1d(channels, values, 1, bias=False)
        self.mix = nn.Conv1d(values, channels, 1, bias=False)
        self.gate = nn.Parameter(torch.zeros(()))

    def forward(self, x: Float[Tensor, "n c *axes"]) -> Float[Tensor, "n c *axes"]:
        seen = self._pooled(self.value, x) @ self.attention(x).transpose(1, 2)
        return self.gate * self.mix(seen).view_as(x) + x

    def attention(self, x: Float[Tensor, "n c *axes"]) -> Float[Tensor, "n l k"]:
        """β: how much each of l places looks at each of k; rows sum to one."""
        query = self.query(x.flatten(2)).transpose(1, 2)
        return (query @ self._pooled(self.key, x)).softmax(2)

    def _pooled(self, project: nn.Module, x: Tensor) -> Tensor:
        """Project every place and pool the places: [n, inner, k]."""
        places = project(x.flatten(2))
        if self.pool == 1:
            return places
        largest = (functional.max_pool1d, functional.max_pool2d, functional.max_pool3d)[x.dim() - 3]
        return largest(places.unflatten(2, x.shape[2:]), self.pool).flatten(2)
