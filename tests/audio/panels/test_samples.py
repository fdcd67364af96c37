from __future__ import annotations

import base64
import io
import json
import re
from pathlib import Path

import numpy as np
import pytest
import soundfile

from gansuite.report import View
from gansuite_audio.panels.samples import SamplesPanel

RATE = 8000
EVIL = "<b>kick</b>.wav"


def noise(n: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).uniform(-0.5, 0.5, size=(n, 1, 800)).astype(np.float32)


def view(folder: Path, **tensors: np.ndarray) -> View:
    names = {"neighbours": json.dumps([EVIL] * 4), "real": json.dumps(["snare.wav"])}
    return View(folder, run={"spec": {"rate": RATE}, "step": 7}, showcase=tensors, metadata=names)


def sounds(html: str) -> list[np.ndarray]:
    return [
        soundfile.read(io.BytesIO(base64.b64decode(each)))[0] for each in re.findall(r"audio/wav;base64,([^\"]+)", html)
    ]


def test_each_sample_stands_beside_its_neighbour(tmp_path: Path) -> None:
    tensors = {"samples": noise(4, 0), "neighbours": noise(4, 1), "real": noise(2, 2)}
    panel = SamplesPanel(shown=3, held_out=1)
    section = panel(view(tmp_path, **tensors, distances=np.array([1.0, 2.5, 3.0, 4.0])))
    wanted = [tensors[name][i, 0] for i in range(3) for name in ("samples", "neighbours")] + [tensors["real"][0, 0]]
    found = sounds(section.html)
    assert len(found) == 7
    for one, other in zip(found, wanted, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-4)
    assert "at 2.5" in section.html
    assert "snare.wav" in section.html
    assert "at step 7" in section.html
    assert EVIL not in section.html
    assert "&lt;b&gt;kick" in section.html


def test_the_class_of_each_sample_is_told_and_every_class_is_shown(tmp_path: Path) -> None:
    conditions = [f"<{word}>" for word in ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight")]
    shown = view(tmp_path, samples=noise(9, 0))
    shown = View(tmp_path, run=shown.run, showcase=shown.showcase, metadata={"conditions": json.dumps(conditions)})
    html = SamplesPanel()(shown).html
    assert re.findall(r"as &lt;(\w+)&gt;", html) == [word[1:-1] for word in conditions]
    assert "each class that the run has seen" in html
    assert re.findall(r"as &lt;(\w+)&gt;", SamplesPanel(shown=2)(shown).html) == ["zero", "one"]
    assert "each class" not in SamplesPanel()(view(tmp_path, samples=noise(9, 0))).html


def test_samples_alone(tmp_path: Path) -> None:
    assert len(sounds(SamplesPanel()(view(tmp_path, samples=noise(2, 0))).html)) == 2


def test_a_run_without_showcase_plays_its_newest_files(tmp_path: Path) -> None:
    folder = tmp_path / "samples" / "000250"
    folder.mkdir(parents=True)
    soundfile.write(folder / "0.wav", noise(1, 0)[0, 0], RATE)
    (folder / "1.wav").write_bytes(b"RIFF")
    html = SamplesPanel()(View(tmp_path)).html
    assert len(sounds(html)) == 1
    assert "step 250" in html


@pytest.mark.parametrize("run", [{}, {"spec": {"rate": RATE}}])
def test_nothing_yet_is_told_in_words(tmp_path: Path, run: dict) -> None:
    assert "No samples have been written yet" in SamplesPanel()(View(tmp_path, run=run)).html
