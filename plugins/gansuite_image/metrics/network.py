"""A network of the user's own, such as Inception, as an extractor: what its pictures go through on the way is told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal

import torch
from annotated_types import Gt, Len
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import interpolate

from gansuite.errors import UserError
from gansuite.extractors.folder import Folder, digest_of, files_of
from gansuite.extractors.hashing import hash_of
from gansuite_image.metrics.zoo import from_zoo

GREY_LEVELS = 255
MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # of ImageNet's channels, in [0, 1]
SCALES: dict[str, Callable[[Tensor], Tensor]] = {
    "imagenet": lambda x: (x - x.new_tensor(MEAN).view(3, 1, 1)) / x.new_tensor(DEVIATION).view(3, 1, 1),
    "zero-to-one": lambda x: x,
    "minus-one-to-one": lambda x: 2 * x - 1,
    "bytes": lambda x: GREY_LEVELS * x,
}
"""What a network wants of values in [0, 1], by name."""


class Network(nn.Module):
    """Features of a file of yours, after the preparation that the network was trained with; named after the file.

    Pictures are rounded to 256 levels (as files are, of which published values are taken), enlarged or shrunk to
    ``size``, repeated to three channels where they are grey, and scaled. Two laboratories' Fréchet distances differ
    by more in these steps than two models do: all of them, with the file's hash, are in the fingerprint.

    Args:
        spec: the domain, of one channel or three.
        path: a TorchScript file; or with ``architecture`` the weights of a torchvision model: .safetensors, or what
            ``torch.save(model.state_dict(), ...)`` writes, which is read without running what it holds.
        architecture: a name that torchvision knows, as inception_v3; its input of the last linear layer is taken.
        sha256: what the file must hash to.
        size: rows and columns that the network is given; None: those of the pictures.
        interpolation: how pictures are brought to this size.
        antialias: whether pictures that are shrunk are smoothed first (Parmar, Zhang & Zhu 2022).
        scale: ``imagenet``: less the mean of its channels, over their deviation; else the range of values.
        quantise: whether values are rounded to 256 levels first.
        channels: that the network is given.
        output: ``features``, or ``probabilities`` of classes.

    Raises:
        UserError: the file is missing, altered or of another kind, or the pictures have other channels.
    """

    def __init__(
        self,
        spec: Any,
        *,
        path: str,
        architecture: str | None = None,
        sha256: Annotated[str, Len(64, 64)] | None = None,
        size: Annotated[int, Gt(0)] | None = 299,
        interpolation: Literal["bilinear", "bicubic"] = "bilinear",
        antialias: bool = True,
        scale: Literal["imagenet", "zero-to-one", "minus-one-to-one", "bytes"] = "imagenet",
        quantise: bool = True,
        channels: Literal[1, 3] = 3,
        output: Literal["features", "probabilities"] = "features",
    ) -> None:
        super().__init__()
        place, own = Path(path).expanduser(), spec.shape[0]
        if own not in (1, channels):
            raise UserError(f"network: pictures of {own} channels cannot be given to a network of {channels}")
        if scale == "imagenet" and channels == 1:
            raise UserError('network: scale = "imagenet" is of three channels: choose another, or channels = 3')
        if architecture is None:
            self.net: nn.Module = Folder(spec, path=path, sha256=sha256, output=output)
        else:
            digest = digest_of(place, files_of(place))
            if sha256 is not None and sha256.lower() != digest:
                raise UserError(f"{place}: its sha256 is {digest}, not {sha256}: the file was altered")
            self.net = from_zoo(architecture, place, output)
        self.size, self.interpolation, self.antialias = size, interpolation, antialias
        self.scale, self.quantise, self.channels = scale, quantise, channels
        self.name, self.gives = place.name, output
        steps = (architecture, size, interpolation, antialias, scale, quantise, channels, output)
        self.fingerprint = hash_of("image/network", 1, digest_of(place, files_of(place)), *steps)

    def prepared(self, samples: Float[Tensor, "n c h w"]) -> Float[Tensor, "n k h2 w2"]:
        """Pictures as the network is given them."""
        x = ((samples.float() + 1) / 2).clamp(0, 1)
        if self.quantise:
            x = (x * GREY_LEVELS).round() / GREY_LEVELS
        if self.size is not None and x.shape[2:] != (self.size, self.size):
            sides = (self.size, self.size)
            x = interpolate(x, sides, mode=self.interpolation, align_corners=False, antialias=self.antialias)
            x = x.clamp(0, 1)  # a cubic overshoots
        return SCALES[self.scale](x.expand(-1, self.channels, -1, -1))

    @torch.no_grad()
    def forward(self, samples: Float[Tensor, "n c h w"]) -> Float[Tensor, "n d"]:
        return self.net(self.prepared(samples)).float()
