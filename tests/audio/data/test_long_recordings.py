"""Recordings longer than memory: decoded in blocks, sliced anywhere, trained on alike wherever they lie."""

from __future__ import annotations

import dataclasses
import tracemalloc

import numpy as np
import pytest
import torch

from gansuite.build import build
from gansuite.data.bank import Bank
from gansuite.engine.read_ahead import ReadAhead
from gansuite.engine.rng import Rng
from gansuite.engine.source import DataSource
from gansuite.recipes import read
from gansuite_audio.data import decoding
from gansuite_audio.data.decoding import Decoding, decode
from gansuite_audio.data.folder import Folder

CPU = torch.device("cpu")


def numbered(frames: int) -> np.ndarray:
    """int16 [frames, 2] whose two values name the frame: its lower 16 bits, and the others."""
    place = np.arange(frames, dtype=np.int64)
    return np.stack([(place & 0xFFFF) - 0x8000, place >> 16], 1).astype(np.int16)


def places(batch: torch.Tensor) -> torch.Tensor:
    """int64 [n, length]: the frames that the values of ``numbered`` name."""
    values = (batch.double() * 32768).round().long()
    return values[:, 0] + 0x8000 + (values[:, 1] << 16)


def test_slices_beyond_2_to_the_24_begin_where_they_were_drawn(root, sound) -> None:
    """float32 has even numbers only there: every place of every slice is read back."""
    frames, length = 2**24 + 30_000, 500
    sound("long.wav", values=numbered(frames))
    data = Folder(
        root=str(root), length=length, channels=2, mode="random-slice", normalise="none", split={"train": 1.0}
    )
    late = torch.arange(data.count("train") - 40, data.count("train"))
    seconds = torch.tensor(
        [float(name.split(" at ")[1][:-2]) for name in data.names("train")[-40:]], dtype=torch.float64
    )
    begin = (seconds * 16000 / length).round().long() * length
    index = late.repeat_interleave(20)
    found = places(data.batch("train", index, Rng(3))["data"])
    assert torch.equal(found, found[:, :1] + torch.arange(length))
    offset = found[:, 0].view(40, 20) - begin[:, None]
    assert (found[:, 0] > 2**24).all() and (found[:, 0] % 2 == 1).any()
    assert offset.min() >= 0 and offset.max() < length and len(offset.unique()) > 300
    assert found.max() < frames


@pytest.mark.parametrize("rate", [16000, 12000])
def test_memory_does_not_grow_with_the_file(root, sound, monkeypatch, rate) -> None:
    monkeypatch.setattr(decoding, "BLOCK", 1 << 13)
    monkeypatch.setattr(decoding, "KEEP", 1 << 14)
    how = Decoding(16000, 1000, 1, "random-slice", "loudness", "pad", "trim", -60.0)
    peaks = []
    for frames in (200_000, 1_600_000):
        sound(f"{frames}.wav", frames, 2, rate=rate)
        tracemalloc.start()
        clip = decode(root / f"{frames}.wav", how)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert isinstance(clip.values, np.memmap)
    assert peaks[1] < 1.2 * peaks[0] < 2_000_000  # the second file is 6.4 MB, 12.8 MB as float32


def test_a_bank_beyond_its_share_is_streamed_and_trains_to_the_same_weights(root, sound) -> None:
    for i in range(3):
        sound(f"{i}.wav", 30_000, seed=i)

    def trained(share: float) -> tuple[type, list[torch.Tensor]]:
        data = {"name": "folder", "root": str(root), "length": 4096, "mode": "random-slice", "batch_size": 2}
        table = {
            "plugin": "audio",
            "data": data | {"resident_share": share, "split": {"train": 1.0}},
            "players": {name: {"name": "wavegan", "dim": 1} for name in ("generator", "critic")},
            "game": {"name": "gan", "objective": "wasserstein", "penalties": ["gradient-penalty"]},
            "metrics": [],
        }
        experiment = build(read(table), CPU)
        stage = experiment.stages[0]
        for step in range(3):
            experiment.engine.at(step)
            stage.dynamics.round(experiment.engine, stage.turns)
        weights = [p.detach() for player in experiment.players.values() for p in player.parameters]
        return type(experiment.engine.sources["data"]), weights

    (plain, wanted), (ahead, found) = trained(0.9), trained(0.0)
    assert (plain, ahead) == (DataSource, ReadAhead)
    assert all(torch.equal(a, b) for a, b in zip(wanted, found, strict=True))


def test_the_share_of_memory_decides(root, sound, monkeypatch) -> None:
    sound("a.wav", 50_000)
    data = Folder(root=str(root), length=1000, mode="random-slice", split={"train": 1.0}, resident_share=0.5)
    for free, streamed in ((200_001, False), (199_999, True)):  # 50,000 frames of two bytes
        monkeypatch.setattr("gansuite.data.bank.free_memory", lambda device, free=free: free)
        moved = data.to("cpu")
        assert moved.streamed is streamed
        batch = moved.batch("train", torch.arange(20), Rng(1))["data"]
        assert torch.equal(batch, data.batch("train", torch.arange(20), Rng(1))["data"])


def test_what_lies_on_disk_while_it_is_decoded_is_in_the_caches_folder(root, sound, monkeypatch, cache) -> None:
    """/tmp is memory on many systems."""
    monkeypatch.setattr(decoding, "KEEP", 100)
    used = []
    real = decoding.tempfile.TemporaryFile
    monkeypatch.setattr(decoding.tempfile, "TemporaryFile", lambda dir: (used.append(dir), real(dir=dir))[1])
    values = sound("a.wav", 5000)
    how = Decoding(16000, 1000, 1, "random-slice", "none", "pad", "keep", -60.0)
    assert np.array_equal(decode(root / "a.wav", how).values, values) and used == [cache]
    assert not isinstance(
        decode(root / "a.wav", dataclasses.replace(how, mode="one-shot", length=50)).values, np.memmap
    )


def test_windows_of_a_mapped_file_are_those_of_memory(tmp_path) -> None:
    numbered(70_000).tofile(tmp_path / "bank.i16")
    bank = Bank.open(tmp_path / "bank.i16", 2).to("cpu", 0.0)
    starts = torch.tensor([0, 1, 65_535, 65_536, 69_900])
    assert bank.streamed and torch.equal(places(bank.windows(starts, 100)), starts[:, None] + torch.arange(100))
