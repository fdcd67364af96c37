"""The permutation-equivariant layer of a critic of batches (Lucas, Tallec, Ollivier & Verbeek 2018, section 4.1).

Zaheer et al. (2017) show that every linear map which commutes with permutations has this form.
"""

from __future__ import annotations

from typing import Annotated, ClassVar

from annotated_types import Gt
from jaxtyping import Float
from torch import Tensor, nn


class EquivariantLinear(nn.Module):
    """A linear layer on a set: ``y_i = x_i A + (mean over j of x_j) B + c``.

    Reordering the samples reorders the outputs alike; followed by a mean over the set it is invariant, so that
    a critic judges the batch as a whole.

    Args:
        out: number of outputs for each element.
        bias: whether c is learnt.

    Shape: ``[..., m, channels] -> [..., m, out]``; the set is the last axis but one, the batch for a matrix.
    """

    couples_batch: ClassVar[bool] = True

    def __init__(self, channels: int, *, out: Annotated[int, Gt(0)], bias: bool = True) -> None:
        super().__init__()
        self.own = nn.Linear(channels, out, bias=bias)
        self.shared = nn.Linear(channels, out, bias=False)

    def forward(self, x: Float[Tensor, "*sets m c"]) -> Float[Tensor, "*sets m o"]:
        return self.own(x) + self.shared(x.mean(-2, keepdim=True))
