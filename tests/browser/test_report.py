"""The report in a real browser: it plays, shows every figure and asks the network for nothing.

The run is made of tones, so that the page can be looked at without any training.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save_file

from gansuite.report import render
from gansuite_audio.panels.pictures import wav
from gansuite_audio.panels.progress import ProgressPanel
from gansuite_audio.panels.samples import SamplesPanel

RATE, LENGTH = 16_000, 4096
RECIPE = """\
# gansuite 0.1.0, gansuite_audio 0.1.0
plugin = "audio"
seed = 0

[data]
name = "drums"
batch_size = 8
length = 4096

[players.generator]
name = "wavegan"
dim = 16
optimizer = { name = "adam", lr = 8e-4, betas = [0.5, 0.9] }

[[metrics]]
name = "kad"
every = 250
"""


def tone(pitch: float, decay: float, rng: np.random.Generator) -> np.ndarray:
    """A struck tone with falling pitch and a noisy attack, ``[1, LENGTH]``."""
    time = np.arange(LENGTH) / RATE
    body = np.sin(2 * np.pi * pitch * (time + 0.02 * np.exp(-40 * time)))
    noise = rng.normal(size=LENGTH) * np.exp(-60 * time) * 0.3
    return (0.8 * (body + noise) * np.exp(-decay * time)).astype(np.float32)[None].clip(-1, 1)


def write_run(folder: Path) -> None:
    rng = np.random.default_rng(7)
    (folder / "recipe.toml").write_text(RECIPE)
    run = {
        "name": "WaveGAN on drums",
        "gansuite": "0.1.0",
        "plugin": "audio",
        "versions": {"gansuite": "0.1.0", "torch": "2.15.0", "numpy": "2.4.6"},
        "device": "cpu",
        "threads": 2,
        "seed": 0,
        "spec": {"rate": RATE, "channels": 1, "length": LENGTH},
        "started": "2026-11-22T10:15:00+00:00",
        "finished": "2026-11-22T10:23:12+00:00",
        "seconds": 492.3,
        "steps": 1676,
        "step": 1676,
        "status": "finished",
        "parameters": {"generator": 312_145, "critic": 288_961},
        "dataset": {
            "files": 238,
            "used": 235,
            "skipped": {
                "count": 3,
                "reasons": {"too short": 2, "unreadable": 1},
                "files": [{"file": "broken <1>.wav", "reason": "unreadable: no RIFF header"}],
            },
            "splits": {"train": 188, "valid": 23, "test": 24},
            "seconds": 126.4,
            "labels": {"kick": 31, "snare": 44, "tabla": 52, "bell": 28, "cymbal": 33, "click": 47},
            "decoding": {"rate": RATE, "channels": 1, "normalise": "peak", "trim": False},
        },
    }
    (folder / "run.json").write_text(json.dumps(run))
    (folder / "metrics.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows(rng)))
    (folder / "diagnostics.json").write_text(json.dumps(FINDINGS))
    pitches = rng.uniform(60, 900, size=(3, 8))
    samples, neighbours, real = (np.stack([tone(pitch, rng.uniform(8, 40), rng) for pitch in row]) for row in pitches)
    save_file(
        {"samples": samples, "neighbours": neighbours, "real": real, "distances": rng.uniform(3, 9, 8)},
        folder / "showcase.safetensors",
        {"neighbours": json.dumps([f"rumpf_kit_z01-beats-{i:02}-18.flac" for i in range(8)]), "split": "test"},
    )


def rows(rng: np.random.Generator) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for step in range(20, 1677, 20):
        for name, value in {
            "critic/wasserstein": -9 * (1 - np.exp(-step / 90)) - 2 * np.exp(-step / 900) + rng.normal() * 0.4,
            "critic/gradient-penalty": 1.2 * np.exp(-step / 60) + rng.exponential(0.12),
            "generator/wasserstein": 4 * np.sin(step / 400) + rng.normal() * 0.5,
        }.items():
            found.append({"step": step, "name": name, "value": float(value), "low": None, "high": None})
    for step in (250, 500, 750, 1000, 1250, 1500, 1676):
        value = 0.022 + 0.33 * np.exp(-step / 420)
        half = 0.1 * value + 0.004
        scaled = {
            key: (v - 0.002) / 0.338 for key, v in {"value": value, "low": value - half, "high": value + half}.items()
        }
        found.append(
            {
                "step": step,
                "name": "kad",
                "value": value,
                "low": value - half,
                "high": value + half,
                "floor": 0.002,
                "untrained": 0.34,
                "normalised": scaled,
                "n_real": 188,
                "n_fake": 188,
                "seed": 0,
                "extractor": "random-cnn 5be1c3d09a42f8e7",
                "reference": "9d2c",
                "method": "unbiased MMD, jackknife",
                "seconds": 2.1,
                "level": 0.95,
            }
        )
    return [*found, *others()]


def others() -> list[dict[str, object]]:
    """Metrics of every shape the page has to cope with: parts, targets, warnings, curves, far beyond the scale."""
    shared = {"step": 1676, "n_real": 188, "n_fake": 188, "seed": 0, "level": 0.95, "method": "block jackknife"}
    shared |= {"extractor": "random-cnn@5be1c3d09a42", "reference": "9d2c41aa07f1", "direction": "min"}

    def row(name: str, value: float, half: float, floor: float | None, untrained: float | None, **more: object):
        scaled = None
        if floor is not None and untrained is not None:
            scaled = {"value": value, "low": value - half, "high": value + half}
            low, centre, high = sorted((x - floor) / (untrained - floor) for x in scaled.values())
            scaled = {"value": centre, "low": low, "high": high}
        told = {"name": name, "value": value, "low": value - half, "high": value + half, "normalised": scaled}
        return {**shared, **told, "floor": floor, "untrained": untrained, **more}

    angle = np.linspace(0.02, np.pi / 2 - 0.02, 51)
    curve = {"precision": (0.8 * np.sin(angle) ** 0.5).tolist(), "recall": (0.6 * np.cos(angle) ** 0.5).tolist()}
    few = {"warning": "n <= d (188 samples, 256 features): biased, only partly corrected"}
    steps = [250, 500, 750, 1000, 1250, 1676]
    ratings = [{"value": 0.3 * step, "low": 0.3 * step - 30, "high": 0.3 * step + 30} for step in steps]
    spectrum = np.geomspace(9, 1e-3, 24).tolist()
    return [
        row("frechet@log-mel", 41.2, 4.1, 9.1, 350.4, extractor="log-mel@0c55d1", extras=few),
        row("frechet@random-cnn", 530.0, 60.0, 9.1, 350.4, extras=few),
        row("precision-recall/precision", 0.62, 0.06, 0.84, 0.02, direction="max"),
        row("precision-recall/recall", 0.31, 0.07, 0.81, 0.0, direction="max"),
        row("prd/recall", 0.6, 0.05, 0.97, 0.1, direction="max", extras={"curve": curve}),
        row("c2st", 0.93, 0.03, 0.51, 1.0, direction="target", ideal=0.5, extras={"z": 8.3, "p": 4e-17}),
        row("condition-number", 5.2, 0.4, None, 3.1, n_real=0, extras={"spectrum": spectrum}),
        row("skill-rating", 112.0, 21.0, None, None, direction="max", extras={"steps": steps, "generators": ratings}),
        row("of-a-plugin-that-is-gone", 0.12, 0.02, 0.11, 0.115, normalised=None),
    ]


FINDINGS = [
    {
        "name": "collapse",
        "level": "note",
        "words": "Generated samples lie closer to each other than real ones do, as if they filled 38 % of the volume: "
        "modes are missing, or too narrow.",
        "numbers": {"distance ratio": 0.91, "volume": 0.38, "p": 0.0025, "n": 188},
    },
    {
        "name": "overfit",
        "level": "warning",
        "words": "The critic scores training samples above held-out ones in 81 % of pairs, and held-out samples have "
        "34 % of their lead over generated ones: it knows its data by heart, and more data or augmentation would help.",
        "numbers": {"auc train over held-out": 0.81, "lead lost": 0.66, "p": 3e-12},
    },
]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a run that ended well."""
    folder = tmp_path_factory.mktemp("runs") / "wavegan-20261122-101500"
    folder.mkdir()
    write_run(folder)
    return render(folder, [SamplesPanel()])


