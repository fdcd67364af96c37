"""A sound as a picture and as a file, for the report and for TensorBoard."""

from __future__ import annotations

import io
import wave
from functools import lru_cache

import matplotlib
import numpy as np

from gansuite_audio.metrics.log_mel import mel_filters

RANGE = 70.0  # decibels below the loudest bin that a picture shows
COLUMNS = 200  # frames aimed at, whatever the length
WINDOW = 0.032  # seconds: long enough to part the partials of a drum, short enough to show its attack


def log_mel(sound: np.ndarray, rate: int, mels: int = 80) -> np.ndarray:
    """Mel spectrogram of a sound in decibels below its own loudest bin, cut at ``RANGE``.

    Args:
        sound: ``[length]`` or ``[channels, length]`` (mixed down), full scale ±1.
        rate: samples per second.
        mels: number of bands from 0 to ``rate / 2``.

    Shapes: returns ``[mels, frames]``, values in ``[-RANGE, 0]``; silence is ``-RANGE`` everywhere.
    """
    mono = mono_of(sound)
    size = 2 ** max(4, round(np.log2(WINDOW * rate)))
    hop = max(1, len(mono) // COLUMNS)
    padded = np.pad(mono, size // 2, mode="reflect")  # zeros would add a click at the edges
    frames = np.lib.stride_tricks.sliding_window_view(padded, size)[: len(mono) : hop]
    # Zero padding makes the bins fine enough that even the narrowest low band holds one.
    power = np.abs(np.fft.rfft(frames * np.hanning(size), 4 * size)) ** 2
    band = power @ filters(rate, power.shape[1], mels)
    peak = band.max(initial=0.0)
    if not peak > 0:
        return np.full(band.T.shape, -RANGE, dtype=np.float32)
    floor = peak * 10 ** (-RANGE / 10)
    return (10 * np.log10(np.maximum(band, floor) / peak)).T.astype(np.float32)


@lru_cache(8)
def filters(rate: int, bins: int, mels: int) -> np.ndarray:
    """The triangles of ``mel_filters``, ``[bins, mels]``."""
    return mel_filters(rate, 2 * (bins - 1), mels).numpy().T


def mel_picture(sound: np.ndarray, rate: int, mels: int = 80) -> np.ndarray:
    """The mel spectrogram as pixels, low bands at the bottom: uint8 ``[mels, frames, 3]``."""
    shade = log_mel(sound, rate, mels)[::-1] / RANGE + 1
    return matplotlib.colormaps["magma"](shade, bytes=True)[..., :3]


def png(pixels: np.ndarray) -> bytes:
    """Pixels ``[height, width, 3]`` as a PNG file."""
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def wav(sound: np.ndarray, rate: int) -> bytes:
    """A 16 bit WAV file of ``[length]`` or ``[channels, length]``; beyond ±1 it is clipped."""
    channels = np.atleast_2d(sound)
    pcm = np.round(np.clip(np.nan_to_num(channels), -1, 1) * 32767).astype("<i2")
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(len(pcm))
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(pcm.T.tobytes())
    return buffer.getvalue()


def outline(sound: np.ndarray, columns: int = 160) -> str:
    """The waveform's envelope as the points of an SVG polygon, ``columns`` wide and from -100 to 100 high."""
    groups = np.array_split(mono_of(sound), min(columns, np.shape(sound)[-1]))
    top = [-100 * np.clip(group.max(), 0.01, 1) for group in groups]  # never thinner than a hairline
    bottom = [-100 * np.clip(group.min(), -1, -0.01) for group in groups]
    there = [f"{x},{y:.0f}" for x, y in enumerate(top)]
    back = [f"{x},{y:.0f}" for x, y in reversed(list(enumerate(bottom)))]
    return " ".join(there + back)


def mono_of(sound: np.ndarray) -> np.ndarray:
    """``[length]`` float64: the mean of the channels, what is not finite as silence."""
    return np.nan_to_num(np.atleast_2d(sound).astype(np.float64), posinf=0, neginf=0).mean(0)
