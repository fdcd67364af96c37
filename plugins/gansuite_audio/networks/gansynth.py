"""GANSynth: a progressively grown GAN of spectrograms with a magnitude and a phase.

Engel et al., "GANSynth: Adversarial Neural Audio Synthesis", ICLR 2019, arXiv 1902.08710, appendix A and the authors'
code (magenta/models/gansynth); the networks are those of Karras, Aila, Laine & Lehtinen 2018, appendix A.1.
"""

from __future__ import annotations

from typing import Annotated, Any

from annotated_types import Ge, Gt

from gansuite.networks.progressive import ProgressiveCritic, ProgressiveGenerator
from gansuite_audio.networks.doublings import doublings


def measure(spec: Any, start: int) -> tuple[int, tuple[int, ...]]:
    """How often bins and frames can be halved, and what is left."""
    return doublings(spec, start, "gansynth")


class GANSynthGenerator(ProgressiveGenerator):
    """Latents [n, prior.size] to spectrograms [n, channels, bins, frames] in (-1, 1), as fine as its level.

    Args:
        dim: most channels of a layer.
        base: block b = 1, 2, ... has min(base / 2^b, dim) channels.
        start: least rows and columns of the smallest map: 2 makes 128 x 1024 of 2 x 16, 4 makes 256 x 512 of 4 x 8, as
            published.

    Raises:
        UserError: bins and frames cannot be halved.
    """

    measure = staticmethod(measure)

    def __init__(
        self,
        spec: Any,
        prior: Any,
        *,
        dim: Annotated[int, Gt(0)] = 256,
        base: Annotated[int, Gt(0)] = 4096,
        start: Annotated[int, Gt(0)] = 2,
    ) -> None:
        super().__init__(spec, prior, dim=dim, base=base, start=start, output="tanh")


class GANSynthCritic(ProgressiveCritic):
    """Spectrograms [n, channels, bins, frames] to scores [n], as fine as its level: the generator's mirror.

    Args:
        dim: most channels of a layer.
        base: block b = 0, 1, ... has min(base / 2^b, dim) channels, counted from the features.
        start: least rows and columns of the smallest map; as the generator's.
        group: samples whose standard deviation is taken together; it must divide the batch. 0: all, as published.

    Raises:
        UserError: bins and frames cannot be halved.
    """

    measure = staticmethod(measure)

    def __init__(
        self,
        spec: Any,
        *,
        dim: Annotated[int, Gt(0)] = 256,
        base: Annotated[int, Gt(0)] = 4096,
        start: Annotated[int, Gt(0)] = 2,
        group: Annotated[int, Ge(0)] = 0,
    ) -> None:
        super().__init__(spec, dim=dim, base=base, start=start, group=group)
