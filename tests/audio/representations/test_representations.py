"""What all representations keep: sounds, rows and channels, statistics, devices, runs."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from gansuite.testing.device import OneDevice
from gansuite_audio.data.drums import Drums
from gansuite_audio.representations.complex_spectrogram import ComplexSpectrogram
from gansuite_audio.representations.instantaneous_frequency import LogInstantaneousFrequency, MelInstantaneousFrequency
from gansuite_audio.representations.log_spectrogram import LogSpectrogram
from gansuite_audio.spec import AudioSpec

SPEC = AudioSpec(16000, 1, 4096)
SHORT: dict[str, Any] = {"window": 256, "hop": 64}
INTERPOLATED = (MelInstantaneousFrequency, {**SHORT, "warp": "interpolated"})
EXACT = {
    "log-spectrogram": (LogSpectrogram, {"phase": "learnt", "deviations": 100.0}),
    "log-if": (LogInstantaneousFrequency, SHORT),
    "log-if, long windows": (LogInstantaneousFrequency, {}),
    "log-if without the constant": (LogInstantaneousFrequency, {**SHORT, "drop": "constant"}),
    "mel-if, interpolated": INTERPOLATED,
    "complex": (ComplexSpectrogram, {}),
}
EVERY = [
    (LogSpectrogram, {}),
    (LogSpectrogram, {"phase": "learnt"}),
    (LogInstantaneousFrequency, SHORT),
    (MelInstantaneousFrequency, SHORT),
    INTERPOLATED,
    (ComplexSpectrogram, {}),
]
SMOOTH = EVERY[1:]


@pytest.fixture(scope="module")
def drums() -> Drums:
    return Drums(length=16384)


@pytest.mark.parametrize("name", EXACT)
def test_with_their_phase_recordings_come_back(drums, snr, name) -> None:
    """60 dB is asked for, of the worst of them; from the bank of 16-bit sounds, and as single precision."""
    cls, options = EXACT[name]
    x = drums.batch("test", torch.arange(drums.count("test")), None)["data"]
    seen = cls(drums.spec, **options)
    seen.fit(drums)
    y = seen.encode(x)
    assert y.dtype == torch.float32 and y.abs().max() <= 1
    assert snr(x, seen.decode(y)).min() > 100


@pytest.mark.parametrize("name", EXACT)
def test_noise_comes_back_to_its_first_and_last_sample(noise, fitted, snr, name) -> None:
    cls, options = EXACT[name]
    x = noise()
    seen = fitted(cls, SPEC, x, **options)
    y = seen.decode(seen.encode(x))
    assert snr(x, y).min() > 80
    torch.testing.assert_close(y[..., [0, 1, -2, -1]], x[..., [0, 1, -2, -1]], atol=1e-3, rtol=0)


def test_without_their_phase_magnitudes_come_back(drums, snr) -> None:
    x = drums.batch("test", torch.arange(12), None)["data"]
    seen = LogSpectrogram(drums.spec, deviations=100.0)
    seen.fit(drums)
    y = seen.decode(seen.encode(x))
    near, whole = seen.frames(y).abs(), seen.frames(x).abs()
    convergence = (near - whole).flatten(1).norm(dim=1) / whole.flatten(1).norm(dim=1)
    assert convergence.mean() < 0.3
    assert snr(x, y).mean() < 10  # the waveform does not: phase is not known


@pytest.mark.parametrize(("cls", "options"), EVERY)
def test_silence_comes_back(noise, fitted, cls, options) -> None:
    silence = torch.zeros(2, 1, 4096)
    seen = fitted(cls, SPEC, torch.cat([noise(), silence]), **options)
    y = seen.encode(silence)
    assert y.isfinite().all()
    assert seen.decode(y).abs().max() < 1e-4


@pytest.mark.parametrize(("cls", "options"), EVERY)
def test_rows_and_channels_are_told_apart(noise, fitted, cls, options) -> None:
    """A batch is its rows, and stereo two mono sounds."""
    stereo, x = AudioSpec(16000, 2, 4096, ("a",)), noise(4, 2)
    seen = fitted(cls, stereo, x, **options)
    y = seen.encode(x)
    assert y.shape == (4, *seen.spec.shape) and seen.spec.labels == ("a",) and seen.spec.rate == 16000
    torch.testing.assert_close(seen.encode(x[1:2]), y[1:2], atol=1e-4, rtol=0)
    torch.testing.assert_close(seen.decode(y[2:]), seen.decode(y)[2:], atol=1e-5, rtol=0)
    swapped = seen.decode(seen.encode(x.flip(1)))
    torch.testing.assert_close(swapped.flip(1), seen.decode(y), atol=1e-4, rtol=0)


@pytest.mark.parametrize(("cls", "options"), EVERY)
def test_statistics_are_in_the_checkpoint(noise, fitted, cls, options) -> None:
    x = noise()
    seen, other = fitted(cls, SPEC, x, **options), cls(SPEC, **options)
    other.load_state_dict(seen.state_dict())
    assert torch.equal(seen.encode(x), other.encode(x))
    assert sum(buffer.numel() for buffer in seen.state_dict().values()) <= 2 * 129  # and nothing that can be derived


@pytest.mark.parametrize(("cls", "options"), EVERY)
def test_nothing_waits_for_the_device(cls, options) -> None:
    seen = cls(SPEC, **options).to("meta")
    x = torch.empty(3, 1, 4096, device="meta")
    seen.fit(SimpleNamespace(count=lambda split: 3, batch=lambda split, index, rng: {"data": x}))
    with OneDevice():
        assert seen.decode(seen.encode(x)).shape == x.shape


@pytest.mark.parametrize(("cls", "options"), SMOOTH)
def test_the_inverse_has_a_gradient(noise, fitted, cls, options) -> None:
    """Along a random direction it is the difference quotient's, and finite for silence and what is below it."""
    spec, x = AudioSpec(16000, 1, 512), noise(2, length=512)
    seen = fitted(cls, spec, x, **options)
    for picture in (seen.encode(x), seen.encode(torch.zeros_like(x)), torch.full_like(seen.encode(x), -5)):
        y = picture.requires_grad_()
        (slope,) = torch.autograd.grad(seen.decode(y).square().mean(), y)
        assert slope.isfinite().all()
    y = seen.encode(x).requires_grad_()
    weight = noise(2, length=512, seed=5)
    (slope,) = torch.autograd.grad((seen.decode(y) * weight).sum(), y)
    aside = 1e-3 * slope / slope.norm()
    with torch.no_grad():
        there, back = seen.decode(y + aside), seen.decode(y - aside)
        assert float(((there - back) * weight).sum()) == pytest.approx(float((2 * aside * slope).sum()), rel=0.05)


