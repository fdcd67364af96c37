"""The film of a training: which steps, which sounds, and a page that can show them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PIL import Image

from gansuite.report import View
from gansuite.report.progress import CAPTION, spread, steps_of
from gansuite_audio.panels import progress
from gansuite_audio.panels.pictures import mel_picture
from gansuite_audio.panels.progress import TILE, ProgressPanel

RATE = 8000
GAP = ProgressPanel.gap


def tone(pitch: float) -> np.ndarray:
    return 0.5 * np.sin(2 * np.pi * pitch * np.arange(2000) / RATE)


def write(folder: Path, step: int, n: int = 3, suffix: str = "wav") -> None:
    at = folder / "samples" / f"{step:06d}"
    at.mkdir(parents=True)
    for i in range(n):
        soundfile.write(at / f"{i:03d}.{suffix}", tone(300 + step + 900 * i), RATE)


def frames(html: str) -> list[dict[str, str]]:
    (found,) = re.findall(r"const frames = (\[.*?\]);", html)
    return json.loads(found)


def pictures(path: Path) -> list[np.ndarray]:
    with Image.open(path) as film:
        found = []
        for i in range(getattr(film, "n_frames", 1)):
            film.seek(i)
            found.append(np.asarray(film.convert("RGB")).astype(int))
        return found


def test_a_frame_for_every_step_in_order_on_the_page_and_in_the_film(tmp_path: Path) -> None:
    for step in (1000, 20, 500):
        write(tmp_path, step)
    section = ProgressPanel(shown=3)(View(tmp_path))
    told = frames(section.html)
    assert [each["step"] for each in told] == ["20", "500", "1,000"]
    assert told[-1]["src"] in section.html.split("<script>")[0]  # without scripts: the newest
    film = pictures(tmp_path / "progress.webp")
    width = 3 * (TILE[0] + GAP) - GAP
    assert [each.shape for each in film] == [(CAPTION + TILE[1], width, 3)] * 3
    for i, step in enumerate((20, 500, 1000)):
        for place in range(3):
            tile = Image.fromarray(np.ascontiguousarray(mel_picture(tone(300 + step + 900 * place), RATE, 64)))
            left = place * (TILE[0] + GAP)
            shown = film[i][CAPTION:, left : left + TILE[0]]
            assert np.abs(shown - np.asarray(tile.resize(TILE)).astype(int)).mean() < 8, (step, place)
        assert film[i][:CAPTION].max() > 200  # the step is written there
    assert np.abs(film[0] - film[1]).mean() > 3


def test_places_without_a_sound_stay_dark_and_sheets_alike(tmp_path: Path) -> None:
    write(tmp_path, 1, n=1, suffix="flac")
    write(tmp_path, 2, n=6, suffix="ogg")
    ProgressPanel(shown=6)(View(tmp_path))
    first, second = pictures(tmp_path / "progress.webp")
    assert first.shape == second.shape == (CAPTION + 2 * (TILE[1] + GAP) - GAP, 4 * (TILE[0] + GAP) - GAP, 3)
    assert first[CAPTION:, TILE[0] + GAP + 8 :].max() < 30 < second[CAPTION:, TILE[0] + GAP :].max()


@pytest.mark.parametrize(("n", "most", "kept"), [(3, 5, [0, 1, 2]), (9, 3, [0, 4, 8]), (100, 2, [0, 99])])
def test_steps_are_spread_with_both_ends(n: int, most: int, kept: list[int]) -> None:
    assert spread(list(range(n)), most) == kept


def test_one_step_is_no_film_and_the_page_says_what_to_do(tmp_path: Path) -> None:
    write(tmp_path, 7)
    (tmp_path / "samples" / "notes").mkdir()
    (tmp_path / "samples" / "000009").mkdir()  # being written this moment
    assert [step for step, _ in steps_of(tmp_path)] == [7, 9]
    assert "sample_every" in ProgressPanel()(View(tmp_path)).html
    assert not (tmp_path / "progress.webp").exists()
    assert "sample_every" in ProgressPanel()(View(tmp_path / "nothing")).html


def test_a_folder_that_cannot_be_written_has_its_page(tmp_path: Path) -> None:
    write(tmp_path, 1)
    write(tmp_path, 2)
    (tmp_path / "progress.webp").mkdir()
    assert len(frames(ProgressPanel()(View(tmp_path)).html)) == 2


def test_noise_at_every_step_stays_below_a_megabyte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    monkeypatch.setattr(progress, "mel_picture", lambda sound, rate, mels: mel_noise(rng, mels))
    for step in range(1, 31):
        write(tmp_path, step, n=8)
    html = ProgressPanel()(View(tmp_path)).html
    assert len(frames(html)) == 24
    assert len(html) < 1_000_000 and (tmp_path / "progress.webp").stat().st_size < 1_000_000


def mel_noise(rng: np.random.Generator, mels: int) -> np.ndarray:
    """The spectrogram of white noise of a full sample, the worst that is ever drawn."""
    return mel_picture(rng.normal(0, 0.1, 8192), RATE, mels)


def test_only_a_conditional_run_is_told_of_classes(tmp_path: Path) -> None:
    write(tmp_path, 1)
    write(tmp_path, 2)
    plain, conditional = (
        ProgressPanel()(View(tmp_path, recipe={"game": game})).html for game in ({}, {"conditioning": {"name": "x"}})
    )
    assert "classes" not in plain and "classes" in conditional
