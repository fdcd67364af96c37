"""One sound file to int16 frames at the wanted rate, channels, level and length."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import reduce
from pathlib import Path
from typing import Literal, cast

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from gansuite.data.cache import cache_root
from gansuite.data.files import Unusable

from .loudness import Loudness

Block = NDArray[np.float32]
Mode = Literal["one-shot", "random-slice"]
Normalise = Literal["peak", "rms", "loudness", "none"]
Short = Literal["pad", "loop", "reflect", "skip", "error"]
Silence = Literal["keep", "skip", "trim"]

BLOCK = 1 << 18  # frames read at once
KEEP = 1 << 22  # a longer file is decoded twice (levels, then values) rather than held in float
RMS = 0.1  # -20 dB of full scale, the level of normalise = "rms"
LOUDNESS = -23.0  # LUFS, the level of normalise = "loudness" (EBU R 128)
RATES = (1000, 768_000)  # Hz: a header that says less or more is taken for damaged
FULL, RUN = 0.99995, 3  # so many full-scale values of a channel in a row were clipped


@dataclass(frozen=True)
class Decoding:
    """All that decides the stored values, and so part of the key of the cache.

    Args:
        rate: frames per second, Hz.
        length: frames of a slice.
        channels: 1 takes the mean of a file's channels; 2 doubles a mono file.
        mode: ``one-shot`` keeps the first slice of a file, ``random-slice`` all of it.
        normalise: gain of the whole file: its peak to 1, its RMS to -20 dB or its loudness to -23 LUFS (neither
            clipping), or none.
        short: a file shorter than the slice is followed by zeros, looped, mirrored, skipped, or an error.
        silence: silent files are kept or skipped; ``trim`` also cuts silence from both ends.
        silence_db: level, relative to full scale, under which a frame is silent.
    """

    rate: int
    length: int
    channels: int
    mode: Mode
    normalise: Normalise
    short: Short
    silence: Silence
    silence_db: float


@dataclass(frozen=True)
class Clip:
    """One decoded item: int16 [frames, channels] with frames >= the slice, what was done to it, and what it was."""

    values: NDArray[np.int16]
    extended: bool
    cropped: bool
    resampled: bool
    clipped: bool = False
    mixed: bool = False
    rate: int = 0  # Hz, of the file


def decode(path: Path, how: Decoding) -> Clip:
    """Read one file.

    Raises:
        Unusable: the file is broken, empty, silent (where that matters), too short (under ``skip`` and
            ``error``), of a rate that cannot be, or has channels that cannot become those wanted.
    """
    try:
        with soundfile.SoundFile(path) as file:
            rate, channels, held = file.samplerate, file.channels, file.frames <= KEEP
        if not RATES[0] <= rate <= RATES[1]:
            raise Unusable("rate", f"{rate} Hz in its header")
        clipping = Clipping()
        blocks = stream(path, how, clipping.add)
        kept = list(blocks) if held else None
        levels = measure(blocks if kept is None else kept, how)
        clip = assemble(stream(path, how) if kept is None else kept, levels, how, rate != how.rate)
        return replace(clip, clipped=clipping.found, mixed=channels != how.channels, rate=rate)
    except soundfile.LibsndfileError as error:
        raise Unusable("unreadable", error.error_string) from error


def stream(path: Path, how: Decoding, see: Callable[[Block], None] | None = None) -> Iterator[Block]:
    """The file's float32 blocks [frames, channels] at the wanted rate and channels; ``see`` gets them as they are."""
    with soundfile.SoundFile(path) as file:
        same = file.samplerate == how.rate
        resampler = None if same else soxr.ResampleStream(file.samplerate, how.rate, how.channels, dtype="float32")
        seen = 0
        while len(read := file.read(BLOCK, dtype="float32", always_2d=True)):
            seen += len(read)
            if see is not None:
                see(cast(Block, read))
            block = as_channels(cast(Block, read), how.channels)
            yield resampler.resample_chunk(block) if resampler else block
        if seen < file.frames:
            raise Unusable("truncated", f"{seen} of {file.frames} frames can be read")
        if resampler:
            yield resampler.resample_chunk(np.zeros((0, how.channels), np.float32), last=True)


def as_channels(block: Block, channels: int) -> Block:
    """[frames, any] -> [frames, channels]: the mean, the same, or a mono block doubled."""
    have = block.shape[1]
    if have == channels:
        return block
    if channels == 1:
        return block.mean(1, keepdims=True, dtype=np.float32)
    if have == 1:
        return np.repeat(block, channels, 1)
    raise Unusable("channels", f"{have} channels cannot become {channels}; set channels = 1 or {have}")


