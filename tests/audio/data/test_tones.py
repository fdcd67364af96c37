from __future__ import annotations

import math
import shutil
from collections import Counter

import numpy as np
import pytest
import torch

from gansuite.errors import UserError
from gansuite_audio.data import tones
from gansuite_audio.data.timbres import HARMONICS, TIMBRES, K, Partials
from gansuite_audio.data.tones import Tones, plan, rendered

ALL = {"train": 1.0}


def waves(data: Tones) -> np.ndarray:
    return data.batch("train", torch.arange(data.count("train")), None)["data"][:, 0].numpy()


def made(**options) -> Tones:
    return Tones(**{"count": 122, "length": 8192, "split": ALL} | options)


# ------------------------------------------------------------------------------------------------------------- formulas


def test_the_matrix_product_is_the_sum_of_damped_rising_harmonics():
    rate, length, draw = 16000, 1000, np.random.default_rng(0)
    f, phase = np.array([[220.0], [1300.0]]), draw.uniform(0, 6, (2, HARMONICS))
    of = Partials(*(draw.uniform(low, high, (2, HARMONICS)) for low, high in ((0, 1), (0.001, 0.05), (0.1, 30))))
    t = np.arange(length)[:, None] / rate
    truth = [
        (a * (1 - np.exp(-t / r)) * np.exp(-d * t) * np.cos(2 * np.pi * K * hz * t + p)).sum(1)
        for a, r, d, hz, p in zip(of.level, of.rise, of.decay, f[:, 0], phase, strict=True)
    ]
    assert np.allclose(rendered(of, f, phase, rate, length), truth, atol=1e-10)


def test_timbres_are_what_they_say():
    u, f = np.full((1, 3), 0.5), np.array([[440.0]])
    part = {name: law(f, u) for name, law in TIMBRES.items()}
    assert np.flatnonzero(part["sine"].level).tolist() == [0]
    assert [int(K[i]) for i in np.flatnonzero(part["organ"].level)] == [1, 2, 3, 4, 6, 8]
    assert (part["organ"].decay == 0).all() and (part["reed"].decay == 0).all()
    odd, even = part["reed"].level[0, 0::2], part["reed"].level[0, 1::2]
    assert (even < 0.07 * odd).all()
    assert np.allclose(part["brass"].rise[0, 15] / part["brass"].rise[0, 0], 4)
    # β = 0.2, the geometric middle: every fifth harmonic has a node where the string is plucked.
    assert part["plucked"].level[0, 4::5].max() < 1e-12 < part["plucked"].level[0, 5]
    assert part["plucked"].level[0, 1] / part["plucked"].level[0, 0] == pytest.approx(math.cos(math.pi / 5))
    decay = part["plucked"].decay[0]
    assert np.allclose((decay[2] / decay[0] - 1) / (decay[1] / decay[0] - 1), (9 - 1) / (4 - 1))
    assert np.allclose(part["struck"].decay[0, 3] / part["struck"].decay[0, 0], 2)


@pytest.mark.parametrize("timbre", TIMBRES)
def test_each_note_sounds_at_its_pitch(timbre):
    data = made(count=25, pitches=[36, 84], timbres=(timbre,), labels="pitch", length=16384)
    batch = data.batch("train", torch.arange(25), None)
    size = 1 << 18
    spectrum = np.abs(np.fft.rfft(batch["data"][:, 0].numpy() * np.hanning(16384), size))
    for row, label in zip(spectrum, batch["label"].tolist(), strict=True):
        truth = 440 * 2 ** ((int(data.spec.labels[label]) - 69) / 12)
        # The fundamental may be a weak partial, so the peak is looked for within a semitone of it.
        near = slice(int(truth / 1.06 * size / 16000), int(truth * 1.06 * size / 16000))
        found = (near.start + row[near].argmax()) * 16000 / size
        assert abs(1200 * math.log2(found / truth)) < 25  # cents: five deviations of the detuning
        assert row[near].max() > 0.01 * row.max()


