"""OT-GAN: the mini-batch energy distance (Salimans, Zhang, Radford & Metaxas 2018, section 3)."""

from __future__ import annotations

from typing import Annotated, Literal

import torch
from annotated_types import Gt
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import normalize

from gansuite.objectives.discrepancy import Discrepancy
from gansuite.objectives.distances import squared_distances


class OptimalTransport(Discrepancy):
    """An energy distance whose points are mini-batches and whose metric is optimal transport between them.

        D² = 2 E W(X, Y) - E W(X, X') - E W(Y, Y'),  estimated from the halves X, X' of the real and Y, Y' of the fake
        batch by ½ [W(X, Y) + W(X, Y') + W(X', Y) + W(X', Y')] - W(X, X') - W(Y, Y')

    with W the cost Σ_ij M_ij c(x_i, y_j) of the entropic matching M (Sinkhorn) and c(x, y) = 1 - cos(f(x), f(y)) on
    the critic's features f. critic: -D² (it ascends);  generator: D². With one sample a half D² is the plain energy
    distance; with many it tends to 2 W(P_r, P_g). As in the paper, M is a constant to the gradient: by the envelope
    theorem that is the exact gradient of the entropic cost min_M Σ M c + ε Σ M log M.

    Args:
        eps: ε of the entropic matching; the paper's 1/500.
        iterations: Sinkhorn's row and column scalings; the paper has 500, at a constant ε.
        cost: c, "cosine" as published, or "euclidean" for features whose length has a meaning.
    """

    def __init__(
        self,
        *,
        eps: Annotated[float, Gt(0)] = 0.002,
        iterations: Annotated[int, Gt(0)] = 100,
        cost: Literal["cosine", "euclidean"] = "cosine",
    ) -> None:
        self.eps, self.iterations, self.cost = eps, iterations, cost

    def check(self, batch_size: int) -> None:
        if batch_size % 2:
            raise ValueError("optimal-transport compares the halves of a batch: choose an even batch_size")

    def distance(self, x: Float[Tensor, "*b n d"], y: Float[Tensor, "*b n d"]) -> Float[Tensor, "*b"]:
        """D² between two batches of features."""
        (x1, x2), (y1, y2) = x.chunk(2, -2), y.chunk(2, -2)
        costs = self.costs(torch.stack([x1, x1, x2, x2, x1, y1]), torch.stack([y1, y2, y1, y2, x2, y2]))
        moved = (matching(costs, self.eps, self.iterations) * costs).sum((-2, -1))
        return 0.5 * moved[:4].sum(0) - moved[4] - moved[5]

    def costs(self, x: Float[Tensor, "*b k d"], y: Float[Tensor, "*b k d"]) -> Float[Tensor, "*b k k"]:
        """c(x_i, y_j)."""
        if self.cost == "cosine":
            return 1 - normalize(x, dim=-1, eps=1e-6) @ normalize(y, dim=-1, eps=1e-6).mT
        # The square root has no derivative at 0: a tiny floor keeps equal rows finite.
        return squared_distances(x, y).clamp_min(1e-12).sqrt()


@torch.no_grad()
def matching(costs: Float[Tensor, "*b k k"], eps: float, iterations: int) -> Float[Tensor, "*b k k"]:
    """The matching M_ij = exp((u_i + v_j - c_ij)/ε) / k with row and column sums 1/k: Sinkhorn in the log domain.

    Over the first three quarters of the iterations ε falls from the largest cost to its value: the solution is the
    same, and is reached many times sooner.
    """
    start = costs.amax((-2, -1), keepdim=True).clamp_min(eps)
    u, v = torch.zeros_like(costs[..., :1]), torch.zeros_like(costs[..., :1, :])
    for i in range(iterations):
        e = start * (eps / start) ** min(1.0, (i + 1) / (0.75 * iterations))
        u = -e * ((v - costs) / e).logsumexp(-1, keepdim=True)
        v = -e * ((u - costs) / e).logsumexp(-2, keepdim=True)
    return ((u + v - costs) / eps).exp() / costs.shape[-1]