@dataclass(frozen=True)
class Levels:
    """What must be known of a whole file before its first value can be written."""

    frames: int
    peak: float
    rms: float
    first: int  # first and one past the last frame that are not silent
    last: int
    loudness: float = -math.inf  # LUFS, where it is wanted


def measure(blocks: Iterable[Block], how: Decoding) -> Levels:
    """Length, peak, RMS, the ends of the sounding part, and the loudness where it is wanted."""
    frames, peak, power, first, last, values = 0, 0.0, 0.0, -1, 0, 0
    threshold = 10 ** (how.silence_db / 20)
    loudness = Loudness(how.rate, how.channels) if how.normalise == "loudness" else None
    for block in blocks:
        level = reduce(np.maximum, np.abs(block).T)  # far faster than max(1) over one or two channels
        sounding = np.flatnonzero(level >= threshold)
        if len(sounding):
            first = first if first >= 0 else frames + int(sounding[0])
            last = frames + int(sounding[-1]) + 1
        peak = float(np.maximum(peak, level.max(initial=0)))  # lets NaN through
        if loudness is not None:
            loudness.add(block)
        power += float(np.square(block, dtype=np.float64).sum())
        frames, values = frames + len(block), values + block.size
    heard = -math.inf if loudness is None else loudness.integrated()
    return Levels(frames, peak, (power / max(values, 1)) ** 0.5, max(first, 0), last, heard)


class Clipping:
    """Whether any channel stays at full scale for some frames in a row, before anything is done to the file."""

    def __init__(self) -> None:
        self.found, self.rest = False, np.zeros((0, 1), bool)

    def add(self, block: Block) -> None:
        """The next frames [n, channels]."""
        full = np.abs(block) >= FULL
        if not self.found and len(full) and (full.any() or self.rest.any()):
            full = np.concatenate([np.broadcast_to(self.rest, (len(self.rest), full.shape[1])), full])
            runs = full[RUN - 1 :].copy()
            for earlier in range(RUN - 1):
                runs &= full[earlier : earlier + len(runs)]
            self.found = bool(runs.any())
        self.rest = full[-(RUN - 1) :]


def assemble(blocks: Iterable[Block], levels: Levels, how: Decoding, resampled: bool) -> Clip:
    """The blocks of one file at their final level, trimmed, cropped and extended as the policies say."""
    if not levels.frames:
        raise Unusable("empty", "no frames")
    if not np.isfinite(levels.peak):
        raise Unusable("non-finite", "holds NaN or infinite values")
    if not levels.last and how.silence != "keep":
        raise Unusable("silent", f"nothing above {how.silence_db:g} dB")
    start, end = (levels.first, levels.last) if how.silence == "trim" else (0, levels.frames)
    frames = end - start
    if frames < how.length and how.short in ("skip", "error"):
        seconds = f"{frames / how.rate:.3f} s"
        raise Unusable("short", f"{frames} frames ({seconds}) at {how.rate} Hz, the slice has {how.length}")
    kept = min(frames, how.length) if how.mode == "one-shot" else frames
    values = room(max(kept, how.length), how.channels)
    place, gain = -start, gain_of(levels, how.normalise) * 32768
    for block in blocks:
        low, high = max(place, 0), min(place + len(block), kept)
        if low < high:
            values[low:high] = np.rint(block[low - place : high - place] * gain).clip(-32768, 32767)
        place += len(block)
    if kept < how.length and how.short in ("loop", "reflect"):
        missing = ((0, how.length - kept), (0, 0))
        values = np.pad(values[:kept], missing, mode="wrap" if how.short == "loop" else "reflect")
    return Clip(values, kept < how.length, kept < frames, resampled)


def room(frames: int, channels: int) -> NDArray[np.int16]:
    """Zeros [frames, channels]; those of a long recording lie in a file without a name, not in memory.

    It is in the cache's folder: that of temporary files is often in memory itself.
    """
    if frames <= KEEP:
        return np.zeros((frames, channels), np.int16)
    cache_root().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=cache_root()) as file:  # the map keeps it
        return np.memmap(file, np.int16, "w+", shape=(frames, channels))


def gain_of(levels: Levels, normalise: Normalise) -> float:
    """Factor on a file: 1 / peak, or what brings its RMS or loudness there but at most 1 / peak; 1 for silence."""
    if normalise == "none" or levels.peak == 0:
        return 1.0
    louder = LOUDNESS - levels.loudness if math.isfinite(levels.loudness) else 0.0  # below the gate it has no loudness
    wanted = {"peak": math.inf, "rms": RMS / levels.rms, "loudness": 10 ** (louder / 20)}
    return min(wanted[normalise], 1 / levels.peak)
