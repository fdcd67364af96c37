"""The smallest soundfont that plays: programs of one looped sine, all parts by the SoundFont 2.04 specification."""

from __future__ import annotations

import struct
from collections.abc import Sequence

import numpy as np

RATE, PERIOD, KEY = 44100, 100, 69  # a period of 100 frames at 44.1 kHz is 441 Hz; the root key is said to be A4
CORRECTION = -4  # cents: 1200 log2(440/441)
LOOPED, SAMPLE, INSTRUMENT, RELEASE = 54, 53, 41, 38  # generators: sampleModes, sampleID, instrument, releaseVolEnv


def chunk(name: str, content: bytes) -> bytes:
    return name.encode() + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def listed(name: str, *chunks: bytes) -> bytes:
    return chunk("LIST", name.encode() + b"".join(chunks))


def called(name: str) -> bytes:
    return name.encode().ljust(20, b"\0")


def soundfont(programs: Sequence[int] = (0,), release: int = -12000) -> bytes:
    """A soundfont with these programs of bank 0, each the same sine that dies away in 2^{release/1200} seconds."""
    wave = np.rint(16000 * np.sin(2 * np.pi * np.arange(10 * PERIOD) / PERIOD)).astype("<i2").tobytes()
    headers = b"".join(
        called(f"Sine {number}") + struct.pack("<HHHIII", number, 0, i, 0, 0, 0) for i, number in enumerate(programs)
    )
    end = len(programs)
    pdta = listed(
        "pdta",
        chunk("phdr", headers + called("EOP") + struct.pack("<HHHIII", 0, 0, end, 0, 0, 0)),
        chunk("pbag", b"".join(struct.pack("<HH", i, 0) for i in range(end + 1))),
        chunk("pmod", bytes(10)),
        chunk("pgen", struct.pack("<Hh", INSTRUMENT, 0) * end + bytes(4)),
        chunk("inst", called("Sine") + struct.pack("<H", 0) + called("EOI") + struct.pack("<H", 1)),
        chunk("ibag", struct.pack("<HHHH", 0, 0, 3, 0)),
        chunk("imod", bytes(10)),
        chunk("igen", struct.pack("<HhHhHh", RELEASE, release, LOOPED, 1, SAMPLE, 0) + bytes(4)),
        chunk(
            "shdr",
            called("Sine")
            + struct.pack("<IIIIIBbHH", 0, 10 * PERIOD, PERIOD, 9 * PERIOD, RATE, KEY, CORRECTION, 0, 1)
            + called("EOS")
            + bytes(26),
        ),
    )
    info = listed(
        "INFO", chunk("ifil", struct.pack("<HH", 2, 4)), chunk("isng", b"EMU8000\0"), chunk("INAM", b"Tiny\0\0")
    )
    return chunk("RIFF", b"sfbk" + info + listed("sdta", chunk("smpl", wave + bytes(2 * 46))) + pdta)
