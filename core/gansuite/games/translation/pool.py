"""A history of generated samples that the critic goes on seeing (Shrivastava et al. 2017, section 2.3)."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor, nn

from gansuite.games.game import Draw
from gansuite.spaces import rows_like

Samples = Float[Tensor, "n *shape"]


class Pool(nn.Module):
    """``size`` generated samples of the past, for each of which a row of the batch is exchanged with probability ½.

    ``mixed`` changes nothing and may be asked again; ``after`` is told of a move that was made and puts the rows that
    were exchanged in the place of those that came out. An empty place takes its row and gives none. Of a batch larger
    than the pool the first ``size`` rows take part. Several processes keep one pool: that of the whole batch.

    Args:
        shape: of one sample.
        size: samples kept; 0: the critic sees the newest only.
    """

    samples: Tensor
    filled: Tensor

    def __init__(self, shape: Sequence[int], size: int) -> None:
        super().__init__()
        self.size = size
        self.register_buffer("samples", torch.zeros(size, *shape))
        self.register_buffer("filled", torch.zeros(size, dtype=torch.bool))

    def exchange(self, n: int, draw: Draw) -> tuple[Bool[Tensor, " n"], Int64[Tensor, " n"]]:
        """Which of this process's rows take a place of the pool if it is filled, and the place of each: none twice."""
        rng = draw.rng("pool")
        row = torch.arange(n, device=self.samples.device) + rng.rank * n
        return (rng.uniform(n) < 0.5) & (row < self.size), (row + rng.integer(0, self.size - 1)) % self.size

    def mixed(self, x: Samples, draw: Draw) -> Samples:
        """The batch with some of its rows from the past."""
        if not self.size:
            return x
        chosen, places = self.exchange(len(x), draw)
        return torch.where(rows_like(chosen & self.filled[places], x), self.samples[places].to(x.dtype), x)

    def after(self, x: Samples, draw: Draw) -> None:
        """Keep what a move's batch gave."""
        if self.size:
            rows = (x.to(self.samples.dtype), *self.exchange(len(x), draw))
            new, chosen, places = (draw.gather(each)[: self.size] for each in rows)
            stays = self.filled[places] & ~chosen
            self.samples[places] = torch.where(rows_like(stays, new), self.samples[places], new)
            self.filled[places] = True
