"""NetGAN's critic of random walks (Bojchevski et al. 2018, section 3.1)."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

import torch
from annotated_types import Gt
from jaxtyping import Float
from torch import Tensor, nn

from gansuite.engine.rng import Rng

from .corner_rows import Corners, Embedded, rows
from .lstm import Held, Lstm
from .walk_lstm import glorot, walks_only


class WalkCritic(nn.Module):
    """D(v_1 ... v_T) = w · h_T + b with h_t = LSTM(v_t W_down, h_(t-1)), from a state of zeros.

    Walks int64 [n, t] are looked up, relaxed ones float [n, t, N] are multiplied, ``Corners`` are looked up forwards
    and multiplied backwards. What comes after W_down can be asked by itself, with ``Embedded``.

    Args:
        hidden: units of the LSTM.
        embedding: columns of W_down.

    Raises:
        UserError: the data are whole graphs.

    Source: section 3.1 of the paper; sizes as in the authors' code (32 columns in their model for graph statistics).
    """

    scores = "sample"
    reads_corners: ClassVar[bool] = True

    def __init__(
        self, spec: Any, *, hidden: Annotated[int, Gt(0)] = 30, embedding: Annotated[int, Gt(0)] = 128
    ) -> None:
        super().__init__()
        self.spec = walks_only(spec, "critic")
        self.width = hidden + spec.codes
        self.down = nn.Parameter(nn.init.xavier_uniform_(torch.empty(spec.nodes, embedding)))
        self.cell = Lstm(embedding, hidden)
        self.out = glorot(self.width, 1)

    def embed(self, x: Tensor | Corners) -> Embedded:
        """x W_down."""
        return Embedded(rows(x, self.down))

    def features(self, x: Tensor | Corners | Embedded, rng: Rng | None = None) -> Float[Tensor, "n h"]:
        """h_T."""
        vectors = (x if isinstance(x, Embedded) else self.embed(x)).vectors
        nothing = vectors.new_zeros(len(vectors), self.cell.hidden)
        held = Held(nothing, nothing)
        for given in self.cell.driven(vectors).unbind(1):
            held = self.cell.step(given, held)
        return held.h

    def head(self, features: Float[Tensor, "n w"]) -> Float[Tensor, "n 1"]:
        """The score of features."""
        return self.out(features)

    def forward(
        self, x: Tensor | Corners | Embedded, condition: Any = None, rng: Rng | None = None
    ) -> Float[Tensor, " n"]:
        features = self.features(x, rng)
        if condition is not None:
            features = torch.cat([features, condition.to(features.dtype)], 1)
        return self.head(features).flatten()
