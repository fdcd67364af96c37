"""CELL: a Markov chain of low rank in the place of NetGAN (Rendsburg, Heidrich & von Luxburg 2020)."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

import torch
from annotated_types import Gt
from jaxtyping import Bool, Float, Int64
from torch import Tensor, nn

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.estimators.policy import Choose

from .corner_rows import rows, stacked
from .walk_lstm import ROWS, drawn, walks_only

CELLS = 1 << 24
"""Probabilities held at a time where no gradient is wanted."""
TURNS = 500
"""Steps of power iteration at the most."""


class LowRankWalks(nn.Module):
    """p(v_1) = softmax(b);  p(v_t | v_(t-1)) = softmax(U_(v_(t-1)) · V): a Markov chain of low rank, with a likelihood.

    Trained on walks of two nodes by maximum likelihood it is CELL, the cross-entropy low-rank logits of the authors:
    what is left of NetGAN without the LSTM, without the critic and without sampling. A
    :class:`~gansuite.estimators.policy.Policy`.

    Args:
        rank: columns of U and of V; the authors take 9 on Cora-ML.
        initial: standard deviation of U and V when training begins; absent: √(2 / (N + rank)), as the authors.

    Raises:
        UserError: the data are whole graphs, or the prior has a latent.

    Source: Rendsburg, Heidrich & von Luxburg, NetGAN without GAN (2020).
    """

    factorised: ClassVar[bool] = False
    reads_corners: ClassVar[bool] = True

    def __init__(
        self,
        spec: Any,
        prior: Any,
        *,
        rank: Annotated[int, Gt(0)] = 9,
        initial: Annotated[float, Gt(0)] | None = None,
    ) -> None:
        super().__init__()
        self.spec = walks_only(spec, "generator")
        if prior.size:
            raise UserError("cell is a Markov chain, which reads no latent; take the prior none")
        self.alternatives = spec.alternatives
        scale = initial or (2 / (spec.nodes + rank)) ** 0.5
        self.first = nn.Parameter(torch.zeros(spec.nodes))
        self.out_of = nn.Parameter(scale * torch.randn(spec.nodes, rank))
        self.into = nn.Parameter(scale * torch.randn(spec.nodes, rank))

    def after(self, node: Any) -> Float[Tensor, "*n N"]:
        """The logits of the next node: numbers, relaxed rows or ``Corners``."""
        return rows(node, self.out_of) @ self.into.T

    def forward(
        self, z: Float[Tensor, "n z"], codes: Tensor | None = None, rng: Rng | None = None, choose: Choose | None = None
    ) -> Any:
        """Walks made with ``choose``, float [n, t, N], or ``Corners`` where it gives such."""
        if choose is None:
            return self.sample(z, codes, rng or Rng(0))
        walk = [choose(self.first.expand(len(z), -1), rng)]
        for _ in range(1, self.spec.length):
            walk.append(choose(self.after(walk[-1]), rng))
        return stacked(walk)

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
        """Walks drawn from softmax(alpha · logits) by inversion, beginning with ``prefix``."""
        u = rng.uniform(len(z), self.spec.length)
        given = 0 if prefix is None else prefix.shape[1]
        found = torch.empty(u.shape, dtype=torch.int64, device=u.device)
        size = ROWS if z.device.type == "cpu" else max(len(z), 1)
        for first in range(0, len(z), size):
            part = slice(first, first + size)
            for t in range(self.spec.length):
                if prefix is not None and t < given:
                    found[part, t] = prefix[part, t]
                    continue
                scores = self.after(found[part, t - 1]) if t else self.first.expand(len(u[part]), -1).clone()
                found[part, t] = drawn(scores, u[part, t], alpha)
        return found

    def logits(
        self, x: Int64[Tensor, "n t"], z: Float[Tensor, "n z"], codes: Tensor | None = None
    ) -> Float[Tensor, "n t N"]:
        """The scores of every node at every place, given the node before it."""
        first = self.first.expand(len(x), 1, -1)
        return torch.cat([first, self.after(x[:, :-1])], 1)

    def log_probs(self, x: Int64[Tensor, "n t"]) -> Float[Tensor, "n t"]:
        """log p of every node of ``x``: U_u · V_v less what normalises u, which all of u's steps share.

        A batch of more steps than there are nodes costs no more than one that has each node once.
        """
        first = self.first.log_softmax(0)[x[:, :1]]
        before, then = x[:, :-1].flatten(), x[:, 1:].flatten()
        if len(before) < self.spec.nodes:
            norms = self.after(before).logsumexp(1)
        else:
            norms = (self.out_of @ self.into.T).logsumexp(1)[before]
        products = (rows(before, self.out_of) * rows(then, self.into)).sum(1)
        return torch.cat([first, (products - norms).view(len(x), -1)], 1)

    def mask(self, x: Tensor) -> Bool[Tensor, "n t"]:
        """Every place holds a node."""
        return torch.ones(x.shape[:2], dtype=torch.bool, device=x.device)

    @torch.no_grad()
    def link_scores(self, pairs: Int64[Tensor, "2 m"]) -> Float[Tensor, " m"]:
        """½ (π_u P_uv + π_v P_vu) for each pair: how much of an endless walk crosses the edge, either way.

        P is the transition matrix and π its stationary distribution; on the graph itself every edge has 1 / 2E.
        """
        u, v = pairs
        log_norm = self.log_norms()
        flow = self.stationary(log_norm)
        into = self.into.double()
        both = [((self.out_of[a].double() * into[b]).sum(1) - log_norm[a]).exp() * flow[a] for a, b in ((u, v), (v, u))]
        return (0.5 * (both[0] + both[1])).float()

    def log_norms(self) -> Tensor:
        """log Σ_v exp(U_u · V_v) for every node, float64."""
        return torch.cat([(part @ self.into.T).logsumexp(1) for part in self.out_of.split(self.block)]).double()

    def stationary(self, log_norm: Tensor, tolerance: float = 1e-6) -> Tensor:
        """π with π P = π, by power iteration of the lazy chain ½ (I + P), float64 [N]: P itself may have a period.

        It has come to rest when no coordinate moves by more than ``tolerance`` of the mean. P is held where it is small
        enough, and made anew for each turn where it is not.
        """
        parts = [slice(first, first + self.block) for first in range(0, len(log_norm), self.block)]
        make = lambda part: (self.out_of[part] @ self.into.T - log_norm[part, None].float()).exp()  # noqa: E731
        held = make(parts[0]) if len(parts) == 1 else None
        flow = torch.full_like(log_norm, 1 / len(log_norm))
        for _ in range(TURNS):
            moved = [flow[part].float() @ (make(part) if held is None else held) for part in parts]
            moved = torch.stack(moved).sum(0).double()
            moved = 0.5 * (flow + moved / moved.sum())
            flow, apart = moved, (moved - flow).abs().max()
            if bool(apart * len(flow) < tolerance):
                break
        return flow

    @property
    def block(self) -> int:
        """Rows of the transition matrix held at a time."""
        return max(1, CELLS // self.alternatives)
