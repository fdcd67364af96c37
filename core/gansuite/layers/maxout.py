"""Maxout (Goodfellow, Warde-Farley, Mirza, Courville & Bengio 2013): the activation of the first GAN's critic."""

from __future__ import annotations

from typing import Annotated

from annotated_types import Gt
from jaxtyping import Float
from torch import Tensor, nn


class Maxout(nn.Module):
    """The largest of ``pieces`` affine maps, for each output: ``h_i(x) = max_k (w_ik · x + b_ik)``.

    A convex piecewise linear function whose shape is learnt; the published equation of section 3.  The second
    derivative is zero almost everywhere, so a gradient penalty passes through the winning piece alone.

    Args:
        out: number of outputs.
        pieces: affine maps that compete for each output.

    Shape: ``[..., channels] -> [..., out]``.
    """

    def __init__(self, channels: int, *, out: Annotated[int, Gt(0)], pieces: Annotated[int, Gt(1)] = 5) -> None:
        super().__init__()
        self.pieces = pieces
        self.affine = nn.Linear(channels, out * pieces)

    def forward(self, x: Float[Tensor, "*rows c"]) -> Float[Tensor, "*rows o"]:
        return self.affine(x).unflatten(-1, (-1, self.pieces)).amax(-1)

    def extra_repr(self) -> str:
        return f"pieces={self.pieces}"
