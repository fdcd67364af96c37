"""A small recurrent language model, trained within a metric: seeded, and stopped where held-out texts say so."""

from __future__ import annotations

from copy import deepcopy

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor, nn
from torch.nn import functional as F

from gansuite.engine.rng import seed_of
from gansuite.errors import UserError

HELD_OUT = 10
"""One text of so many is kept from training, to end it."""
PATIENCE = 2
"""Epochs without a better value on those texts before training ends."""


class SmallLm:
    """p(x) = Π_t softmax(W h_t)[x_t],  h_t an LSTM's state after x_1 .. x_{t-1}.

    Adam on -log p per token; of all epochs the weights with the lowest value on held-out texts (one of ten) are kept. A
    function of its arguments: weights, order and dropout come from a generator of its own.

    Args:
        tokens: texts to learn from, numbers below ``vocabulary``.
        mask: which places hold a token to be learnt; a prefix of each row.
        vocabulary: number of tokens.
        dim: of embedding and state.
        epochs: at most.
        batch_size: texts a step.
        rate: of Adam.
        dropout: of embeddings and states.
        seed: of everything by chance.

    Raises:
        UserError: there is no token to learn from.
    """

    def __init__(
        self,
        tokens: Int64[Tensor, "n t"],
        mask: Bool[Tensor, "n t"],
        vocabulary: int,
        *,
        dim: int = 128,
        epochs: int = 20,
        batch_size: int = 64,
        rate: float = 3e-3,
        dropout: float = 0.2,
        seed: int = 0,
    ) -> None:
        if not mask.any():
            raise UserError("small language model: there is no token to learn from: give texts that are not all empty")
        generator = torch.Generator().manual_seed(seed_of(seed, "small-lm"))
        with torch.device("meta"):  # whose initialisation draws nothing
            net = Recurrent(vocabulary, dim, dropout)
        self.net = net.to_empty(device="cpu").drawn(generator)
        self.fit(tokens, mask, epochs, batch_size, rate, generator)

    def fit(
        self, tokens: Tensor, mask: Tensor, epochs: int, batch_size: int, rate: float, generator: torch.Generator
    ) -> None:
        """Train until held-out texts get no likelier."""
        adam = torch.optim.Adam(self.net.parameters(), lr=rate)
        order = torch.randperm(len(tokens), generator=generator)
        held, some = order[: len(order) // HELD_OUT], order[len(order) // HELD_OUT :]
        best, weights, waited = float("inf"), deepcopy(self.net.state_dict()), 0
        with torch.enable_grad():
            for _ in range(epochs):
                for rows in some[torch.randperm(len(some), generator=generator)].split(batch_size):
                    if not mask[rows].any():
                        continue
                    adam.zero_grad(set_to_none=True)
                    (-self.net(tokens[rows], mask[rows], generator).mean()).backward()
                    nn.utils.clip_grad_norm_(self.net.parameters(), 5.0)
                    adam.step()
                told = held if mask[held].any() else some
                value = -float(self.log_prob(tokens[told], mask[told]).sum() / mask[told].sum())
                if value < best:
                    best, weights, waited = value, deepcopy(self.net.state_dict()), 0
                else:
                    waited += 1
                if waited == PATIENCE:
                    break
        self.net.load_state_dict(weights)

    @torch.no_grad()
    def log_prob(self, tokens: Int64[Tensor, "n t"], mask: Bool[Tensor, "n t"]) -> Float[Tensor, "n t"]:
        """log p of each token given those before it; 0 where the mask has none."""
        found = torch.zeros(tokens.shape, dtype=torch.float64)
        found[mask] = torch.cat(
            [self.net(*rows) for rows in zip(tokens.split(256), mask.split(256), strict=True)]
        ).double()
        return found


class Recurrent(nn.Module):
    """Embedding, LSTM and softmax; a text begins with a mark of its own."""

    def __init__(self, vocabulary: int, dim: int, dropout: float) -> None:
        super().__init__()
        self.vocabulary, self.dropout = vocabulary, dropout
        self.embedding = nn.Embedding(vocabulary + 1, dim)
        self.lstm = nn.LSTM(dim, dim, batch_first=True)
        self.head = nn.Linear(dim, vocabulary)

    def drawn(self, generator: torch.Generator) -> Recurrent:
        """Weights uniform within 1 / sqrt(dim) of 0."""
        bound = self.embedding.embedding_dim**-0.5
        for parameter in self.parameters():
            nn.init.uniform_(parameter, -bound, bound, generator=generator)
        return self

    def forward(
        self, x: Int64[Tensor, "n t"], mask: Bool[Tensor, "n t"], generator: torch.Generator | None = None
    ) -> Float[Tensor, " m"]:
        """log p of each token within the mask, row after row; with a generator, under dropout."""
        before = F.pad(x[:, :-1], (1, 0), value=self.vocabulary)
        h = self.lstm(self.dropped(self.embedding(before), generator))[0][mask]
        return -F.cross_entropy(self.head(self.dropped(h, generator)), x[mask], reduction="none")

    def dropped(self, x: Float[Tensor, "*n d"], generator: torch.Generator | None) -> Float[Tensor, "*n d"]:
        """Dropout with numbers of the generator; none without it."""
        if generator is None or not self.dropout:
            return x
        return x * (torch.rand(x.shape, generator=generator) >= self.dropout) / (1 - self.dropout)
