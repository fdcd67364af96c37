"""HiFi-GAN's critics together: what happens every p samples, and at three time scales.

Kong, Kim & Bae, "HiFi-GAN", NeurIPS 2020, arXiv 2010.05646, section 2.3.
"""

from __future__ import annotations

from typing import Annotated, Any

from annotated_types import Gt, Lt
from jaxtyping import Float
from torch import Tensor

from gansuite.networks.parts import Judgement, PartsCritic
from gansuite_audio.networks.multi_period import MultiPeriodCritic
from gansuite_audio.networks.multi_scale import MultiScaleCritic


class HiFiGANCritic(PartsCritic):
    """Waveforms [n, channels, length] to the scores of ``multi-period`` and ``multi-scale``, [n, m].

    Args:
        periods: of the parts that see every p-th sample.
        scales: of the parts that see averages of 1, 2, 4, ... samples.
        period_dim: channels of their first layers; 32 as published.
        scale_dim: channels of their first layers; 128 as published.
        leak: slope of the rectifiers at negative values.

    Raises:
        UserError: samples are no waveforms, or not longer than the longest period.
    """

    def __init__(
        self,
        spec: Any,
        *,
        periods: list[Annotated[int, Gt(0)]] = [2, 3, 5, 7, 11],  # noqa: B006 - never mutated
        scales: Annotated[int, Gt(0)] = 3,
        period_dim: Annotated[int, Gt(0)] = 32,
        scale_dim: Annotated[int, Gt(0)] = 128,
        leak: Annotated[float, Gt(0), Lt(1)] = 0.1,
    ) -> None:
        super().__init__()
        self.by_period = MultiPeriodCritic(spec, periods=periods, dim=period_dim, leak=leak)
        self.by_scale = MultiScaleCritic(spec, scales=scales, dim=scale_dim, leak=leak)

    def judge(self, x: Float[Tensor, "n c l"]) -> list[Judgement]:
        """Scores and feature maps of each period, then of each scale."""
        return [*self.by_period.judge(x), *self.by_scale.judge(x)]
