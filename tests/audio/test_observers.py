from __future__ import annotations

import io
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import soundfile
import torch

from gansuite.engine.observers import tensorboard
from gansuite_audio.observers import SoundEvents, observers

RATE = 16_000


def test_samples_can_be_heard_and_seen(tmp_path: Path) -> None:
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    run: Any = SimpleNamespace(folder=tmp_path, step=0, dataset=SimpleNamespace(spec=SimpleNamespace(rate=RATE)))
    samples = torch.from_numpy(np.random.default_rng(0).uniform(-1, 1, (3, 2, 1000)).astype(np.float32))
    observer = SoundEvents(shown=2)
    observer.started(run)
    observer.sampled(run, 30, samples, tmp_path)
    observer.finished(run)
    events = accumulator.EventAccumulator(str(tmp_path / "tensorboard" / "sounds"))
    events.Reload()
    assert events.Tags()["audio"] == ["samples/1", "samples/2"]
    assert events.Tags()["images"] == ["spectrograms/1", "spectrograms/2"]
    (event,) = events.Audio("samples/2")
    sound, rate = soundfile.read(io.BytesIO(event.encoded_audio_string))
    assert (event.step, rate) == (30, RATE)
    np.testing.assert_allclose(sound, samples[1].mean(0).numpy(), atol=1e-4)


def test_without_tensorboard_nothing_follows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tensorboard, "find_spec", lambda name: None)
    assert observers(SimpleNamespace()) == []
