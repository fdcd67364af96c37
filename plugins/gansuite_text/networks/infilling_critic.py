"""The critic of MaskGAN: it judges every token of a filled text and knows which were given (Fedus et al. 2018)."""

from __future__ import annotations

from typing import Annotated, Any

import torch
from annotated_types import Ge, Gt, Lt
from jaxtyping import Float
from torch import Tensor, nn

from gansuite.engine.rng import Rng

from ..spec import TextSpec
from .dropout import dropped
from .masked_text import MaskedText


class InfillingCritic(nn.Module):
    """D(x_t | x_<t, m): an LSTM reads the text with blanks m, another the filled text, attending to the first.

    Without m the critic could not tell "the director director guided" as the fault of either word: it would not know
    which of them was given. ``condition`` is m, int64 [n, t], as of the generator ``infilling``; absent: all blank.

    Args:
        embedding: width of the tokens' vectors.
        hidden: units of either LSTM.
        dropout: share of the last features that are dropped in training; never while rewards are judged.

    Source: eq. 1 and section 2.1; it has the generator's architecture.
    """

    scores = "choices"

    def __init__(
        self,
        spec: TextSpec,
        *,
        embedding: Annotated[int, Gt(0)] = 64,
        hidden: Annotated[int, Gt(0)] = 128,
        dropout: Annotated[float, Ge(0), Lt(1)] = 0.25,
    ) -> None:
        super().__init__()
        self.text, self.width, self.dropout = MaskedText(spec.vocabulary, embedding, hidden), hidden, dropout
        self.out = nn.Linear(hidden, 1)

    def features(self, x: Tensor, rng: Rng | None = None, condition: Any = None) -> Float[Tensor, "n t w"]:
        """What the score of each token is a linear map of; it depends on no later token, but on all of m."""
        context = torch.full(x.shape[:2], self.text.blank, device=x.device) if condition is None else condition
        keys, last = self.text.read(context)
        read = self.text.attended(self.text.writer(self.text.vectors(x), last)[0], keys)
        return dropped(read, self.dropout, rng)

    def head(self, features: Float[Tensor, "n t w"]) -> Float[Tensor, "n t"]:
        """The scores of features."""
        return self.out(features).squeeze(-1)

    def forward(self, x: Tensor, condition: Any = None, rng: Rng | None = None) -> Float[Tensor, "n t"]:
        return self.head(self.features(x, rng, condition))
