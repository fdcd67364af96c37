"""Speak English digits with espeak-ng: a program of its own, run in a fresh process by ``digits.py``.

espeak-ng is free software under the GPL, so nothing of it is imported where gansuite runs: arguments go in, files
come out. Usage: ``python espeak.py FOLDER COUNT SEED VOICES`` writes ``speech.i16`` and ``speech.json``; so many voices
speak, or all of them with 0.

The engine's random state can be set only once in the life of a process (``espeak_ng_SetRandSeed``, 1.52), hence
the fresh process and the fixed order: the same arguments give the same bytes.
"""

from __future__ import annotations

import ctypes
import json
import random
import sys
from pathlib import Path
from typing import Any

WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
ACCENTS = ("en", "en-029", "en-gb-scotland", "en-gb-x-gbclan", "en-gb-x-gbcwmd", "en-gb-x-rp", "en-us", "en-us-nyc")
ODD = ("Demonic", "Storm", "UniRobot", "croak", "robosoft", "whisper")  # unvoiced or robotic, by how the name begins
RATE, PITCH, RANGE = 1, 3, 4  # espeak_PARAMETER
RATES, PITCHES, RANGES = (110, 230), (20, 80), (20, 80)  # words a minute; percent; percent
SYNCHRONOUS, UTF8 = 2, 1


class Engine:
    """The few calls of libespeak-ng that are needed."""

    def __init__(self, library: str, data: str, seed: int) -> None:
        self.lib = ctypes.CDLL(library)
        self.lib.espeak_Synth.argtypes = [
            ctypes.c_char_p,
            ctypes.c_size_t,
            ctypes.c_uint,
            ctypes.c_int,
            ctypes.c_uint,
            ctypes.c_uint,
            ctypes.c_void_p,
            ctypes.c_void_p,
        ]
        self.lib.espeak_ng_SetRandSeed.argtypes = [ctypes.c_long]
        self.lib.espeak_Info.restype = ctypes.c_char_p
        self.heard = bytearray()
        self.rate: int = self.lib.espeak_Initialize(SYNCHRONOUS, 0, data.encode(), 0)
        if self.rate <= 0:
            raise SystemExit(f"espeak-ng does not start with the data in {data}")
        kind = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)
        self.callback = kind(self.hear)  # kept, for the library holds only its address
        self.lib.espeak_SetSynthCallback(self.callback)
        self.lib.espeak_ng_SetRandSeed(seed)

    def hear(self, values: int | None, count: int, events: int | None) -> int:
        if values and count > 0:
            self.heard += ctypes.string_at(values, 2 * count)
        return 0

    def say(self, word: str, voice: str, settings: dict[int, int]) -> bytes:
        """The int16 values of one word."""
        if self.lib.espeak_SetVoiceByName(voice.encode()):
            raise SystemExit(f"espeak-ng has no voice {voice}")
        for parameter, value in settings.items():
            self.lib.espeak_SetParameter(parameter, value, 0)
        self.heard.clear()
        text = word.encode() + b"\0"
        self.lib.espeak_Synth(text, len(text), 0, 0, 0, UTF8, None, None)
        self.lib.espeak_Synchronize()
        return bytes(self.heard)


def voices(data: str) -> list[str]:
    """Every accent, plain and in every variant that sounds like a person."""
    variants = sorted(file.name for file in Path(data, "voices", "!v").iterdir() if not file.name.startswith(ODD))
    return [accent + variant for accent in ACCENTS for variant in ("", *(f"+{name}" for name in variants))]


def main(folder: Path, count: int, seed: int, most: int) -> None:
    """Speak ``count`` digits in turn, each by a random voice at a random rate, pitch and range."""
    import espeakng_loader

    data = espeakng_loader.get_data_path()
    engine, choices, draw = Engine(espeakng_loader.get_library_path(), data, seed), voices(data), random.Random(seed)
    if most:
        choices = random.Random(seed).sample(choices, min(most, len(choices)))
    items: list[dict[str, Any]] = []
    with (folder / "speech.i16").open("wb") as speech:
        for number in range(count):
            digit, voice = number % len(WORDS), draw.choice(choices)
            settings = {RATE: draw.randint(*RATES), PITCH: draw.randint(*PITCHES), RANGE: draw.randint(*RANGES)}
            values = engine.say(WORDS[digit], voice, settings)
            speech.write(values)
            items.append({"word": WORDS[digit], "voice": voice, "frames": len(values) // 2})
    about = {"rate": engine.rate, "version": engine.lib.espeak_Info(None).decode(), "items": items}
    (folder / "speech.json").write_text(json.dumps(about))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
