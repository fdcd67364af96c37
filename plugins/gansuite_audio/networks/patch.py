"""PatchGAN critic of spectrograms (Isola, Zhu, Zhou & Efros 2017, section 3.2.2 and appendix 6.1.2)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from annotated_types import Gt, Lt
from jaxtyping import Float
from torch import Tensor, nn

from gansuite.errors import UserError
from gansuite.layers import spectral_norm
from gansuite_audio.networks.parts import Judgement, Part, PartsCritic
from gansuite_audio.networks.shapes import spectrograms

WIDEST = 8  # in multiples of dim


class PatchCritic(PartsCritic):
    """Spectrograms [n, channels, bins, frames] to scores [n, m], one for each patch, which overlap.

    Convolutions of 4 x 4: ``layers`` of stride 2, one of stride 1 and one to the scores, with a zero around. A score
    sees 9 · 2^layers - 2 values along each axis: 16, 34, 70, 142 with 1, 2, 3, 4 layers.

    Args:
        dim: channels of the first layer; they double with each one, up to 8 dim.
        layers: convolutions of stride 2; 3 as published, for patches of 70 x 70.
        norm: of each channel of each sample between the first and the last layer ("instance", as published for batches
            of one), of all weights ("spectral"), or "none".
        leak: slope of the rectifier at negative values.

    Raises:
        UserError: samples are no spectrograms, or too small for as many layers.
    """

    def __init__(
        self,
        spec: Any,
        *,
        dim: Annotated[int, Gt(0)] = 64,
        layers: Annotated[int, Gt(0)] = 3,
        norm: Literal["instance", "spectral", "none"] = "instance",
        leak: Annotated[float, Gt(0), Lt(1)] = 0.2,
    ) -> None:
        super().__init__()
        channels, bins, frames = spectrograms(spec, "patch", "the critic multi-scale")
        if min(bins, frames) < 4 * 2**layers:
            raise UserError(
                f"patch: {layers} layers of stride 2 are too many for {bins} bins x {frames} frames; "
                f"choose fewer layers, or at least {4 * 2**layers} of each"
            )
        convolutions: list[nn.Module] = []
        for layer in range(layers + 1):
            width = dim * min(2**layer, WIDEST)
            normed = norm == "instance" and layer > 0
            convolution: nn.Module = nn.Conv2d(channels, width, 4, 2 if layer < layers else 1, 1, bias=not normed)
            if normed:
                convolution = nn.Sequential(convolution, nn.InstanceNorm2d(width))
            convolutions.append(convolution)
            channels = width
        convolutions.append(nn.Conv2d(channels, 1, 4, 1, 1))
        self.part = Part(convolutions, leak, spectral_norm if norm == "spectral" else None)

    def judge(self, x: Float[Tensor, "n c b f"]) -> list[Judgement]:
        """Scores [n, m] of all patches, row by row, and the feature maps: one part."""
        return [self.part(x)]
