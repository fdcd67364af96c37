"""Single sounds for a person."""

from __future__ import annotations

from typing import Any

import numpy as np

from gansuite.testing.contracts import PresenterContract
from gansuite_audio.presenter import AudioPresenter
from gansuite_audio.spec import AudioSpec


class TestSounds(PresenterContract):
    def make(self) -> Any:
        return AudioPresenter(AudioSpec(8000, 1, 1024))

    def samples(self, n: int) -> Any:
        return np.random.default_rng(0).uniform(-1, 1, (n, 1, 1024)).astype(np.float32)


def test_the_whole_sound_is_there_to_be_played() -> None:
    (shown,) = AudioPresenter(AudioSpec(8000, 1, 4000))(np.zeros((1, 1, 4000), np.float32))
    assert shown.words == "sound of 0.5 s"
    assert 'src="data:audio/wav;base64,' in shown.html and "<audio controls" in shown.html
