"""Scores weighted by a density ratio (Che et al., MaliGAN 2017; Hjelm et al., boundary-seeking GAN 2018)."""

from __future__ import annotations

from typing import Annotated

import torch
from annotated_types import Ge, Le
from jaxtyping import Bool, Float
from torch import Tensor

from gansuite.estimators.estimator import ScoreFunction
from gansuite.estimators.reinforce import each_choice, over_choices
from gansuite.spaces import at_least_fp32


class ImportanceWeighted(ScoreFunction):
    """The gradient of KL(q ‖ p) where the weights are q/p: maximum likelihood of data that only a critic knows.

    -Σ_i (w̄_i - b/m) log p(x_i),  w̄_i = w_i / Σ_j w_j over the m samples of a group (``normalise``), or w_i / m

    **The cost that it is given is minus the weight**, w = -f ≥ 0: D/(1 - D) of a critic with probabilities D, the
    reward "density-ratio". Held fixed, w_i/m is REINFORCE with the cost -w. Normalised weights need no constant, vary
    less, and have a bias that falls like 1/m; b changes no mean, since that of a score is 0. A negative weight makes
    the surrogate nan, for such a reward is none of this estimator's.

    Args:
        normalise: w̄ sums to 1.
        baseline: b, from 0 to 1, where the weights' mean is subtracted in full.

    Source: Che et al. (2017), eq. 6-8; Hjelm et al. (2018), eq. 8-10.
    """

    needs = frozenset({"rewards", "weights"})

    def __init__(self, *, normalise: bool = True, baseline: Annotated[float, Ge(0), Le(1)] = 1.0) -> None:
        super().__init__()
        self.normalise, self.baseline = normalise, baseline
        self.unbiased = not normalise

    def surrogate(
        self,
        log_prob: Float[Tensor, "n c"],
        cost: Float[Tensor, " n"] | Float[Tensor, "n c"],
        mask: Bool[Tensor, "n c"] | None = None,
        *,
        group: int | None = None,
        old_log_prob: Float[Tensor, "n c"] | None = None,
        values: Float[Tensor, "n c"] | None = None,
    ) -> Float[Tensor, ""]:
        weight = each_choice(-at_least_fp32(cost.detach()))
        held = torch.ones_like(weight, dtype=torch.bool) if mask is None or weight.shape[1] == 1 else mask
        weight = torch.where(held, torch.where(weight >= 0, weight, torch.nan), 0.0)
        if self.normalise:  # to a mean of 1 over the group, so that 1/n makes them sum to 1
            w, m = (x.unflatten(0, (-1, group or len(weight))) for x in (weight, held.to(weight.dtype)))
            tiny = torch.finfo(weight.dtype).tiny
            weight = (w * m.sum(1, keepdim=True) / w.sum(1, keepdim=True).clamp_min(tiny)).flatten(0, 1)
        return over_choices((self.baseline - weight) * log_prob, mask)
