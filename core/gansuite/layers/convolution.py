# pyright: reportIncompatibleMethodOverride=false
"""One-dimensional convolution, channels last, closed under differentiation.

Convolution is bilinear in its input and its weight, so its derivatives of every order are convolutions:
with ``y = x * w``, the gradients are ``T(g, w)`` for x and ``C(x, g)`` for w, and each of the three is
differentiated by the other two.  torch differentiates the backward of its own convolution through transposed
copies and a kernel as long as the signal; here a gradient penalty's double backward runs the same three
primitives as an ordinary step.  Channels last, because the space-to-depth view of a strided layer is then free.
"""

from __future__ import annotations

from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor
from torch.autograd import Function

from gansuite.layers.precision import autocast

_aten = torch.ops.aten
_UNIT = [1, 1]


def _planes(x: Tensor) -> Tensor:
    """[n, l, c] as [n, c, 1, l], a view in torch's channels-last memory format."""
    return x.transpose(1, 2).unsqueeze(2)


def _lines(x: Tensor) -> Tensor:
    return x.squeeze(2).transpose(1, 2)


def _derivatives(grad: Tensor, x: Tensor, weight: Tensor, padding: int, mask: list[bool]) -> tuple[Any, ...]:
    return _aten.convolution_backward(
        _planes(grad), _planes(x), _planes(weight), None, _UNIT, [0, padding], _UNIT, False, [0, 0], 1, mask
    )


class _Convolve(Function):
    """y[n, i, o] = bias[o] + sum over t, c of x[n, i + t - padding, c] w[o, t, c]."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor | None, padding: int) -> Tensor:
        ctx.save_for_backward(x, weight)
        ctx.padding = padding
        return _lines(
            _aten.convolution(_planes(x), _planes(weight), bias, _UNIT, [0, padding], _UNIT, False, [0, 0], 1)
        )

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Any, ...]:
        x, weight = ctx.saved_tensors
        wanted = ctx.needs_input_grad
        return (
            _Transpose.apply(grad, weight, ctx.padding) if wanted[0] else None,
            _Correlate.apply(x, grad, ctx.padding) if wanted[1] else None,
            grad.sum((0, 1)) if wanted[2] else None,
            None,
        )


class _Transpose(Function):
    """T(g, w): the gradient of a convolution for its input."""

    @staticmethod
    def forward(ctx: Any, grad: Tensor, weight: Tensor, padding: int) -> Tensor:
        ctx.save_for_backward(grad, weight)
        ctx.padding = padding
        length = grad.shape[1] + weight.shape[1] - 1 - 2 * padding
        x = grad.new_empty(grad.shape[0], length, weight.shape[2])  # only its shape is read
        return _lines(_derivatives(grad, x, weight, padding, [True, False, False])[0])

    @staticmethod
    def backward(ctx: Any, x: Tensor) -> tuple[Any, ...]:
        grad, weight = ctx.saved_tensors
        wanted = ctx.needs_input_grad
        return (
            _Convolve.apply(x, weight, None, ctx.padding) if wanted[0] else None,
            _Correlate.apply(x, grad, ctx.padding) if wanted[1] else None,
            None,
        )


class _Correlate(Function):
    """C(x, g): the gradient of a convolution for its weight."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, grad: Tensor, padding: int) -> Tensor:
        ctx.save_for_backward(x, grad)
        ctx.padding = padding
        taps = x.shape[1] + 2 * padding + 1 - grad.shape[1]
        weight = grad.new_empty(grad.shape[2], taps, x.shape[2])  # only its shape is read
        return _lines(_derivatives(grad, x, weight, padding, [False, True, False])[1])

    @staticmethod
    def backward(ctx: Any, weight: Tensor) -> tuple[Any, ...]:
        x, grad = ctx.saved_tensors
        wanted = ctx.needs_input_grad
        return (
            _Transpose.apply(grad, weight, ctx.padding) if wanted[0] else None,
            _Convolve.apply(x, weight, None, ctx.padding) if wanted[1] else None,
            None,
        )


def convolve(
    x: Float[Tensor, "n l c"],
    weight: Float[Tensor, "o t c"],
    bias: Float[Tensor, " o"] | None = None,
    *,
    padding: int = 0,
) -> Float[Tensor, "n m o"]:
    """``y[n, i, o] = bias[o] + sum_{t, c} x[n, i + t - padding, c] weight[o, t, c]``, m = l + 2 padding - t + 1.

    ``padding`` zeros are added at both ends.  Under autocast the product is taken in autocast's precision.
    """
    bias = None if bias is None else autocast(bias)
    return _Convolve.apply(autocast(x), autocast(weight), bias, padding)  # pyright: ignore[reportReturnType]
