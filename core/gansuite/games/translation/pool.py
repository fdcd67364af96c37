"""A history of generated samples that the critic goes on seeing (Shrivastava et al. 2017, section 2.3)."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from gansuite.games.game import Draw
from gansuite.spaces import rows_like


class Pool(nn.Module):
    """The last ``size`` generated samples, of which each row of a batch (the first ``size`` rows of a
    larger one) is exchanged for one with probability ½.

    ``mixed`` changes nothing and may be asked again; ``after`` is told of a move that was made and puts the rows that
    were exchanged in the place of those that came out. Until the pool is full, it takes every row and gives none.

    Args:
        shape: of one sample.
        size: samples kept; 0: the critic sees the newest only.
    """

    samples: Tensor

    def __init__(self, shape: Sequence[int], size: int) -> None:
        super().__init__()
        self.size = size
        self.register_buffer("samples", torch.zeros(size, *shape))

    def exchange(self, n: int, draw: Draw) -> tuple[Tensor, Tensor]:
        """Which of the first rows of a batch are exchanged, and for which of the pool: no place twice."""
        rng, k = draw.rng("pool"), min(n, self.size)
        places = rng.uniform(self.size).argsort()[:k]
        return rng.uniform(k) < 0.5, places

    def full(self, n: int, draw: Draw) -> bool:
        """Whether earlier batches of ``n`` rows have filled the pool."""
        return draw.index * n >= self.size > 0

    def mixed(self, x: Tensor, draw: Draw) -> Tensor:
        """The batch with some of its rows from the past."""
        n = len(x)
        if not self.full(n, draw):
            return x
        chosen, places = self.exchange(n, draw)
        first = x[: len(places)]
        return torch.cat([torch.where(rows_like(chosen, x), self.samples[places].to(x.dtype), first), x[len(places) :]])

    def after(self, x: Tensor, draw: Draw) -> None:
        """Keep what a move's batch gave."""
        n = len(x)
        if self.full(n, draw):
            chosen, places = self.exchange(n, draw)
            new = x[: len(places)].to(self.samples.dtype)
            self.samples[places] = torch.where(rows_like(chosen, x), new, self.samples[places])
        elif self.size:
            first = draw.index * n
            self.samples[first : first + n] = x[: self.size - first].to(self.samples.dtype)
