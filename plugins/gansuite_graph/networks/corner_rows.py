"""Walks as rows of a matrix: looked up where they are numbers, mixed where they are relaxed, and both at a corner.

A walk of T nodes out of N, as one-hot rows, is T N numbers of which T say something. Whatever reads walks through a
matrix W [N, d] needs the rows of W alone; a corner of the simplex with the gradient of a relaxation needs the row
forwards and the product backwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from jaxtyping import Float, Int64
from torch import Tensor


class Corners(NamedTuple):
    """Corners of the simplex that hand a gradient on: y = one-hot(chosen) as a value, ∂y := ∂soft as a gradient.

    Args:
        soft: a relaxed choice with its graph, [*choices, k]; its value is never read.
        chosen: the corner, int64 [*choices].
    """

    soft: Tensor
    chosen: Tensor


class Embedded(NamedTuple):
    """Walks that were read through the matrix already: the vectors [n, t, d] in the place of the nodes."""

    vectors: Tensor


def rows(x: Tensor | Corners, weight: Float[Tensor, "k d"]) -> Float[Tensor, "*choices d"]:
    """x W: of numbers int64 [*choices], of relaxed choices float [*choices, k], or of ``Corners``."""
    if isinstance(x, Corners):
        return CornerRows.apply(x.soft, x.chosen, weight)  # pyright: ignore[reportReturnType]
    return x.to(weight.dtype) @ weight if x.is_floating_point() else torch.nn.functional.embedding(x, weight)


def stacked(steps: Sequence[Any]) -> Any:
    """A walk of its steps, [n, t, ...]."""
    if isinstance(steps[0], Corners):
        return Corners(*(torch.stack(parts, 1) for parts in zip(*steps, strict=True)))
    return torch.stack(list(steps), 1)


class CornerRows(torch.autograd.Function):
    """one-hot(x) W, with the gradients of y W: ∂y = g Wᵀ, dense, and ∂W = one-hot(x)ᵀ g, added up row by row.

    The same values as the product of the one-hot rows, without it and without its transpose. Its backward pass is
    made of operations that have a gradient, so it can be differentiated again.
    """

    @staticmethod
    def forward(
        ctx: Any, soft: Float[Tensor, "*choices k"], chosen: Int64[Tensor, "*choices"], weight: Float[Tensor, "k d"]
    ) -> Float[Tensor, "*choices d"]:
        ctx.save_for_backward(chosen, weight)
        ctx.kind = soft.dtype
        return torch.nn.functional.embedding(chosen, weight)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, None, Tensor | None]:
        (g,), (chosen, weight) = gradients, ctx.saved_tensors
        to_soft, _, to_weight = ctx.needs_input_grad
        soft = (g @ weight.T).to(ctx.kind) if to_soft else None
        flat = g.reshape(-1, g.shape[-1]).to(weight.dtype)
        table = torch.zeros_like(weight).index_add(0, chosen.flatten(), flat) if to_weight else None
        return soft, None, table
