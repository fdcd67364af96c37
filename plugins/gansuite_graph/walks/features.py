"""Features of walks that need no weights: which nodes and which edges they pass, and how they go."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

import torch
from annotated_types import Ge
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional as F

from gansuite.engine.rng import Rng
from gansuite.extractors.hashing import hash_of

from ..csr import Csr
from .second_order import Edges

BUCKETS = 1 << 15
"""Among which nodes and pairs are shared out by their hash; a power of two."""
MULTIPLIER = 0x9E3779B97F4A7C15 - (1 << 64)


class WalkFeatures:
    """What a walk passes, along random directions, and two shares: float32 [n, size].

        features (Σ_t r(x_t) / √T, Σ_t s({x_t, x_{t+1}}) / √(T - 1), 2 on, 2 back)

    r and s are Gaussian directions of each node and each pair of nodes (in either direction), drawn from the seed and
    shared by those whose hash falls in one of 32,768 buckets; ``on`` is the share of steps that follow an edge of the
    training graph, ``back`` that of steps back to where the walk had just been. Random directions keep distances
    within a factor 1 ± sqrt(4 / size), so features are near where walks pass the same nodes and edges. Steps that no
    edge allows lie in as many directions as there are pairs, and only ``on`` makes them one fault; without ``fit`` it
    is 0 for all.

    Args:
        spec: of the walks.
        size: number of features.
        seed: of the directions.
    """

    name: ClassVar[str] = "walks"

    def __init__(self, spec: Any, *, size: Annotated[int, Ge(8)] = 128, seed: Annotated[int, Ge(0)] = 0) -> None:
        self.spec, self.size, self.seed = spec, size, seed
        half = (size - 2) // 2
        rng = Rng(seed, "walks")
        self.directions = [rng.normal(BUCKETS, width) / width**0.5 for width in (half, size - 2 - half)]
        self.graph: Csr | None = None
        self.edges: Edges | None = None
        self.fingerprint = self.known_by(None)

    def known_by(self, fitted: str | None) -> str:
        """The hash of the settings and of the graph whose edges are known."""
        return hash_of("walks", 1, self.spec.nodes, self.spec.length, self.size, self.seed, fitted)

    def fit(self, dataset: Any, device: torch.device) -> None:
        """Learn which steps follow an edge, of a data set that has a graph."""
        graph = getattr(dataset, "graph", None)
        if isinstance(graph, Csr):
            self.edges = Edges(graph.to(device))
            self.fingerprint = self.known_by(dataset.fingerprint)

    @torch.no_grad()
    def __call__(self, samples: Tensor) -> Float[Tensor, "n size"]:
        x = samples.argmax(-1) if samples.is_floating_point() else samples
        if self.directions[0].device != x.device:
            self.directions = [each.to(x.device) for each in self.directions]
        u, v = x[:, :-1], x[:, 1:]
        pair = torch.minimum(u, v) * self.spec.nodes + torch.maximum(u, v)
        parts = [
            F.embedding_bag(bucket(number), table, mode="sum") / number.shape[1] ** 0.5
            for number, table in zip((x, pair), self.directions, strict=True)
        ]
        on = torch.zeros(u.shape) if self.edges is None else self.edges.have(u.flatten(), v.flatten()).view_as(u)
        back = x[:, 2:] == x[:, :-2] if x.shape[1] > 2 else torch.zeros_like(u, dtype=torch.bool)
        shares = [2 * each.to(parts[0]).mean(1, keepdim=True) for each in (on, back)]
        return torch.cat([*parts, *shares], 1)


def bucket(numbers: Tensor) -> Tensor:
    """The bucket of each number: itself where they are few, else mixed and cut, alike on every device."""
    mixed = (numbers ^ (numbers >> 15)) * MULTIPLIER
    return torch.where(numbers < BUCKETS, numbers, (mixed >> 40) & (BUCKETS - 1))
