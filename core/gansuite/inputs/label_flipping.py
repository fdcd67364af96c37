"""Label flipping: now and then the critic is told the wrong kind (Chintala et al. 2016, trick 6)."""

from __future__ import annotations

from typing import Annotated

import torch
from annotated_types import Gt, Lt
from torch import Tensor

from gansuite.engine.rng import Rng
from gansuite.inputs.input import Input
from gansuite.spaces import rows_like


class LabelFlipping(Input):
    """On the critic's turn a share of the pairs (D(x_i), D(G(z_i))) is swapped, row by row and anew each time.

    For an objective that judges each score alone that is two-sided label smoothing by the share on average, with
    noise; it can also be had where smoothing cannot, for objectives that compare the scores of a batch.

    Args:
        share: probability that a pair is swapped; at ½ the critic would learn nothing.
    """

    def __init__(self, *, share: Annotated[float, Gt(0), Lt(0.5)] = 0.05) -> None:
        super().__init__()
        self.share = share

    def sides(self, real: Tensor, fake: Tensor, rng: Rng) -> tuple[Tensor, Tensor]:
        swapped = rows_like(rng.uniform(len(real)) < self.share, real)
        return torch.where(swapped, fake, real), torch.where(swapped, real, fake)
