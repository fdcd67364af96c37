"""Baselines of score functions: what a sample is expected to cost before it is seen."""

from __future__ import annotations

from typing import Literal

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from gansuite.errors import UserError
from gansuite.spaces import at_least_fp32

Kind = Literal["none", "ema", "rloo", "critic"]
Costs = Float[Tensor, " n"] | Float[Tensor, "n c"]


class Baseline(nn.Module):
    """Turns costs into advantages A = f - b, with b independent of the sample that it is subtracted from.

    - none: b = 0;
    - ema: a mean over earlier moves, b = Σ_s d^s f_(t-s) / Σ_s d^s, s ≥ 1: this move's costs enter after it;
    - rloo: the mean of the *other* samples of the group (leave-one-out); where each choice has a cost of its own, that
      of the others at the same place, or at all of their places where they have ended;
    - critic: a learnt value for each choice.

    Raises:
        UserError: leave-one-out of one sample, or a critic's baseline without its values.
    """

    total: Tensor
    weight: Tensor

    def __init__(self, kind: Kind, decay: float) -> None:
        super().__init__()
        self.kind, self.decay = kind, decay
        if kind == "ema":
            self.register_buffer("total", torch.zeros(()))
            self.register_buffer("weight", torch.zeros(()))

    @torch.no_grad()
    def advantage(
        self, cost: Costs, mask: Bool[Tensor, "n c"] | None, group: int | None, values: Float[Tensor, "n c"] | None
    ) -> Costs:
        """A, [n] or [n, c], without a graph."""
        cost = at_least_fp32(cost.detach())
        if self.kind == "ema":
            return cost - self.total / self.weight.clamp_min(torch.finfo(torch.float32).tiny)
        if self.kind == "critic":
            if values is None:
                raise UserError("baseline: critic needs a generator that predicts values, and this has none; take rloo")
            return (cost if cost.dim() == 2 else cost.unsqueeze(1)) - values.detach()
        if self.kind == "rloo":
            return left_out(cost, mask, group or len(cost))
        return cost

    @torch.no_grad()
    def after(self, cost: Costs, mask: Tensor | None) -> None:
        """Take a move's costs into the running mean."""
        if self.kind == "ema":
            if mask is not None and cost.dim() == 2:
                cost = torch.where(mask, cost, 0.0).sum() / mask.sum()
            self.total.mul_(self.decay).add_(cost.mean(), alpha=1 - self.decay)
            self.weight.mul_(self.decay).add_(1 - self.decay)


def left_out(cost: Costs, mask: Bool[Tensor, "n c"] | None, group: int) -> Costs:
    """A_i = f_i - 1/(k-1) Σ_(j≠i) f_j over each ``group`` of k rows (Salimans & Knowles 2014; Kool et al. 2019).

    Costs are told from the first one of their group, so that equal ones leave exactly nothing.
    """
    if group < 2 or len(cost) % group:
        raise UserError(
            f"baseline: rloo compares samples, and {len(cost)} are not groups of {group} ≥ 2; raise the batch_size, or "
            "take ema"
        )
    f = cost.unflatten(0, (-1, group))
    f = f - f.flatten(1)[:, 0].view(-1, *[1] * (f.dim() - 1))
    if f.dim() == 2:
        return (f - (f.sum(1, keepdim=True) - f) / (group - 1)).flatten()
    m = torch.ones_like(f) if mask is None else mask.unflatten(0, (-1, group)).to(f.dtype)
    f = torch.where(m > 0, f, 0.0)
    sums, counts = f.sum(1, keepdim=True) - f, m.sum(1, keepdim=True) - m
    everywhere = sums.sum(2, keepdim=True) / counts.sum(2, keepdim=True).clamp_min(1)
    return (f - torch.where(counts > 0, sums / counts.clamp_min(1), everywhere)).flatten(0, 1)
