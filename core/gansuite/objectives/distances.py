"""Distances between all rows of two batches, differentiable to any order."""

from __future__ import annotations

from jaxtyping import Float
from torch import Tensor


def squared_distances(x: Float[Tensor, "*b n d"], y: Float[Tensor, "*b m d"]) -> Float[Tensor, "*b n m"]:
    """‖x_i - y_j‖² as ‖x_i‖² + ‖y_j‖² - 2 x_i·y_j, about a common origin so that little cancels."""
    origin = x.detach().mean(-2, keepdim=True)
    x, y = x - origin, y - origin
    square = x.square().sum(-1).unsqueeze(-1) + y.square().sum(-1).unsqueeze(-2) - 2 * x @ y.mT
    return square.clamp_min(0)
