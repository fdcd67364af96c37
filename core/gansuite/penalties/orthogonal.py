"""Orthogonal regularisation in the form of BigGAN (Brock, Donahue & Simonyan 2019, eq. 3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

import torch
from annotated_types import Ge, Gt
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.modules.conv import _ConvTransposeNd

from gansuite.games.game import Draw, Game
from gansuite.penalties.penalty import Penalty


class Orthogonal(Penalty):
    """Σ ‖WᵀW ∘ (1 - I)‖²_F over the weights of the turn's networks; the columns of W are a layer's filters.

    Filters are asked to be orthogonal, and their lengths are left alone. A convolution's filter is flattened;
    embeddings, biases and gains have none.

    Args:
        weight: β in the paper.
        turn: whose networks: "generator" as published, or "critic".
        every: compute it each k-th move only, k-fold.
    """

    name = "orthogonal"

    def __init__(
        self,
        *,
        weight: Annotated[float, Ge(0)] = 1e-4,
        turn: Literal["generator", "critic"] = "generator",
        every: Annotated[int, Gt(0)] = 1,
    ) -> None:
        super().__init__(weight, every)
        self.turn = turn

    def __call__(self, game: Game, draw: Draw, out: Mapping[str, Any]) -> Float[Tensor, ""]:
        grams = [w @ w.T for module in self.networks(game) for w in filters(module)]
        # The square of what is off the diagonal, without a matrix of ones and zeros.
        return torch.stack([g.square().sum() - g.diagonal().square().sum() for g in grams]).sum()


def filters(network: nn.Module) -> Iterator[Float[Tensor, "filters _"]]:
    """Each weight of a network as a matrix whose rows are its filters."""
    for module in network.modules():
        for weight in module.parameters(recurse=False):
            if weight.dim() > 1 and not isinstance(module, nn.Embedding):
                rows = weight.transpose(0, 1) if isinstance(module, _ConvTransposeNd) else weight
                yield rows.flatten(1)
