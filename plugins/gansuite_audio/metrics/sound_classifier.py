"""A convolutional classifier of the data set's own sounds, as an extractor: its hidden units, or its probabilities."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import pairwise
from typing import Annotated, Any, ClassVar, Literal, TypeVar

import torch
from annotated_types import Ge, Gt
from jaxtyping import Float
from torch import Tensor, nn

from gansuite.engine.rng import Rng, seed_of
from gansuite.extractors.learned_classifier import Labelled, LearnedClassifier
from gansuite.extractors.training import descend
from gansuite_audio.metrics.log_mel import FLOOR, LogMel, fingerprint

Layer = TypeVar("Layer", nn.Linear, nn.Conv2d)

STRIDES = 4  # layers of stride 2
MASKED = 8  # one part in so many of the bands, and of the frames, is masked
ROWS = 256  # that go through the network at once outside of training


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


class SoundClassifier(LearnedClassifier):
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

    def made(self, classes: int) -> PictureNetwork:
        """A network with weights of its own seed."""
        own = {name: self.settings[name] for name in ("hidden", "width", "bands", "seed")}
        return PictureNetwork(self.channels, classes, **own)

    def fitted(self, train: Labelled, valid: Labelled, classes: int) -> tuple[nn.Module, int]:
        (x, y), (held, truth), seed = train, valid, self.settings["seed"]
        net, order = self.made(classes).to(x.device), seed_of(seed, "order")
        net.measure(x)
        rng = Rng(seed, "sound-classifier", "masks")  # on the host: the same on every device

        def cost(rows: Tensor) -> Float[Tensor, ""]:
            rows = rows.to(x.device)
            return nn.functional.cross_entropy(net.judged(varied(net.pictures(x[rows]), rng)), y[rows])

        def look() -> float:
            return float(nn.functional.cross_entropy(self.logits(net, held), truth))

        parameters = list(net.parameters())
        steps = descend(parameters, cost, len(x), steps=self.settings["steps"], seed=order, held_out=look)
        return net.requires_grad_(False), steps

    def network(self, weights: Mapping[str, Tensor]) -> nn.Module:
        net = self.made(len(weights["last.weight"]))
        net.load_state_dict(dict(weights))
        return net.requires_grad_(False)

    def hidden(self, net: Any, x: Float[Tensor, "n d"]) -> Float[Tensor, "n h"]:
        return torch.cat([net.units(net.pictures(rows)) for rows in x.split(ROWS)])

    def logits(self, net: Any, x: Float[Tensor, "n d"]) -> Float[Tensor, "n k"]:
        return net.last(self.hidden(net, x))

    def table(self) -> dict[str, Any]:
        return {"name": f"{self.plugin}/{self.kind}", **self.settings, **self.output}


class PictureNetwork(nn.Module):
    """Standardise each band, four convolutions, mean and greatest over time, hidden layer, logits."""

    mean: Tensor
    scale: Tensor

    def __init__(self, channels: int, classes: int, *, hidden: int, width: int, bands: int, seed: int) -> None:
        super().__init__()
        self.channels, self.bands = channels, bands
        generator = torch.Generator().manual_seed(seed)
        maps = [channels, width, 2 * width, 4 * width, 4 * width]
        layers: list[nn.Module] = []
        for inputs, outputs in pairwise(maps):
            layers += [convolution(inputs, outputs, generator), nn.GroupNorm(1, outputs), nn.LeakyReLU(0.1)]
        self.layers = nn.Sequential(*layers)
        self.first = initial(nn.Linear(8 * width * -(-bands // 2**STRIDES), hidden, device="meta"), generator)
        self.last = initial(nn.Linear(hidden, classes, device="meta"), generator)
        self.register_buffer("mean", torch.zeros(channels, bands, 1))
        self.register_buffer("scale", torch.ones(channels, bands, 1))

    def measure(self, x: Float[Tensor, "n d"]) -> None:
        """Take mean and deviation of each band from training rows; one that does not vary keeps its scale."""
        maps = x.view(len(x), self.channels, self.bands, -1)
        self.mean = maps.mean((0, 3))[..., None]
        deviation = (maps - self.mean).square().mean((0, 3))[..., None].sqrt()
        self.scale = torch.where(deviation > 1e-3, deviation, 1.0)

    def pictures(self, x: Float[Tensor, "n d"]) -> Float[Tensor, "n c bands frames"]:
        """The rows as standardised pictures."""
        return (x.view(len(x), self.channels, self.bands, -1) - self.mean) / self.scale

    def units(self, x: Float[Tensor, "n c bands frames"]) -> Float[Tensor, "n h"]:
        """The hidden units."""
        maps = self.layers(x).flatten(1, 2)
        return nn.functional.leaky_relu(self.first(torch.cat([maps.mean(2), maps.amax(2)], 1)), 0.1)

    def judged(self, x: Float[Tensor, "n c bands frames"]) -> Float[Tensor, "n k"]:
        """The logits."""
        return self.last(self.units(x))


def varied(x: Float[Tensor, "n c bands frames"], rng: Rng) -> Float[Tensor, "n c bands frames"]:
    """Pictures turned round in time by a random part, with a stripe of bands and one of frames at the mean, 0."""
    n, _, bands, frames = x.shape
    shift, band, frame = (rng.integers(0, most, n).view(n, 1).to(x.device) for most in (frames, bands, frames))
    column = torch.arange(frames, device=x.device)
    turned = (column + shift) % frames
    x = x.gather(3, turned.view(n, 1, 1, frames).expand_as(x))
    lost = stripe(torch.arange(bands, device=x.device), band)[:, :, None] | stripe(column, frame)[:, None]
    return x.masked_fill(lost[:, None], 0.0)


def stripe(place: Tensor, first: Tensor) -> Tensor:
    """Which places lie in the stripe of each row, [n, places]."""
    return (place >= first) & (place < first + len(place) // MASKED)


def convolution(inputs: int, outputs: int, generator: torch.Generator) -> nn.Conv2d:
    """A 3 x 3 convolution of stride 2."""
    return initial(nn.Conv2d(inputs, outputs, 3, stride=2, padding=1, device="meta"), generator)


def initial(layer: Layer, generator: torch.Generator) -> Layer:
    """A layer of the meta device (which draws nothing) with He-normal weights from ``generator`` alone, no bias yet."""
    layer = layer.to_empty(device="cpu")
    nn.init.normal_(layer.weight, 0, math.sqrt(2 / layer.weight[0].numel()), generator=generator)
    assert layer.bias is not None
    nn.init.zeros_(layer.bias)
    return layer
