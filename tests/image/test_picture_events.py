"""Samples in TensorBoard."""

from __future__ import annotations

import io
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from gansuite.engine.observers import tensorboard
from gansuite_image.observers import PictureEvents, observers
from gansuite_image.spec import ImageSpec


def test_samples_are_one_sheet_enlarged(tmp_path: Path) -> None:
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    run: Any = SimpleNamespace(folder=tmp_path, step=0)
    samples = torch.full((5, 1, 8, 8), -1.0)
    samples[3] = 1
    observer = PictureEvents(shown=4)
    observer.started(run)
    observer.sampled(run, 30, samples, tmp_path)
    observer.finished(run)
    events = accumulator.EventAccumulator(str(tmp_path / "tensorboard" / "pictures"))
    events.Reload()
    (event,) = events.Images("samples")
    with Image.open(io.BytesIO(event.encoded_image_string)) as picture:
        values = np.asarray(picture.convert("L"))
    assert event.step == 30 and values.shape == (136, 136)  # 2 x 2 of 64 pixels, 8 between
    assert values[:64, :64].max() == 0 and values[72:, 72:].min() == 255


def test_they_follow_pictures_where_tensorboard_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gansuite_image.observers.installed", lambda: True)
    monkeypatch.setattr(tensorboard, "find_spec", lambda name: True)
    run: Any = SimpleNamespace(spec=ImageSpec(channels=1, height=8, width=8))
    assert len(observers(run)) == 1
    assert observers(SimpleNamespace(spec=None)) == []  # type: ignore[arg-type]
    monkeypatch.setattr("gansuite_image.observers.installed", lambda: False)
    assert observers(run) == []
