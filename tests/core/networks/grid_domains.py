"""Small domains of signals and pictures, and numbers to send through networks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn

from gansuite.engine.rng import Rng
from gansuite.spaces import TensorSpace


@dataclass(frozen=True)
class Grid:
    """Samples of one shape."""

    shape: tuple[int, ...]
    labels: tuple[str, ...] = ()
    source: Grid | None = None
    space = TensorSpace()

    def widened(self, channels: int) -> Grid:
        return replace(self, shape=(channels, *self.shape[1:]))


@dataclass(frozen=True)
class Code:
    """A prior as coders see it."""

    size: int
    style: int = 0


SIGNAL, PICTURE = Grid((2, 16)), Grid((1, 8, 16))
GRIDS = [SIGNAL, PICTURE]


def numbers(spec: Any, n: int = 3, seed: int = 0, dtype: torch.dtype = torch.float64) -> Tensor:
    return Rng(seed, "numbers").normal(n, *spec.shape).to(dtype)


def made(kind: Any, *given: Any, seed: int = 0, **options: Any) -> Any:
    """A network in double precision, the same in every test."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return kind(*given, **options).double()


def size(network: nn.Module) -> int:
    """Learnt numbers."""
    return sum(each.numel() for each in network.parameters())


def convolution(taps: int, inputs: int, outputs: int, bias: bool = True) -> int:
    """Numbers of a convolution of pictures with taps x taps."""
    return taps**2 * inputs * outputs + bias * outputs


def support(network: Any, x: Tensor, place: tuple[int, ...]) -> Tensor:
    """Which values of the first sample a value of its map depends on."""
    x = x.clone().requires_grad_()
    (slope,) = torch.autograd.grad(network(x)[(0, slice(None), *place)].sum(), x)
    return slope[0].abs().sum(0) > 0
