# pyright: reportIncompatibleMethodOverride=false
"""Piecewise linear activations whose second derivative costs nothing.

Both are ``x * mask(x)`` with a mask that is constant almost everywhere.  torch's own versions answer a
double backward with a tensor of zeros for ``x``, so that a gradient penalty walks the whole critic a second
time to add nothing.  Here the mask is a constant of the backward pass: values and first and second gradients
are torch's, bit for bit, and the zeros are never made.
"""

from __future__ import annotations

from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.autograd import Function
from torch.nn import functional

_aten = torch.ops.aten


class _LeakyReLU(Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, slope: float) -> Tensor:
        result = functional.leaky_relu(x, slope)
        # The sign of the result is the sign of x (slope > 0), and the next layer keeps the result anyway.
        ctx.save_for_backward(result)
        ctx.slope = slope
        return result

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Any, ...]:
        return _LeakyGate.apply(grad, ctx.saved_tensors[0].detach(), ctx.slope), None


class _LeakyGate(Function):
    """grad * mask: linear in grad, so its derivative is itself."""

    @staticmethod
    def forward(ctx: Any, grad: Tensor, result: Tensor, slope: float) -> Tensor:
        ctx.save_for_backward(result)
        ctx.slope = slope
        return _aten.leaky_relu_backward(grad, result, slope, True)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Any, ...]:
        return _LeakyGate.apply(grad, ctx.saved_tensors[0], ctx.slope), None, None


class _ReLU(Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        result = functional.relu(x)
        ctx.save_for_backward(result)
        return result

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Any, ...]:
        return (_Gate.apply(grad, ctx.saved_tensors[0].detach()),)


class _Gate(Function):
    @staticmethod
    def forward(ctx: Any, grad: Tensor, result: Tensor) -> Tensor:
        ctx.save_for_backward(result)
        return _aten.threshold_backward(grad, result, 0)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Any, ...]:
        return _Gate.apply(grad, ctx.saved_tensors[0]), None


def leaky_relu(x: Float[Tensor, "*shape"], slope: float = 0.2) -> Float[Tensor, "*shape"]:
    """``x`` where x > 0, ``slope * x`` elsewhere (Maas et al. 2013); slope > 0."""
    return _LeakyReLU.apply(x, slope)  # pyright: ignore[reportReturnType]


def relu(x: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    """``max(x, 0)``; the gradient at 0 is 0."""
    return _ReLU.apply(x)  # pyright: ignore[reportReturnType]


class LeakyReLU(nn.Module):
    """Module form of :func:`leaky_relu`; ValueError if ``slope`` is not positive."""

    def __init__(self, slope: float = 0.2) -> None:
        super().__init__()
        if not slope > 0:
            raise ValueError(f"slope must be positive, got {slope}")
        self.slope = slope

    def forward(self, x: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
        return leaky_relu(x, self.slope)

    def extra_repr(self) -> str:
        return f"slope={self.slope}"


class ReLU(nn.Module):
    """Module form of :func:`relu`."""

    def forward(self, x: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
        return relu(x)
