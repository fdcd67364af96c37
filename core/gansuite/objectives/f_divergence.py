"""f-GAN: any f-divergence by its variational bound (Nowozin, Cseke & Tomioka 2016, eq. 4-8, tables 1, 2 and 6)."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal, NamedTuple

from torch.nn.functional import softplus

from gansuite.objectives.objective import Scores, Separable


class Divergence(NamedTuple):
    """The output activation g_f onto the domain of f*, and the conjugate f* after it, both of the critic's output v.

    f* ∘ g_f is written out, for f* itself overflows where g_f comes near the edge of its domain.
    """

    activation: Callable[[Scores], Scores]
    conjugate: Callable[[Scores], Scores]


DIVERGENCES: dict[str, Divergence] = {
    # f(u) = u log u, f*(t) = exp(t - 1)
    "kl": Divergence(lambda v: v, lambda v: (v - 1).exp()),
    # f(u) = -log u, f*(t) = -1 - log(-t), t < 0
    "reverse-kl": Divergence(lambda v: -(-v).exp(), lambda v: v - 1),
    # f(u) = (u - 1)², f*(t) = t²/4 + t
    "pearson": Divergence(lambda v: v, lambda v: 0.25 * v.square() + v),
    # f(u) = u log u - (u + 1) log((u + 1)/2), f*(t) = -log(2 - exp t), t < log 2
    "js": Divergence(lambda v: math.log(2) - softplus(-v), lambda v: softplus(v) - math.log(2)),
}


class FDivergence(Separable):
    """D_f(P_r ‖ P_g) = E_g f(p_r/p_g) = sup_T E T(x) - E f*(T(G(z))), with T = g_f(v) of the critic's output v.

    critic: -g_f(v(x)) + f*(g_f(v(G(z)))), minus the bound;  generator: -f*(g_f(v(G(z)))) (minimax), or -g_f(v(G(z)))
    (non-saturating, the paper's section 3.2). The best critic is T = f'(p_r/p_g). The paper's f of "js" gives
    KL(p ‖ m) + KL(q ‖ m) with m = (p + q)/2, twice the Jensen-Shannon divergence: the original game plus 2 log 2.

    Args:
        divergence: "kl" KL(P_r ‖ P_g), "reverse-kl" KL(P_g ‖ P_r), "pearson" χ²(P_r ‖ P_g), or "js".
        side: what the generator descends: "minimax" the bound, "non-saturating" the paper's practical form.
    """

    def __init__(
        self,
        *,
        divergence: Literal["kl", "reverse-kl", "pearson", "js"] = "js",
        side: Literal["minimax", "non-saturating"] = "minimax",
    ) -> None:
        self.divergence, self.side = DIVERGENCES[divergence], side

    def on_real(self, score: Scores) -> Scores:
        return -self.divergence.activation(score)

    def on_fake(self, score: Scores) -> Scores:
        return self.divergence.conjugate(score)

    def generator(self, fake: Scores, real: Scores | None = None) -> Scores:
        if self.side == "non-saturating":
            return -self.divergence.activation(fake)
        return -self.divergence.conjugate(fake)
