"""Features of texts that need no weights: which short strings of tokens they hold, the rare ones weighing more."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

import torch
from annotated_types import Ge, Le
from jaxtyping import Bool, Float, Int64
from torch import Tensor
from torch.nn import functional as F

from gansuite.engine.rng import Rng
from gansuite.extractors.hashing import hash_of

BUCKETS = 1 << 15
"""Among which n-grams are shared out by their hash; a power of two."""
MULTIPLIER, FINISHER = 0x9E3779B97F4A7C15 - (1 << 64), 0xBF58476D1CE4E5B9 - (1 << 64)
TEXTS = 20_000
"""Training texts, at most, from which the weights of n-grams are taken."""


class NGrams:
    """Counts of n-grams weighed by rarity, along random directions, and how rare they are: float32 [n, size].

        y = Σ_g idf(g) r_{b(g)},   idf(g) = log((1 + N) / (1 + N_b(g))) + 1
        features (y / |y|, 2 i_1, .., 2 i_orders),   i_n the mean of idf(g) / max idf over the n-grams g of the text

    over all n-grams g of a text with n up to ``orders``, the end among them; b(g) is the bucket (of 32,768) of the
    n-gram's hash, r_b Gaussian directions drawn from the seed, N_b those of N training texts that have an n-gram in b.
    Random directions keep distances within a factor 1 ± sqrt(2 / size), so features are near where texts share rare
    n-grams. Strange n-grams lie in as many directions as there are, and only their rarity, the last features, makes
    them one fault. Because n-grams are strings, the order of words is seen, and nothing of what words mean. Without
    ``fit`` all n-grams weigh alike.

    Args:
        spec: of the texts.
        size: number of features.
        orders: greatest n.
        seed: of the directions.

    Source: Salton & Buckley (1988) for the weights; Weinberger et al. (2009) for the hash; Johnson & Lindenstrauss.
    """

    name: ClassVar[str] = "ngrams"

    def __init__(
        self,
        spec: Any,
        *,
        size: Annotated[int, Ge(8)] = 128,
        orders: Annotated[int, Ge(1), Le(5)] = 3,
        seed: Annotated[int, Ge(0)] = 0,
    ) -> None:
        self.spec, self.size, self.orders, self.seed = spec, size, orders, seed
        self.directions = Rng(seed, "ngrams").normal(BUCKETS, size - orders)
        self.idf = torch.ones(BUCKETS)
        self.fingerprint = self.known_by(None)

    def known_by(self, fitted: str | None) -> str:
        """The hash of the settings and of the data that the weights are from."""
        return hash_of("ngrams", 1, self.spec.vocabulary, self.spec.end, self.size, self.orders, self.seed, fitted)

    def fit(self, dataset: Any, device: torch.device) -> None:
        """Take the rarity of n-grams from training texts (20,000 at most)."""
        total = min(dataset.count("train"), TEXTS)
        holding = torch.zeros(BUCKETS, dtype=torch.float64)
        for rows in torch.arange(total, device=device).split(1024):
            where, valid = self.buckets(dataset.batch("train", rows, None)["data"])
            text = torch.arange(len(where), device=where.device)[:, None].expand_as(where)
            pair = torch.unique((text * BUCKETS + where)[valid])
            holding += torch.bincount(pair % BUCKETS, minlength=BUCKETS).cpu()
        self.idf = (((1 + total) / (1 + holding)).log() + 1).float()
        self.fingerprint = self.known_by(dataset.fingerprint)

    @torch.no_grad()
    def __call__(self, samples: Tensor) -> Float[Tensor, "n size"]:
        where, valid = self.buckets(samples)
        if self.directions.device != where.device:
            self.directions, self.idf = self.directions.to(where.device), self.idf.to(where.device)
        weight = torch.where(valid, self.idf[where], 0.0)
        y = F.normalize(F.embedding_bag(where, self.directions, per_sample_weights=weight, mode="sum"), dim=1)
        return torch.cat([y, *self.rarity(weight, valid, samples.shape[1])], 1)

    def rarity(
        self, weight: Float[Tensor, "n m"], valid: Bool[Tensor, "n m"], length: int
    ) -> list[Float[Tensor, "n 1"]]:
        """2 i_n for each n; 0 of texts without an n-gram."""
        columns = [max(length - n, 0) for n in range(self.orders)]
        pairs = zip(weight.split(columns, 1), valid.split(columns, 1), strict=True)
        top = self.idf.max()
        return [2 * w.sum(1, keepdim=True) / (v.sum(1, keepdim=True).clamp_min(1) * top) for w, v in pairs]

    def buckets(self, samples: Tensor) -> tuple[Int64[Tensor, "n m"], Bool[Tensor, "n m"]]:
        """The bucket of the n-gram that begins at each place, order after order, and whether it lies within the text.

        h_1 = (x_1 + 1) a,  h_n = (h_{n-1} + x_n + 1) a, mixed and cut, all modulo 2^64: alike on every device.
        """
        x = samples.argmax(-1) if samples.is_floating_point() else samples
        inside = self.spec.mask(x)
        h, found, valid = torch.zeros_like(x), [], []
        for n in range(1, self.orders + 1):
            token = x[:, n - 1 :]
            h = (h[:, : token.shape[1]] + token + 1) * MULTIPLIER
            mixed = (h ^ (h >> 29)) * FINISHER
            found.append((mixed >> 40) & (BUCKETS - 1))
            valid.append(inside[:, n - 1 :])
        return torch.cat(found, 1), torch.cat(valid, 1)
