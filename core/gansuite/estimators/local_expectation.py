"""Local expectation gradients (Titsias & Lázaro-Gredilla 2015): every alternative of every choice."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor

from gansuite.engine.rng import Rng
from gansuite.estimators.estimator import CostOf, Estimator, Logits, one_hot
from gansuite.estimators.sampling import categorical


class LocalExpectation(Estimator):
    """Each choice is summed over, the others drawn: ∇ Σ_t Σ_k p_t(k) f(x with x_t = k), f held fixed.

    The sample itself is one of the alternatives of each choice, so that 1 + c (k - 1) costs are evaluated.

    Source: Titsias & Lázaro-Gredilla (2015), eq. 8.
    """

    unbiased = True
    needs = frozenset({"factorised"})

    def evaluations(self, choices: int, alternatives: int) -> int:
        return 1 + choices * (alternatives - 1)

    def surrogate_of(self, logits: Logits, cost: CostOf, rng: Rng) -> Float[Tensor, ""]:
        n, c, k = logits.shape
        with torch.no_grad():
            x = categorical(logits, rng)
            place = torch.eye(c, dtype=torch.int64, device=x.device)
            step = torch.arange(1, k, device=x.device)
            # The other alternatives of each choice: row (s, t) is x with x_t moved on by s, modulo k.
            others = (x + step.view(-1, 1, 1, 1) * place.unsqueeze(1)) % k
            f = cost(one_hot(torch.cat([x, others.reshape(-1, c)]), k))
            own, moved = f[:n].expand(1, c, n), f[n:].view(k - 1, c, n)
            by_step = torch.cat([own, moved]).permute(2, 1, 0)
            alternative = (x.unsqueeze(2) + torch.arange(k, device=x.device)) % k
        return (logits.softmax(-1).gather(2, alternative) * by_step).sum((1, 2)).mean()
