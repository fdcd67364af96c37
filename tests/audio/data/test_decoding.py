from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import soundfile

from gansuite_audio.data import decoding
from gansuite_audio.data.decoding import Decoding, Unusable, decode

PLAIN = Decoding(16000, 1000, 1, "random-slice", "none", "pad", "keep", -60.0)


def plain(**changes) -> Decoding:
    return dataclasses.replace(PLAIN, **changes)


def tone(frequency: float, rate: int, seconds: float, level: float = 0.5) -> np.ndarray:
    return (level * np.sin(2 * np.pi * frequency * np.arange(int(rate * seconds)) / rate)).astype(np.float32)


def frequency_of(values: np.ndarray, rate: int) -> float:
    """The strongest frequency, by a parabola through the peak of the windowed spectrum."""
    spectrum = np.log(np.abs(np.fft.rfft(values * np.hanning(len(values)))) + 1e-9)
    peak = int(spectrum.argmax())
    a, b, c = spectrum[peak - 1 : peak + 2]
    return (peak + 0.5 * (a - c) / (a - 2 * b + c)) * rate / len(values)


@pytest.mark.parametrize("name", ["x.wav", "x.flac", "x.aiff", "x.aif", "x.caf"])
@pytest.mark.parametrize("channels", [1, 2])
def test_formats_without_loss_keep_every_value(root, sound, name, channels):
    how = {"x.aif": {"format": "AIFF"}, "x.caf": {"subtype": "PCM_16"}}.get(name, {})
    values = sound(name, 5000, channels, **how)
    clip = decode(root / name, plain(channels=channels))
    assert np.array_equal(clip.values, values) and not clip.resampled


def test_the_full_scale_of_int16_is_kept(root, sound):
    values = np.array([[-32768], [32767], [0], [1], [-1]] * 200, np.int16)
    sound("x.wav", values=values)
    assert np.array_equal(decode(root / "x.wav", plain()).values, values)


@pytest.mark.parametrize(
    ("name", "rate", "how"),
    [
        ("x.ogg", 16000, {}),
        ("x.opus", 48000, {"format": "OGG", "subtype": "OPUS"}),
        ("x.mp3", 44100, {}),
        ("x.wav", 22050, {"subtype": "FLOAT"}),
        ("y.wav", 96000, {"subtype": "PCM_24"}),
        ("z.wav", 8000, {"subtype": "PCM_U8"}),
    ],
)
def test_every_format_and_rate_keeps_the_tone_of_440_hz(root, sound, name, rate, how):
    sound(name, rate=rate, values=tone(440, rate, 2.0), **how)
    clip = decode(root / name, plain())
    assert abs(len(clip.values) - 32000) < 100
    middle = clip.values[8000:24000, 0]
    assert abs(frequency_of(middle, 16000) - 440) < 0.2
    assert abs(np.abs(middle).max() / 32768 - 0.5) < 0.03
    assert clip.resampled == (rate != 16000)


def test_what_the_lower_rate_cannot_hold_is_removed(root, sound):
    sound("x.wav", rate=44100, values=tone(11000, 44100, 1.0))
    assert np.abs(decode(root / "x.wav", plain()).values[500:-500]).max() < 33  # -60 dB


def test_channels(root, sound):
    stereo = sound("x.wav", channels=2)
    mean = stereo.astype(np.float64).mean(1, keepdims=True)
    assert np.abs(decode(root / "x.wav", plain()).values - mean).max() <= 0.5
    mono = sound("y.wav")
    assert np.array_equal(decode(root / "y.wav", plain(channels=2)).values, np.repeat(mono, 2, 1))
    sound("z.wav", channels=6)
    with pytest.raises(Unusable, match="6 channels cannot become 2"):
        decode(root / "z.wav", plain(channels=2))


def test_short_files(root, sound):
    values = sound("x.wav", 300)
    for short, expected in {
        "pad": np.concatenate([values, np.zeros((700, 1))]),
        "loop": np.concatenate([values, values, values, values[:100]]),
        "reflect": np.pad(values, ((0, 700), (0, 0)), mode="reflect"),
    }.items():
        clip = decode(root / "x.wav", plain(short=short))
        assert np.array_equal(clip.values, expected), short
        assert clip.extended and not clip.cropped
    for short in ("skip", "error"):
        with pytest.raises(Unusable, match="300 frames") as caught:
            decode(root / "x.wav", plain(short=short))
        assert caught.value.reason == "short"


