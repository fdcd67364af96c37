"""Samples as sound files."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import numpy as np
import soundfile
from jaxtyping import Float
from numpy.typing import NDArray
from torch import Tensor

from gansuite.errors import UserError

from ..spec import AudioSpec

# libsndfile 1.2 crashes when a minute or more of Ogg Vorbis is written in one call.
BLOCK = 1 << 16
BITS = {"wav": (16, 24, 32), "flac": (16, 24), "ogg": (16,), "mp3": (16,)}
SUBTYPES = {16: "PCM_16", 24: "PCM_24", 32: "FLOAT"}


class WavWriter:
    """Writes each sample to a file of its own, clipped to [-1, 1].

    Args:
        spec: the domain; gives the rate.
        format: container and code of the files.
        bits: of ``wav`` and ``flac`` (32 is float, for ``wav`` only); the others have none.

    Raises:
        ValueError: bits that the format does not have.
    """

    def __init__(
        self, spec: AudioSpec, *, format: Literal["wav", "flac", "ogg", "mp3"] = "wav", bits: Literal[16, 24, 32] = 16
    ) -> None:
        self.rate, self.format = spec.rate, format
        self.suffix = f".{format}"
        if bits not in BITS[format]:
            raise ValueError(f'{format} has no {bits} bits; set format = "wav"')
        self.subtype = SUBTYPES[bits] if format in ("wav", "flac") else None

    def write(self, samples: Float[Tensor, "n channels length"], folder: Path, stem: str = "") -> list[Path]:
        """Write ``{stem}000.wav``, ``{stem}001.wav`` ... into ``folder`` and return their paths.

        Raises:
            UserError: a file cannot be written.
        """
        folder.mkdir(parents=True, exist_ok=True)
        paths = [folder / f"{stem}{i:03d}{self.suffix}" for i in range(len(samples))]
        for path, sample in zip(paths, samples.detach().float().cpu().numpy(), strict=True):
            frames = self.quantise(
                np.nan_to_num(sample.T).clip(-1, 1)
            )  # a generator that diverged is silent, not an error
            try:
                with soundfile.SoundFile(path, "w", self.rate, frames.shape[1], self.subtype) as file:
                    for first in range(0, len(frames), BLOCK):
                        file.write(frames[first : first + BLOCK])
            except soundfile.LibsndfileError as error:
                why = error.error_string
                raise UserError(f"cannot write {path} ({why}); choose another folder or format") from error
        return paths

    def quantise(self, x: NDArray[np.float32]) -> NDArray[Any]:
        """[-1, 1] to the values of the file.

        libsndfile would scale floats by 32767; by 32768 a sample that came from a 16-bit file goes back unchanged.
        """
        if self.subtype == "PCM_16":
            return np.minimum(np.rint(x * 2.0**15), 2**15 - 1).astype(np.int16)
        if self.subtype == "PCM_24":  # the upper three bytes of an int32 are written
            return np.minimum(np.rint(x * 2.0**23), 2**23 - 1).astype(np.int32) << 8
        return x
