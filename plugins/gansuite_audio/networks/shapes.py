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
    channels, length = shape_of(spec, 2, name, "waveforms; leave [representation] out", instead)
    return channels, length


def spectrograms(spec: Any, name: str, instead: str) -> tuple[int, int, int]:
    """Channels, bins and frames of samples that are spectrograms; arguments and error as of ``waveforms``."""
    remedy = 'spectrograms; add [representation] name = "log-spectrogram"'
    channels, bins, frames = shape_of(spec, 3, name, remedy, instead)
    return channels, bins, frames


def shape_of(spec: Any, axes: int, name: str, wanted: str, instead: str) -> tuple[int, ...]:
    """The shape of a sample, which has so many axes.

    Raises:
        UserError: it has not.
    """
    if len(spec.shape) != axes:
        raise UserError(f"{name}: samples of shape {list(spec.shape)} are no {wanted}, or choose {instead}")
    return spec.shape
