"""Multi-period critic of waveforms: each part sees every p-th sample.

Kong, Kim & Bae, "HiFi-GAN", NeurIPS 2020, arXiv 2010.05646, section 2.3 and appendix A, and the authors' code
(github.com/jik876/hifi-gan, models.py).
"""

from __future__ import annotations

from typing import Annotated, Any

import torch
from annotated_types import Gt, Lt
from jaxtyping import Float
from torch import Tensor, nn

from gansuite.errors import UserError
from gansuite.networks.parts import Judgement, Part, PartsCritic
from gansuite_audio.networks.shapes import waveforms

LAYERS = ((1, 3), (4, 3), (16, 3), (32, 3), (32, 1))
"""Of each convolution of 5 taps: channels in multiples of dim, stride."""


class MultiPeriodCritic(PartsCritic):
    """Waveforms [n, channels, length] to scores [n, m]: the sound folded at the periods 2, 3, 5, 7 and 11.

    A part lays the sound out in rows of p samples (its end reflected to fill the last row) and convolves along the
    columns alone, five times with leaky rectifiers and once to a score: what happens every p samples. Weight
    normalisation throughout.

    Args:
        periods: p of each part, in samples; primes overlap least.
        dim: channels of the first layer (32 as published); all others are multiples, up to 32 dim.
        leak: slope of the rectifier at negative values.

    Raises:
        UserError: samples are no waveforms, or not longer than the longest period.
    """

    def __init__(
        self,
        spec: Any,
        *,
        periods: list[Annotated[int, Gt(0)]] = [2, 3, 5, 7, 11],  # noqa: B006 - never mutated
        dim: Annotated[int, Gt(0)] = 32,
        leak: Annotated[float, Gt(0), Lt(1)] = 0.1,
    ) -> None:
        super().__init__()
        channels, length = waveforms(spec, "multi-period", "the critic patch")
        if not periods or max(periods) >= length:
            raise UserError(
                f"multi-period: periods = {periods} must be some, each below the {length} samples of a sound"
            )
        self.parts = nn.ModuleList(_Period(channels, period, dim, leak) for period in periods)

    def judge(self, x: Float[Tensor, "n c l"]) -> list[Judgement]:
        """Scores [n, ceil(rows / 81) p] and six feature maps [n, w, rows, p] of each period p."""
        return [part(x) for part in self.parts]


class _Period(Part):
    """The part that sees every ``period``-th sample."""

    def __init__(self, channels: int, period: int, dim: int, leak: float) -> None:
        layers: list[nn.Module] = []
        for multiple, stride in LAYERS:
            layers.append(nn.Conv2d(channels, multiple * dim, (5, 1), (stride, 1), (2, 0)))
            channels = multiple * dim
        super().__init__([*layers, nn.Conv2d(channels, 1, (3, 1), padding=(1, 0))], leak)
        self.period = period

    def folded(self, x: Float[Tensor, "n c l"]) -> Float[Tensor, "n c r p"]:
        """Rows of one period. Reflection by slices, whose double backward is free."""
        missing = -x.shape[2] % self.period
        if missing:
            x = torch.cat([x, x[:, :, -missing - 1 : -1].flip(2)], 2)
        return x.unflatten(2, (-1, self.period))
