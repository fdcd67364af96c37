"""The encoder of ARAE: an LSTM reads a text, and what it knows at the end is the code (Zhao et al. 2018)."""

from __future__ import annotations

from typing import Annotated, Any

from annotated_types import Gt
from jaxtyping import Float
from torch import Tensor, nn

from gansuite.engine.rng import Rng

from ..spec import TextSpec
from .embedding import Embedding


class RecurrentEncoder(nn.Module):
    """c = A h_T + b, h_T the state of an LSTM at the text's end; tokens may be relaxed.

    Args:
        embedding: width of the tokens' vectors.
        hidden: units.

    Source: embedding = hidden = 300 for SNLI in the authors' code.
    """

    def __init__(
        self,
        spec: TextSpec,
        prior: Any,
        *,
        embedding: Annotated[int, Gt(0)] = 128,
        hidden: Annotated[int, Gt(0)] = 128,
    ) -> None:
        super().__init__()
        self.spec, self.embedding = spec, Embedding(spec.vocabulary, embedding)
        self.rnn = nn.LSTM(embedding, hidden, batch_first=True)
        self.out = nn.Linear(hidden, prior.size)

    def forward(self, x: Tensor, condition: Any = None, rng: Rng | None = None) -> Float[Tensor, "n c"]:
        states, last = self.rnn(self.embedding(x))[0], self.spec.mask(x).sum(1) - 1
        return self.out(states.take_along_dim(last.view(-1, 1, 1), 1)[:, 0])
