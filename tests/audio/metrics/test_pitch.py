"""Pitch estimates of notes whose pitch is known, against librosa's YIN, and where there is no pitch."""

from __future__ import annotations

import math

import pytest
import torch

from gansuite.errors import UserError
from gansuite.plugins.registry import registry
from gansuite_audio.metrics.pitch import Pitch, period
from gansuite_audio.spec import AudioSpec

RATE, LENGTH = 16_000, 16_384
SPEC = AudioSpec(RATE, 1, LENGTH)
NOTES = torch.arange(24.0, 97.0)
KINDS = ("sine", "saw", "decaying", "weak fundamental", "odd", "random")


def notes(kind, midi=NOTES, decibel=None, seed=0, rate=RATE, length=LENGTH):
    """Sums of up to ten harmonics of each MIDI pitch, with white noise ``decibel`` below them."""
    generator = torch.Generator().manual_seed(seed)
    f = 440 * 2 ** ((midi.double().view(-1, 1, 1) - 69) / 12)
    t, k = torch.arange(length).double() / rate, torch.arange(1, 11).view(1, -1, 1).double()
    level = {
        "sine": (k == 1) * 1.0,
        "saw": 1 / k,
        "decaying": 1 / k * torch.exp(-(2 + k) * t),
        "weak fundamental": torch.where(k == 1, 0.05, 1 / k),
        "odd": (k % 2) / k,
        "random": 0.1 + 0.9 * torch.rand(len(midi), 10, 1, generator=generator).double(),
    }[kind]
    phase = 2 * math.pi * torch.rand(len(midi), 10, 1, generator=generator).double()
    if kind == "weak fundamental":  # without overtones it would be no note at all
        level = level.where((k > 1) | (2 * f < rate / 2), 1.0)
    x = (level * (k * f < rate / 2) * torch.sin(2 * math.pi * k * f * t + phase)).sum(1, keepdim=True)
    x = 0.5 * x / x.abs().amax(2, keepdim=True)
    if decibel is not None:
        x = x + x.square().mean(2, keepdim=True).sqrt() * 10 ** (-decibel / 20) * torch.randn(
            x.shape, generator=generator
        )
    return x.float()


@pytest.mark.parametrize("kind", KINDS)
def test_clean_notes_to_a_cent_and_noisy_ones_to_the_semitone(kind):
    away = Pitch(SPEC)(notes(kind))[:, 0] - NOTES
    wrong = away.abs() >= 0.5
    assert int(wrong.sum()) <= (kind == "random")
    assert float(100 * away[~wrong].abs().max()) < 1.5
    noisy = Pitch(SPEC)(notes(kind, decibel=10))[:, 0] - NOTES
    assert int((noisy.abs() >= 0.5).sum()) <= 2
    assert int((noisy.abs() > 6).sum()) <= 1  # no octave is mistaken


def test_it_is_right_where_yin_of_librosa_mistakes_octaves():
    librosa = pytest.importorskip("librosa")
    x, own, theirs = [notes(kind, decibel=10) for kind in KINDS], 0, 0
    for each in x:
        own += int((Pitch(SPEC)(each)[:, 0] - NOTES).abs().lt(0.5).sum())
        f = librosa.yin(each[:, 0].numpy(), fmin=30, fmax=2200, sr=RATE, frame_length=2048)
        midi = 69 + 12 * torch.log2(torch.from_numpy(f).median(1).values / 440)
        theirs += int((midi - NOTES).abs().lt(0.5).sum())
    assert own >= 0.98 * len(KINDS) * len(NOTES) > theirs


@pytest.mark.parametrize(("rate", "length"), [(8_000, 8_192), (16_000, 4_096), (44_100, 44_100), (48_000, 20_000)])
def test_rates_and_lengths(rate, length):
    pitch = Pitch(AudioSpec(rate, 1, length))
    midi = torch.arange(30.0, 82.0)
    away = pitch(notes("saw", midi, rate=rate, length=length))[:, 0] - midi
    assert float(away.abs().max()) < 0.05


def test_between_the_semitones():
    midi = NOTES[20:60] + 0.37
    assert torch.allclose(Pitch(SPEC)(notes("saw", midi))[:, 0], midi, atol=0.01)


def test_silence_noise_and_clicks_have_no_pitch():
    noise = torch.randn(32, 1, LENGTH, generator=torch.Generator().manual_seed(0))
    short = Pitch(AudioSpec(RATE, 1, 4096))
    click = torch.zeros(1, 1, LENGTH)
    click[..., 5000] = 1
    for found in (
        Pitch(SPEC)(noise),
        short(noise[..., :4096]),
        Pitch(SPEC)(torch.zeros(2, 1, LENGTH)),
        Pitch(SPEC)(click),
    ):
        assert bool((found[:, 0] == 0).all()) and float(found[:, 1].max()) < 0.3
    for level in (0.7, 0.1, -0.33):
        assert float(Pitch(SPEC)(torch.full((1, 1, LENGTH), level))[0, 0]) == 0
    assert bool((Pitch(SPEC)(noise + 5)[:, 0] == 0).all())


def test_clarity_is_the_share_of_periodic_power():
    """At a long lag r(τ) of a periodic sound in noise is S / (S + N)."""
    for decibel, share in ((0, 0.5), (10, 10 / 11)):
        clarity = Pitch(SPEC)(notes("saw", NOTES[:40], decibel=decibel))[:, 1]
        assert float(clarity.median()) == pytest.approx(share, abs=0.06)


def test_gain_polarity_offset_and_batch_change_nothing():
    x, pitch = notes("saw")[::8], Pitch(SPEC)
    found = pitch(x)
    for other in (pitch(-x), pitch(0.01 * x), pitch(x + 0.2), torch.cat([pitch(row[None]) for row in x])):
        assert torch.allclose(other, found, atol=2e-3)
    stereo = Pitch(AudioSpec(RATE, 2, LENGTH))(x.expand(-1, 2, -1))
    assert torch.allclose(stereo, found, atol=1e-4)


def test_a_register_of_a_few_notes():
    pitch = Pitch(SPEC, low=60, high=72)
    assert torch.allclose(pitch(notes("saw", torch.tensor([60.0, 72.0])))[:, 0], torch.tensor([60.0, 72.0]), atol=0.02)
    assert period(69.0, 44_000) == pytest.approx(100)
    prints = {Pitch(SPEC).fingerprint, pitch.fingerprint, Pitch(AudioSpec(8_000, 1, 8192)).fingerprint}
    assert len(prints) == 3


@pytest.mark.parametrize(
    ("spec", "options", "told"),
    [
        (SPEC, {"low": 60, "high": 60}, "write the lowest MIDI number first"),
        (SPEC, {"high": 120}, "high = 120 is above a quarter of 16000 Hz"),
        (AudioSpec(RATE, 1, 1024), {}, "1024 samples hold no two periods of low = 21"),
    ],
)
def test_ranges_that_do_not_fit_are_told_in_one_line(spec, options, told):
    with pytest.raises(UserError, match=told):
        registry().bind("extractor", {"name": "audio/pitch", **options}, "[x]").make(spec)
