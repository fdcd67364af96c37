"""A convolutional classifier of the data set's own sounds, as an extractor: its hidden units, or its probabilities."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

import torch
from annotated_types import Ge, Gt
from jaxtyping import Float
from torch import Tensor, nn

from gansuite.engine.rng import Rng
from gansuite.extractors.picture_classifier import PictureClassifier, stripe
from gansuite.extractors.picture_network import PictureNetwork
from gansuite_audio.metrics.log_mel import FLOOR, LogMel, fingerprint

STRIDES = 4  # layers of stride 2
MASKED = 8  # one part in so many of the bands, and of the frames, is masked


class Pictures(nn.Module):
    """The log-mel spectrogram, hopped by half a window, as one row: bands · channels · frames features."""

    name = "log-mel"
    kept = False  # as large as the sounds: not worth a second copy on disk

    def __init__(self, spec: Any, bands: int) -> None:
        super().__init__()
        self.mel = LogMel(spec.rate, bands, overlap=2)
        self.fingerprint = fingerprint(self, version=1, floor=FLOOR, rate=spec.rate)

    @torch.no_grad()
    def forward(self, samples: Float[Tensor, "n c t"]) -> Float[Tensor, "n d"]:
        return self.mel(samples).flatten(1)


class SoundClassifier(PictureClassifier):
    """Convolutions over the log-mel spectrogram, trained on the labelled training items.

    Four 3 x 3 convolutions of stride 2, each normalised over the whole map, to ``8 · width`` numbers a band: their mean
    and their greatest over time go through one hidden layer. In training every picture is turned round in time, and
    loses a stripe of bands and one of frames (Park et al. 2019, SpecAugment). Classes that differ in when
    something sounds alone are for ``core/classifier``.

    Args:
        spec: the audio domain: ``rate`` in samples a second and ``shape`` (channels, samples).
        output: the hidden units as ``features`` [n, hidden], or the ``probabilities`` [n, classes].
        hidden: units.
        width: channels of the first layer.
        bands: mel bands.
        steps: the budget, in batches of 128 items.
        items: most that it is trained on.
        seed: of weights, order, masks and choice of items.
    """

    kind: ClassVar[str] = "sound-classifier"
    plugin: ClassVar[str] = "audio"

    def __init__(
        self,
        spec: Any,
        *,
        output: Literal["features", "probabilities"] = "features",
        hidden: Annotated[int, Gt(0)] = 64,
        width: Annotated[int, Gt(0)] = 16,
        bands: Annotated[int, Ge(16)] = 64,
        steps: Annotated[int, Gt(0)] = 600,
        items: Annotated[int, Gt(0)] = 20_000,
        seed: Annotated[int, Ge(0)] = 0,
    ) -> None:
        own = {"hidden": hidden, "width": width, "bands": bands, "steps": steps, "items": items, "seed": seed}
        super().__init__(spec, Pictures(spec, bands), own, output)
        self.channels = spec.shape[0]

    def made(self, classes: int) -> BandNetwork:
        own = {name: self.settings[name] for name in ("hidden", "width", "bands", "seed")}
        return BandNetwork(self.channels, classes, **own)

    def varied(self, x: Float[Tensor, "n c bands frames"], rng: Rng) -> Float[Tensor, "n c bands frames"]:
        """Pictures turned round in time by a random part, with a stripe of bands and one of frames at the mean, 0."""
        n, _, bands, frames = x.shape
        shift, band, frame = (rng.integers(0, most, n).view(n, 1).to(x.device) for most in (frames, bands, frames))
        row, column = (torch.arange(size, device=x.device) for size in (bands, frames))
        x = x.gather(3, ((column + shift) % frames).view(n, 1, 1, frames).expand_as(x))
        lost = stripe(row, band, bands // MASKED)[:, :, None] | stripe(column, frame, frames // MASKED)[:, None]
        return x.masked_fill(lost[:, None], 0.0)


class BandNetwork(PictureNetwork):
    """Each band standardised, four convolutions, their mean and greatest over time, hidden layer, logits."""

    alike = (0, 3)

    def __init__(self, channels: int, classes: int, *, hidden: int, width: int, bands: int, seed: int) -> None:
        super().__init__(
            (channels, bands),
            classes,
            maps=[width, 2 * width, 4 * width, 4 * width],
            strides=[2] * STRIDES,
            gathered=8 * width * -(-bands // 2**STRIDES),
            hidden=hidden,
            seed=seed,
        )

    def gather(self, maps: Float[Tensor, "n c bands frames"]) -> Float[Tensor, "n d"]:
        rows = maps.flatten(1, 2)
        return torch.cat([rows.mean(2), rows.amax(2)], 1)
