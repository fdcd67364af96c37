"""The networks of progressive growing (Karras, Aila, Laine & Lehtinen 2018, appendix A and table 2).

At 1024 x 1024 with three channels and 512 latents they have 23,079,115 and 23,087,249 parameters. GANSynth's networks
of spectrograms are the same with other numbers.
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
from gansuite.networks.doublings import doublings
from gansuite.networks.grids import Output, squash
from gansuite.networks.nearest import EqualisedNearestConvolution

WHOLE_BATCH = 2**31  # a group that no batch exceeds


def measure(spec: Any, start: int) -> tuple[int, tuple[int, ...]]:
    """How often rows and columns can be halved, and what is left."""
    return doublings(spec, start, "progressive")


def filters(block: int, dim: int, base: int) -> int:
    """Channels of block 0, 1, ...: ``min(base / 2^block, dim)``, at least one."""
    return max(min(base >> block, dim), 1)


class ProgressiveGenerator(Growing):
    """Latents [n, prior.size] to samples [n, channels, rows, columns], as fine as its level.

    The latent is scaled to mean square one and made a map of the smallest size; each further block repeats every value
    twice along both axes and convolves 3 x 3 twice. Each convolution is followed by a leaky rectifier (0.2) and pixel
    norm, all weights are equalised, and a 1 x 1 convolution at each resolution gives the sample. At level
    k + α it is α of the one at resolution k + 1 and 1 - α of the one at k, enlarged to full size.

    Args:
        dim: most channels of a layer.
        base: block b = 1, 2, ... has min(base / 2^b, dim) channels.
        start: least rows and columns of the smallest map.
        output: what follows the last convolution of each resolution; nothing as published, ``tanh`` for (-1, 1).

    Class attributes:
        measure: (spec, start) to the number of doublings and the size of the smallest map.

    Raises:
        UserError: rows and columns cannot be halved.
    """

    measure = staticmethod(measure)

    def __init__(
        self,
        spec: Any,
        prior: Any,
        *,
        dim: Annotated[int, Gt(0)] = 512,
        base: Annotated[int, Gt(0)] = 8192,
        start: Annotated[int, Gt(0)] = 4,
        output: Output = "none",
    ) -> None:
        levels, self.smallest = self.measure(spec, start)
        super().__init__(levels)
        self.output: Output = output
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

    def sampled(self, x: Float[Tensor, "n w i k"], level: int) -> Float[Tensor, "n c i k"]:
        """The sample at a level's own resolution."""
        return squash(self.samples[level](x), self.output)

    def forward(self, z: Float[Tensor, "n d"], condition: Any = None, rng: Any = None) -> Float[Tensor, "n c h v"]:
        """Deterministic in ``z``, codes of a condition included: ``condition`` and ``rng`` do not enter."""
        level = int(self.level)
        share = self.level - level
        x = self.project(self.normalise(z)).unflatten(1, (-1, *self.smallest)) + self.bias
        x = self.first(x)
        for block in self.blocks[:level]:
            x = block(x)
        y = self.sampled(x, level)
        if share:
            finer = self.sampled(self.blocks[level](x), level + 1)
            y = torch.lerp(interpolate(y, scale_factor=2.0, mode="nearest"), finer, share)
        return interpolate(y, size=self.full, mode="nearest")


def _activated(width: int) -> tuple[nn.Module, nn.Module]:
    return LeakyReLU(0.2), PixelNorm(width)


def _convolved(width: int, out: int) -> tuple[nn.Module, ...]:
    return EqualisedConvolution(width, out=out), *_activated(out)


class ProgressiveCritic(Growing):
    """Samples [n, channels, rows, columns] to scores [n], as fine as its level: the generator's mirror.

    A 1 x 1 convolution reads the sample at the level's resolution; each block convolves 3 x 3 twice and halves both
    axes by averages; the last one appends the minibatch's standard deviation, convolves once more and takes all
    places together. Leaky rectifiers (0.2), no normalisation, equalised weights. At level k + α what the block of
    resolution k + 1 gives has the share α, and what is read at resolution k the rest.

    Args:
        dim: most channels of a layer.
        base: block b = 0, 1, ... has min(base / 2^b, dim) channels, counted from the features.
        start: least rows and columns of the smallest map; as the generator's.
        group: samples whose standard deviation is taken together; it must divide the batch. 0: all.

    Class attributes:
        measure: (spec, start) to the number of halvings and the size of the smallest map.

    Raises:
        UserError: rows and columns cannot be halved.
    """

    measure = staticmethod(measure)

    def __init__(
        self,
        spec: Any,
        *,
        dim: Annotated[int, Gt(0)] = 512,
        base: Annotated[int, Gt(0)] = 8192,
        start: Annotated[int, Gt(0)] = 4,
        group: Annotated[int, Ge(0)] = 4,
    ) -> None:
        levels, smallest = self.measure(spec, start)
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

    def forward(self, x: Float[Tensor, "n c h v"], condition: Any = None, rng: Any = None) -> Float[Tensor, " n"]:
        """A condition comes as further channels or as heads on the features: ``condition`` does not enter."""
        return self.head(self.features(x, rng))

    def features(self, x: Float[Tensor, "n c h v"], rng: Any = None) -> Float[Tensor, "n width"]:
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

    def _read(self, x: Float[Tensor, "n c h v"], level: int) -> Float[Tensor, "n w i k"]:
        """The sample at the resolution of a level, in that block's channels."""
        factor = 2 ** (self.levels - level)
        return leaky_relu(self.readers[level](x if factor == 1 else avg_pool2d(x, factor)), 0.2)
