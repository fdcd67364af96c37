"""The gapped straight-through estimator (Fan, Chi, Rudnicky & Ramadge 2022)."""

from __future__ import annotations

from typing import Annotated, Any

from annotated_types import Ge
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import relu

from gansuite.engine.rng import Rng
from gansuite.estimators.estimator import Relaxation, one_hot, with_gradient_of
from gansuite.estimators.straight_through import drawn
from gansuite.spaces import at_least_fp32


class GappedStraightThrough(Relaxation):
    """Straight-through whose logits are moved just so far that the drawn alternative leads by a gap.

    y = one-hot(x), x ~ softmax(θ);  ∂y/∂θ := ∂ softmax((θ + m) / τ) / ∂θ,  m held fixed:
    m_x = max θ - θ_x,  m_j = -max(0, θ_j + gap - max θ) for j ≠ x.

    It is what Gumbel noise does to the logits in the main, without the noise.

    Args:
        gap: by how much the drawn alternative leads.

    Source: Fan et al. (2022), eq. 6-8.
    """

    corners = True

    def __init__(self, *, gap: Annotated[float, Ge(0)] = 1.0, **options: Any) -> None:
        super().__init__(**options)
        self.gap = gap

    def choose(
        self, logits: Float[Tensor, "*choices k"], rng: Rng | None, temperature: float
    ) -> Float[Tensor, "*choices k"]:
        logits = at_least_fp32(logits)
        hard = one_hot(drawn(logits, rng), logits.shape[-1])
        held = logits.detach()
        top = held.amax(-1, keepdim=True)
        moved = hard * (top - held) - (1 - hard) * relu(held + self.gap - top)
        return with_gradient_of(((logits + moved.nan_to_num()) / temperature).softmax(-1), hard)
