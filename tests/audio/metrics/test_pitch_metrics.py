"""Accuracy and entropy of pitches: counted by hand, corrected for bias, without each block, and over many draws."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from gansuite.errors import UserError
from gansuite.metrics import MetricError
from gansuite.metrics.jackknife import block_labels
from gansuite.metrics.statistics.modes import wilson
from gansuite_audio.metrics.pitch import Pitch
from gansuite_audio.metrics.pitch_metrics import PitchAccuracy, PitchEntropy
from gansuite_audio.spec import AudioSpec

SPEC = AudioSpec(16_000, 1, 8_192, ("C4", "62", "64"))


def accuracy(spec=SPEC, **options):
    metric = PitchAccuracy(**options)
    metric.bind(spec)
    return metric


def rows(pitch):
    pitch = torch.as_tensor(pitch, dtype=torch.float32)
    return torch.stack([pitch, (pitch > 0).float()], 1)


def entropy(notes, **options):
    return PitchEntropy()(rows(notes), rows(notes), **options)[0]


def test_each_kind_of_answer_is_counted():
    """Right within half a semitone, an octave off, another note, none."""
    asked = torch.tensor([0, 1, 2, 0, 1]).repeat(8)
    pitch = torch.tensor([60.4, 61.6, 52.1, 61.0, 0.0]).repeat(8)
    [found] = accuracy()(rows(pitch), rows(pitch), labels={"real": asked, "fake": asked})
    assert (found.value, found.extras) == (0.4, {"octave errors": 0.2, "without pitch": 0.2})
    [wide] = accuracy(tolerance=1.5)(rows(pitch), rows(pitch), labels={"real": asked, "fake": asked})
    assert wide.value == pytest.approx(0.6)
    assert found.direction == "max" and 0 < found.low < 0.4 < found.high < 1


def test_interval_is_wilsons_at_all_and_none_and_covers():
    asked = torch.zeros(100, dtype=torch.int64)
    for pitch, right in ((60.0, 100), (65.0, 0)):
        [found] = accuracy()(rows([60.0] * 100), rows([pitch] * 100), labels={"real": asked, "fake": asked})
        low, high = wilson(torch.tensor([right]), 100)
        assert found.value == right / 100
        assert abs(found.low - float(low) / 100) < 0.02 and abs(found.high - float(high) / 100) < 0.02
    generator, covered = np.random.default_rng(0), 0
    for _ in range(300):
        pitch = np.where(generator.random(100) < 0.7, 60.0, 61.0)
        [found] = accuracy()(rows(pitch), rows(pitch), labels={"real": asked, "fake": asked})
        covered += found.low <= 0.7 <= found.high
    assert 0.92 <= covered / 300 <= 0.99


def test_floor_and_untrained_are_the_same_share_of_their_sets():
    asked = {name: torch.arange(60) % 3 for name in ("real", "fake", "floor", "untrained")}
    truth = torch.tensor([60.0, 62.0, 64.0])[asked["fake"]]
    some = torch.where(torch.arange(60) % 4 == 0, 0.0, truth)
    metric = accuracy()
    known = metric.prepare(rows(truth), rows(truth), 0, labels=asked)
    sets = {"floor": rows(truth), "untrained": rows(torch.zeros(60))}
    [found] = metric(rows(truth), rows(some), labels=asked, known=known, **sets)
    assert (found.floor, found.untrained, found.value) == (1, 0, 0.75)
    assert found.normalised.value == pytest.approx(0.25)
    assert found == accuracy()(rows(truth), rows(some), labels=asked, **sets)[0]


def test_without_a_block_it_is_the_share_of_the_rest():
    labels, generator = block_labels(47, seed=1), torch.Generator().manual_seed(0)
    pitch, asked = 60 + 2 * torch.rand(47, generator=generator), torch.full((47,), 60.0)
    table = accuracy().table({}, torch.cat([rows(pitch), asked[:, None]], 1).double(), labels, 1)
    for b in range(10):
        left = labels != b
        assert table[b + 1, 0] == pytest.approx(float(((pitch[left] - 60) < 0.5).double().mean()), abs=1e-12)


def test_notes_that_sound_as_they_should():
    t, asked = torch.arange(8_192) / 16_000, torch.arange(30) % 3
    f = 440 * 2 ** ((torch.tensor([60.0, 62.0, 64.0])[asked] - 69) / 12)
    x = torch.sin(2 * math.pi * f[:, None] * t)[:, None]
    features = Pitch(SPEC)(x)
    labels = {"real": asked, "fake": asked}
    assert accuracy()(features, features, labels=labels)[0].value == 1
    wrong = {"real": asked, "fake": (asked + 1) % 3}
    assert accuracy()(features, features, labels=wrong)[0].value == 0
    assert PitchEntropy()(features, features)[0].extras["kinds"] == 3


def test_entropy_is_that_of_the_counts_with_miller_and_madows_term():
    notes = [60.2] * 10 + [59.9] * 10 + [72.0] * 20 + [0.0] * 40
    found = entropy(notes)
    p = np.array([20, 20, 40]) / 80
    assert found.value == pytest.approx(-(p * np.log(p)).sum() + 2 / 160, rel=1e-12)
    assert found.extras == {"kinds": 3, "without pitch": 0.5} and found.direction == "target"
    assert entropy([60.0] * 40).value == 0
    labels = block_labels(80, seed=2)
    table = PitchEntropy().table({}, rows(notes).double(), labels, 2)
    for b in range(10):
        left = torch.tensor(notes)[labels != b].round()
        count = left.unique(return_counts=True)[1].double()
        share = count / count.sum()
        truth = -(share * share.log()).sum() + (len(count) - 1) / (2 * count.sum())
        assert table[b + 1, 0] == pytest.approx(float(truth), rel=1e-12)


def test_entropy_is_unbiased_to_first_order_and_its_intervals_cover():
    p, draws, generator = np.arange(1, 11) / 55, 300, np.random.default_rng(0)
    truth = -(p * np.log(p)).sum()
    notes = [60 + generator.choice(10, 80, p=p) for _ in range(draws)]
    found = [entropy(each.astype(float)) for each in notes]
    values = np.array([each.value for each in found])
    error = values.std() / math.sqrt(draws)
    plug_in = np.array([each.value - (each.extras["kinds"] - 1) / 160 for each in found])
    assert abs(values.mean() - truth) < 4 * error + 0.006
    assert plug_in.mean() < truth - 10 * error
    assert 0.90 <= np.mean([each.low <= truth <= each.high for each in found]) <= 0.99


def test_bad_input_is_told():
    pitch, asked = rows([60.0] * 40), torch.zeros(40, dtype=torch.int64)
    with pytest.raises(MetricError, match="come without labels"):
        accuracy()(pitch, pitch)
    with pytest.raises(MetricError, match=r'no pitches: write extractor = "audio/pitch"'):
        accuracy()(pitch.repeat(1, 3), pitch.repeat(1, 3), labels={"real": asked, "fake": asked})
    with pytest.raises(MetricError, match=r'no pitches: write extractor = "audio/pitch"'):
        PitchEntropy()(pitch.repeat(1, 3), pitch.repeat(1, 3))
    with pytest.raises(MetricError, match="fake labels: give one that is at least 0 for each of 40 rows"):
        accuracy()(pitch, pitch, labels={"real": asked, "fake": asked - 1})
    with pytest.raises(UserError, match="class 'kick' is no pitch: name classes by MIDI numbers or notes"):
        accuracy(AudioSpec(16_000, 1, 8_192, ("60", "kick")))