# What the page is made of, once every player knows its length.
LOOK = """
(async () => {
  const players = [...document.querySelectorAll("audio")];
  await Promise.all(players.map(a => a.readyState > 0 || new Promise(done => {
    a.onloadedmetadata = done; a.onerror = done; setTimeout(done, 20000);
  })));
  const size = e => { const box = e.getBoundingClientRect(); return [box.width, box.height]; };
  return {
    durations: players.map(a => a.duration || 0),
    pictures: [...document.images].map(i => i.naturalWidth),
    figures: [...document.querySelectorAll("svg")].map(size),
    curves: document.querySelectorAll("svg.figure").length,
    width: document.documentElement.scrollWidth,
    ids: [...document.querySelectorAll("[id]")].map(e => e.id),
    colour: getComputedStyle(document.querySelector("svg.figure path[style*=accent]")).stroke,
  };
})()
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_page_plays_and_shows_everything(page: Path, chromium: Any, width: int, scheme: str) -> None:
    chromium.view(width, 900, scheme)
    chromium.open(page.as_uri())
    seen = chromium.evaluate(LOOK)
    assert seen["durations"] == pytest.approx([LENGTH / RATE] * 20)  # 8 samples, 8 neighbours, 4 held-out
    assert len(seen["pictures"]) == 20
    assert min(seen["pictures"]) > 0
    assert seen["curves"] == 10 + 3 + 3  # metrics over the steps, terms, and what metrics brought along
    assert len(seen["figures"]) == 16 + 20
    assert min(side for figure in seen["figures"] for side in figure) > 10
    assert seen["width"] <= width, "the page scrolls sideways"
    assert len(seen["ids"]) == len(set(seen["ids"])), "two elements share an id"
    assert seen["colour"] == {"light": "rgb(15, 109, 120)", "dark": "rgb(95, 195, 204)"}[scheme]
    assert chromium.complaints() == []
    assert chromium.asked() == [page.as_uri()]


# Where the marks of the small scales lie, and what is cut off or covers something else in a card.
EVALUATION = """
(() => {
  const box = e => e.getBoundingClientRect();
  const lines = [...document.querySelectorAll(".line")];
  const parts = lines.map(line => [...line.children].filter(e => box(e).height > 0));
  const apart = (a, b) => box(a).right <= box(b).left + 1 || box(b).right <= box(a).left + 1
                       || box(a).bottom <= box(b).top + 1 || box(b).bottom <= box(a).top + 1;
  return {
    cards: document.querySelectorAll("#evaluation .card").length,
    lines: lines.length,
    marks: [...document.querySelectorAll(".line .track")].map(track => [".dot", ".span"].map(mark => {
      const inner = box(track.querySelector(mark)), outer = box(track);
      return [(inner.left - outer.left) / outer.width, (inner.right - outer.left) / outer.width];
    })),
    overlaps: parts.flatMap(all => all.flatMap((a, i) => all.slice(i + 1).filter(b => !apart(a, b)))).length,
    cut: [...document.querySelectorAll(".card *, .findings *")].filter(e => box(e).right > innerWidth + 1).length,
    warnings: [...document.querySelectorAll(".findings li b")].map(e => getComputedStyle(e).color),
  };
})()
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 700, 390, 320])
def test_evaluation_is_legible(page: Path, chromium: Any, width: int, scheme: str) -> None:
    chromium.view(width, 900, scheme)
    chromium.open(page.as_uri())
    seen = chromium.evaluate(EVALUATION)
    assert (seen["cards"], seen["lines"]) == (9, 10)
    assert (seen["overlaps"], seen["cut"]) == (0, 0)
    assert len(seen["marks"]) == 7  # three have no scale
    for (left, right), (start, end) in seen["marks"]:
        assert -0.02 < left < right < 1.03
        assert -0.03 < start < end < 1.03
    (left, right), (start, end) = seen["marks"][0]
    value = (0.022 + 0.33 * np.exp(-1676 / 420) - 0.002) / 0.338
    assert (left + right) / 2 == pytest.approx((value + 0.25) / 1.5, abs=0.005)
    assert start < left < right < end
    assert seen["warnings"][0] == {"light": "rgb(162, 84, 26)", "dark": "rgb(226, 160, 107)"}[scheme]
    assert seen["warnings"][1] != seen["warnings"][0]
    assert chromium.complaints() == []


