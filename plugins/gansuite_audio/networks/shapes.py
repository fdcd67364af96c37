"""Whether samples are waveforms or spectrograms, told where a network wants the other."""

from __future__ import annotations

from typing import Any

from gansuite.errors import UserError


def waveforms(spec: Any, name: str, instead: str) -> tuple[int, int]:
    """Channels and length of samples that are waveforms.

    Args:
        spec: of the samples.
        name: of the network, for messages.
        instead: the network that takes spectrograms.

    Raises:
        UserError: they are not.
    """
    if len(spec.shape) != 2:
        raise UserError(
            f"{name}: samples of shape {list(spec.shape)} are no waveforms; "
            f"leave [representation] out, or choose {instead}"
        )
    channels, length = spec.shape
    return channels, length


def spectrograms(spec: Any, name: str, instead: str) -> tuple[int, int, int]:
    """Channels, bins and frames of samples that are spectrograms.

    Args:
        spec: of the samples.
        name: of the network, for messages.
        instead: the network that takes waveforms.

    Raises:
        UserError: they are not.
    """
    if len(spec.shape) != 3:
        raise UserError(
            f"{name}: samples of shape {list(spec.shape)} are no spectrograms; "
            f'add [representation] name = "log-spectrogram", or choose {instead}'
        )
    channels, bins, frames = spec.shape
    return channels, bins, frames
