"""Drop-out whose randomness is the draw's own."""

from __future__ import annotations

from torch import Tensor

from gansuite.engine.rng import Rng


def dropped(x: Tensor, share: float, rng: Rng | None) -> Tensor:
    """x with a ``share`` of its numbers 0 and the others divided by 1 - share; x itself without a stream.

    Source: Srivastava et al. (2014).
    """
    if rng is None or not share:
        return x
    return x * (rng.uniform(*x.shape) >= share).to(x.dtype) / (1 - share)