def test_a_picture_plays_its_sound_and_stops_the_others(page: Path, chromium: Any) -> None:
    chromium.open(page.as_uri())
    played = chromium.evaluate("""
    (async () => {
      const [first, second] = document.querySelectorAll(".sound");
      const started = s => new Promise(done => s.querySelector("audio").addEventListener("playing", done));
      for (const sound of [first, second]) {
        const playing = started(sound);
        sound.querySelector(".screen").click();
        await playing;
      }
      return [first, second].map(s => s.querySelector("audio").paused);
    })()
    """)
    assert played == [True, False]
    assert chromium.complaints() == []


def test_page_of_a_run_that_has_only_begun(tmp_path: Path, chromium: Any) -> None:
    write_run(tmp_path)
    (tmp_path / "showcase.safetensors").unlink()
    drawn = tmp_path / "samples" / "000250"
    drawn.mkdir(parents=True)
    for index in range(3):
        (drawn / f"{index}.wav").write_bytes(wav(tone(200, 20, np.random.default_rng(index)), RATE))
    chromium.open(render(tmp_path, [SamplesPanel()]).as_uri())
    seen = chromium.evaluate(LOOK)
    assert seen["durations"] == pytest.approx([LENGTH / RATE] * 3)
    assert chromium.complaints() == []


