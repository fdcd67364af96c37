"""One sound of the user's, as a sample of a run's domain."""

from __future__ import annotations

import logging
from pathlib import Path

import torch
from jaxtyping import Float
from torch import Tensor

from gansuite.data.files import Unusable
from gansuite.errors import UserError

from ..spec import AudioSpec
from .decoding import Decoding, decode

log = logging.getLogger("gansuite")


def read(path: Path, spec: AudioSpec) -> Float[Tensor, "channels length"]:
    """The beginning of the sound in ``path``, resampled to the run's rate; a short one is followed by silence.

    Raises:
        UserError: it cannot be read.
    """
    how = Decoding(spec.rate, spec.length, spec.channels, "one-shot", "none", "pad", "keep", -60.0)
    try:
        clip = decode(path, how)
    except Unusable as error:
        raise UserError(
            f"{path}: cannot be read as a sound ({error.reason}: {error.seen}); name another file"
        ) from error
    done = {"cut": clip.cropped, "padded": clip.extended, "resampled": clip.resampled, "mixed": clip.mixed}
    if told := [word for word, there in done.items() if there]:
        frames = f"{spec.length} frames at {spec.rate} Hz"
        log.warning("%s: %s, to be %s like the run's samples", path, ", ".join(told), frames)
    return torch.from_numpy(clip.values[: spec.length].T.astype("float32") / 2**15)
