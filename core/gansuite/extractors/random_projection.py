"""Random directions: few features that keep the distances of many."""

from __future__ import annotations

import math
from typing import Annotated, Any, ClassVar

import torch
from annotated_types import Ge, Gt
from jaxtyping import Float, Num
from torch import Tensor

from gansuite.engine.rng import Rng

BLOCK = 1024  # numbers of a sample whose directions are drawn together
KEPT = 1 << 24  # entries of the matrix that are kept between calls: 64 MiB


class RandomProjection:
    """Every number of a sample, projected onto ``size`` Gaussian directions: float32 [n, size].

        y = R x,   R_ij ~ N(0, 1 / size) independently;   E |y|² = |x|²,   |y|² / |x|² ~ chi²(size) / size

    so a squared distance is kept within a factor 1 ± sqrt(2 / size), whatever the samples' own dimension. The
    directions of a block of 1,024 numbers are a function of the seed and the block's position alone: they can be drawn
    again at will, so that a long sample needs no large matrix, and are the same on every device.

    Args:
        spec: the domain; not asked for anything.
        size: directions.
        seed: of the directions.

    Source: Johnson & Lindenstrauss 1984; with Gaussian directions Indyk & Motwani 1998.
    """

    name: ClassVar[str] = "random-projection"

    def __init__(self, spec: Any = None, *, size: Annotated[int, Gt(0)] = 128, seed: Annotated[int, Ge(0)] = 0) -> None:
        self.size, self.seed = size, seed
        self.fingerprint = f"random-projection-1-{size}-{seed}"
        self.kept: dict[tuple[int, torch.device], Tensor] = {}

    def __call__(self, samples: Num[Tensor, "n ..."]) -> Float[Tensor, "n size"]:
        x = samples.reshape(len(samples), -1).float()
        y = x.new_zeros(len(x), self.size)
        for block, part in enumerate(x.split(BLOCK, dim=1)):
            y += part @ self.directions(block, x.device)[: part.shape[1]]
        return y / math.sqrt(self.size)

    def directions(self, block: int, device: torch.device) -> Float[Tensor, "block size"]:
        """Standard normal numbers for one block, kept while all that is kept stays small."""
        key = (block, device)
        if key in self.kept:
            return self.kept[key]
        found = Rng(self.seed, "random-projection", index=block).normal(BLOCK, self.size).to(device)
        if (len(self.kept) + 1) * found.numel() <= KEPT:
            self.kept[key] = found
        return found
