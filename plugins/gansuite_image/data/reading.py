"""One picture of the user's, as a sample of a run's domain."""

from __future__ import annotations

import logging
from pathlib import Path

import torch
from jaxtyping import Float
from torch import Tensor

from gansuite.data.files import Unusable
from gansuite.errors import UserError

from ..spec import ImageSpec
from .account import TRANSPARENT, WORDS
from .decoding import MODES, Decoding, decode
from .levels import BYTES

log = logging.getLogger("gansuite")


def read(path: Path, spec: ImageSpec) -> Float[Tensor, "c h w"]:
    """The picture in ``path`` in [-1, 1]; one of another size is cut to its middle and resized, which is told.

    What is transparent is laid on white, unless samples have opacity themselves.

    Raises:
        UserError: it cannot be read, or samples are maps of labels, which are no pictures.
    """
    if spec.channels not in MODES:
        raise UserError(f"{path}: samples of this run are maps of {spec.channels} channels, which no picture holds")
    alpha = "keep" if spec.channels == 4 else "white"
    try:
        picture = decode(path, Decoding((spec.height, spec.width), "crop", spec.channels, alpha, "lanczos", 8))
    except Unusable as error:
        raise UserError(f"{path}: cannot be read as a picture ({error.seen}); name another file") from error
    words = WORDS | ({} if alpha == "keep" else {"transparent": TRANSPARENT[alpha]})
    if done := [text for name, text in words.items() if name in picture.done]:
        log.warning("%s: %s, to be %d x %d like the run's samples", path, ", ".join(done), spec.height, spec.width)
    return BYTES.floats(torch.from_numpy(picture.values[None]))[0]
