from __future__ import annotations

import json

import numpy as np
import pytest
import soundfile
import torch

from gansuite.errors import UserError
from gansuite.plugins.registry import registry
from gansuite_audio.spec import AudioSpec
from gansuite_audio.writers.wav import HIGHEST, WavWriter

SPEC = AudioSpec(rate=44100, channels=2, length=5000)


def steps(n: int, bits: int) -> torch.Tensor:
    """Samples that lie on the steps of an integer format, its ends included."""
    generator = torch.Generator().manual_seed(0)
    x = torch.randint(-(2 ** (bits - 1)), 2 ** (bits - 1), (n, *SPEC.shape), generator=generator)
    x[0, 0, :2] = torch.tensor([-(2 ** (bits - 1)), 2 ** (bits - 1) - 1])
    return x.double().div(2 ** (bits - 1)).float()


@pytest.mark.parametrize(("format", "bits"), [("wav", 16), ("flac", 16), ("wav", 24), ("flac", 24), ("wav", 32)])
def test_what_is_written_is_read_back_exactly(tmp_path, format, bits):
    x = steps(3, min(bits, 24))
    writer = WavWriter(SPEC, format=format, bits=bits)
    paths = writer.write(x, tmp_path / "new", "take-")
    assert [path.name for path in paths] == [f"take-{i:03d}.{format}" for i in range(3)]
    for path, sample in zip(paths, x, strict=True):
        values, rate = soundfile.read(path, dtype="float32")
        assert rate == 44100 and np.array_equal(values.T, sample.numpy())


@pytest.mark.parametrize("format", ["ogg", "mp3"])
def test_lossy_formats_keep_the_sound(tmp_path, format):
    spec = AudioSpec(16000, 1, 16000)
    x = (0.5 * torch.sin(2 * torch.pi * 440 * torch.arange(16000) / 16000)).view(1, 1, -1)
    (path,) = WavWriter(spec, format=format).write(x, tmp_path)
    values, rate = soundfile.read(path, dtype="float32")
    assert rate == 16000 and abs(len(values) - 16000) <= 2400
    assert abs(np.abs(np.fft.rfft(values[:16000])).argmax() - 440) <= 1


def test_two_minutes_of_stereo_vorbis_are_written_in_blocks(tmp_path):
    noise = torch.rand(1, 2, 120 * 16000, generator=torch.Generator().manual_seed(0)) - 0.5
    (path,) = WavWriter(AudioSpec(16000, 2, 120 * 16000), format="ogg").write(noise, tmp_path)
    assert soundfile.info(path).frames == 120 * 16000


@pytest.mark.parametrize("bits", [16, 24, 32])
def test_what_is_too_loud_is_clipped_never_wrapped(tmp_path, bits):
    x = torch.tensor([[[2.0, -3.0, 1.0, -1.0, torch.nan, torch.inf]]])
    (path,) = WavWriter(AudioSpec(16000, 1, 6), bits=bits).write(x, tmp_path)
    values, _ = soundfile.read(path, dtype="float32")
    assert np.allclose(values, [1, -1, 1, -1, 0, 1], atol=1e-4)


@pytest.mark.parametrize("rate", [8000, 44100, 48000])
def test_another_rate_keeps_length_pitch_and_loudness(tmp_path, rate):
    x = (0.5 * torch.sin(2 * torch.pi * 440 * torch.arange(16000) / 16000)).view(1, 1, -1)
    (path,) = WavWriter(AudioSpec(16000, 1, 16000), rate=rate).write(x, tmp_path)
    values, found = soundfile.read(path, dtype="float64")
    assert (found, len(values)) == (rate, rate)
    truth = 0.5 * np.sin(2 * np.pi * 440 * np.arange(rate) / rate)
    inner = slice(rate // 50, -rate // 50)
    assert np.abs(values - truth)[inner].max() < 2e-4


def test_what_a_lower_rate_cannot_hold_is_removed_and_not_folded(tmp_path):
    phase = 2 * torch.pi * 7000 * torch.arange(16000, dtype=torch.float64) / 16000
    x = (phase.sin() / 2).float().view(1, 1, -1)
    (path,) = WavWriter(AudioSpec(16000, 1, 16000), rate=8000, bits=32).write(x, tmp_path)
    values, _ = soundfile.read(path, dtype="float64")
    assert np.abs(values[200:-200]).max() < 1e-6


@pytest.mark.parametrize(
    ("format", "rate", "told"),
    [
        ("mp3", 14700, "mp3 has no rate 14700; set rate to one of 8000, 11025"),
        ("ogg", 200001, "ogg ends at a rate of 200000"),  # above, libsndfile ends the whole process
        ("flac", 700000, "flac ends at a rate of 655350"),
    ],
)
def test_a_rate_that_the_format_has_not_is_refused_before_anything_is_written(format, rate, told):
    with pytest.raises(ValueError, match=told):
        WavWriter(SPEC, format=format, rate=rate)
    with pytest.raises(ValueError, match=told):
        WavWriter(AudioSpec(rate, 1, 10), format=format)


@pytest.mark.parametrize("rate", ["0", "-16000", "999", "768001", "44100.5", "true"])
def test_an_absurd_rate_is_told_with_its_place(rate):
    table = {"name": "wav", "rate": json.loads(rate)}
    with pytest.raises(UserError, match=r"^\[writer\] rate = "):
        registry().bind("writer", table, "[writer]", "audio")


@pytest.mark.parametrize("format", ["flac", "ogg"])
def test_the_highest_rate_of_a_format_is_written(tmp_path, format):
    rate = HIGHEST[format]
    (path,) = WavWriter(AudioSpec(16000, 2, 2000), format=format, rate=rate).write(torch.zeros(1, 2, 2000), tmp_path)
    assert soundfile.info(path).samplerate == rate


def test_a_sequence_is_one_file_whose_joints_do_not_click(tmp_path):
    x = torch.full((3, 2, 5000), 0.5)
    x[1] = -0.5
    (path,) = WavWriter(SPEC, bits=24).write_sequence(x, tmp_path / "new", "seven-")
    values, rate = soundfile.read(path, dtype="float32")
    assert (path.name, rate, values.shape) == ("seven-walk.wav", 44100, (15000, 2))
    fade = round(0.005 * 44100)
    for i in range(3):
        each = values[5000 * i : 5000 * (i + 1)]
        assert np.allclose(each[: 5000 - fade], x[i, :, 0].numpy(), atol=1e-6)  # the attack is left alone
        assert np.abs(each[-1]).max() < 1e-6
        assert np.abs(np.diff(each[-fade:], axis=0)).max() < 0.5 / fade * 1.1
    assert float(x[0, 0, -1]) == 0.5  # what was given is as it was


def test_what_cannot_be_written_is_told(tmp_path):
    with pytest.raises(ValueError, match="mp3 has no 24 bits"):
        WavWriter(SPEC, format="mp3", bits=24)
    (tmp_path / "000.wav").mkdir()
    with pytest.raises(UserError, match=r"cannot write .*000\.wav"):
        WavWriter(SPEC).write(steps(1, 16), tmp_path)
