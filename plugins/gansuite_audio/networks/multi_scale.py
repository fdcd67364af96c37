"""Multi-scale critic of waveforms: the same network on the sound and on halved copies of it.

Kumar et al., "MelGAN", NeurIPS 2019, arXiv 1910.06711, section 2.3; layers as in Kong, Kim & Bae, "HiFi-GAN", NeurIPS
2020, arXiv 2010.05646, section 2.3 and appendix A, and its authors' code (github.com/jik876/hifi-gan, models.py).
"""

from __future__ import annotations

import math
from typing import Annotated, Any

from annotated_types import Gt, Lt
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import avg_pool1d

from gansuite.layers import spectral_norm
from gansuite.networks.parts import Judgement, Part, PartsCritic, weight_norm
from gansuite_audio.networks.shapes import waveforms

LAYERS = ((1, 15, 1, 1), (1, 41, 2, 4), (2, 41, 2, 16), (4, 41, 4, 16), (8, 41, 4, 16), (8, 41, 1, 16), (8, 5, 1, 1))
"""Of each convolution: channels in multiples of dim, taps, stride, groups."""


class MultiScaleCritic(PartsCritic):
    """Waveforms [n, channels, length] to scores [n, m] at three time scales, the sound averaged by 1, 2 and 4.

    The scales have weights of their own, under weight normalisation, and under spectral normalisation at the first. At
    each, seven convolutions (long, grouped and strided) are followed by leaky rectifiers, and one gives a score every
    64 samples. Between scales the sound is averaged over 4 samples every 2 (zeros beyond its ends count, as published).

    Args:
        scales: number of copies.
        dim: channels of the first layer (128 as published); all others are multiples, up to 8 dim.
        leak: slope of the rectifier at negative values.

    Raises:
        UserError: samples are no waveforms.
    """

    def __init__(
        self,
        spec: Any,
        *,
        scales: Annotated[int, Gt(0)] = 3,
        dim: Annotated[int, Gt(0)] = 128,
        leak: Annotated[float, Gt(0), Lt(1)] = 0.1,
    ) -> None:
        super().__init__()
        channels, _ = waveforms(spec, "multi-scale", "the critic patch")
        self.parts = nn.ModuleList(
            Part(_layers(channels, dim), leak, weight_norm if scale else spectral_norm) for scale in range(scales)
        )

    def judge(self, x: Float[Tensor, "n c l"]) -> list[Judgement]:
        """Scores [n, ceil(length / 64)] and eight feature maps of each scale, half as long as the one before."""
        judgements = []
        for scale, part in enumerate(self.parts):
            x = avg_pool1d(x, 4, 2, padding=2) if scale else x
            judgements.append(part(x))
        return judgements


def _layers(channels: int, dim: int) -> list[nn.Module]:
    layers: list[nn.Module] = []
    for multiple, taps, stride, groups in LAYERS:
        groups = math.gcd(groups, channels)  # fewer where a small dim has not as many channels
        layers.append(nn.Conv1d(channels, multiple * dim, taps, stride, taps // 2, groups=groups))
        channels = multiple * dim
    return [*layers, nn.Conv1d(channels, 1, 3, padding=1)]
