"""Pitched notes computed from formulas: a bench for pitch-conditional models that needs no recording."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from annotated_types import Ge, Gt, Le, MinLen
from jaxtyping import Float64
from scipy.special import ndtri

from gansuite.data.augmentation import Augmentations
from gansuite.data.cache import cached
from gansuite.data.split import check_shares, digest_of
from gansuite.engine.rng import seed_of
from gansuite.errors import UserError

from .decoding import Clip, Decoding
from .pitch import Pitches, hertz, pitch_range
from .prepare import Record, write
from .timbres import HARMONICS, TIMBRES, K, Partials, TimbreName
from .waves import Waves

VERSION = 1  # of the stored values: raise it when a formula changes
BLOCK = 64  # notes rendered at once
FINE = 128  # frames in a row of the matrix product
HELD, FADE = 0.75, 0.03  # share of a sample until its release; share in which the release falls to 1/e
DETUNING = 0.05  # standard deviation, semitones
ALL: tuple[TimbreName, ...] = ("sine", "organ", "brass", "reed", "plucked", "struck")

log = logging.getLogger("gansuite")


class Tones(Waves):
    """Notes of a few synthetic timbres, mono, peak 1; equal settings give equal notes.

    Each is a sum of damped harmonics,

        x(t) = r(t) Re Σ_k a_k (1 - e^{-t/τ_k}) e^{(2πi k f - d_k) t + iφ_k},   f = 440 · 2^{(p + δ - 69)/12} Hz,

    those below Nyquist, with a release r after three quarters of the sample. Levels a, rises τ and decays d are those
    of the timbre and differ a little from note to note; so do the phases φ and the detuning δ (5 cents).

    A test bench, not music: what a model reaches here it need not reach on recordings.

    Args:
        count: notes; pitches in equal numbers, and timbres of each pitch.
        pitches: lowest and highest MIDI number; 60 is middle C.
        timbres: out of ``sine``, ``organ``, ``brass``, ``reed``, ``plucked`` and ``struck``.
        seed: of phases, detuning, brightness, rise and decay.
        rate: frames per second, Hz.
        length: frames of a sample.
        labels: ``pitch`` (MIDI numbers in order), ``timbre``, or ``none``.
        split: shares of train, valid and test by hash; default 0.8, 0.1, 0.1.
        augment: random changes of training samples, in this order.
        resident_share: share of free memory, the accelerator's or else the machine's, that the sounds may take;
            beyond it they are read from disk as they are used.

    Raises:
        UserError: pitches in the wrong order, or above Nyquist.
    """

    def __init__(
        self,
        *,
        count: Annotated[int, Gt(0)] = 4392,
        pitches: Pitches = [24, 84],  # noqa: B006 - a recipe's default, never mutated
        timbres: Annotated[tuple[TimbreName, ...], MinLen(1)] = ALL,
        seed: Annotated[int, Ge(0), Le(2**31 - 1)] = 0,
        rate: Annotated[int, Gt(0)] = 16000,
        length: Annotated[int, Gt(0)] = 16384,
        labels: Literal["none", "pitch", "timbre"] = "none",
        split: dict[str, float] | None = None,
        augment: Augmentations = [],  # noqa: B006 - a recipe's default, never mutated
        resident_share: Annotated[float, Ge(0), Le(1)] = 0.5,
    ) -> None:
        numbers, shares = pitch_range(pitches), check_shares(split)
        if hertz(numbers[-1] + 1) >= rate / 2:
            raise UserError(f"pitches = {pitches}: {hertz(numbers[-1]):.0f} Hz needs a rate above {rate} Hz")
        notes = plan(count, numbers, timbres, seed)
        text = json.dumps([VERSION, count, pitches, timbres, seed, rate, length])
        key = hashlib.blake2b(text.encode(), digest_size=16).hexdigest()

        def make(folder: Path) -> None:
            log.info("rendering %d notes once", count)
            write(folder, enumerate(clips(notes, rate, length)))

        folder = cached("tones", key, make)
        # The digest is that of what was drawn: the last bit of a rendered value may depend on the processor.
        records = [
            Record(
                f"{timbre}_{pitch:03d}_{i:05d}",
                folder,
                digest_of(f"{seed}/{timbre}/{pitch}/{i}".encode()),
                {"none": None, "pitch": str(pitch), "timbre": timbre}[labels],
            )
            for i, (timbre, pitch) in enumerate(zip(notes.timbre, notes.pitch.tolist(), strict=True))
        ]
        classes = [str(number) for number in numbers] if labels == "pitch" else timbres
        how = Decoding(rate, length, 1, "one-shot", "peak", "pad", "keep", -60.0)
        super().__init__(
            records, how, shares, folder, place="tones", classes=classes, augment=augment, resident_share=resident_share
        )


@dataclass(frozen=True)
class Notes:
    """What is drawn of each note."""

    timbre: list[TimbreName]
    pitch: np.ndarray  # MIDI number, int64 [n]
    detuning: Float64[np.ndarray, " n"]  # semitones
    character: Float64[np.ndarray, "n 3"]  # brightness, rise, decay, each in [0, 1)
    phase: Float64[np.ndarray, "n k"]  # of the harmonics, radians


def plan(count: int, numbers: range, timbres: tuple[TimbreName, ...], seed: int) -> Notes:
    """The notes: pitches in turn, then timbres; a larger count begins with the notes of a smaller one."""
    i = np.arange(count)
    draw = np.random.default_rng(seed_of(seed, "tones"))
    u = draw.random((count, 4 + HARMONICS))
    return Notes(
        [timbres[j] for j in (i // len(numbers)) % len(timbres)],
        numbers[0] + i % len(numbers),
        DETUNING * ndtri(u[:, 0].clip(1e-12)),
        u[:, 1:4],
        2 * np.pi * u[:, 4:],
    )


def clips(notes: Notes, rate: int, length: int) -> Iterator[Clip]:
    """Every note as int16 frames of peak 1."""
    hertz_of = 440.0 * 2.0 ** ((notes.pitch + notes.detuning - 69) / 12)
    for first in range(0, len(notes.pitch), BLOCK):
        rows = np.arange(first, min(first + BLOCK, len(notes.pitch)))
        f, u = hertz_of[rows, None], notes.character[rows]
        level, rise, decay = (np.empty((len(rows), HARMONICS)) for _ in range(3))
        for name in sorted({notes.timbre[i] for i in rows}):
            of = np.array([notes.timbre[i] == name for i in rows])
            part = TIMBRES[name](f[of], u[of])
            level[of], rise[of], decay[of] = part.level, part.rise, part.decay
        x = rendered(Partials(level * (K * f < 0.49 * rate), rise, decay), f, notes.phase[rows], rate, length)
        x *= released(length)
        x *= 32767 / np.abs(x).max(1, keepdims=True)
        for row in np.rint(x).astype(np.int16):
            yield Clip(row[:, None], extended=False, cropped=False, resampled=False)


def rendered(
    of: Partials, f: Float64[np.ndarray, "n 1"], phase: Float64[np.ndarray, "n k"], rate: int, length: int
) -> Float64[np.ndarray, "n length"]:
    """Re Σ_m A_m e^{c_m t} over the modes of each note, at t = 0, 1, ... frames.

    With t = FINE i + j, e^{ct} = e^{c FINE i} e^{cj}: a matrix product in place of an exponential for every frame. A
    rise is one mode less another: (1 - e^{-t/τ}) e^{ct} = e^{ct} - e^{(c - 1/τ)t}.
    """
    a = of.level * np.exp(1j * phase)
    c = (2j * np.pi * K * f - of.decay) / rate
    a, c = np.concatenate([a, -a], 1), np.concatenate([c, c - 1 / (of.rise * rate)], 1)
    coarse = a[:, None] * np.exp(c[:, None] * (FINE * np.arange(-(-length // FINE)))[:, None])
    fine = np.exp(c[:, :, None] * np.arange(FINE))
    x = np.real(coarse) @ np.real(fine) - np.imag(coarse) @ np.imag(fine)
    return x.reshape(len(x), -1)[:, :length]


def released(length: int) -> Float64[np.ndarray, " length"]:
    """1 until three quarters of a sample, then an exponential fall."""
    return np.exp(-np.maximum(np.arange(length) / length - HELD, 0) / FADE)
