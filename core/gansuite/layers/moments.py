"""Normalisation that the layers share: never in less than single precision."""

from __future__ import annotations

from jaxtyping import Float
from torch import Tensor

from gansuite.spaces import at_least_fp32, rows_like


def instance_moments(x: Float[Tensor, "n c *axes"], eps: float = 1e-5) -> tuple[Tensor, Tensor]:
    """Mean and standard deviation ``sqrt(var + eps)`` over the axes, of each channel of each sample: [n, c]."""
    x = at_least_fp32(x).flatten(2)
    return x.mean(2), (x.var(2, correction=0) + eps).sqrt()


def instance_norm(x: Float[Tensor, "n c *axes"], eps: float = 1e-5) -> Float[Tensor, "n c *axes"]:
    """``(x - mean) / sqrt(var + eps)`` over the axes of each sample (Ulyanov et al. 2016), without parameters."""
    mean, deviation = instance_moments(x, eps)
    return (at_least_fp32(x) - rows_like(mean, x)) / rows_like(deviation, x)
