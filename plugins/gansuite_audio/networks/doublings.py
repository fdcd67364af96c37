"""How often a spectrogram can be halved along both axes."""

from __future__ import annotations

from typing import Any

from gansuite.networks import doublings as grids
from gansuite_audio.networks.shapes import spectrograms


def doublings(spec: Any, start: int, name: str) -> tuple[int, tuple[int, int]]:
    """Steps between a spectrogram and the smallest map that networks make of it, and that map's size.

    Both axes are halved while they are even and neither falls below ``start``: 128 x 1024 at 2 is 2 x 16 doubled 6
    times (GANSynth), 128 x 128 at 4 is 4 x 4 doubled 5 times (SpecGAN).

    Args:
        spec: of samples [channels, bins, frames].
        start: least rows and columns of the smallest map.
        name: of the network, for messages.

    Raises:
        UserError: these are no spectrograms, or an axis cannot be halved once.
    """
    spectrograms(spec, name, "the network wavegan")
    count, (rows, columns) = grids.doublings(spec, start, name, (" bins", " frames"), loose=True)
    return count, (rows, columns)
