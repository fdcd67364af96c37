"""A recurrent network with random weights as a language whose every probability is known."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from jaxtyping import Float, Int64
from torch import Tensor

from gansuite.engine.rng import Rng

CELLS = 1 << 22  # logits held at a time
GATES = ("i", "f", "og", "c")


class Oracle:
    """``p(x) = prod_t softmax(h_t Wo + bo)[x_t]`` with an LSTM over the tokens before t, all weights N(0, 1).

    i, f, o = sigmoid(x W + h U + b),  c' = f c + i tanh(x W_c + h U_c + b_c),  h' = o tanh(c'); the first input is
    token ``start``.

    Args:
        weights: ``g_embeddings`` [V, e], W, U and b of the gates i, f, og and c, ``Wo`` [h, V] and ``bo`` [V].
        length: tokens of a string.
        start: the token before the first.

    Source: Yu et al., SeqGAN (2017), section 4; names of the weights as in the authors' file.
    """

    def __init__(self, weights: Mapping[str, Tensor], length: int, start: int = 0) -> None:
        self.embedding, self.length, self.start = weights["g_embeddings"].float(), length, start
        self.gates = tuple(
            torch.cat([weights[f"{kind}{gate}"] for gate in GATES], -1).float() for kind in ("W", "U", "b")
        )
        self.out, self.bias = weights["Wo"].float(), weights["bo"].float()
        self.vocabulary, self.hidden = self.embedding.shape[0], self.out.shape[0]

    @classmethod
    def drawn(cls, vocabulary: int, length: int, hidden: int, rng: Rng) -> Oracle:
        """An oracle whose weights are all drawn from N(0, 1)."""
        weights = {"g_embeddings": rng.normal(vocabulary, hidden)}
        for gate in GATES:
            weights[f"W{gate}"], weights[f"U{gate}"] = rng.normal(hidden, hidden), rng.normal(hidden, hidden)
            weights[f"b{gate}"] = rng.normal(hidden)
        return cls(weights | {"Wo": rng.normal(hidden, vocabulary), "bo": rng.normal(vocabulary)}, length)

    def step(self, token: Int64[Tensor, " n"], state: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
        """The state (h, c) after one more token."""
        h, c = state
        w, u, b = self.gates
        i, f, o, g = (self.embedding[token] @ w + h @ u + b).chunk(4, 1)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        return o.sigmoid() * c.tanh(), c

    def begin(self, n: int) -> tuple[tuple[Tensor, Tensor], Int64[Tensor, " n"]]:
        """The state before anything, and the starting tokens."""
        zeros = self.out.new_zeros(n, self.hidden)
        return (zeros, zeros), torch.full([n], self.start, device=self.out.device)

    def logits(self, state: tuple[Tensor, Tensor]) -> Float[Tensor, "n v"]:
        """Scores of the next token."""
        return state[0] @ self.out + self.bias

    @torch.no_grad()
    def sample(self, n: int, rng: Rng) -> Int64[Tensor, "n t"]:
        """``n`` strings, by inversion of each token's distribution."""
        places = rng.uniform(n, self.length)
        return torch.cat([self._sample(part) for part in places.split(max(1, CELLS // self.vocabulary))])

    def _sample(self, places: Float[Tensor, "n t"]) -> Int64[Tensor, "n t"]:
        state, token = self.begin(len(places))
        tokens = []
        for place in places.split(1, 1):
            state = self.step(token, state)
            edges = torch.softmax(self.logits(state), 1).cumsum(1)
            token = torch.searchsorted(edges, place * edges[:, -1:]).squeeze(1).clamp_max(self.vocabulary - 1)
            tokens.append(token)
        return torch.stack(tokens, 1)

    @torch.no_grad()
    def log_density(self, samples: Tensor) -> Float[Tensor, " n"]:
        """``log p(x)`` of strings given as tokens [n, t] or as one-hot rows [n, v t]."""
        tokens = self.tokens(samples)
        return torch.cat([self._log_density(part) for part in tokens.split(max(1, CELLS // self.vocabulary))])

    def _log_density(self, tokens: Int64[Tensor, "n t"]) -> Float[Tensor, " n"]:
        state, before = self.begin(len(tokens))
        total = self.out.new_zeros(len(tokens))
        for token in tokens.unbind(1):
            state = self.step(before, state)
            total = total + torch.log_softmax(self.logits(state), 1).gather(1, token[:, None]).squeeze(1)
            before = token
        return total

    def nll(self, samples: Tensor) -> float:
        """``-mean log p(x) / length``: the NLL_oracle of the text-GAN literature, nats a token.

        Alone it says nothing of diversity: one likely string repeated beats the oracle's own samples.
        """
        return float(-self.log_density(samples).mean() / self.length)

    def tokens(self, samples: Tensor) -> Int64[Tensor, "n t"]:
        """Strings as token numbers on the host, where the weights are."""
        return tokens_of(samples, self.vocabulary, self.length).cpu()


def tokens_of(samples: Tensor, vocabulary: int, length: int) -> Int64[Tensor, "n t"]:
    """Strings as token numbers, from [n, length], [n, vocabulary, length] or the flattened rows of either."""
    rows = samples.flatten(1)
    if rows.shape[1] == length:
        return rows.round().long().clamp(0, vocabulary - 1) if rows.is_floating_point() else rows
    return rows.unflatten(1, (vocabulary, length)).argmax(1)
