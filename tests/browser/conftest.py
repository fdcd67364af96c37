"""A finished run made of tones, so that the page can be looked at without any training."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

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


@pytest.fixture(scope="session")
def finished_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run that ended well, as the engine leaves it."""
    folder = tmp_path_factory.mktemp("runs") / "wavegan-20261122-101500"
    folder.mkdir()
    write_run(folder)
    return folder


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
            "skipped": {"too short": 2, "unreadable": ["broken <1>.wav"]},
            "splits": {"train": 188, "valid": 23, "test": 24},
            "seconds": 126.4,
        },
    }
    (folder / "run.json").write_text(json.dumps(run))
    (folder / "metrics.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows(rng)))
    pitches = rng.uniform(60, 900, size=(3, 8))
    samples, neighbours, real = (np.stack([tone(pitch, rng.uniform(8, 40), rng) for pitch in row]) for row in pitches)
    save_file(
        {"samples": samples, "neighbours": neighbours, "real": real, "distances": rng.uniform(3, 9, 8)},
        folder / "showcase.safetensors",
        {"neighbours": json.dumps([f"rumpf_kit_z01-beats-{i:02}-18.flac" for i in range(8)]), "step": "1676"},
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
        scaled = {key: (v - 0.002) / 0.338 for key, v in
                  {"value": value, "low": value - half, "high": value + half}.items()}  # fmt: skip
        found.append(
            {
                "step": step, "name": "kad", "value": value, "low": value - half, "high": value + half,
                "floor": 0.002, "untrained": 0.34, "normalised": scaled, "n_real": 188, "n_fake": 188, "seed": 0,
                "extractor": "random-cnn 5be1c3d09a42f8e7", "reference": "9d2c", "method": "unbiased MMD, jackknife",
                "seconds": 2.1, "level": 0.95,
            }  # fmt: skip
        )
    last = {"step": 1676, "name": "log-mel-frechet", "value": 41.2, "low": 36.9, "high": 45.0, "floor": 9.1,
            "untrained": 350.4, "normalised": {"value": 0.094, "low": 0.081, "high": 0.105}, "n_real": 188,
            "n_fake": 188, "seed": 0, "extractor": "log-mel", "method": "bias-corrected, jackknife"}  # fmt: skip
    return [*found, last]
