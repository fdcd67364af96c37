"""DCGAN (Radford, Metz & Chintala 2016, section 3 and figure 1), along one axis or two.

At 64 x 64 with three channels, 100 latents and 64 filters the networks have the 3,576,704 and 2,765,568 parameters of
PyTorch's example, whose weights fit.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Any, Literal

import torch
from annotated_types import Gt, Lt
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from gansuite.layers import LeakyReLU, ReLU, spectral_norm
from gansuite.networks.doublings import doublings
from gansuite.networks.grids import BATCH_NORMS, CONVOLUTIONS, TRANSPOSED, Norm, gaussian, normalise, rank_of, squash

DOUBLE: Any = {"kernel_size": 4, "stride": 2, "padding": 1}
"""Four taps that halve or double an axis."""


def widths(steps: int, dim: int, widest: int) -> list[int]:
    """Channels from the samples inwards: dim, 2 dim, 4 dim, ..., widest dim."""
    return [dim * min(2**step, widest) for step in range(steps)]


class DCGANGenerator(nn.Module):
    """Latents [n, prior.size] to samples [n, channels, *axes] by transposed convolutions of 4 taps and stride 2.

    The first makes the smallest map of a latent; batch normalisation and ReLU follow all but the last, and tanh that.
    No pooling, no linear layer. A code is read beside the latent.

    Args:
        dim: channels beside the samples; they double inwards.
        widest: most channels, in multiples of ``dim``.
        start: least size of the smallest map along any axis.
        norm: of all layers but the last.

    Raises:
        UserError: the samples are no signals or pictures, or of a size that no doublings make.
    """

    def __init__(
        self,
        spec: Any,
        prior: Any,
        *,
        dim: Annotated[int, Gt(0)] = 64,
        widest: Annotated[int, Gt(0)] = 8,
        start: Annotated[int, Gt(0)] = 4,
        norm: Norm = "batch",
    ) -> None:
        super().__init__()
        rank = rank_of("dcgan", spec)
        steps, self.smallest = doublings(spec, start, "dcgan")
        channels, bias = widths(steps, dim, widest)[::-1], norm != "batch"
        layer = TRANSPOSED[rank - 1]
        self.project = layer(prior.size, channels[0], self.smallest, bias=bias)
        layers: list[nn.Module] = [normalise(norm, channels[0], rank, affine=True), ReLU()]
        for width, following in pairwise(channels):
            layers += [layer(width, following, **DOUBLE, bias=bias), normalise(norm, following, rank, True), ReLU()]
        self.layers = nn.Sequential(*layers, layer(channels[-1], spec.shape[0], **DOUBLE, bias=bias))
        initialise(self)

    def forward(self, z: Float[Tensor, "n d"], condition: Any = None, rng: Any = None) -> Float[Tensor, "n c *axes"]:
        """Deterministic in ``z``, which holds the code as well."""
        return squash(self.layers(self.project(z[(..., *(None,) * len(self.smallest))])), "tanh")


class DCGANCritic(nn.Module):
    """Samples [n, channels, *axes] to scores [n] by convolutions of 4 taps and stride 2, and one as large as the rest.

    Batch normalisation, which all but the first and the last have, couples the samples of a batch: real and generated
    ones are shown apart, and gradient penalties warn. No pooling, no linear layer; the features are the last map.

    Args:
        dim: channels beside the samples; they double inwards.
        widest: most channels, in multiples of ``dim``.
        start: least size of the smallest map along any axis.
        norm: of the inner layers; ``spectral`` normalises the weights of all layers instead, ``instance`` or ``none``
            leave gradient penalties their meaning.
        leak: slope of the rectifier at negative values.

    Raises:
        UserError: the samples are no signals or pictures, or of a size that no halvings take apart.
    """

    def __init__(
        self,
        spec: Any,
        *,
        dim: Annotated[int, Gt(0)] = 64,
        widest: Annotated[int, Gt(0)] = 8,
        start: Annotated[int, Gt(0)] = 4,
        norm: Norm | Literal["spectral"] = "batch",
        leak: Annotated[float, Gt(0), Lt(1)] = 0.2,
    ) -> None:
        super().__init__()
        rank = rank_of("dcgan", spec)
        steps, self.smallest = doublings(spec, start, "dcgan")
        channels, bias = widths(steps, dim, widest), norm != "batch"
        layer = CONVOLUTIONS[rank - 1]
        inner: Norm = "none" if norm == "spectral" else norm
        layers: list[nn.Module] = [layer(spec.shape[0], dim, **DOUBLE, bias=bias), LeakyReLU(leak)]
        for width, following in pairwise(channels):
            normed = normalise(inner, following, rank, affine=True)
            layers += [layer(width, following, **DOUBLE, bias=bias), normed, LeakyReLU(leak)]
        self.layers = nn.Sequential(*layers)
        self.score: Any = layer(channels[-1], 1, self.smallest, bias=bias)
        self.width = channels[-1] * self.score.weight[0, 0].numel()
        initialise(self)
        if norm == "spectral":
            spectral_norm(self)

    def features(self, x: Float[Tensor, "n c *axes"], rng: Any = None) -> Float[Tensor, "n w"]:
        """The last map, flattened place by place as it lies in memory."""
        return self.layers(x).movedim(1, -1).flatten(1)

    def head(self, features: Float[Tensor, "n w"]) -> Float[Tensor, " n"]:
        """The last convolution, which has one place to stand."""
        return functional.linear(features, self.score.weight.movedim(1, -1).flatten(1), self.score.bias).squeeze(1)

    def forward(self, x: Float[Tensor, "n c *axes"], condition: Any = None, rng: Any = None) -> Float[Tensor, " n"]:
        """Scores; a condition comes as further channels of ``x``."""
        return self.head(self.features(x, rng))


@torch.no_grad()
def initialise(network: nn.Module) -> None:
    """Weights N(0, 0.02²), biases 0, and scales of batch norms N(1, 0.02²) as in the authors' code.

    Weights of pictures are laid out with their channels last, which is a tenth faster on processors.
    """
    network.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]
    gaussian(network)
    module: Any
    for module in network.modules():
        if isinstance(module, BATCH_NORMS):
            nn.init.normal_(module.weight, 1.0, 0.02)
