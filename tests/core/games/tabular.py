"""A policy that is a table: so few samples that all can be listed, with their probabilities."""

from __future__ import annotations

from itertools import product
from typing import Any

import torch
from jaxtyping import Float, Int64
from torch import Tensor, nn

from gansuite.engine.rng import Rng
from gansuite.estimators.sampling import categorical

V, T = 3, 3
EVERY = torch.tensor(list(product(range(V), repeat=T)))
"""All samples, int64 [27, 3], in the order of their number in base three."""


class Tabular(nn.Module):
    """Logits of their own for every beginning."""

    factorised = False
    alternatives = V

    def __init__(self, seed: int = 0) -> None:
        super().__init__()
        random = torch.Generator().manual_seed(seed)
        self.tables = nn.ParameterList(torch.randn(V**t, V, generator=random) for t in range(T))

    def logits(self, x: Int64[Tensor, "n t"], z: Any, codes: Any = None) -> Float[Tensor, "n t v"]:
        number, found = torch.zeros_like(x[:, 0]), []
        for t, table in enumerate(self.tables):
            found.append(table[number])
            number = V * number + x[:, t]
        return torch.stack(found, 1)

    def sample(
        self, z: Tensor, codes: Any, rng: Rng, *, alpha: float = 1.0, prefix: Any = None
    ) -> Int64[Tensor, "n t"]:
        x = torch.zeros(len(z), T, dtype=torch.int64)
        for t in range(T):
            x[:, t] = categorical(self.logits(x, z)[:, t], rng, alpha)
        return x

    def mask(self, x: Tensor) -> Tensor:
        return torch.ones_like(x, dtype=torch.bool)

    def probabilities(self) -> Float[Tensor, " all"]:
        """p(x) of every sample, with its graph."""
        log_p = self.logits(EVERY, None).log_softmax(-1)
        return log_p.gather(2, EVERY.unsqueeze(2)).squeeze(2).sum(1).exp()

    @torch.no_grad()
    def become(self, p: Float[Tensor, " all"]) -> None:
        """Take the conditional probabilities of a law over the samples."""
        for t, table in enumerate(self.tables):
            table.copy_(p.view(V ** (t + 1), -1).sum(1).view(V**t, V).log())