@pytest.mark.parametrize(("cls", "options"), SMOOTH)
def test_autocast_does_not_round_phases(noise, fitted, cls, options) -> None:
    x = noise()
    seen = fitted(cls, SPEC, x, **options)
    plain = seen.decode(seen.encode(x))
    with torch.autocast("cpu", torch.bfloat16):
        torch.testing.assert_close(seen.decode(seen.encode(x)), plain)


def test_a_run_makes_and_scores_pictures_and_writes_sounds(tmp_path) -> None:
    import gansuite
    from gansuite.recipes import read

    small = {"dim": 2, "optimizer": "adam"}
    tables = {
        "plugin": "audio",
        "data": {"name": "drums", "length": 2048, "batch_size": 4},
        "representation": {"name": "log-spectrogram", "iterations": 2},
        "players": {"generator": {"name": "specgan", **small}, "critic": {"name": "specgan", **small}},
        "prior": {"name": "uniform", "size": 4},
        "train": {"steps": 2, "samples": 2},
        "metrics": [{"name": "kad", "n": 8}],
    }
    run = gansuite.run(read(tables), out=tmp_path / "run")
    assert run.sample(3, 0).shape == (3, 1, 2048)
    assert len(gansuite.sample(tmp_path / "run", 2, out=tmp_path / "drawn")) == 2  # needs no data: statistics are saved
    assert json.loads((tmp_path / "run" / "run.json").read_text())["spec"]["length"] == 2048
    again = gansuite.load(tmp_path / "run")
    assert torch.equal(again.sample(3, 0), run.sample(3, 0))
