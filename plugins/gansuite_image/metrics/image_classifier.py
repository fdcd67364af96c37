"""A convolutional classifier of the data set's own pictures, as an extractor: hidden units, or probabilities."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

import torch
from annotated_types import Ge, Gt
from jaxtyping import Float
from torch import Tensor

from gansuite.engine.rng import Rng
from gansuite.extractors.identity import Identity
from gansuite.extractors.picture_classifier import PictureClassifier, stripe
from gansuite.extractors.picture_network import PictureNetwork
from gansuite_image.metrics.strides import strides_of

SHIFTED = 8  # a picture is shifted by up to one part in so many of its sides
MASKED = 4  # and loses a patch of one part in so many of either side


class Pixels(Identity):
    """The picture's own numbers, row by row."""

    name: ClassVar[str] = "pixels"
    kept = False  # a second copy of the pictures on disk would be a waste


class ImageClassifier(PictureClassifier):
    """Convolutions trained on the labelled training items.

    3 x 3 convolutions of stride 2 until four rows or columns are left, three at least, each normalised over the whole
    map; the last maps go through one hidden layer. In training every picture is shifted by up to an eighth of its
    sides, edges repeated (so classes must not differ in so small a shift alone), and loses a patch of a quarter
    of its sides (DeVries & Taylor 2017).

    Args:
        spec: the domain: ``shape`` (channels, height, width), from 8 x 8 on.
        output: the hidden units as ``features`` [n, hidden], or the ``probabilities`` [n, classes].
        hidden: units.
        width: channels of the first layer.
        steps: the budget, in batches of 128 items.
        items: most that it is trained on.
        seed: of weights, order, shifts, patches and choice of items.
    """

    kind: ClassVar[str] = "image-classifier"
    plugin: ClassVar[str] = "image"
    patience: ClassVar[int] = 1_000_000  # what is learnt as the rate falls to 0 is worth the whole budget

    def __init__(
        self,
        spec: Any,
        *,
        output: Literal["features", "probabilities"] = "features",
        hidden: Annotated[int, Gt(0)] = 64,
        width: Annotated[int, Gt(0)] = 16,
        steps: Annotated[int, Gt(0)] = 600,
        items: Annotated[int, Gt(0)] = 20_000,
        seed: Annotated[int, Ge(0)] = 0,
    ) -> None:
        own = {"hidden": hidden, "width": width, "steps": steps, "items": items, "seed": seed}
        super().__init__(spec, Pixels(spec), own, output)
        self.shape = tuple(spec.shape)

    def made(self, classes: int) -> PixelNetwork:
        own = {name: self.settings[name] for name in ("hidden", "width", "seed")}
        return PixelNetwork(self.shape, classes, **own)

    def varied(self, x: Float[Tensor, "n c h w"], rng: Rng) -> Float[Tensor, "n c h w"]:
        """Shifted pictures without a patch, which is at the mean, 0."""
        n, _, *sides = x.shape
        lost = torch.ones(n, 1, 1, 1, dtype=torch.bool, device=x.device)
        for dim, side in zip((2, 3), sides, strict=True):
            most = side // SHIFTED
            shift = rng.integers(-most, most + 1, n).view(n, 1).to(x.device)
            first = rng.integers(1 - side // MASKED, side, n).view(n, 1).to(x.device)
            place, shape = torch.arange(side, device=x.device), [n, 1, 1, 1]
            shape[dim] = side
            x = x.gather(dim, (place + shift).clamp(0, side - 1).view(shape).expand_as(x))
            lost = lost & stripe(place, first, side // MASKED).view(shape)
        return x.masked_fill(lost, 0.0)


class PixelNetwork(PictureNetwork):
    """Each channel standardised, convolutions, hidden layer, logits."""

    def __init__(self, shape: tuple[int, ...], classes: int, *, hidden: int, width: int, seed: int) -> None:
        channels, *sides = shape
        strides = strides_of(*sides)
        maps = [width, 2 * width, *[4 * width] * (len(strides) - 2)]
        left = [-(-side // 2 ** sum(stride == 2 for stride in strides)) for side in sides]
        super().__init__(
            (channels, sides[0]),
            classes,
            maps=maps,
            strides=strides,
            gathered=maps[-1] * left[0] * left[1],
            hidden=hidden,
            seed=seed,
        )

    def gather(self, maps: Float[Tensor, "n c h w"]) -> Float[Tensor, "n d"]:
        return maps.flatten(1)
