"""The audio extractors: mel filters against librosa, scale, determinism, and what they tell apart."""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path

import pytest
import torch

import gansuite_audio
from gansuite.metrics import kad
from gansuite_audio.metrics.log_mel import LogMel, LogMelStatistics, mel_filters
from gansuite_audio.metrics.random_cnn import RandomCNN
from gansuite_audio.spec import AudioSpec

RATE, LENGTH, CLIPS = 16_000, 8_192, 96
SPEC = AudioSpec(RATE, 1, LENGTH)
DRUMS = Path(gansuite_audio.__file__).parent / "embedded" / "drums"


def tones(seed, n=CLIPS, pitches=None):
    """Decaying tones of ten harmonics, pitch log-uniform in 110-880 Hz."""
    generator = torch.Generator().manual_seed(seed)
    u = torch.rand(4, n, 1, 1, generator=generator)
    pitch = 110 * 8 ** u[0] if pitches is None else torch.full((n, 1, 1), float(pitches))
    t, k = torch.arange(LENGTH).view(1, 1, -1) / RATE, torch.arange(1, 11).view(1, 10, 1)
    partials = torch.sin(2 * math.pi * k * pitch * t + 2 * math.pi * u[1]) / k
    return (0.1 + 0.2 * u[2]) * partials.sum(1, keepdim=True) * torch.exp(-(2 + 6 * u[3]) * t)


def noise(x, decibel, seed=9):
    generator = torch.Generator().manual_seed(seed)
    return x + 10 ** (decibel / 20) * torch.randn(x.shape, generator=generator)


def low_pass(x, frequency):
    spectrum = torch.fft.rfft(x)
    return torch.fft.irfft(spectrum * (torch.fft.rfftfreq(x.shape[-1], 1 / RATE) < frequency), n=x.shape[-1])


