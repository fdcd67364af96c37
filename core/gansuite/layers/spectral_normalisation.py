"""Spectral normalisation (Miyato, Kataoka, Koyama & Yoshida 2018, eq. 8): torch's, with a gain."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeVar

import torch
from annotated_types import Gt
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import normalize
from torch.nn.modules.conv import _ConvNd
from torch.nn.utils import parametrizations, parametrize

Network = TypeVar("Network", bound=nn.Module)


class _Gain(nn.Module):
    def __init__(self, gain: float) -> None:
        super().__init__()
        self.gain = gain

    def forward(self, weight: Tensor) -> Tensor:
        return self.gain * weight


def spectral_norm(network: Network, *, gain: float = 1.0, iterations: int = 1) -> Network:
    """Give every linear layer, convolution and embedding of a network the spectral norm ``gain``, in place.

    ``W = gain · Ŵ / σ(Ŵ)``: σ is the largest singular value of Ŵ as a matrix of C_out rows: exact at
    first, then followed by ``iterations`` steps of the power method at each pass in training.

    Raises:
        ValueError: the network has no such layer, or one is normalised already.
    """
    layers = [module for module in network.modules() if isinstance(module, (nn.Linear, _ConvNd, nn.Embedding))]
    if not layers:
        raise ValueError(f"{type(network).__name__} has no linear layer, convolution or embedding to normalise")
    for layer in layers:
        if parametrize.is_parametrized(layer, "weight"):
            raise ValueError(f"the weight of a {type(layer).__name__} is normalised already")
        _normalise(layer, iterations)
        if gain != 1:
            parametrize.register_parametrization(layer, "weight", _Gain(gain))
    return network


def _normalise(layer: nn.Module, iterations: int) -> None:
    """torch's parametrization, begun at the exact singular vectors.

    Where the largest singular values lie close, as those of a wide random matrix do, the power method is off
    by per cents for hundreds of passes; begun at the solution, it only has to follow.
    """
    weight: Any = layer.weight
    matrix = weight.detach().movedim(1 if getattr(layer, "transposed", False) else 0, 0).flatten(1)
    tall = matrix.shape[0] > matrix.shape[1]
    wide = matrix.t() if tall else matrix
    left = torch.linalg.eigh(wide @ wide.t()).eigenvectors[:, -1]
    right = normalize(wide.t() @ left, dim=0)
    parametrizations.spectral_norm(layer, n_power_iterations=iterations)
    parametrized: Any = layer.parametrizations
    parametrized.weight[0].load_state_dict({"_u": right, "_v": left} if tall else {"_u": left, "_v": right})


class SpectralNorm(nn.Module):
    """A linear layer or convolution of spectral norm ``gain``: ``W = gain · Ŵ / σ(Ŵ)``.

    A chain of such layers and slopes of at most one is Lipschitz with constant gain^depth, whatever it learns.
    With gain 1 a critic cannot tell apart what lies closer than its margin: samples with detail of
    standard deviation 0.01 want a larger gain.  A convolution is normalised as the matrix C_out x (C_in size^rank),
    as published, so its own norm as an operator is near gain, not bounded by it.

    Args:
        out: number of outputs, or channels of the result.
        rank: number of axes convolved over; 0 for a linear layer.
        size: taps along each of them.
        stride: step along each of them.
        gain: spectral norm of the weight.
        iterations: steps of the power method at each pass in training.
        bias: whether a bias is learnt.

    Shape: ``[..., channels] -> [..., out]`` for rank 0, else ``[n, channels, *axes] -> [n, out, *axes']``.
    """

    def __init__(
        self,
        channels: int,
        *,
        out: Annotated[int, Gt(0)],
        rank: Literal[0, 1, 2, 3] = 0,
        size: Annotated[int, Gt(0)] = 3,
        stride: Annotated[int, Gt(0)] = 1,
        gain: Annotated[float, Gt(0)] = 1.0,
        iterations: Annotated[int, Gt(0)] = 1,
        bias: bool = True,
    ) -> None:
        super().__init__()
        if rank == 0:
            layer = nn.Linear(channels, out, bias)
        else:
            convolution = (nn.Conv1d, nn.Conv2d, nn.Conv3d)[rank - 1]
            layer = convolution(channels, out, size, stride, (size - 1) // 2, bias=bias)
        self.affine = spectral_norm(layer, gain=gain, iterations=iterations)

    def forward(self, x: Float[Tensor, "*shape"]) -> Float[Tensor, "*result"]:
        return self.affine(x)