def test_nothing_sounds_above_nyquist():
    # A partial beyond Nyquist would fold back to where no harmonic is.
    data = made(count=1, pitches=[100, 100], timbres=("brass",), length=16384)
    x, f = waves(data)[0], 440 * 2 ** (31 / 12)
    spectrum = np.abs(np.fft.rfft(x * np.blackman(len(x))))
    hertz = np.fft.rfftfreq(len(x), 1 / 16000)
    off = np.abs(hertz / f - np.rint(hertz / f)) * f > 100
    assert spectrum[off].max() < 0.003 * spectrum.max()


def test_held_then_released():
    x = waves(made(count=20, timbres=("organ",), pitches=[60, 79]))
    level = np.sqrt(np.square(x).reshape(20, 32, -1).mean(2))
    assert (level[:, 20] > 0.5 * level[:, 4]).all() and (level[:, -1] < 0.01 * level[:, 20]).all()
    assert np.abs(x).max(1).min() > 0.99 and np.abs(x).max() <= 1


# ------------------------------------------------------------------------------------------------------------- data set


def test_pitches_and_timbres_come_in_equal_numbers_and_in_order():
    data = made(count=3 * 61 * 2, labels="pitch", timbres=("sine", "reed", "struck"), length=1024)
    assert data.spec.labels == tuple(map(str, range(24, 85)))
    assert set(data.summary["labels"].values()) == {6}
    wide = made(count=24, labels="pitch", pitches=[98, 101], length=1024)
    assert wide.spec.labels == ("98", "99", "100", "101")
    named = made(count=24, labels="timbre", pitches=[60, 61], timbres=("reed", "brass"), length=1024)
    assert named.spec.labels == ("reed", "brass") and named.summary["labels"] == {"brass": 12, "reed": 12}
    pairs = Counter(tuple(name.split("_")[:2]) for name in named.names("train"))
    assert pairs == {(timbre, pitch): 6 for timbre in ("reed", "brass") for pitch in ("060", "061")}
    label = named.batch("train", torch.arange(24), None)["label"].tolist()
    assert [name.split("_")[0] for name in named.names("train")] == [named.spec.labels[i] for i in label]
    assert made(count=4, length=1024).spec.labels == ()


def test_equal_seeds_give_equal_notes_and_no_two_notes_are_equal(cache):
    once, other = made(), made(seed=1)
    first = waves(once).copy()
    assert len({row.tobytes() for row in first}) == 122
    shutil.rmtree(cache)
    assert np.array_equal(waves(made()), first) and made().fingerprint == once.fingerprint
    assert not np.array_equal(waves(other), first) and other.fingerprint != once.fingerprint


def test_more_notes_begin_with_the_same_ones():
    few, many = plan(30, range(60, 72), tones.ALL, 7), plan(90, range(60, 72), tones.ALL, 7)
    assert few.timbre == many.timbre[:30] and np.array_equal(few.pitch, many.pitch[:30])
    assert np.array_equal(few.phase, many.phase[:30]) and np.array_equal(few.character, many.character[:30])
    assert abs(np.std(plan(4000, range(60, 72), tones.ALL, 7).detuning) / 0.05 - 1) < 0.05


def test_splits_do_not_hang_on_rendered_bits_and_rendering_happens_once(monkeypatch):
    shares = {name: made(split=None).count(name) for name in ("train", "valid", "test")}
    assert sum(shares.values()) == 122 and 85 < shares["train"] < 110
    monkeypatch.setattr(tones, "clips", lambda *a: pytest.fail("rendered again"))
    assert made(labels="timbre").summary["used"] == 122


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"pitches": [80, 60]}, r"pitches = \[80, 60\]: write the lowest first"),
        ({"pitches": [60, 100], "rate": 4000}, r"pitches = \[60, 100\]: 2637 Hz needs a rate above 4000 Hz"),
    ],
)
def test_pitches_that_cannot_be(options, message):
    with pytest.raises(UserError, match=message):
        made(**options)
