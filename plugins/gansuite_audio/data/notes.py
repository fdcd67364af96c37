"""Pitched notes in the shape of NSynth, rendered on this machine from a soundfont of the user's."""

from __future__ import annotations

import hashlib
import json
import logging
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import version
from importlib.util import find_spec
from itertools import product
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
import soxr
from annotated_types import Ge, Gt, Le, MinLen

from gansuite.data.augmentation import Augmentations
from gansuite.data.cache import cached
from gansuite.data.files import Unusable
from gansuite.data.split import check_shares, digest_of, digest_of_file
from gansuite.errors import UserError

from .decoding import Clip, Decoding, Normalise, assemble, measure
from .pitch import Pitches, pitch_range
from .prepare import VERSION, Record, write
from .waves import Waves

PROGRAM = Path(__file__).with_name("soundfont.py")
SILENCE_DB = -60.0
Midi = Annotated[int, Ge(0), Le(127)]

log = logging.getLogger("gansuite")


class Notes(Waves):
    """Every program, pitch and velocity once: a note held and then released, named as NSynth names them.

    Needs the optional package ``tinysoundfont`` (MIT); ``pip install --no-deps tinysoundfont`` does, for its dependency
    ``pyaudio`` is needed only to listen. It runs in a process of its own, and what it renders is kept in the cache.
    Silent notes are left out and counted.

    Args:
        soundfont: an ``sf2`` or ``sf3`` file; ``~`` is expanded.
        programs: numbers of General MIDI from 0, of bank 0; by default all that the soundfont has.
        pitches: lowest and highest MIDI number; 60 is middle C.
        velocities: how hard the key is struck, 1 to 127.
        rate: frames per second, Hz.
        length: frames of a sample.
        release: seconds at the end of a sample for which the key is up.
        channels: 2 keeps the synthesiser's stereo.
        normalise: gain of each note: ``peak`` to 1; ``rms`` to -20 dB or ``loudness`` to -23 LUFS without clipping;
            ``none``.
        labels: ``pitch`` or ``program`` (numbers in order), or ``none``.
        split: shares of train, valid and test by hash; default 0.8, 0.1, 0.1.
        augment: random changes of training samples, in this order.
        resident_share: share of free memory, the accelerator's or else the machine's, that the sounds may take;
            beyond it they are read from disk as they are used.

    Raises:
        UserError: the package is not installed, the file is no soundfont or a damaged one, it lacks a program, or the
            release is longer than the sample.
    """

    def __init__(
        self,
        *,
        soundfont: str,
        programs: Annotated[list[Midi], MinLen(1)] | None = None,
        pitches: Pitches = [24, 84],  # noqa: B006 - a recipe's default, never mutated
        velocities: Annotated[list[Annotated[int, Ge(1), Le(127)]], MinLen(1)] = [100],  # noqa: B006
        rate: Annotated[int, Gt(0)] = 16000,
        length: Annotated[int, Gt(0)] = 16384,
        release: Annotated[float, Ge(0)] = 0.25,
        channels: Annotated[int, Ge(1), Le(2)] = 1,
        normalise: Normalise = "peak",
        labels: Literal["none", "pitch", "program"] = "none",
        split: dict[str, float] | None = None,
        augment: Augmentations = [],  # noqa: B006
        resident_share: Annotated[float, Ge(0), Le(1)] = 0.5,
    ) -> None:
        if find_spec("tinysoundfont") is None:
            raise UserError("notes: tinysoundfont is not installed; pip install --no-deps tinysoundfont")
        held = length - round(release * rate)
        if held <= 0:
            raise UserError(f"release = {release:g}: the sample lasts {length / rate:.3f} s; choose less")
        file, place = Path(soundfont).expanduser(), f"soundfont = {soundfont!r}"
        check_soundfont(file, place)
        how = Decoding(rate, length, channels, "one-shot", normalise, "pad", "skip", SILENCE_DB)
        numbers = pitch_range(pitches)
        libraries = [version("tinysoundfont"), soxr.__libsoxr_version__]
        sources = [VERSION, libraries, digest_of(PROGRAM.read_bytes()), digest_of_file(file)]
        text = json.dumps([*sources, programs, pitches, velocities, held, rate, length, channels, normalise])
        key = hashlib.blake2b(text.encode(), digest_size=16).hexdigest()

        def make(folder: Path) -> None:
            player = {"file": str(file), "rate": rate, "held": held, "length": length, "channels": channels}
            wanted = {"player": player, "programs": programs, "pitches": list(numbers), "velocities": velocities}
            items: list[dict[str, Any]] = []
            write(folder, clips(played(wanted, place), wanted, how, items))
            (folder / "items.json").write_text(json.dumps(items))

        folder, shares = cached("notes", key, make), check_shares(split)
        items: list[dict[str, Any]] = json.loads((folder / "items.json").read_text())
        records = [
            Record(item["name"], folder, item["digest"], str(item[labels]) if labels != "none" else None)
            for item in items
        ]
        super().__init__(records, how, shares, folder, place=place, augment=augment, resident_share=resident_share)


