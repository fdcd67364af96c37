"""GANSynth: a progressively grown GAN of spectrograms with a magnitude and a phase.

Engel et al., "GANSynth: Adversarial Neural Audio Synthesis", ICLR 2019, arXiv 1902.08710, appendix A and the authors'
code (magenta/models/gansynth); the networks are those of Karras, Aila, Laine & Lehtinen 2018, appendix A.1.
"""

from __future__ import annotations

import itertools
import math
from typing import Annotated, Any

import torch
from annotated_types import Ge, Gt
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d, interpolate

from gansuite.growth.growing import Growing
from gansuite.layers import (
    EqualisedConvolution,
    EqualisedLinear,
    LeakyReLU,
    MinibatchStddev,
    PixelNorm,
    full_precision,
    leaky_relu,
)
from gansuite_audio.networks.doublings import doublings
from gansuite_audio.networks.nearest_2d import EqualisedNearestConvolution

WHOLE_BATCH = 2**31  # a group that no batch exceeds


def filters(block: int, dim: int, base: int) -> int:
    """Channels of block 0, 1, ...: ``min(base / 2^block, dim)``, at least one."""
    return max(min(base >> block, dim), 1)


class GANSynthGenerator(Growing):
    """Latent [n, prior.size] to spectrograms [n, channels, bins, frames] in (-1, 1), as fine as its level.

    The latent is scaled to mean square one and made a map of the smallest size; each further block repeats every value
    twice along both axes and convolves 3 x 3 twice. Each convolution is followed by a leaky rectifier (0.2) and pixel
    norm, all weights are equalised, and a 1 x 1 convolution with tanh at each resolution gives the sample. At level
    k + α it is α of the one at resolution k + 1 and 1 - α of the one at k, enlarged to full size.

    Args:
        dim: most channels of a layer.
        base: block b = 1, 2, ... has min(base / 2^b, dim) channels.
        start: least rows and columns of the smallest map: 2 makes 128 x 1024 of 2 x 16, 4 makes 256 x 512 of 4 x 8, as
            published.

    Raises:
        UserError: bins and frames cannot be halved.
    """

    def __init__(
        self,
        spec: Any,
        prior: Any,
        *,
        dim: Annotated[int, Gt(0)] = 256,
        base: Annotated[int, Gt(0)] = 4096,
        start: Annotated[int, Gt(0)] = 2,
    ) -> None:
        levels, self.smallest = doublings(spec, start, "gansynth")
        super().__init__(levels)
        self.full = tuple(spec.shape[1:])
        widths = [filters(block, dim, base) for block in range(1, levels + 2)]
        places = math.prod(self.smallest)
        self.normalise = PixelNorm(prior.size)
        # As published a convolution over the latent amid zeros: one bias a channel, and He's constant of its size.
        self.project = EqualisedLinear(prior.size, out=widths[0] * places, gain=math.sqrt(2 / places), bias=False)
        self.bias = nn.Parameter(torch.zeros(widths[0], 1, 1))
        self.first = nn.Sequential(*_activated(widths[0]), *_convolved(widths[0], widths[0]))
        self.blocks = nn.ModuleList(
            nn.Sequential(
                EqualisedNearestConvolution(width, out=following),
                *_activated(following),
                *_convolved(following, following),
            )
            for width, following in itertools.pairwise(widths)
        )
        self.samples = nn.ModuleList(
            EqualisedConvolution(width, out=spec.shape[0], size=1, gain=1.0) for width in widths
        )

    def forward(self, z: Float[Tensor, "n d"], condition: Any = None, rng: Any = None) -> Float[Tensor, "n c b f"]:
        """Deterministic in ``z``, codes of a condition included: ``condition`` and ``rng`` do not enter."""
        level = int(self.level)
        share = self.level - level
        x = self.project(self.normalise(z)).unflatten(1, (-1, *self.smallest)) + self.bias
        x = self.first(x)
        for block in self.blocks[:level]:
            x = block(x)
        y = self.samples[level](x).to(z.dtype).tanh()
        if share:
            finer = self.samples[level + 1](self.blocks[level](x)).to(z.dtype).tanh()
            y = torch.lerp(interpolate(y, scale_factor=2.0, mode="nearest"), finer, share)
        return interpolate(y, size=self.full, mode="nearest")


