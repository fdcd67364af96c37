"""Precision that spectra need."""

from __future__ import annotations

from jaxtyping import Float
from torch import Tensor

from gansuite.layers import full_precision


def wide(x: Tensor) -> Tensor:
    """In double precision, for long sums; Apple's devices have none."""
    return x if x.device.type == "mps" else x.double()


def product(a: Float[Tensor, "*r m k"], b: Float[Tensor, "*s k n"]) -> Float[Tensor, "*t m n"]:
    """The product of matrices in full precision, under autocast too: phases are sums of many advances."""
    with full_precision(b.device):
        return a @ b