def check_soundfont(file: Path, place: str) -> None:
    """Look at a file's outside before it is given to the synthesiser.

    Raises:
        UserError: no such file, or no whole RIFF file of the form ``sfbk``.
    """
    if not file.is_file():
        raise UserError(f"{place}: no such file; name an sf2 or sf3 file")
    with file.open("rb") as opened:
        head = opened.read(12)
    if head[:4] != b"RIFF" or head[8:] != b"sfbk":
        raise UserError(f"{place}: no soundfont; name an sf2 or sf3 file")
    missing = 8 + int.from_bytes(head[4:8], "little") - file.stat().st_size
    if missing > 0:
        raise UserError(f"{place}: the soundfont is truncated, {missing} bytes are missing; copy it again")


def played(wanted: dict[str, Any], place: str) -> Iterator[Any]:
    """What the program says: first the names of the programs, by number, and then each note, [length, channels].

    Raises:
        UserError: it can make nothing of the soundfont, or ends before its time.
    """
    length, channels = wanted["player"]["length"], wanted["player"]["channels"]
    command = [sys.executable, "-P", str(PROGRAM), json.dumps(wanted)]
    count, came = 0, 0
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as program:
        assert program.stdout is not None
        head = json.loads(program.stdout.readline() or b"{}")
        if "error" in head:
            raise UserError(f"{place}: {head['error']}")
        if names := {int(number): name for number, name in head.get("names", {}).items()}:
            count = len(names) * len(wanted["pitches"]) * len(wanted["velocities"])
            log.info("rendering %d notes once", count)
            yield names
            while len(note := program.stdout.read(4 * length * channels)) == 4 * length * channels:
                came += 1
                yield np.frombuffer(note, np.float32).reshape(length, channels)
    if program.returncode or came < count:
        code = f"exit code {program.returncode}"
        raise UserError(f"{place}: the synthesiser broke off after {came} notes ({code}); the file is damaged")


def clips(
    playing: Iterator[Any], wanted: dict[str, Any], how: Decoding, items: list[dict[str, Any]]
) -> Iterator[tuple[int, Clip | Unusable]]:
    """Each note at its level; what it is goes to ``items``."""
    names: dict[int, str] = next(playing)
    notes = product(names, wanted["pitches"], wanted["velocities"])
    for position, ((program, pitch, velocity), sound) in enumerate(zip(notes, playing, strict=True)):
        instrument = re.sub(r"\W+", "_", names[program].lower()).strip("_")
        name = f"{instrument}_{program:03d}-{pitch:03d}-{velocity:03d}"
        items.append({"name": name, "pitch": pitch, "program": program, "digest": digest_of(sound.tobytes())})
        try:
            yield position, assemble([sound], measure([sound], how), how, resampled=False)
        except Unusable as reason:
            yield position, reason
