"""Pitches: MIDI numbers, their frequencies, and how file names write them."""

from __future__ import annotations

import re
from typing import Annotated

from annotated_types import Ge, Le, Len

from gansuite.errors import UserError

Pitches = Annotated[list[Annotated[int, Ge(0), Le(127)]], Len(2, 2)]
"""Option: the lowest and the highest MIDI number."""

STEPS = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}
SIGNS = {"": 0, "#": 1, "s": 1, "♯": 1, "b": -1, "♭": -1}
NOTE = re.compile(r"([A-Ga-g])([#s♯b♭]?)(-?\d)")
NSYNTH = re.compile(r"-(\d{3})-\d{3}$")  # bass_electronic_018-022-100: instrument, pitch, velocity


def hertz(pitch: int) -> float:
    """Frequency of a MIDI number in equal temperament: f = 440 · 2^{(p - 69)/12} Hz."""
    return 440.0 * 2.0 ** ((pitch - 69) / 12)


def midi_of(note: str) -> int | None:
    """The MIDI number of a note written as such a number or by name: ``69``, ``069``, ``A4``, ``C#4``, ``Db-1``.

    Octaves are counted so that C4 is 60. None: it is no note, or outside 0 to 127.
    """
    if note.isascii() and note.isdigit():
        number = int(note)
    elif match := NOTE.fullmatch(note):
        step, sign, octave = match.groups()
        number = 12 * (int(octave) + 1) + STEPS[step.lower()] + SIGNS[sign]
    else:
        return None
    return number if 0 <= number <= 127 else None


def pitch_in(name: str) -> int | None:
    """The MIDI number that a file's name tells: NSynth's, or that of its only part which is a note by name.

    ``bass_electronic_018-022-100.wav`` is 22, ``ASax-ord-A3-ff.wav`` is 57, ``piano C#4.flac`` is 61. Parts stand
    between spaces, dots, commas, brackets, ``_`` and ``-``. None: no such part, or several that differ.
    """
    stem = name.rpartition("/")[2].rpartition(".")[0]
    if match := NSYNTH.search(stem):
        return midi_of(match[1])
    parts = (part for part in re.split(r"[\s.,()\[\]_-]+", stem) if not part.isdigit())
    found = {midi_of(part) for part in parts} - {None}
    return found.pop() if len(found) == 1 else None


def pitch_range(pitches: list[int]) -> range:
    """The MIDI numbers from the lowest to the highest, both included.

    Raises:
        UserError: the highest is below the lowest.
    """
    low, high = pitches
    if high < low:
        raise UserError(f"pitches = {pitches}: write the lowest first")
    return range(low, high + 1)
