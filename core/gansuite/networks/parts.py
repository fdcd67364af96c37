"""Critics that judge a sample by parts: scales, periods or patches, with a score for each place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.utils.parametrizations import weight_norm

from gansuite.layers import LeakyReLU

Judgement = tuple[Float[Tensor, "n _"], list[Tensor]]
"""What a part says of a batch: scores [n, places], and the feature maps behind them, first layer first."""


class Part(nn.Module):
    """Convolutions, each followed by a leaky rectifier, and one to a single channel of scores.

    Args:
        layers: the convolutions in their order, the last one to one channel.
        leak: slope of the rectifier at negative values.
        norm: called with each convolution, whose weight it normalises in place.
    """

    def __init__(
        self, layers: list[nn.Module], leak: float, norm: Callable[[nn.Module], nn.Module] | None = weight_norm
    ) -> None:
        super().__init__()
        self.layers = nn.ModuleList(layers if norm is None else map(norm, layers))
        self.activation = LeakyReLU(leak)

    def folded(self, x: Tensor) -> Tensor:
        """The sample as the first convolution takes it."""
        return x

    def forward(self, x: Float[Tensor, "n ..."]) -> Judgement:
        """Scores [n, places] and the feature maps, the map of scores last (as HiFi-GAN's authors match it too)."""
        x, maps = self.folded(x), []
        for layer in self.layers[:-1]:
            x = self.activation(layer(x))
            maps.append(x)
        x = self.layers[-1](x)
        return x.flatten(1), [*maps, x]


class PartsCritic(nn.Module):
    """A critic of several scores a sample: those of all its parts, side by side.

    A game prices every score by itself, so that each place of each part counts the same; ``judge`` keeps the parts
    apart for games that weigh them and match features (MelGAN, HiFi-GAN).
    """

    several: ClassVar[bool] = True

    def judge(self, x: Float[Tensor, "n ..."]) -> list[Judgement]:
        """Scores [n, m_k] and feature maps of each part k."""
        raise NotImplementedError

    def forward(self, x: Float[Tensor, "n ..."], condition: Any = None, rng: Any = None) -> Float[Tensor, "n m"]:
        """All scores; deterministic, and a condition comes as further channels of ``x``."""
        return torch.cat([scores for scores, _ in self.judge(x)], 1)


class WholeCritic(PartsCritic):
    """A critic of several scores that also has features of the whole sample, made of each part's last map but one.

    Games put heads on them that tell the class of a sample (StarGAN, auxiliary classifiers) or match their means.

    Attributes:
        width: number of features.
    """

    width: int

    def whole(self, map: Float[Tensor, "n c *axes"]) -> Float[Tensor, "n w"]:
        """The features that a part's map gives: each channel's mean over all places."""
        return map.flatten(2).mean(2)

    def read(self, x: Float[Tensor, "n ..."], rng: Any = None) -> tuple[Float[Tensor, "n m"], Float[Tensor, "n w"]]:
        """All scores, and the features of the whole, of one pass."""
        judgements = self.judge(x)
        scores = torch.cat([scores for scores, _ in judgements], 1)
        return scores, torch.cat([self.whole(maps[-2]) for _, maps in judgements], 1)

    def features(self, x: Float[Tensor, "n ..."], rng: Any = None) -> Float[Tensor, "n w"]:
        """The features of the whole."""
        return self.read(x, rng)[1]
