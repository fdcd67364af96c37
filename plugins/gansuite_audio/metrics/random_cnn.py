"""A seeded random network over log-mel: features to compare sounds by, with no weights to download."""

from __future__ import annotations

from typing import Annotated, Any

import torch
from annotated_types import Gt
from jaxtyping import Float
from torch import Tensor, nn

from gansuite.extractors.layers import convolution
from gansuite_audio.metrics.log_mel import FLOOR, LogMel, fingerprint


class RandomCNN(nn.Module):
    """Global mean and standard deviation of a random convolutional network's last maps: 8 · width features.

    Log-mel with a channel that holds the frequency (convolutions alone cannot tell a low tone from a high one), then
    three 3 x 3 convolutions of stride 2 with leaky rectifiers, He-initialised by a generator of their own and never
    trained. A random network keeps the geometry of its input well enough that equal laws are at distance 0 and
    noise, lost modes and lost bands are not.

    Args:
        spec: the audio domain: ``rate`` in samples a second and ``shape`` (channels, samples).
        seed: of the weights.
        width: channels of the first layer.
        bands: mel bands.
    """

    name = "random-cnn"

    frequency: Tensor

    def __init__(
        self,
        spec: Any,
        *,
        seed: int = 0,
        width: Annotated[int, Gt(0)] = 32,
        bands: Annotated[int, Gt(0)] = 64,
    ) -> None:
        super().__init__()
        self.mel = LogMel(spec.rate, bands)
        generator = torch.Generator().manual_seed(seed)
        layers: list[nn.Module] = []
        for inputs, outputs in ((spec.shape[0] + 1, width), (width, 2 * width), (2 * width, 4 * width)):
            layers += [convolution(inputs, outputs, generator, bias=0.1), nn.LeakyReLU(0.2)]
        self.layers = nn.Sequential(*layers).requires_grad_(False)
        self.register_buffer("frequency", torch.linspace(-1, 1, bands).view(1, 1, bands, 1))
        self.fingerprint = fingerprint(self, version=1, floor=FLOOR, rate=spec.rate)

    @torch.no_grad()
    def forward(self, samples: Float[Tensor, "n c t"]) -> Float[Tensor, "n d"]:
        mel = self.mel(samples)
        where = self.frequency.expand(mel.shape[0], 1, -1, mel.shape[3])
        maps = self.layers(torch.cat([mel, where], 1)).flatten(2)
        return torch.cat([maps.mean(2), maps.std(2, correction=0)], 1)