@pytest.mark.parametrize("extractor", [RandomCNN(SPEC), RandomCNN(SPEC, seed=1), LogMelStatistics(SPEC)])
def test_every_corruption_is_farther_than_the_same_law(extractor):
    real, other = extractor(tones(0)), tones(1)
    corrupted = {
        "same law": other,
        "-60 dB noise": noise(other, -60),
        "-40 dB noise": noise(other, -40),
        "-30 dB noise": noise(other, -30),
        "-15 dB noise": noise(other, -15),
        "low-pass at 2 kHz": low_pass(other, 2000),
        "low-pass at 1 kHz": low_pass(other, 1000),
        "one pitch": tones(1, pitches=330),
        "four clips": other[:4].repeat(CLIPS // 4, 1, 1),
        "white noise": noise(torch.zeros_like(other), -10),
    }
    found = {name: kad(real, extractor(x)) for name, x in corrupted.items()}
    values = {name: estimate.value for name, estimate in found.items()}
    assert found["same law"].low < 0 < found["same law"].high
    assert abs(values["same law"]) < 0.02
    assert abs(values["-60 dB noise"]) < 0.03  # below hearing next to these tones: no louder than silence
    floor = found["same law"].high
    assert floor < values["-40 dB noise"] < values["-30 dB noise"] < values["-15 dB noise"] < values["white noise"]
    assert values["same law"] + 0.005 < values["low-pass at 2 kHz"] < values["low-pass at 1 kHz"]
    assert all(values[name] > floor for name in ("low-pass at 1 kHz", "one pitch", "four clips"))


@pytest.mark.parametrize("kind", [RandomCNN, LogMelStatistics])
def test_drums_halves_agree_and_noise_silence_and_clicks_are_far(kind):
    """Zero-padded one-shots: the padding must not drown what tells them from silence."""
    soundfile = pytest.importorskip("soundfile")
    length = 4096
    clips = torch.zeros(234, 1, length)
    for clip, path in zip(clips, sorted(DRUMS.glob("*.flac")), strict=False):
        sound = torch.from_numpy(soundfile.read(path, dtype="float32", frames=length)[0])
        clip[0, : len(sound)] = sound
    clips = clips[torch.randperm(234, generator=torch.Generator().manual_seed(0))]
    half, other = clips[:117], clips[117:]
    clicks = torch.zeros_like(other)
    clicks[..., 100] = 0.9
    extractor = kind(AudioSpec(RATE, 1, length))
    real = extractor(half)
    same = kad(real, extractor(other))
    assert same.low < 0 < same.high
    assert same.high < 0.03
    few = kad(real, extractor(other[:4].repeat(30, 1, 1)[:117])).value
    assert few > 0.08
    for far in (noise(torch.zeros_like(other), -10), torch.zeros_like(other), clicks):
        assert kad(real, extractor(far)).value > 1.5 * few


@pytest.mark.parametrize("rate", [8_000, 16_000, 44_100])
def test_mel_filters_are_those_of_librosa(rate):
    librosa = pytest.importorskip("librosa")
    mel = LogMel(rate)
    ours = mel_filters(rate, mel.bins, 64).double()
    theirs = torch.from_numpy(librosa.filters.mel(sr=rate, n_fft=mel.bins, n_mels=64, htk=True, norm=None))
    assert (ours - theirs).abs().max() < 1e-5
    assert ours.sum(1).min() > 0  # no band lies between two bins


@pytest.mark.parametrize("rate", [8_000, 22_050, 48_000])
def test_silence_is_minus_one_and_a_full_scale_sine_about_one(rate):
    mel = LogMel(rate)
    t = torch.arange(4096) / rate
    bin_1k = round(1000 * mel.bins / rate)
    peak = bin_1k * rate / mel.bins
    sine = mel(torch.sin(2 * math.pi * peak * t).view(1, 1, -1))
    assert torch.allclose(mel(torch.zeros(1, 1, 4096)), torch.tensor(-1.0), atol=1e-5)
    assert 0.95 < sine.amax() < 1.2  # a window spreads a sine over three bins
    assert sine.shape[2] == 64


@pytest.mark.parametrize(("channels", "length", "rate"), [(1, 4096, 8_000), (2, 65_536, 44_100), (1, 65_536, 48_000)])
def test_features_have_one_size_for_every_sound(channels, length, rate):
    spec = AudioSpec(rate, channels, length)
    x = torch.zeros(2, channels, length)
    assert RandomCNN(spec)(x).shape == (2, 256)
    assert LogMelStatistics(spec)(x).shape == (2, 128 * channels)
    assert RandomCNN(spec)(x).dtype == torch.float32


def test_weights_are_a_function_of_the_seed_alone():
    torch.manual_seed(1)
    before = torch.get_rng_state()
    extractor = RandomCNN(SPEC)
    assert torch.equal(torch.get_rng_state(), before)
    assert not any(p.requires_grad for p in extractor.parameters())
    others = [RandomCNN(SPEC, seed=1), RandomCNN(SPEC, width=16), RandomCNN(SPEC, bands=40)]
    others.append(RandomCNN(AudioSpec(22_050, 1, LENGTH)))
    prints = {each.fingerprint for each in (extractor, *others)}
    assert len(prints) == 5
    assert LogMelStatistics(SPEC).fingerprint not in prints


def test_another_process_has_the_same_fingerprint_and_features():
    code = (
        "import torch; torch.manual_seed(7)\n"
        "from gansuite_audio.metrics.random_cnn import RandomCNN; from gansuite_audio.spec import AudioSpec\n"
        f"e = RandomCNN(AudioSpec({RATE}, 1, {LENGTH})); x = torch.linspace(-1, 1, {LENGTH}).sin().view(1, 1, -1)\n"
        "print(e.fingerprint, e(x).double().sum().item().hex())"
    )
    out = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    extractor = RandomCNN(SPEC)
    x = torch.linspace(-1, 1, LENGTH).sin().view(1, 1, -1)
    assert out == [extractor.fingerprint, extractor(x).double().sum().item().hex()]


def test_frequency_is_heard_although_convolutions_are_equivariant():
    """Two pitches with the same envelope have distant features: the frequency channel breaks the symmetry."""
    extractor = RandomCNN(SPEC)
    low, high, again = (extractor(tones(0, 8, pitches=p)) for p in (200, 400, 202))
    assert (low - high).norm(dim=1).min() > 3 * (low - again).norm(dim=1).max()