def test_long_files_are_cropped_only_for_one_shots(root, sound):
    values = sound("x.wav", 2500)
    clip = decode(root / "x.wav", plain(mode="one-shot"))
    assert np.array_equal(clip.values, values[:1000]) and clip.cropped
    clip = decode(root / "x.wav", plain())
    assert np.array_equal(clip.values, values) and not clip.cropped


def test_levels(root, sound):
    values = sound("x.wav", 4000).astype(np.float64) / 32768
    peak = decode(root / "x.wav", plain(normalise="peak")).values / 32768
    assert np.abs(peak - values / np.abs(values).max()).max() <= 1 / 32768
    rms = decode(root / "x.wav", plain(normalise="rms")).values / 32768
    assert abs(np.sqrt(np.mean(rms**2)) - 0.1) < 1e-4
    click = np.zeros((4000, 1), np.int16)
    click[100], click[200] = -3000, 1500
    sound("y.wav", values=click)
    found = decode(root / "y.wav", plain(normalise="rms")).values
    assert (found[100], found[200]) == (-32768, 16384)  # -20 dB would clip


def test_the_level_of_a_file_is_that_of_all_of_it(root, sound):
    values = np.zeros((3000, 1), np.int16)
    values[10], values[2500] = 4000, 16000
    sound("x.wav", values=values)
    assert decode(root / "x.wav", plain(mode="one-shot", normalise="peak")).values[10] == 8192


def test_float_files_beyond_full_scale_are_brought_back_or_clipped(root, sound):
    sound("x.wav", values=tone(440, 16000, 0.1, level=4.0), subtype="FLOAT")
    assert decode(root / "x.wav", plain()).values.max() == 32767
    wave = decode(root / "x.wav", plain(normalise="peak")).values[:1600, 0] / 32768
    assert np.abs(wave - tone(440, 16000, 0.1, level=1.0)).max() < 1e-3


def test_silence(root, sound):
    values = np.zeros((5000, 1), np.int16)
    sound("silent.wav", values=values)
    assert not decode(root / "silent.wav", plain(normalise="peak")).values.any()
    for silence in ("skip", "trim"):
        with pytest.raises(Unusable) as caught:
            decode(root / "silent.wav", plain(silence=silence))
        assert caught.value.reason == "silent"
    values[:] = 20  # -64 dB
    values[1200:3400] = 400  # -38 dB
    sound("x.wav", values=values)
    assert len(decode(root / "x.wav", plain(silence="skip")).values) == 5000
    assert np.array_equal(decode(root / "x.wav", plain(silence="trim")).values, values[1200:3400])
    with pytest.raises(Unusable, match="nothing above -30 dB"):
        decode(root / "x.wav", plain(silence="skip", silence_db=-30.0))


def test_long_files_read_in_blocks_give_the_same(root, sound, monkeypatch):
    how = plain(normalise="peak", silence="trim", silence_db=-20.0)
    sound("x.wav", 50_000, 2, rate=44100)
    whole = decode(root / "x.wav", how).values
    monkeypatch.setattr(decoding, "BLOCK", 777)
    monkeypatch.setattr(decoding, "KEEP", 0)
    assert np.array_equal(decode(root / "x.wav", how).values, whole)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "unreadable"),
        (b"this is no sound", "unreadable"),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", "unreadable"),
    ],
)
def test_what_is_no_sound_says_so(root, content, reason):
    (root / "x.wav").write_bytes(content)
    with pytest.raises(Unusable) as caught:
        decode(root / "x.wav", plain())
    assert caught.value.reason == reason


@pytest.mark.parametrize("name", ["x.flac", "x.mp3"])
def test_a_file_cut_in_half_is_broken_not_short(root, sound, name, capfd):
    sound(name, 40_000)
    content = (root / name).read_bytes()
    (root / name).write_bytes(content[: len(content) // 2])
    with pytest.raises(Unusable) as caught:
        decode(root / name, plain())
    assert caught.value.reason in ("unreadable", "truncated")
    capfd.readouterr()  # libmpg123 warns on its own


def test_empty_and_infinite_sounds(root, sound):
    sound("x.wav", 0)
    with pytest.raises(Unusable) as caught:
        decode(root / "x.wav", plain())
    assert caught.value.reason == "empty"
    soundfile.write(root / "y.wav", np.array([0.0, np.nan, 0.5], np.float32), 16000, subtype="FLOAT")
    with pytest.raises(Unusable) as caught:
        decode(root / "y.wav", plain())
    assert caught.value.reason == "non-finite"
