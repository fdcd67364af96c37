"""Progressive growing (Karras, Aila, Laine & Lehtinen 2018, section 2 and figure 2)."""

from __future__ import annotations

from typing import Annotated

import torch
from annotated_types import Gt
from torch import Tensor, nn
from torch.nn.functional import interpolate

from gansuite.errors import UserError
from gansuite.growth.growing import Growing


class Progressive:
    """Both networks begin coarse, and gain one level of detail after another, each faded in.

    A level is played for ``stable`` rounds, then the next one's share α rises from 0 to 1 over ``fade`` rounds, during
    which real samples are blended alike: x = α x_{k+1} + (1 - α) up(x_k), x_k the sample shrunk by averages. The level
    is a function of the round alone, so a run resumes in the middle of a fade.

    Args:
        stable: rounds at each level before the next one is faded in.
        fade: rounds of fading.
    """

    def __init__(self, *, stable: Annotated[int, Gt(0)], fade: Annotated[int, Gt(0)]) -> None:
        self.stable, self.fade = stable, fade
        self.level, self.levels = 0.0, 0
        self.networks: list[Growing] = []

    def bind(self, networks: list[nn.Module]) -> None:
        """Take the networks that are to grow.

        Raises:
            UserError: one cannot, or they do not grow alike.
        """
        growing = [network for network in networks if isinstance(network, Growing)]
        if len(growing) < len(networks):
            raise UserError("growth: these networks have no levels to grow through; choose networks that have")
        steps = sorted({network.levels for network in growing})
        if len(steps) > 1:
            raise UserError(f"growth: the networks have {steps[0]} and {steps[-1]} levels; give them as many")
        self.networks, self.levels = growing, steps[0]
        self.level = float(self.levels)

    def at(self, round: int) -> None:
        """The level of this round (0, 1, ...)."""
        level, into = divmod(round, self.stable + self.fade)
        self.level = min(level + max(into - self.stable, 0) / self.fade, float(self.levels))
        for network in self.networks:
            network.grow(self.level)

    def blended(self, x: Tensor) -> Tensor:
        """Real samples while a level is faded in: as fine as the generated ones, of full size."""
        level = int(self.level)
        share = self.level - level
        if share == 0:
            return x
        coarse = shrunk(x, 2 ** (self.levels - level))
        fine = shrunk(x, 2 ** (self.levels - level - 1))
        return torch.lerp(enlarged(coarse, x), enlarged(fine, x), share)


def shrunk(x: Tensor, factor: int) -> Tensor:
    """Means over blocks of ``factor`` along every axis after the channels."""
    for axis in range(2, x.dim()):
        x = x.unflatten(axis, (-1, factor)).mean(axis + 1)
    return x


def enlarged(x: Tensor, like: Tensor) -> Tensor:
    """Each value repeated until the axes are as long as those of ``like``."""
    return interpolate(x, size=like.shape[2:], mode="nearest")
