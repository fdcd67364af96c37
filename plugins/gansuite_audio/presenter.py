"""A sound as a player with its mel spectrogram and waveform."""

from __future__ import annotations

from typing import Any, ClassVar

from numpy.typing import NDArray

from gansuite.report import Exhibit, Presenter
from gansuite_audio.panels.players import figure, player_of, script, style
from gansuite_audio.spec import AudioSpec


class AudioPresenter(Presenter):
    """Sounds [n, channels, length], each to be played, with its picture."""

    style: ClassVar[str] = style()
    script: ClassVar[str] = script()

    def __init__(self, spec: AudioSpec) -> None:
        self.rate = spec.rate

    def __call__(self, samples: NDArray[Any]) -> list[Exhibit]:
        shown = [player_of(each, self.rate, "Sound") for each in samples]
        return [Exhibit(figure(each), f"sound of {each.seconds:.2g} s") for each in shown]
