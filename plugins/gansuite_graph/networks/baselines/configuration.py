"""Walks that know the degrees and nothing else: the floor of models of one graph."""

from __future__ import annotations

from typing import Any

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor, nn

from gansuite.engine.rng import Rng
from gansuite.estimators.sampling import inverted

from ..walk_lstm import walks_only


class Configuration(nn.Module):
    """p(v_1 ... v_T) = Π_t d_(v_t) / 2E: every step leads to an end of an edge of the graph, whichever.

    Steps over u, v come as often as the configuration model has edges there in the mean, d_u d_v / 2E, loops among
    them; graphs put together from the walks keep the degrees in the mean. Before it is fitted all nodes are alike.

    Raises:
        UserError: the data are whole graphs.

    Source: Molloy & Reed (1995); the law of edges in the mean Chung & Lu (2002).
    """

    def __init__(self, spec: Any, prior: Any) -> None:
        super().__init__()
        self.spec = walks_only(spec, "generator")
        self.alternatives = spec.alternatives
        self.share = nn.Parameter(torch.full((spec.nodes,), 1 / spec.nodes), requires_grad=False)

    @torch.no_grad()
    def fit(self, dataset: Any) -> None:
        degrees = dataset.graph.degrees
        self.share.copy_(degrees / degrees.sum())

    @torch.no_grad()
    def sample(
        self,
        z: Float[Tensor, "n z"],
        codes: Tensor | None,
        rng: Rng,
        *,
        alpha: float = 1.0,
        prefix: Int64[Tensor, "n p"] | None = None,
    ) -> Int64[Tensor, "n t"]:
        """Walks, beginning with ``prefix``."""
        p = self.share**alpha
        u = rng.uniform(len(z), self.spec.length)
        walks = inverted(p.expand(u.numel(), -1), u.reshape(-1)).view_as(u)
        if prefix is not None:
            walks[:, : prefix.shape[1]] = prefix
        return walks

    def mask(self, x: Int64[Tensor, "n t"]) -> Bool[Tensor, "n t"]:
        """Every place holds a node."""
        return torch.ones_like(x, dtype=torch.bool)

    def log_prob(self, x: Int64[Tensor, "n t"]) -> Float[Tensor, " n"]:
        """log p of walks."""
        return self.share.log()[x].sum(1)
