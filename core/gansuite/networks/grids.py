"""What networks of samples on grids share, whatever the number of their axes: signals [c, t] and pictures [c, h, w]."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Literal

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.spaces import at_least_fp32, rows_like

Norm = Literal["instance", "batch", "none"]
Output = Literal["tanh", "none"]
Padding = Literal["reflect", "zeros"]

CONVOLUTIONS: tuple[Any, ...] = (nn.Conv1d, nn.Conv2d)
TRANSPOSED: tuple[Any, ...] = (nn.ConvTranspose1d, nn.ConvTranspose2d)
BATCH_NORMS: tuple[Any, ...] = (nn.BatchNorm1d, nn.BatchNorm2d)


class InstanceNorm(nn.Module):
    """``(x - mean) / sqrt(var + 1e-5)`` over the axes of each channel of each sample; a map of one place becomes 0.

    Args:
        channels: of x.
        affine: whether a learnt scale and shift of each channel follow.

    Source: Ulyanov, Vedaldi & Lempitsky (2016), as torch's, which refuses maps of one place.
    """

    def __init__(self, channels: int, affine: bool = False) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels)) if affine else None
        self.bias = nn.Parameter(torch.zeros(channels)) if affine else None

    def forward(self, x: Float[Tensor, "n c *axes"]) -> Float[Tensor, "n c *axes"]:
        if x[0, 0].numel() > 1:
            return functional.instance_norm(at_least_fp32(x), weight=self.weight, bias=self.bias).to(x.dtype)
        return torch.zeros_like(x) if self.bias is None else rows_like(self.bias.expand(x.shape[:2]), x).to(x.dtype)


def normalise(norm: Norm, channels: int, rank: int, affine: bool = False) -> nn.Module:
    """The normalisation of a name; ``affine`` is for instances, batches always have their scale and shift."""
    if norm == "batch":
        return BATCH_NORMS[rank - 1](channels)
    return InstanceNorm(channels, affine) if norm == "instance" else nn.Identity()


def rank_of(name: str, spec: Any, source: Any = None) -> int:
    """Number of axes of the samples, besides their channels.

    Args:
        name: of the network, for messages.
        spec: of the samples.
        source: of the samples that they are made of, if they are: as many axes.

    Raises:
        UserError: they are neither signals nor pictures, or the source is something else.
    """
    rank = len(spec.shape) - 1
    if rank not in (1, 2):
        raise UserError(f"{name}: samples of shape {list(spec.shape)} are neither signals nor pictures; use mlp")
    if source is not None and len(source.shape) != len(spec.shape):
        raise UserError(f"{name}: no way from samples of shape {list(source.shape)} to {list(spec.shape)}; use mlp")
    return rank


def halved(name: str, axes: Sequence[int], times: int, option: str, least: int = 0) -> tuple[int, ...]:
    """The axes after as many halvings; ``option`` says how many, ``least`` at least.

    Raises:
        UserError: one of them is no multiple of 2^times; the message has the nearest size, and the option's remedy.
    """
    step = 2**times
    if any(size % step for size in axes):
        nearest = " x ".join(str(max(step, round(size / step) * step)) for size in axes)
        fewer = factors_of_two(axes)
        raise UserError(
            f"{name}: {' x '.join(map(str, axes))} cannot be halved {times} times; the nearest size is {nearest}"
            + (f", or set {option} = {fewer}" if fewer >= least else "")
        )
    return tuple(size // step for size in axes)


def factors_of_two(axes: Sequence[int]) -> int:
    """How often all axes can be halved."""
    common = math.gcd(*axes)
    return (common & -common).bit_length() - 1


def reflects(name: str, axes: Sequence[int], pad: int, remedy: str) -> None:
    """Refuse maps that are too small for their reflection.

    Raises:
        UserError: an axis has not more than ``pad`` places.
    """
    if min(axes) <= pad:
        raise UserError(f"{name}: a map of {' x '.join(map(str, axes))} has no {pad} places to reflect; {remedy}")


def stretched(x: Float[Tensor, "n c *axes"], axes: Sequence[int]) -> Float[Tensor, "n c *others"]:
    """The samples on other axes, each place that of its nearest neighbour."""
    return x if tuple(x.shape[2:]) == tuple(axes) else functional.interpolate(x, size=tuple(axes), mode="nearest")


def labelled(x: Float[Tensor, "n c *axes"], condition: Float[Tensor, "n k"] | None, k: int) -> Tensor:
    """The samples with ``k`` numbers of a condition as further channels, each the same everywhere; 0 without one."""
    if not k:
        return x
    wanted = x.new_zeros(len(x), k) if condition is None else condition.to(x)
    return torch.cat([x, rows_like(wanted, x).expand(-1, -1, *x.shape[2:])], 1)


def dropped(x: Tensor, share: float, rng: Rng | None) -> Tensor:
    """x with a ``share`` of its numbers 0 and the others divided by 1 - share; x itself without a stream.

    Source: Srivastava et al. (2014).
    """
    if rng is None or not share:
        return x
    return x * (rng.uniform(*x.shape) >= share).to(x.dtype) / (1 - share)


def squash(x: Tensor, output: Output) -> Tensor:
    """The last layer's values in the range of the data, ``tanh`` for (-1, 1); in single precision at least."""
    x = at_least_fp32(x)
    return x.tanh() if output == "tanh" else x


def silent(last: Any, spec: Any, source: Any) -> None:
    """Let a last layer give nothing at first, so that what it is added to begins as it is.

    Raises:
        ValueError: the source has other channels than what is added to it.
    """
    if spec.shape[0] != source.shape[0]:
        raise ValueError(f"residual = true adds {spec.shape[0]} channels to {source.shape[0]}; leave it out")
    nn.init.zeros_(last.weight)
    nn.init.zeros_(last.bias)


@torch.no_grad()
def gaussian(network: nn.Module, deviation: float = 0.02) -> None:
    """Set the weights of all convolutions anew, N(0, deviation²), and their biases to 0 (Radford et al. 2016)."""
    each: Any  # convolutions' weights are tensors, which torch does not say of modules
    for each in network.modules():
        if isinstance(each, (*CONVOLUTIONS, *TRANSPOSED)):
            nn.init.normal_(each.weight, 0.0, deviation)
            if each.bias is not None:
                nn.init.zeros_(each.bias)