def _activated(width: int) -> tuple[nn.Module, nn.Module]:
    return LeakyReLU(0.2), PixelNorm(width)


def _convolved(width: int, out: int) -> tuple[nn.Module, ...]:
    return EqualisedConvolution(width, out=out), *_activated(out)


class GANSynthCritic(Growing):
    """Spectrograms [n, channels, bins, frames] to scores [n], as fine as its level: the generator's mirror.

    A 1 x 1 convolution reads the sample at the level's resolution; each block convolves 3 x 3 twice and halves both
    axes by averages; the last one appends the minibatch's standard deviation, convolves once more and takes all
    places together. Leaky rectifiers (0.2), no normalisation, equalised weights. At level k + α what the block of
    resolution k + 1 gives has the share α, and what is read at resolution k the rest.

    Args:
        dim: most channels of a layer.
        base: block b = 0, 1, ... has min(base / 2^b, dim) channels, counted from the features.
        start: least rows and columns of the smallest map; as the generator's.
        group: samples whose standard deviation is taken together; it must divide the batch. 0: all, as published.

    Raises:
        UserError: bins and frames cannot be halved.
    """

    def __init__(
        self,
        spec: Any,
        *,
        dim: Annotated[int, Gt(0)] = 256,
        base: Annotated[int, Gt(0)] = 4096,
        start: Annotated[int, Gt(0)] = 2,
        group: Annotated[int, Ge(0)] = 0,
    ) -> None:
        levels, smallest = doublings(spec, start, "gansynth")
        super().__init__(levels)
        widths = [filters(block, dim, base) for block in range(1, levels + 2)]
        self.width = filters(0, dim, base)
        self.readers = nn.ModuleList(EqualisedConvolution(spec.shape[0], out=width, size=1) for width in widths)
        self.blocks = nn.ModuleList(
            nn.Sequential(
                EqualisedConvolution(following, out=following),
                LeakyReLU(0.2),
                EqualisedConvolution(following, out=width),
                LeakyReLU(0.2),
                nn.AvgPool2d(2),
            )
            for width, following in itertools.pairwise(widths)
        )
        self.last = nn.Sequential(
            MinibatchStddev(widths[0], group=group or WHOLE_BATCH),
            EqualisedConvolution(widths[0] + 1, out=widths[0]),
            LeakyReLU(0.2),
            nn.Flatten(),
            EqualisedLinear(widths[0] * math.prod(smallest), out=self.width),
            LeakyReLU(0.2),
        )
        self.score = EqualisedLinear(self.width, out=1, gain=1.0)

    def forward(self, x: Float[Tensor, "n c b f"], condition: Any = None, rng: Any = None) -> Float[Tensor, " n"]:
        """A condition comes as further channels or as heads on the features: ``condition`` does not enter."""
        return self.head(self.features(x, rng))

    def features(self, x: Float[Tensor, "n c b f"], rng: Any = None) -> Float[Tensor, "n width"]:
        """What the score is linear in, and the classes of an auxiliary classifier too."""
        level = int(self.level)
        share = self.level - level
        if share:
            y = self.blocks[level](self._read(x, level + 1))
            y = torch.lerp(self._read(x, level).to(y.dtype), y, share)
        else:
            y = self._read(x, level)
        for block in reversed(self.blocks[:level]):
            y = block(y)
        return self.last(y)

    def head(self, features: Float[Tensor, "n width"]) -> Float[Tensor, " n"]:
        """The scores of features, in full precision."""
        with full_precision(features.device):
            return self.score(features.to(self.score.weight.dtype)).squeeze(1)

    def _read(self, x: Float[Tensor, "n c b f"], level: int) -> Float[Tensor, "n w i k"]:
        """The sample at the resolution of a level, in that block's channels."""
        factor = 2 ** (self.levels - level)
        return leaky_relu(self.readers[level](x if factor == 1 else avg_pool2d(x, factor)), 0.2)
