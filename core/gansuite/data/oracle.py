"""A recurrent network with random weights as a language whose every probability is known."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float, Int64
from torch import Tensor
from torch.nn.functional import pad

from gansuite.data.split import digest_of
from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.estimators.sampling import BLOCK, inverted

CELLS = 1 << 20  # logits held at a time
GATES = ("i", "f", "og", "c")


class Oracle:
    """``p(x) = prod_t softmax(h_t Wo + bo)[x_t]`` with an LSTM over the symbols before t, all weights N(0, 1).

    i, f, o = sigmoid(x W + h U + b),  c' = f c + i tanh(x W_c + h U_c + b_c),  h' = o tanh(c'); the first input is
    symbol ``start``. Strings are rows of symbol numbers, all of ``length`` symbols.

    Args:
        weights: ``g_embeddings`` [V, e], W, U and b of the gates i, f, og and c, ``Wo`` [h, V] and ``bo`` [V].
        length: symbols of a string.
        start: the symbol before the first.

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

    @classmethod
    def read(cls, path: Path, length: int) -> Oracle:
        """The oracle whose weights an ``.npz`` file holds.

        Raises:
            UserError: it is missing, no ``.npz`` file, or lacks a weight.
        """
        try:
            with np.load(path) as file:
                return cls({name: torch.from_numpy(file[name]) for name in file.files}, length)
        except (OSError, ValueError, KeyError) as error:
            raise UserError(f"weights = {str(path)!r}: no file of an oracle's weights ({error})") from error

    @property
    def digest(self) -> str:
        """Hash of the weights."""
        weights = (self.embedding, *self.gates, self.out, self.bias)
        return digest_of(b"".join(weight.cpu().numpy().tobytes() for weight in weights))

    def to(self, device: torch.device | str) -> Oracle:
        """The same oracle, computing on ``device``."""
        moved = copy.copy(self)
        moved.embedding, moved.out, moved.bias = (w.to(device) for w in (self.embedding, self.out, self.bias))
        moved.gates = tuple(w.to(device) for w in self.gates)
        return moved

    def step(self, token: Int64[Tensor, " n"], state: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
        """The state (h, c) after one more symbol."""
        h, c = state
        w, u, b = self.gates
        i, f, o, g = (self.embedding[token] @ w + h @ u + b).chunk(4, 1)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        return o.sigmoid() * c.tanh(), c

    def begin(self, n: int) -> tuple[tuple[Tensor, Tensor], Int64[Tensor, " n"]]:
        """The state before anything, and the starting symbols."""
        zeros = self.out.new_zeros(n, self.hidden)
        return (zeros, zeros), torch.full([n], self.start, device=self.out.device)

    def logits(self, state: tuple[Tensor, Tensor]) -> Float[Tensor, "n v"]:
        """Scores of the next symbol."""
        return torch.addmm(self.bias, state[0], self.out)

    @torch.no_grad()
    def sample(self, n: int, rng: Rng) -> Int64[Tensor, "n t"]:
        """``n`` strings, by inversion; ``rng`` is of the oracle's device."""
        places = rng.uniform(n, self.length)
        return torch.cat([self._sample(part) for part in places.split(max(1, CELLS // self.vocabulary))])

    def _sample(self, places: Float[Tensor, "n t"]) -> Int64[Tensor, "n t"]:
        state, token = self.begin(len(places))
        # Whole blocks, for inversion, and two buffers used again and again: new ones a step cost more than the sums.
        room = -self.vocabulary % min(BLOCK, self.vocabulary)
        out, bias = pad(self.out, (0, room)), pad(self.bias, (0, room), value=-torch.inf)
        scores, shares = out.new_empty(2, len(places), len(bias)).unbind()
        tokens = []
        for place in places.unbind(1):
            state = self.step(token, state)
            torch.addmm(bias, state[0], out, out=scores)
            token = inverted(torch.softmax(scores, 1, out=shares), place)
            tokens.append(token)
        return torch.stack(tokens, 1)

    @torch.no_grad()
    def log_density(self, samples: Tensor) -> Float[Tensor, " n"]:
        """``log p(x)`` of strings int64 [n, t], given where the strings are."""
        tokens = self.tokens(samples).to(self.out.device)
        parts = [self._log_density(part) for part in tokens.split(max(1, CELLS // self.vocabulary))]
        return torch.cat(parts).to(samples.device)

    def _log_density(self, tokens: Int64[Tensor, "n t"]) -> Float[Tensor, " n"]:
        state, before = self.begin(len(tokens))
        total = self.out.new_zeros(len(tokens))
        for token in tokens.unbind(1):
            state = self.step(before, state)
            logits = self.logits(state)
            total = total + logits.gather(1, token[:, None]).squeeze(1) - logits.logsumexp(1)
            before = token
        return total

    def nll(self, samples: Tensor) -> float:
        """``-mean log p(x) / length``: the NLL_oracle of the text-GAN literature, nats a symbol.

        Alone it says nothing of diversity: one likely string repeated beats the oracle's own samples.
        """
        return float(-self.log_density(samples).mean() / self.length)

    def entropy(self, n: int, rng: Rng) -> tuple[float, float]:
        """Entropy in nats a symbol, as the mean of -log p over ``n`` strings of its own, and its standard error."""
        each = -self.log_density(self.sample(n, rng)).double() / self.length
        return float(each.mean()), float(each.std() / n**0.5)

    def tokens(self, samples: Tensor) -> Int64[Tensor, "n t"]:
        """Strings as symbol numbers; for domains that write them otherwise."""
        return samples
