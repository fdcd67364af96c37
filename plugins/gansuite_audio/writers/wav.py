"""Samples as sound files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
import soundfile
import soxr
from annotated_types import Ge, Le
from jaxtyping import Float
from numpy.typing import NDArray
from torch import Tensor

from gansuite.errors import UserError

from ..spec import AudioSpec

# libsndfile 1.2 crashes when a minute or more of Ogg Vorbis is written in one call.
BLOCK = 1 << 16
BITS = {"wav": (16, 24, 32), "flac": (16, 24), "ogg": (16,), "mp3": (16,)}
SUBTYPES = {16: "PCM_16", 24: "PCM_24", 32: "FLOAT"}
MP3_RATES = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000)
HIGHEST = {"flac": 655_350, "ogg": 200_000}
"""Rates in Hz beyond which there is no such file; libsndfile 1.2 crashes on Ogg Vorbis above."""
FADE = 0.005
"""Seconds over which a sound fades out before the next one in the same file."""


class WavWriter:
    """Writes each sample to a file of its own, clipped to [-1, 1].

    Args:
        spec: the domain; gives the rate of the samples.
        format: container and code of the files.
        bits: of ``wav`` and ``flac`` (32 is float, for ``wav`` only); the others have none.
        rate: of the files, in Hz, to which samples are resampled (soxr, high quality); by default their own.

    Raises:
        ValueError: bits or a rate that the format does not have.
    """

    def __init__(
        self,
        spec: AudioSpec,
        *,
        format: Literal["wav", "flac", "ogg", "mp3"] = "wav",
        bits: Literal[16, 24, 32] = 16,
        rate: Annotated[int, Ge(1000), Le(768_000)] | None = None,
    ) -> None:
        self.made, self.rate, self.format = spec.rate, spec.rate if rate is None else rate, format
        self.suffix = f".{format}"
        if bits not in BITS[format]:
            raise ValueError(f'{format} has no {bits} bits; set format = "wav", or bits = 16')
        if format == "mp3" and self.rate not in MP3_RATES:
            raise ValueError(f"mp3 has no rate {self.rate}; set rate to one of {', '.join(map(str, MP3_RATES))}")
        if self.rate > HIGHEST.get(format, self.rate):
            raise ValueError(f"{format} ends at a rate of {HIGHEST[format]}, below {self.rate}; set a lower rate")
        self.subtype = SUBTYPES[bits] if format in ("wav", "flac") else None

    def write(self, samples: Float[Tensor, "n channels length"], folder: Path, stem: str = "") -> list[Path]:
        """Write ``{stem}000.wav``, ``{stem}001.wav`` ... into ``folder`` and return their paths.

        Raises:
            UserError: a file cannot be written.
        """
        folder.mkdir(parents=True, exist_ok=True)
        paths = [folder / f"{stem}{i:03d}{self.suffix}" for i in range(len(samples))]
        for path, sample in zip(paths, plain(samples), strict=True):
            self.save(path, self.resampled(sample.T))
        return paths

    def write_sequence(self, samples: Float[Tensor, "n channels length"], folder: Path, stem: str = "") -> list[Path]:
        """Write all samples one after another into ``{stem}walk.wav`` and return its path.

        Each fades out over its last 5 ms, so that the joint does not click and the attack of the next is left alone.

        Raises:
            UserError: the file cannot be written.
        """
        folder.mkdir(parents=True, exist_ok=True)
        sounds = plain(samples)
        fade = min(round(FADE * self.made), sounds.shape[-1])
        if fade:
            sounds[..., -fade:] *= np.linspace(1, 0, fade, dtype=np.float32)
        path = folder / f"{stem}walk{self.suffix}"
        self.save(path, self.resampled(np.concatenate(list(sounds), -1).T))
        return [path]

    def resampled(self, frames: NDArray[np.float32]) -> NDArray[np.float32]:
        """Frames [length, channels] at the rate of the files; length · rate / made of them."""
        return frames if self.rate == self.made else soxr.resample(frames, self.made, self.rate)

    def save(self, path: Path, frames: NDArray[np.float32]) -> None:
        """One file of frames [length, channels]."""
        values = self.quantise(frames.clip(-1, 1))
        try:
            with soundfile.SoundFile(path, "w", self.rate, values.shape[1], self.subtype) as file:
                for first in range(0, len(values), BLOCK):
                    file.write(values[first : first + BLOCK])
        except soundfile.LibsndfileError as error:
            why = error.error_string
            raise UserError(f"cannot write {path} ({why}); choose another folder or format") from error

    def quantise(self, x: NDArray[np.float32]) -> NDArray[Any]:
        """[-1, 1] to the values of the file.

        libsndfile would scale floats by 32767; by 32768 a sample that came from a 16-bit file goes back unchanged.
        """
        if self.subtype == "PCM_16":
            return np.minimum(np.rint(x * 2.0**15), 2**15 - 1).astype(np.int16)
        if self.subtype == "PCM_24":  # the upper three bytes of an int32 are written
            return np.minimum(np.rint(x * 2.0**23), 2**23 - 1).astype(np.int32) << 8
        return x


def plain(samples: Float[Tensor, "n channels length"]) -> NDArray[np.float32]:
    """A copy in [-1, 1], what is not a number as silence: a generator that diverged is no error."""
    return np.nan_to_num(samples.detach().float().cpu().numpy()).clip(-1, 1)
