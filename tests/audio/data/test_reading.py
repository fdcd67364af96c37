"""What files are: clipped, of a format that is not read, of too many channels, of other rates."""

from __future__ import annotations

import numpy as np
import pytest

from gansuite.errors import UserError
from gansuite_audio.data import decoding
from gansuite_audio.data.decoding import Clipping, Decoding, decode
from gansuite_audio.data.folder import Folder

HOW = Decoding(16000, 1000, 1, "random-slice", "peak", "pad", "keep", -60.0)


def sine(hertz: float, rate: int, level: float) -> np.ndarray:
    return np.clip(level * np.sin(2 * np.pi * hertz * np.arange(rate) / rate), -1, 32767 / 32768)


@pytest.mark.parametrize("hertz", [100.0, 440.0, 2000.0])
@pytest.mark.parametrize("rate", [16000, 44100])
@pytest.mark.parametrize("channels", [1, 2])
def test_clipping_is_seen_in_the_file_as_it_is(root, sound, hertz, rate, channels) -> None:
    """At its own rate and in each of its channels: resampling and mixing hide it."""
    for level, clipped in ((1.5, True), (0.999, False), (1.0, False)):
        wave = sine(hertz, rate, level)
        sound("x.wav", rate=rate, values=np.stack([0.1 * wave, wave][-channels:], 1))
        assert decode(root / "x.wav", HOW).clipped is clipped, level


def test_a_run_across_blocks_is_one_run(root, sound, monkeypatch) -> None:
    values = np.zeros((1000, 2), np.float32)
    values[499:502, 1] = -1.0
    for cut in (1, 499, 500, 501, 502, 999):
        clipping = Clipping()
        for block in np.split(values, [cut]):
            clipping.add(block)
        assert clipping.found, cut
    values[500] = 0  # now two runs of one frame
    clipping = Clipping()
    for frame in values[:, None]:
        clipping.add(frame)
    assert not clipping.found
    monkeypatch.setattr(decoding, "BLOCK", 7)
    sound("x.wav", values=sine(440, 16000, 2.0))
    assert decode(root / "x.wav", HOW).clipped


def test_a_frame_of_each_channel_is_no_run() -> None:
    clipping = Clipping()
    clipping.add(np.array([[1, 0], [0, 1], [1, 0], [0, 1]], np.float32))
    assert not clipping.found


def test_files_that_must_be_converted_are_named_and_counted(root, sound) -> None:
    sound("good.wav")
    for name in ("take.m4a", "in/b.WMA", "._take.m4a", "in/._c.m4a", "in/._good.wav", "notes.txt"):
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_bytes(b"anything")
    data = Folder(root=str(root), length=1000, split={"train": 1.0})
    assert data.summary["skipped"]["reasons"] == {"foreign format": 2} and data.summary["files"] == 3
    told = {entry["file"]: entry["reason"] for entry in data.summary["skipped"]["files"]}
    assert set(told) == {"take.m4a", "in/b.WMA"} and "ffmpeg -i" in told["take.m4a"]


def test_a_folder_of_nothing_else_says_what_to_do(root) -> None:
    (root / "a.m4a").write_bytes(b"anything")
    with pytest.raises(
        UserError, match=r"no audio found \(\.m4a must be converted first, e\.g\. ffmpeg -i x\.m4a x\.flac"
    ):
        Folder(root=str(root))


def test_channels_that_cannot_become_those_wanted_are_refused_by_file(root, sound) -> None:
    sound("good.wav", 2000, 2)
    sound("surround.wav", 2000, 6, seed=1)
    stereo = Folder(root=str(root), length=1000, channels=2, split={"train": 1.0})
    assert stereo.summary["skipped"]["files"] == [
        {"file": "surround.wav", "reason": "channels: 6 channels cannot become 2; set channels = 1 or 6"}
    ]
    mono = Folder(root=str(root), length=1000, channels=1, split={"train": 1.0})
    assert mono.summary["used"] == 2 and mono.summary["mixed"] == 2


def test_a_wav_cut_short_is_truncated_or_read_as_it_is(root, sound) -> None:
    """A WAV whose header promises more: libsndfile trusts the file's size, so what is there is used."""
    values = sound("x.wav", 4000)
    content = (root / "x.wav").read_bytes()
    (root / "x.wav").write_bytes(content[: 44 + 2 * 3000])
    data = Folder(root=str(root), length=1000, mode="random-slice", normalise="none", split={"train": 1.0})
    assert data.summary["used"] == 1 and data.summary["seconds"] == 3000 / 16000
    assert np.array_equal(data.bank.flat.numpy()[:, None], values[:3000])
