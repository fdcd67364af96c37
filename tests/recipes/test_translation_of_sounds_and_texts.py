"""Recipes of translation on sounds, texts and signals: read, played, and no round of theirs waits for the device."""

from __future__ import annotations

import pytest
import torch

from gansuite.build import build
from gansuite.recipes import read
from gansuite.testing.device import play_on_meta

TONES = '{name="tones", count=40, rate=8000, length=4096}'
SOUNDS = {
    "audio/cyclegan-speakers": [
        f'data={{name="two-datasets", source={TONES}, target={TONES}, batch_size=2}}',
        "players.generator.dim=2",
        "players.inverse.dim=2",
        "players.critic.dim=2",
        "players.inverse_critic.dim=2",
    ],
    "audio/stargan-speakers": [
        'data={name="tones", count=40, rate=8000, length=4096, labels="pitch", batch_size=4}',
        "players.generator.dim=2",
        "players.critic.dim=2",
    ],
    "audio/pix2pix-speech": [
        f"data.of={TONES}",
        "data.batch_size=2",
        "players.generator.dim=2",
        "players.critic.dim=2",
    ],
}
TEXTS = {
    "text/cyclegan-glosses": [
        "data.batch_size=2",
        "data.of.vocabulary=200",
        "players.generator.dim=4",
        "players.inverse.dim=4",
        "players.critic.dim=2",
        "players.inverse_critic.dim=2",
    ]
}
SIGNALS = {"toy/denoise-unet": ["data.count=200", "data.batch_size=4"]}
EVERY = SOUNDS | TEXTS | SIGNALS


@pytest.fixture(autouse=True)
def cache(tmp_path_factory, monkeypatch) -> None:
    monkeypatch.setenv("GANSUITE_CACHE", str(tmp_path_factory.mktemp("cache")))


@pytest.mark.parametrize("name", EVERY)
def test_translation_needs_no_host(name: str) -> None:
    recipe = read(f"recipes/{name}.toml" if name.startswith("toy") else name, EVERY[name])
    experiment = play_on_meta(recipe, rounds=1)
    assert {p.device.type for p in experiment.game.parameters()} == {"meta"}
    assert {note.partition("/")[0] for note in experiment.engine.ledger.notes} == set(recipe.dynamics.moves)


@pytest.mark.parametrize("name", [*SOUNDS, *TEXTS])
def test_a_round_is_played_and_translations_are_of_the_domain(name: str) -> None:
    experiment = build(read(name, EVERY[name]), torch.device("cpu"))
    stage = experiment.stages[0]
    experiment.engine.at(1)
    stage.dynamics.round(experiment.engine, stage.turns)
    assert all(bool(torch.stack(values).isfinite().all()) for values in experiment.engine.ledger.notes.values())
    made = experiment.sample(3, seed=0)
    assert made.shape == (3, *experiment.spec.shape)
    assert made.dtype == (torch.int64 if name.startswith("text") else torch.float32)
