"""The classifier of sounds: what it learns, what its training moves, and what it is to the rest of the suite."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import torch

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.extractors import picture_classifier as module
from gansuite.extractors.folder import Folder, save_extractor
from gansuite.extractors.picture_classifier import stripe
from gansuite.metrics.features import Extractor
from gansuite.plugins.registry import registry
from gansuite_audio.data.folder import Folder as Sounds
from gansuite_audio.metrics.sound_classifier import BandNetwork, Pictures, SoundClassifier
from gansuite_audio.spec import AudioSpec

FSDD = Path(__file__).parents[3].parent / "shared" / "data" / "fsdd"
RATE, LENGTH = 8_000, 4_096
SPEC = AudioSpec(RATE, 1, LENGTH, ("low", "high", "noise"))
QUICK = {"steps": 40, "width": 4, "hidden": 16, "bands": 32}


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("GANSUITE_CACHE", str(tmp_path / "cache"))


class Bleeps:
    """Low tones, high tones and bursts of noise, each somewhere in the sample."""

    def __init__(self, count=400, spec=SPEC, labelled=True):
        self.spec, self.fingerprint, self.summary = spec, f"bleeps {count} {labelled} {spec}", {}
        generator = torch.Generator().manual_seed(0)
        label = torch.randint(0, 3, (count,), generator=generator)
        t = torch.arange(LENGTH).expand(count, -1)
        pitch = torch.tensor([300.0, 1500.0, 0.0])[label, None] * (
            0.8 + 0.4 * torch.rand(count, 1, generator=generator)
        )
        noise = torch.randn(count, LENGTH, generator=generator)
        start = torch.randint(0, LENGTH - 1000, (count, 1), generator=generator)
        tone = torch.where(label[:, None] == 2, 0.3 * noise, torch.sin(2 * math.pi * pitch * t / RATE))
        data = (tone * ((t >= start) & (t < start + 1000)) + 0.01 * noise)[:, None].repeat(1, spec.channels, 1)
        rows = {"data": data, "label": label} if labelled else {"data": data}
        cuts = {
            "train": slice(0, count // 2),
            "valid": slice(count // 2, 3 * count // 4),
            "test": slice(3 * count // 4, count),
        }
        self.parts = {split: {key: row[cut] for key, row in rows.items()} for split, cut in cuts.items()}

    def to(self, device):
        return self

    def names(self, split):
        return [str(i) for i in range(self.count(split))]

    def count(self, split):
        return len(self.parts[split]["data"])

    def batch(self, split, index, rng):
        return {key: row[index] for key, row in self.parts[split].items()}


def fitted(data, **options):
    found = SoundClassifier(data.spec, **{**QUICK, **options})
    found.fit(data)
    return found


def test_it_names_held_out_sounds_and_says_how_many():
    data = Bleeps()
    found = fitted(data, output="probabilities")
    p = found(data.parts["test"]["data"])
    right = float((p.argmax(1) == data.parts["test"]["label"]).float().mean())
    assert found.summary["accuracy"] == pytest.approx(right) and right > 0.95
    assert found.summary["low"] < right and (found.summary["n"], found.summary["trained_on"]) == (100, 200)
    assert p.shape == (100, 3) and torch.allclose(p.sum(1), torch.ones(100))
    assert isinstance(found, Extractor) and found.name == "sound-classifier[log-mel]"


def test_probabilities_are_those_of_the_hidden_units():
    data = Bleeps()
    p, units = fitted(data, output="probabilities"), fitted(data)
    assert (p.gives, units.gives) == ("probabilities", "features")
    x = data.parts["test"]["data"][:20]
    assert units(x).shape == (20, 16)
    assert torch.allclose(units.net.last(units(x)).softmax(1), p(x), atol=1e-5)
    assert torch.allclose(torch.cat([p(x[:3]), p(x[3:])]), p(x), atol=1e-5)


def test_the_same_everywhere_without_the_global_generator_and_known_by_its_weights(monkeypatch, tmp_path):
    data, before = Bleeps(), torch.random.get_rng_state()
    prints = []
    for place in ("a", "b"):
        monkeypatch.setenv("GANSUITE_CACHE", str(tmp_path / place))
        prints.append(fitted(data, steps=5).fingerprint)
    assert prints[0] == prints[1] and torch.equal(before, torch.random.get_rng_state())
    others = [
        fitted(data, steps=5, **each).fingerprint for each in ({"seed": 1}, {"width": 5}, {"output": "probabilities"})
    ]
    assert len({prints[0], *others}) == 4


def test_its_end_is_chosen_by_the_cost_of_the_valid_split(monkeypatch):
    data, seen = Bleeps(), []
    descend = module.descend

    def watched(*given, held_out, **options):
        return descend(*given, held_out=lambda: seen.append(held_out()) or seen[-1], **options)

    monkeypatch.setattr(module, "descend", watched)
    found = fitted(data, output="probabilities")
    valid = data.parts["valid"]
    cost = float(torch.nn.functional.nll_loss(found(valid["data"]).log(), valid["label"]))
    assert len(seen) == 2 and min(seen) == pytest.approx(cost, abs=1e-5)
    assert found.summary["steps"] == 20 * (1 + seen.index(min(seen)))


def test_trained_once(monkeypatch):
    data = Bleeps()
    first = fitted(data, steps=5)
    monkeypatch.setattr(SoundClassifier, "fitted", lambda *given: pytest.fail("trained again"))
    assert fitted(data, steps=5, output="probabilities").summary == first.summary


def test_training_pictures_are_turned_and_lose_a_stripe_of_each():
    x = 1 + torch.rand(6, 2, 32, 40, generator=torch.Generator().manual_seed(0))
    varied = SoundClassifier(SPEC).varied
    found = varied(x, Rng(0, "masks"))
    lost = found == 0
    assert torch.equal(lost[:, 0], lost[:, 1])  # the same for all channels
    shifts = set()
    for picture, gone, before in zip(found[:, 0], lost[:, 0], x[:, 0], strict=True):
        bands, frames = gone.all(1), gone.all(0)
        assert 0 < int(bands.sum()) <= 32 // 8 and 0 < int(frames.sum()) <= 40 // 8
        assert torch.equal(gone, bands[:, None] | frames)
        [shift] = [i for i in range(40) if bool((picture == before.roll(i, 1))[~gone].all())]
        shifts.add(shift)
    assert len(shifts) > 3
    assert torch.equal(stripe(torch.arange(8), torch.tensor([[2], [7]]), 1).nonzero(), torch.tensor([[0, 2], [1, 7]]))
    assert not torch.equal(varied(x, Rng(1, "masks")), found)


def test_bands_are_standardised_and_one_that_never_varies_stays_finite():
    net = BandNetwork(1, 3, hidden=8, width=2, bands=16, seed=0)
    x = 5 + 3 * torch.randn(50, 1, 16, 9, generator=torch.Generator().manual_seed(0))
    x[:, :, 3] = -1
    net.measure(x.flatten(1))
    found = net.pictures(x.flatten(1))
    assert torch.allclose(found.mean((0, 3)), torch.zeros(1, 16), atol=1e-5)
    deviation = found.std((0, 3), correction=0)[0]
    assert torch.allclose(deviation[torch.arange(16) != 3], torch.ones(15), atol=1e-4) and float(deviation[3]) < 1e-5


@pytest.mark.parametrize("bands", [16, 40])
def test_channels_and_bands_of_any_number(bands):
    data = Bleeps(count=120, spec=AudioSpec(RATE, 2, LENGTH, SPEC.labels))
    assert fitted(data, bands=bands, steps=2)(data.parts["test"]["data"]).shape == (30, 16)
    assert Pictures(data.spec, bands)(data.parts["test"]["data"]).shape == (30, 2 * bands * 33)


def test_kept_in_a_folder_it_needs_no_data(tmp_path):
    data = Bleeps()
    found = fitted(data, output="probabilities", steps=5)
    save_extractor(found, tmp_path / "judge")
    again, x = Folder(SPEC, path=str(tmp_path / "judge")), data.parts["test"]["data"]
    assert again.gives == "probabilities" and torch.equal(again(x), found(x))


def test_from_a_recipe_and_what_it_cannot_be_taught():
    found = registry().bind("extractor", {"name": "audio/sound-classifier", "hidden": 7}, "[x]").make(SPEC)
    with pytest.raises(UserError, match=r"sound-classifier\[log-mel\] is not trained: call fit"):
        found(torch.zeros(1, 1, LENGTH))
    with pytest.raises(UserError, match=r"sound-classifier\[log-mel\]: the training split has no labels"):
        fitted(Bleeps(labelled=False))


@pytest.mark.skipif(not FSDD.is_dir(), reason="the Free Spoken Digit Dataset is not at ../shared/data/fsdd")
def test_spoken_digits():
    """A quarter of the budget on 600 files already names most of them; docs/extractors.md has the whole."""
    pytest.importorskip("soundfile")
    data = Sounds(root=str(FSDD), labels="name", label_pattern="fsdd", rate=8000, length=8192, max_files=800)
    found = fitted(data, steps=150, width=16, hidden=64)
    assert found.summary["accuracy"] > 0.85
