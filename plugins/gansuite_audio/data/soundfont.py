"""Play notes of a soundfont: a program of its own, run in a fresh process by ``notes.py``.

The synthesiser trusts what it reads, and a damaged soundfont ends the process that plays it; this one may end. Usage:
``python soundfont.py JSON`` writes a line of JSON to its standard output (``names`` of the programs, or an ``error``),
then the notes as float32 frames, in the order programs, pitches, velocities.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np
import soxr
import tinysoundfont  # pyright: ignore[reportMissingImports] - optional

RENDERED = 44100  # Hz at least: the synthesiser interpolates linearly, which folds high partials at low rates
FLUSH = 4096  # frames in which a note that was cut off dies away


class Player:
    """A soundfont that plays one note at a time.

    Args:
        file: the soundfont.
        rate: frames per second that are wanted, Hz.
        held: frames until the key is released.
        length: frames of a note.
        channels: 1 or 2.
    """

    def __init__(self, file: str, rate: int, held: int, length: int, channels: int) -> None:
        self.rate, self.held, self.length, self.channels = rate, held, length, channels
        self.factor = -(-RENDERED // rate)
        self.synth = tinysoundfont.Synth(samplerate=self.factor * rate)
        self.id = self.synth.sfload(file)

    def names(self) -> dict[int, str]:
        """The programs of bank 0."""
        found = {program: self.name(program) for program in range(128)}
        return {program: name for program, name in found.items() if name is not None}

    def name(self, program: int) -> str | None:
        """What a program is called, if there is one."""
        try:
            return self.synth.sfpreset_name(self.id, 0, program)
        except UnicodeDecodeError:
            return "program"

    def play(self, program: int, pitch: int, velocity: int) -> np.ndarray:
        """A note from silence, float32 [length, channels]."""
        self.synth.program_select(0, self.id, 0, program)
        self.synth.noteon(0, pitch, velocity)
        held = self.frames(self.held * self.factor)
        self.synth.noteoff(0, pitch)
        rest = self.frames((self.length - self.held) * self.factor)
        self.synth.sounds_off(0)
        self.frames(FLUSH)
        sound = np.concatenate([held, rest])
        sound = sound.mean(1, keepdims=True) if self.channels == 1 else sound
        return soxr.resample(sound, self.factor * self.rate, self.rate)[: self.length]

    def frames(self, count: int) -> np.ndarray:
        """The next frames, float32 [count, 2]."""
        return np.frombuffer(self.synth.generate(count), np.float32).reshape(-1, 2)


def main(
    player: dict[str, Any], programs: Sequence[int] | None, pitches: Sequence[int], velocities: Sequence[int]
) -> None:
    """Tell the programs and play the notes; all programs unless some are named."""
    out = sys.stdout.buffer

    def tell(**what: Any) -> None:
        out.write(json.dumps(what).encode() + b"\n")
        out.flush()

    try:
        players = Player(**player)
    except RuntimeError:
        return tell(error="it cannot be read; name an sf2 or sf3 file")
    names = players.names()
    chosen = list(names) if programs is None else programs
    if absent := [program for program in chosen if program not in names]:
        there = ", ".join(map(str, list(names)[:12])) + ", ..." * (len(names) > 12)
        return tell(error=f"it has no program {absent[0]} in bank 0; programs: {there or 'none'}")
    if not names:
        return tell(error="it has no program in bank 0; choose another")
    tell(names={program: names[program] for program in chosen})
    for note in product(chosen, pitches, velocities):
        out.write(players.play(*note).tobytes())
    out.flush()
    return None


if __name__ == "__main__":
    main(**json.loads(sys.argv[1]))
