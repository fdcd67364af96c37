"""The recurrent generator of the text-GAN literature: one LSTM or GRU."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import torch
from annotated_types import Gt
from jaxtyping import Bool, Float, Int64
from torch import Tensor, nn

from ..spec import TextSpec
from .autoregressive import Autoregressive, State
from .embedding import Embedding


class Recurrent(Autoregressive):
    """h_t = RNN(E x_(t-1), h_(t-1)), p(x_t | x_<t) = softmax(W h_t + b).

    The latent, where the prior has one, gives the first state: h_0 = tanh(A z).

    Args:
        embedding: width of the tokens' vectors.
        hidden: units of a layer.
        layers: of recurrence.
        cell: ``lstm`` or ``gru``.
        initial: standard deviation of all weights when training begins; absent: torch's own.

    Source: Yu et al., SeqGAN (2017), section 3.3, with embedding = hidden = 32 and initial = 0.1 for the oracle task.
    """

    def __init__(
        self,
        spec: TextSpec,
        prior: Any,
        *,
        embedding: Annotated[int, Gt(0)] = 32,
        hidden: Annotated[int, Gt(0)] = 32,
        layers: Annotated[int, Gt(0)] = 1,
        cell: Literal["lstm", "gru"] = "lstm",
        initial: Annotated[float, Gt(0)] | None = None,
    ) -> None:
        super().__init__(spec)
        self.hidden, self.layers, self.cell = hidden, layers, cell
        self.embedding = Embedding(spec.vocabulary, embedding)
        self.start = nn.Parameter(torch.zeros(embedding))
        self.rnn: Any = (nn.LSTM if cell == "lstm" else nn.GRU)(embedding, hidden, layers, batch_first=True)
        self.out = nn.Linear(hidden, spec.vocabulary)
        self.value = nn.Linear(hidden, 1)
        self.latent = nn.Linear(prior.size, layers * hidden) if prior.size else None
        if initial is not None:
            for parameter in self.parameters():
                nn.init.normal_(parameter, std=initial)

    def origin(self, z: Float[Tensor, "n z"]) -> State:
        """The recurrent states, [n, layers, hidden] each, before anything is read."""
        h = z.new_zeros(len(z), self.layers, self.hidden)
        if self.latent is not None:
            h = self.latent(z).tanh().view(h.shape)
        return (h, torch.zeros_like(h)) if self.cell == "lstm" else (h,)

    def begin(self, z: Float[Tensor, "n z"], codes: Any) -> State:
        return self.read(self.start.expand(len(z), -1), self.origin(z))

    def step(self, token: Tensor, state: State) -> State:
        return self.read(self.embedding(token), state)

    def read(self, vector: Float[Tensor, "n e"], state: State) -> State:
        """The states after one more vector."""
        _, after = self.rnn(vector.unsqueeze(1), self.packed(state))
        after = after if isinstance(after, tuple) else (after,)
        return tuple(part.transpose(0, 1) for part in after)

    def packed(self, state: State) -> Any:
        """The states as torch's recurrent modules want them."""
        parts = tuple(part.transpose(0, 1).contiguous() for part in state)
        return parts if self.cell == "lstm" else parts[0]

    def scores(self, state: State) -> Float[Tensor, "n v"]:
        return self.out(state[0][:, -1])

    def logits(self, x: Int64[Tensor, "n t"], z: Float[Tensor, "n z"], codes: Any = None) -> Float[Tensor, "n t v"]:
        return self.out(self.states(x, z))

    def logits_at(
        self, mask: Bool[Tensor, "n t"], x: Int64[Tensor, "n t"], z: Float[Tensor, "n z"], codes: Any = None
    ) -> Float[Tensor, "m v"]:
        """The logits of the places of ``mask`` alone: most of the work of a short text is the vocabulary's."""
        return self.out(self.states(x, z)[mask])

    def values(self, x: Int64[Tensor, "n t"], z: Float[Tensor, "n z"]) -> Float[Tensor, "n t"]:
        """What the rest of each text is expected to cost before its next token: a linear map of the held states."""
        return self.value(self.states(x, z).detach()).squeeze(2)

    def states(self, x: Int64[Tensor, "n t"], z: Float[Tensor, "n z"]) -> Float[Tensor, "n t h"]:
        """The last layer's states in which each token of ``x`` is scored."""
        before = torch.cat([self.start.expand(len(x), 1, -1), self.embedding(x[:, :-1])], 1)
        return self.rnn(before, self.packed(self.origin(z)))[0]
