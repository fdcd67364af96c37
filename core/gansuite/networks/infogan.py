"""The architecture of "Are GANs Created Equal?" (Lucic et al. 2018), after InfoGAN's (Chen et al. 2016, appendix C).

Two convolutions of 4 taps and stride 2, two linear layers, and the same the other way round, along one axis or two. At
28 x 28 with the defaults these are the layers of the authors' code, which they say is "based on InfoGAN".
"""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal

import torch
from annotated_types import Gt
from jaxtyping import Float
from torch import Tensor, nn

from gansuite.layers import LeakyReLU, spectral_norm
from gansuite.networks.grids import CONVOLUTIONS, TRANSPOSED, Output, gaussian, halved, normalise, rank_of, squash

DOUBLE: Any = {"kernel_size": 4, "stride": 2, "padding": 1}
"""Four taps that halve or double an axis."""
LEAK = 0.2

Norm = Literal["batch", "none"]


class InfoGANGenerator(nn.Module):
    """Latents [n, prior.size] to samples [n, channels, *axes].

    Linear to ``hidden`` units, linear to a map of 2 ``dim`` channels on a quarter of each axis, transposed convolution
    to ``dim`` channels, and one to the samples. Normalisation and leaky rectifier follow all but the last. A code is
    read beside the latent.

    Args:
        dim: channels beside the samples.
        hidden: units of the first layer.
        norm: of all layers but the last.
        output: ``tanh`` for data in [-1, 1].

    Raises:
        UserError: the samples are no signals or pictures, or of a size that cannot be halved twice.
    """

    def __init__(
        self,
        spec: Any,
        prior: Any,
        *,
        dim: Annotated[int, Gt(0)] = 64,
        hidden: Annotated[int, Gt(0)] = 1024,
        norm: Norm = "batch",
        output: Output = "tanh",
    ) -> None:
        super().__init__()
        self.output: Output = output
        self.read = linear(prior.size, hidden, norm)
        self.made = upwards(hidden, spec, dim, norm)
        initialise(self)

    def forward(self, z: Float[Tensor, "n d"], condition: Any = None, rng: Any = None) -> Float[Tensor, "n c *axes"]:
        """Deterministic in ``z``, which holds the code as well."""
        return squash(self.made(self.read(z)), self.output)


class InfoGANCritic(nn.Module):
    """Samples [n, channels, *axes] to scores [n]: two convolutions, and two linear layers.

    Batch normalisation, which all but the first and the last layer have, couples the samples of a batch: real and
    generated ones are shown apart, and gradient penalties warn.

    Args:
        dim: channels of the first layer; the second has twice as many.
        hidden: units of the last layer but one, which are the features.
        norm: of the inner layers; ``spectral`` normalises the weights of all layers instead.

    Raises:
        UserError: as of the generator.
    """

    def __init__(
        self,
        spec: Any,
        *,
        dim: Annotated[int, Gt(0)] = 64,
        hidden: Annotated[int, Gt(0)] = 1024,
        norm: Norm | Literal["spectral"] = "batch",
    ) -> None:
        super().__init__()
        self.width = hidden
        self.body = downwards(spec, dim, hidden, "none" if norm == "spectral" else norm)
        self.score = nn.Linear(hidden, 1)
        initialise(self)
        if norm == "spectral":
            spectral_norm(self)

    def features(self, x: Float[Tensor, "n c *axes"], rng: Any = None) -> Float[Tensor, "n w"]:
        """What the score is linear in."""
        return self.body(x)

    def head(self, features: Float[Tensor, "n w"]) -> Float[Tensor, " n"]:
        """The score of each row of features."""
        return self.score(features).squeeze(1)

    def forward(self, x: Float[Tensor, "n c *axes"], condition: Any = None, rng: Any = None) -> Float[Tensor, " n"]:
        """Scores; a condition comes as further channels of ``x``."""
        return self.head(self.features(x, rng))


class InfoGANEncoder(nn.Module):
    """Samples [n, channels, *axes] to codes [n, prior.size]: the critic's layers with a code in place of the score.

    Args:
        dim: channels of the first layer; the second has twice as many.
        hidden: units of the last layer but one.
        norm: of the inner layers.

    Raises:
        UserError: as of the generator.
    """

    def __init__(
        self,
        spec: Any,
        prior: Any,
        *,
        dim: Annotated[int, Gt(0)] = 64,
        hidden: Annotated[int, Gt(0)] = 1024,
        norm: Norm = "batch",
    ) -> None:
        super().__init__()
        self.body = downwards(spec, dim, hidden, norm)
        self.code = nn.Linear(hidden, prior.size)
        initialise(self)

    def forward(self, x: Float[Tensor, "n c *axes"], condition: Any = None, rng: Any = None) -> Float[Tensor, "n z"]:
        """The code of each sample."""
        return self.code(self.body(x))


