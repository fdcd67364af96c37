"""Spoken English digits in the shape of SC09, rendered on this machine by espeak-ng."""

from __future__ import annotations

import hashlib
import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
import soxr
from annotated_types import Ge, Gt, Le

from gansuite.data.augmentation import Augmentations
from gansuite.data.cache import cached
from gansuite.data.files import Unusable
from gansuite.data.split import check_shares, digest_of
from gansuite.engine.rng import seed_of
from gansuite.errors import RunError, UserError

from .decoding import Block, Clip, Decoding, assemble, measure
from .espeak import WORDS
from .prepare import VERSION, Record, write
from .waves import Waves

PROGRAM = Path(__file__).with_name("espeak.py")
SILENCE_DB = -50.0  # below it the ends of an utterance are cut

log = logging.getLogger("gansuite")


class Digits(Waves):
    """Zero to nine, by 91 voices in 8 accents of English, each utterance at its own rate, pitch and range.

    Trimmed, normalised to peak 1 and placed at a random offset in the window. Needs the optional package
    ``espeakng-loader`` (GPL), which is run in a process of its own; what it says is kept in the cache.

    Args:
        count: utterances; digits in equal numbers.
        voices: how many voices speak, chosen by the seed; all of them if not given.
        seed: of voices, prosody and offsets; equal seeds give equal sounds.
        rate: frames per second, Hz.
        length: frames of a sample.
        labels: ``digit`` gives the ten words in the order of their numbers, ``none`` nothing.
        split: shares of train, valid and test by hash; default 0.8, 0.1, 0.1.
        augment: random changes of training samples, in this order.
        resident_share: share of free memory, the accelerator's or else the machine's, that the sounds may take;
            beyond it they are read from disk as they are used.

    Raises:
        UserError: the package is not installed.
        RunError: the renderer failed.
    """

    def __init__(
        self,
        *,
        count: Annotated[int, Gt(0)] = 5000,
        voices: Annotated[int, Gt(0)] | None = None,
        seed: Annotated[int, Ge(0), Le(2**31 - 1)] = 0,
        rate: Annotated[int, Gt(0)] = 16000,
        length: Annotated[int, Gt(0)] = 16384,
        labels: Literal["none", "digit"] = "none",
        split: dict[str, float] | None = None,
        augment: Augmentations = [],  # noqa: B006 - a recipe's default, never mutated
        resident_share: Annotated[float, Ge(0), Le(1)] = 0.5,
    ) -> None:
        if find_spec("espeakng_loader") is None:
            raise UserError("digits: espeak-ng is not installed; pip install 'gansuite[speech]'")
        shares = check_shares(split)
        how = Decoding(rate, length, 1, "one-shot", "peak", "pad", "trim", SILENCE_DB)
        libraries = [version("espeakng-loader"), soxr.__libsoxr_version__]
        text = json.dumps([VERSION, libraries, digest_of(PROGRAM.read_bytes()), count, voices, seed, rate, length])
        key = hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
        folder = cached("digits", key, lambda aside: render(aside, how, count, voices, seed))
        items: list[dict[str, Any]] = json.loads((folder / "items.json").read_text())
        records = [
            Record(item["name"], folder, item["digest"], item["word"] if labels == "digit" else None) for item in items
        ]
        super().__init__(
            records, how, shares, folder, place="digits", classes=WORDS, augment=augment, resident_share=resident_share
        )


def render(folder: Path, how: Decoding, count: int, voices: int | None, seed: int) -> None:
    """Have the digits spoken, then write the bank and ``items.json`` (name, word, digest of each)."""
    log.info("rendering %d spoken digits once", count)
    command = [sys.executable, "-P", str(PROGRAM), str(folder), str(count), str(seed), str(voices or 0)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise RunError(f"digits: espeak-ng ended with exit code {done.returncode}: {last}")
    speech = json.loads((folder / "speech.json").read_text())
    items: list[dict[str, str]] = []
    write(folder, clips(folder / "speech.i16", speech, how, seed, items))
    (folder / "items.json").write_text(json.dumps(items))
    (folder / "speech.i16").unlink()


def clips(
    file: Path, speech: dict[str, Any], how: Decoding, seed: int, items: list[dict[str, str]]
) -> Iterator[tuple[int, Clip | Unusable]]:
    """Each utterance resampled, trimmed, levelled and placed in its window; what it is goes to ``items``."""
    spoken = np.memmap(file, np.int16, "r")
    draw = np.random.default_rng(seed_of(seed, "digits", "offset"))
    first = 0
    for position, item in enumerate(speech["items"]):
        values = np.asarray(spoken[first : first + item["frames"]])
        first += item["frames"]
        name = f"{item['word']}_{item['voice']}_{position:05d}"
        items.append({"name": name, "word": item["word"], "digest": digest_of(values.tobytes())})
        offset = draw.random()
        try:
            yield position, place(values, speech["rate"], how, offset)
        except Unusable as reason:
            yield position, reason


def place(values: np.ndarray, rate: int, how: Decoding, offset: float) -> Clip:
    """One utterance at fraction ``offset`` of the room that its window leaves."""
    sound: Block = soxr.resample(values.astype(np.float32) / 32768, rate, how.rate)[:, None]
    levels = measure([sound], how)
    clip = assemble([sound], levels, how, resampled=rate != how.rate)
    room = max(how.length - (levels.last - levels.first), 0)
    shifted = np.roll(clip.values, int(offset * (room + 1)), axis=0)  # what rolls round is the padding
    return replace(clip, values=shifted, rate=rate)
