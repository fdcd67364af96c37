"""What is said of the files of a data set: what was done to them, and why some were left out."""

from __future__ import annotations

import logging
import struct

import numpy as np

from gansuite_audio.data.account import account
from gansuite_audio.data.folder import Folder
from gansuite_audio.data.prepare import Index


def folder(root, **options) -> Folder:
    return Folder(**{"root": str(root), "length": 500, "split": {"train": 1.0}, **options})


def test_mixed_rates_and_channels_are_told(root, sound, caplog) -> None:
    sound("a.wav", 2000)
    sound("b.wav", 2000, rate=44100, seed=1)
    sound("c.flac", 2000, rate=44100, channels=2, seed=2)
    sound("d.wav", 2000, rate=8000, seed=3)
    with caplog.at_level(logging.INFO, "gansuite"):
        data = folder(root)
    line = "4 files, 4 used: 3 resampled (2 from 44100 Hz, 1 from 8000 Hz), 1 of other channels, 4 longer than a slice"
    assert line in caplog.text
    assert data.summary["rates"] == {"44100": 2, "8000": 1} and data.summary["mixed"] == 1


def test_clipped_sounds_are_counted_and_kept(root, sound) -> None:
    wave = 40000 * np.sin(np.arange(2000) / 20)
    sound("clipped.wav", values=wave.clip(-32768, 32767).astype(np.int16))
    peak = (32767 * np.sin(np.arange(2000) / 1.3)).astype(np.int16)  # touches full scale, a frame at a time
    sound("loud.wav", values=peak)
    data = folder(root)
    assert data.summary["clipped"] == 1 and data.count("train") == 2


def test_rates_that_cannot_be_are_refused_by_file(root, sound) -> None:
    sound("good.wav", 2000)
    for name, rate in (("slow.wav", 1), ("fast.wav", 10_000_000), ("still.wav", 0)):
        sound(name, 2000)
        path = root / name
        content = bytearray(path.read_bytes())
        content[24:28] = struct.pack("<I", rate)  # the rate in a WAV header
        path.write_bytes(content)
    data = folder(root)
    told = {entry["file"]: entry["reason"] for entry in data.summary["skipped"]["files"]}
    assert data.count("train") == 1 and set(told) == {"slow.wav", "fast.wav", "still.wav"}
    assert told["slow.wav"] == "rate: 1 Hz in its header" and told["fast.wav"] == "rate: 10000000 Hz in its header"


def test_one_line_says_it_all() -> None:
    index = Index(record=[0, 1], done={"resampled": 1, "clipped": 1, "extended": 0}, rates={"44100": 1})
    assert account(index, 5, ["silent", "silent", "truncated"]) == (
        "5 files, 2 used: 1 resampled (1 from 44100 Hz), 1 clipped when they were recorded; "
        "3 skipped (2 silent, 1 truncated)"
    )
    assert account(Index(record=[0]), 1, []) == "1 files, 1 used"
