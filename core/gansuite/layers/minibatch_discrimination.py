# pyright: reportIncompatibleMethodOverride=false
"""Minibatch discrimination (Salimans, Goodfellow, Zaremba, Cheung, Radford & Chen 2016, section 3.2)."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

import torch
from annotated_types import Gt
from jaxtyping import Float
from torch import Tensor, nn
from torch.autograd import Function

from gansuite.layers.precision import full_precision

_aten = torch.ops.aten


class MinibatchDiscrimination(nn.Module):
    """Appends to each sample how close it is to the rest of its batch, so that a collapsed batch shows itself.

    ``o(x_i)_b = sum over j != i of exp(-‖M_ib - M_jb‖₁)`` with ``M_i = f(x_i) T``, T in R^{A x B x C}.
    Identical samples give N - 1, samples far apart 0.  The paper's sum has the constant term j = i as well, which
    the next layer's bias absorbs.  o grows with the batch: score batches of the size that was trained on.

    Args:
        kernels: B, the number of similarities appended.
        dimensions: C, the dimension of the space that each similarity lives in.

    Shape: ``[n, channels] -> [n, channels + kernels]``.
    """

    couples_batch: ClassVar[bool] = True

    def __init__(
        self, channels: int, *, kernels: Annotated[int, Gt(0)] = 100, dimensions: Annotated[int, Gt(0)] = 5
    ) -> None:
        super().__init__()
        # Features of unit size give rows M_ib of unit size: similarities begin neither at 0 nor at 1.
        self.projection = nn.Parameter(torch.randn(channels, kernels, dimensions) / channels**0.5)

    def forward(self, features: Float[Tensor, "n a"]) -> Float[Tensor, "n o"]:
        return torch.cat([features, self.closeness(features).to(features.dtype)], 1)

    def closeness(self, features: Float[Tensor, "n a"]) -> Float[Tensor, "n b"]:
        """o(x_i)_b, without the constant term j = i; in single precision at least."""
        with full_precision(features.device):
            rows = torch.einsum("na,abc->bnc", features.to(self.projection.dtype), self.projection)
            return torch.exp(-distances(rows)).sum(2).t() - 1

    def extra_repr(self) -> str:
        return "{}, kernels={}, dimensions={}".format(*self.projection.shape)


def distances(x: Float[Tensor, "b n c"]) -> Float[Tensor, "b n n"]:
    """``d_ij = ‖x_i - x_j‖₁`` for each b; differentiable to any order, and never [b, n, n, c] in memory.

    torch.cdist has no second derivative.  Almost everywhere d is linear in x where no coordinates change their
    order, so its derivatives are the two linear maps below, each of which is the other's adjoint.
    """
    return _Distances.apply(x)  # pyright: ignore[reportReturnType]


class _Distances(Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        ctx.save_for_backward(x)
        return torch.cdist(x, x, p=1.0)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Any, ...]:
        return (_Pull.apply(grad, ctx.saved_tensors[0].detach()),)


class _Pull(Function):
    """(g, x) -> [b, n, c]: sum over j of (g_ij + g_ji) sign(x_i - x_j)."""

    @staticmethod
    def forward(ctx: Any, grad: Tensor, x: Tensor) -> Tensor:
        ctx.save_for_backward(x)
        both = grad + grad.transpose(1, 2)
        return _aten._cdist_backward(both, x, x, 1.0, both)  # for p = 1 the distances themselves are not read

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Any, ...]:
        return _Spread.apply(grad, ctx.saved_tensors[0]), None


class _Spread(Function):
    """(v, x) -> [b, n, n]: sum over c of (v_ic - v_jc) sign(x_ic - x_jc)."""

    @staticmethod
    def forward(ctx: Any, v: Tensor, x: Tensor) -> Tensor:
        ctx.save_for_backward(x)
        total = v.new_zeros(x.shape[0], x.shape[1], x.shape[1])
        for one, other in zip(v.unbind(2), x.unbind(2), strict=True):  # C of them, not N
            total.addcmul_(_differences(one), _differences(other).sign_())
        return total

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Any, ...]:
        return _Pull.apply(grad, ctx.saved_tensors[0]), None


def _differences(x: Tensor) -> Tensor:
    return x.unsqueeze(2) - x.unsqueeze(1)
