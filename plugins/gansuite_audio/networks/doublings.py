"""How often a spectrogram can be halved along both axes."""

from __future__ import annotations

from typing import Any

from gansuite.errors import UserError
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
    _, bins, frames = spectrograms(spec, name, "the network wavegan")
    count, rows, columns = 0, bins, frames
    while rows % 2 == 0 and columns % 2 == 0 and min(rows, columns) >= 2 * start:
        count, rows, columns = count + 1, rows // 2, columns // 2
    if count == 0:
        raise UserError(
            f"{name}: {bins} bins x {frames} frames cannot be halved to {start} or more of each; "
            "choose a length or a transform with more factors of two, or a smaller start"
        )
    return count, (rows, columns)
