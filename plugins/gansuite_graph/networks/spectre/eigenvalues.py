"""The first pair of SPECTRE: k eigenvalues as a signal of one dimension."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn

from gansuite.errors import UserError
from gansuite.layers import leaky_relu

from .spectrum import BEYOND, kept


class EigenvalueGenerator(nn.Module):
    """Two positions made of the noise, doubled and convolved again and again: x ← tanh(a) σ(b), at last 2 tanh(a) σ(b).

    The first k positions are the eigenvalues, put in ascending order. m / N stands beside the noise of the graph.

    Args:
        k: eigenvalues.
        noise: coordinates of the graph's mapped noise.
        width: channels.
        kernels: of the convolutions, one for each doubling.

    Raises:
        UserError: so few doublings do not reach k positions.

    Source: section 4.1 and appendix: kernels 5, 9, 17, 25.
    """

    def __init__(self, k: int, noise: int, width: int, kernels: Sequence[int]) -> None:
        super().__init__()
        if 2 << len(kernels) < k:
            raise UserError(f"kernels = {list(kernels)} make {2 << len(kernels)} eigenvalues of {k}; give more of them")
        self.k, self.width = k, width
        self.enter = nn.Linear(noise + 1, 2 * width)
        last = len(kernels) - 1
        self.layers = nn.ModuleList(
            nn.Conv1d(width, 2 * (1 if i == last else width), size, padding=size // 2) for i, size in enumerate(kernels)
        )

    def forward(self, noise: Float[Tensor, "n d"], mask: Float[Tensor, "n N"]) -> Float[Tensor, "n k"]:
        x = self.enter(torch.cat([noise, mask.mean(1, keepdim=True)], 1)).unflatten(1, (self.width, 2))
        for layer in self.layers:
            a, b = layer(x.repeat_interleave(2, 2)).chunk(2, 1)
            x = a.tanh() * b.sigmoid()
        there = kept(mask, self.k)
        values = torch.where(there, 2 * x[:, 0, : self.k], BEYOND).sort(1).values
        return torch.where(there, values, 0.0)


class EigenvalueCritic(nn.Module):
    """Convolutions of stride 2 over [λ_j, whether there is one, m / N], and a linear map of their mean."""

    def __init__(self, width: int, kernels: Sequence[int]) -> None:
        super().__init__()
        self.layers = nn.ModuleList(
            nn.Conv1d(width if i else 3, width, size, stride=2, padding=size // 2)
            for i, size in enumerate(reversed(kernels))
        )
        self.out = nn.Linear(width, 1)

    def forward(self, values: Float[Tensor, "n k"], mask: Float[Tensor, "n N"]) -> Float[Tensor, " n"]:
        share = mask.mean(1, keepdim=True).expand_as(values)
        x = torch.stack([values, kept(mask, values.shape[1]).to(values.dtype), share], 1)
        for layer in self.layers:
            x = leaky_relu(layer(x))
        return self.out(x.mean(2)).flatten()