class InfoGANAutoencoder(nn.Module):
    """A critic whose score is an energy, ``E(x) = mean |Dec(Enc(x)) - x|`` over all numbers of a sample.

    The critic's convolutions to a code, and the generator's way back from there: BEGAN's critic in the authors' code,
    which is not that of its paper.

    Args:
        code: numbers between the two halves.
        dim: channels of the first layer; the second has twice as many.
        norm: of the layers after the code; the code itself is normalised, too.
        output: ``tanh`` for data in [-1, 1].

    Raises:
        UserError: as of the generator.
    """

    def __init__(
        self,
        spec: Any,
        *,
        code: Annotated[int, Gt(0)] = 64,
        dim: Annotated[int, Gt(0)] = 64,
        norm: Norm = "none",
        output: Output = "tanh",
    ) -> None:
        super().__init__()
        self.output: Output = output
        self.encoder = nn.Sequential(
            *convolutions(spec, dim, "none", last=False), *linear(quarter(spec, dim), code, norm)
        )
        self.decoder = upwards(code, spec, dim, norm)
        initialise(self)

    def forward(self, x: Float[Tensor, "n c *axes"], condition: Any = None, rng: Any = None) -> Float[Tensor, " n"]:
        """The energy of each sample, low for those like which it was trained on."""
        return (squash(self.decoder(self.encoder(x)), self.output) - x).abs().flatten(1).mean(1)


def linear(inputs: int, outputs: int, norm: Norm) -> nn.Sequential:
    """A linear layer, normalised and rectified."""
    normed = [nn.BatchNorm1d(outputs)] if norm == "batch" else []
    return nn.Sequential(nn.Linear(inputs, outputs), *normed, LeakyReLU(LEAK))


def quarter(spec: Any, dim: int) -> int:
    """Numbers in the map of 2 ``dim`` channels on a quarter of each axis.

    Raises:
        UserError: there is no such map.
    """
    rank_of("infogan", spec)
    return 2 * dim * math.prod(halved("infogan", spec.shape[1:], 2, "", least=2))


def convolutions(spec: Any, dim: int, norm: Norm, *, last: bool = True) -> list[nn.Module]:
    """Samples to the numbers of that map, with or without a rectifier as the last thing."""
    rank = rank_of("infogan", spec)
    layer = CONVOLUTIONS[rank - 1]
    layers = [layer(spec.shape[0], dim, **DOUBLE), LeakyReLU(LEAK), layer(dim, 2 * dim, **DOUBLE)]
    layers += [normalise(norm, 2 * dim, rank), LeakyReLU(LEAK)] if last else []
    return [*layers, nn.Flatten()]


def downwards(spec: Any, dim: int, hidden: int, norm: Norm) -> nn.Sequential:
    """Samples to ``hidden`` units."""
    inputs = quarter(spec, dim)
    return nn.Sequential(*convolutions(spec, dim, norm), *linear(inputs, hidden, norm))


def upwards(inputs: int, spec: Any, dim: int, norm: Norm) -> nn.Sequential:
    """Units to samples, before the last layer's nonlinearity."""
    outputs, rank = quarter(spec, dim), rank_of("infogan", spec)
    layer, places = TRANSPOSED[rank - 1], [size // 4 for size in spec.shape[1:]]
    return nn.Sequential(
        *linear(inputs, outputs, norm),
        nn.Unflatten(1, (2 * dim, *places)),
        layer(2 * dim, dim, **DOUBLE),
        normalise(norm, dim, rank),
        LeakyReLU(LEAK),
        layer(dim, spec.shape[0], **DOUBLE),
    )


@torch.no_grad()
def initialise(network: nn.Module) -> None:
    """Weights N(0, 0.02²), biases 0."""
    gaussian(network)
    for each in network.modules():
        if isinstance(each, nn.Linear):
            nn.init.normal_(each.weight, 0.0, 0.02)
            nn.init.zeros_(each.bias)
