"""A sound as a page has it: its player, its mel spectrogram and its waveform."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from markupsafe import Markup

from gansuite.report import data_uri, template
from gansuite_audio.panels.pictures import mel_picture, outline, png, wav

MELS = 80


@dataclass(frozen=True)
class Sound:
    """One player: what the template needs to show and play a sound."""

    label: str
    detail: str
    file: str
    seconds: float
    picture: str
    outline: str
    address: str


def player_of(sound: np.ndarray, rate: int, label: str, detail: str = "", file: str = "", mels: int = MELS) -> Sound:
    """One sound ``[length]`` or ``[channels, length]`` with its pictures and its file."""
    return Sound(
        label,
        detail,
        file,
        np.shape(sound)[-1] / rate,
        data_uri(png(mel_picture(sound, rate, mels)), "image/png"),
        outline(sound),
        data_uri(wav(sound, rate), "audio/wav"),
    )


def figure(sound: Sound, kind: str = "made") -> Markup:
    """The player as HTML; ``kind`` is its class: made, near or real."""
    return template("gansuite_audio", "player.html").module.player(sound, kind)  # pyright: ignore[reportAttributeAccessIssue]


@lru_cache
def style() -> str:
    """What players look like."""
    return template("gansuite_audio", "player.css").render()


@lru_cache
def script() -> str:
    """What moves the line over a playing sound, and stops all others."""
    return template("gansuite_audio", "playing.html").render().replace("<script>", "").replace("</script>", "")