@pytest.mark.parametrize("width", [1280, 390])
def test_the_film_of_a_training_plays_and_its_slider_shows_any_step(tmp_path: Path, chromium: Any, width: int) -> None:
    write_run(tmp_path)
    for step in (50, 100, 1500):
        drawn = tmp_path / "samples" / f"{step:06d}"
        drawn.mkdir(parents=True)
        (drawn / "0.wav").write_bytes(wav(tone(step, 20, np.random.default_rng(step)), RATE))
    chromium.view(width, 900, "light")
    chromium.open(render(tmp_path, [ProgressPanel()]).as_uri())
    seen = chromium.evaluate("""
    (async () => {
      const film = document.querySelector(".film"), [image, button, slider, step] =
        ["img", "button", "input", "output"].map(name => film.querySelector(name));
      const look = async () => {
        await image.decode();
        return [step.value, image.naturalWidth, image.src.length > 100];
      };
      const found = [await look()];
      slider.value = 1; slider.dispatchEvent(new Event("input")); found.push(await look());
      slider.value = 2; slider.dispatchEvent(new Event("input"));
      button.click(); found.push([...await look(), button.textContent]);
      await new Promise(done => setTimeout(done, 1800)); found.push([...await look(), button.textContent]);
      return {found, width: document.documentElement.scrollWidth};
    })()
    """)
    wide = seen["found"][0][1]
    assert wide > 500
    assert seen["found"] == [
        ["step 1,500", wide, True],
        ["step 100", wide, True],
        ["step 50", wide, True, "Pause"],  # from its end it begins anew
        ["step 1,500", wide, True, "Play"],
    ]
    assert seen["width"] <= width, "the page scrolls sideways"
    assert chromium.complaints() == []


def test_the_browser_would_notice(tmp_path: Path, chromium: Any) -> None:
    """The checks above do fail on a page that has what they look for."""
    bad = tmp_path / "bad.html"
    bad.write_text('<img src="missing.png"><script>console.error("no"); fetch("http://127.0.0.1:9/")</script>')
    chromium.open(bad.as_uri())
    chromium.evaluate("new Promise(done => setTimeout(done, 200))")
    assert len(chromium.complaints()) >= 3
    assert "http://127.0.0.1:9/" in chromium.asked()
