"""StyleGAN's generator (Karras, Laine & Aila 2019): a mapping network, and a synthesis that reads its styles.

At 1024 x 1024 with three channels and 512 latents it has 26,219,627 parameters, 2,101,248 of them in the mapping.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import torch
from annotated_types import Ge, Gt, Le
from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch.nn.functional import conv2d, interpolate, pad

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.growth.growing import Growing
from gansuite.layers import EqualisedConvolution, EqualisedLinear, PixelNorm, leaky_relu, restyled
from gansuite.networks.grids import Output, squash
from gansuite.networks.nearest import EqualisedNearestConvolution
from gansuite.networks.progressive import filters, measure

LEAK = 0.2
MEAN_OF = 4096  # latents whose styles' mean truncation draws to


class Styled(nn.Module):
    """What follows each convolution: noise, bias, a leaky rectifier, and a style on normalised channels (appendix C).

    ``y = (1 + s(w)) · (a - μ(a)) / σ(a) + m(w)``, a = leaky(x + b · noise + bias), b the learnt scale of each channel,
    0 at first.
    """

    def __init__(self, channels: int, style: int) -> None:
        super().__init__()
        self.strength = nn.Parameter(torch.zeros(channels, 1, 1))
        self.bias = nn.Parameter(torch.zeros(channels, 1, 1))
        self.affine = EqualisedLinear(style, out=2 * channels, gain=1.0)

    def forward(self, x: Float[Tensor, "n c h w"], style: Float[Tensor, "n s"], rng: Rng | None) -> Tensor:
        if rng is not None:
            x = x + (self.strength * rng.normal(len(x), 1, *x.shape[2:])).to(x.dtype)
        scale, shift = self.affine(style).chunk(2, 1)
        return restyled(leaky_relu(x + self.bias, LEAK), shift, 1 + scale, 1e-8)


class StyledBlock(nn.Module):
    """Both layers of a resolution: enlarged twice, convolved and blurred; and convolved once more."""

    def __init__(self, channels: int, out: int, style: int) -> None:
        super().__init__()
        self.enlarge = EqualisedNearestConvolution(channels, out=out, bias=False)
        self.convolve = EqualisedConvolution(out, out=out, bias=False)
        self.first, self.second = Styled(out, style), Styled(out, style)

    def forward(self, x: Tensor, styles: Float[Tensor, "n 2 s"], rng: Rng | None) -> Tensor:
        x = self.first(blurred(self.enlarge(x)), styles[:, 0], rng)
        return self.second(self.convolve(x), styles[:, 1], rng)


class StyleGANGenerator(Growing):
    """Latents [n, prior.size] to samples [n, channels, rows, columns], as fine as its level.

    The mapping f, perceptrons on the latent of mean square one, gives a style w; the synthesis begins with a learnt
    constant, and each of its 2 · levels + 2 layers adds noise of its own, one number a place, and takes scale and shift
    of its channels from w. In training a share of the samples takes the styles from a random layer on from a second
    latent (mixing regularisation). Noise and mixing need a stream of numbers: without one the samples are a function
    of the latent, with one each sample draws its own details. A code enters the mapping beside the latent.

    Args:
        dim: most channels of a layer.
        base: the layers at size start · 2^(b - 1), b = 1, 2, ..., have min(base / 2^b, dim) channels.
        start: least rows and columns of the constant.
        style: numbers of a style.
        layers: of the mapping.
        rate: factor on the mapping's learning rate.
        mixing: share of the training samples of two latents.
        output: what follows the last convolution of each resolution; nothing as published, ``tanh`` for (-1, 1).

    Raises:
        UserError: rows and columns cannot be halved.

    Source: sections 2, 3.1 and appendix C. The crossover is drawn for each sample, there for each batch.
    """

    def __init__(
        self,
        spec: Any,
        prior: Any,
        *,
        dim: Annotated[int, Gt(0)] = 512,
        base: Annotated[int, Gt(0)] = 8192,
        start: Annotated[int, Gt(0)] = 4,
        style: Annotated[int, Gt(0)] = 512,
        layers: Annotated[int, Gt(0)] = 8,
        rate: Annotated[float, Gt(0)] = 0.01,
        mixing: Annotated[float, Ge(0), Le(1)] = 0.9,
        output: Output = "none",
    ) -> None:
        levels, self.smallest = measure(spec, start)
        super().__init__(levels)
        self.full, self.mixing, self.prior = tuple(spec.shape[1:]), mixing, prior
        self.output: Output = output
        self.tau = 1.0
        sizes = [prior.size, *(style for _ in range(layers))]
        self.normalise = PixelNorm(prior.size)
        self.mapping = nn.ModuleList(EqualisedLinear(a, out=b, rate=rate) for a, b in itertools.pairwise(sizes))
        widths = [filters(block, dim, base) for block in range(1, levels + 2)]
        self.constant = nn.Parameter(torch.ones(widths[0], *self.smallest))
        self.convolve = EqualisedConvolution(widths[0], out=widths[0], bias=False)
        self.first, self.second = Styled(widths[0], style), Styled(widths[0], style)
        self.blocks = nn.ModuleList(StyledBlock(a, b, style) for a, b in itertools.pairwise(widths))
        self.samples = nn.ModuleList(EqualisedConvolution(w, out=spec.shape[0], size=1, gain=1.0) for w in widths)

    @property
    def places(self) -> int:
        """Layers that read a style."""
        return 2 * self.levels + 2

    def map(self, z: Float[Tensor, "n d"]) -> Float[Tensor, "n s"]:
        """w = f(z), the style of a latent."""
        w = self.normalise(z)
        for layer in self.mapping:
            w = leaky_relu(layer(w), LEAK)
        return w

    def styles(self, z: Float[Tensor, "n d"], rng: Rng | None = None) -> Float[Tensor, "n l s"]:
        """The style of each layer; in training some are mixed, while ``truncate`` lasts all are drawn to their mean."""
        w = self.map(z).unsqueeze(1).expand(-1, self.places, -1)
        if self.training and self.mixing and rng is not None:
            free = getattr(self.prior, "prior", self.prior)  # the latents before the codes, which are kept
            other = torch.cat([free.sample(len(z), rng).to(z), z[:, free.size :]], 1)
            w = torch.where(self.crossed(len(z), rng).unsqueeze(2), self.map(other).unsqueeze(1), w)
        if self.tau != 1:
            w = torch.lerp(self.mean(z).unsqueeze(1).to(w), w, self.tau)
        return w

    def crossed(self, n: int, rng: Rng) -> Bool[Tensor, "n l"]:
        """Which layers of each sample are of its second latent: those from a random one on, or none."""
        first = rng.integers(1, self.places, n)
        kept = rng.uniform(n) >= self.mixing
        layer = torch.arange(self.places, device=first.device)
        return (layer >= first.unsqueeze(1)) & ~kept.unsqueeze(1)

    def synthesise(self, styles: Float[Tensor, "n l s"], rng: Rng | None = None) -> Float[Tensor, "n c h v"]:
        """The samples of styles."""
        level = int(self.level)
        share = self.level - level
        x = self.first(self.constant.expand(len(styles), -1, -1, -1), styles[:, 0], rng)
        x = self.second(self.convolve(x), styles[:, 1], rng)
        for k, block in enumerate(self.blocks[:level]):
            x = block(x, styles[:, 2 * k + 2 : 2 * k + 4], rng)
        y = squash(self.samples[level](x), self.output)
        if share:
            x = self.blocks[level](x, styles[:, 2 * level + 2 : 2 * level + 4], rng)
            finer = squash(self.samples[level + 1](x), self.output)
            y = torch.lerp(interpolate(y, scale_factor=2.0, mode="nearest"), finer, share)
        return interpolate(y, size=self.full, mode="nearest")

    def forward(self, z: Float[Tensor, "n d"], condition: Any = None, rng: Any = None) -> Float[Tensor, "n c h v"]:
        """Samples of latents, which hold a code as well: ``condition`` does not enter."""
        return self.synthesise(self.styles(z, rng), rng)

    @contextmanager
    def truncate(self, tau: float) -> Iterator[None]:
        """While it lasts, styles are w̄ + τ (w - w̄) (appendix B), in all layers; w̄ the mean of f(z) given the code.

        Args:
            tau: τ, 0 for one sample only, 1 for all as they are.

        Raises:
            UserError: τ is negative.
        """
        if tau < 0:
            raise UserError(f"truncation = {tau}: give 0 or more, such as 0.7")
        self.tau = tau
        try:
            yield
        finally:
            self.tau = 1.0

    @torch.no_grad()
    def mean(self, z: Float[Tensor, "n d"]) -> Float[Tensor, "n s"]:
        """w̄ of each row's code: always of the same latents, so that it is a function of the weights."""
        free = getattr(self.prior, "prior", self.prior)
        drawn = free.sample(MEAN_OF, Rng(0, "mean style", device=z.device)).to(z)
        if free.size == z.shape[1]:
            return self.map(drawn).mean(0).expand(len(z), -1)
        codes, place = z[:, free.size :].unique(dim=0, return_inverse=True)
        means = [self.map(torch.cat([drawn, code.expand(MEAN_OF, -1)], 1)).mean(0) for code in codes]
        return torch.stack(means)[place]


def blurred(x: Float[Tensor, "n c h w"]) -> Float[Tensor, "n c h w"]:
    """Each channel filtered by [1, 2, 1] / 4 along both axes, zeros around (as published)."""
    n, c, h, w = x.shape
    taps = x.new_tensor([1.0, 2.0, 1.0]) / 4
    rows = conv2d(pad(x.reshape(n * c, 1, h, w), (1, 1, 1, 1)), taps.view(1, 1, 3, 1))
    return conv2d(rows, taps.view(1, 1, 1, 3)).view(n, c, h, w)
