from __future__ import annotations

import numpy as np
import pytest
import soundfile
import torch

from gansuite.errors import UserError
from gansuite_audio.spec import AudioSpec
from gansuite_audio.writers.wav import WavWriter

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


def test_what_cannot_be_written_is_told(tmp_path):
    with pytest.raises(ValueError, match="mp3 has no 24 bits"):
        WavWriter(SPEC, format="mp3", bits=24)
    (tmp_path / "000.wav").mkdir()
    with pytest.raises(UserError, match=r"cannot write .*000\.wav"):
        WavWriter(SPEC).write(steps(1, 16), tmp_path)
