"""The generator of MaskGAN: it fills the blanks of a text, left to right (Fedus, Goodfellow & Dai 2018)."""

from __future__ import annotations

from typing import Annotated, Any

import torch
from annotated_types import Gt
from jaxtyping import Bool, Float, Int64
from torch import Tensor, nn

from gansuite.engine.rng import Rng
from gansuite.errors import UserError

from ..spec import TextSpec
from .autoregressive import Autoregressive, State
from .masked_text import MaskedText

NEVER = -1e4
"""A logit whose share underflows to 0, and which stays a number where two of them are subtracted."""


class Infilling(Autoregressive):
    """p(x | m) = Π_(t blank) p(x_t | x_<t, m), m a text with blanks: given tokens are kept, word for word.

    An LSTM reads m, another reads what is written so far and attends to the first. ``codes`` is m, int64 [n, t], with
    the vocabulary's size for a blank; without it everything is blank, and the model one of whole texts. A blank before
    a given token that is not an end cannot be an end: the text goes on.

    Args:
        embedding: width of the tokens' vectors.
        hidden: units of either LSTM.

    Raises:
        UserError: the prior has a latent.

    Source: section 2.1; embedding = hidden = 650 and two layers for the Penn Treebank.
    """

    def __init__(
        self,
        spec: TextSpec,
        prior: Any,
        *,
        embedding: Annotated[int, Gt(0)] = 64,
        hidden: Annotated[int, Gt(0)] = 128,
    ) -> None:
        super().__init__(spec)
        if prior.size:
            raise UserError('the generator infilling reads a text with blanks and no latent: set [prior] name = "none"')
        self.text = MaskedText(spec.vocabulary, embedding, hidden)
        self.out = nn.Linear(hidden, spec.vocabulary)

    def blank(self, n: int) -> Int64[Tensor, "n t"]:
        """Texts of which nothing is given."""
        return torch.full((n, self.spec.length), self.text.blank, device=self.text.start.device)

    def closed(self, context: Int64[Tensor, "n t"]) -> Bool[Tensor, "n t"]:
        """The places behind which a token is given that is not an end."""
        if self.spec.end is None:
            return torch.zeros_like(context, dtype=torch.bool)
        given = (context != self.text.blank) & (context != self.spec.end)
        later = given.flip(1).cumsum(1).flip(1) - given.long()
        return later > 0

    def offered(self, h: Float[Tensor, "n places h"], closed: Bool[Tensor, "n places"]) -> Float[Tensor, "n places v"]:
        """Logits of attended states; no end where the text goes on."""
        scores = self.out(h)
        if self.spec.end is None:
            return scores
        ends = torch.arange(scores.shape[-1], device=scores.device) == self.spec.end
        return scores.masked_fill(closed.unsqueeze(-1) & ends, NEVER)

    def logits(self, x: Int64[Tensor, "n t"], z: Float[Tensor, "n z"], codes: Any = None) -> Float[Tensor, "n t v"]:
        context = self.blank(len(x)) if codes is None else codes
        keys, last = self.text.read(context)
        before = torch.cat([self.text.start.expand(len(x), 1, -1), self.text.vectors(x[:, :-1])], 1)
        return self.offered(self.text.attended(self.text.writer(before, last)[0], keys), self.closed(context))

    def begin(self, z: Float[Tensor, "n z"], codes: Any) -> State:
        context = self.blank(len(z)) if codes is None else codes
        keys, (h, c) = self.text.read(context)
        state = context, self.closed(context), keys, context[:, 0] * 0, h.transpose(0, 1), c.transpose(0, 1)
        return self.read(self.text.start.expand(len(context), -1), state)

    def step(self, token: Tensor, state: State) -> State:
        context, closed, keys, place, h, c = state
        return self.read(self.text.vectors(token), (context, closed, keys, place + 1, h, c))

    def read(self, vector: Float[Tensor, "n e"], state: State) -> State:
        """The state after one more vector of what is written."""
        context, closed, keys, place, h, c = state
        before = h.transpose(0, 1).contiguous(), c.transpose(0, 1).contiguous()
        _, (h, c) = self.text.writer(vector.unsqueeze(1), before)
        return (context, closed, keys, place, h.transpose(0, 1), c.transpose(0, 1))

    def scores(self, state: State) -> Float[Tensor, "n v"]:
        _, closed, keys, place, h, _ = state
        return self.offered(self.text.attended(h, keys), closed.gather(1, place.unsqueeze(1)))[:, 0]

    def drawn(self, state: State, u: Float[Tensor, " n"], alpha: float = 1.0) -> Int64[Tensor, " n"]:
        """The given token where there is one, else what a uniform number chooses."""
        given = state[0].gather(1, state[3].unsqueeze(1)).squeeze(1)
        return torch.where(given == self.text.blank, super().drawn(state, u, alpha), given)

    def sample(
        self,
        z: Float[Tensor, "n z"],
        codes: Any,
        rng: Rng,
        *,
        alpha: float = 1.0,
        prefix: Int64[Tensor, "n p"] | None = None,
    ) -> Int64[Tensor, "n t"]:
        """Texts with their blanks filled; a ``prefix`` is read as given before anything is written."""
        if prefix is not None:
            codes = (self.blank(len(z)) if codes is None else codes).clone()
            codes[:, : prefix.shape[1]] = prefix
        return super().sample(z, codes, rng, alpha=alpha)
