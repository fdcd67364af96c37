"""The gradient penalty of a critic that reads walks through one matrix, without one-hot walks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

import torch
from annotated_types import Ge, Gt
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import relu

from gansuite.errors import UserError
from gansuite.games.game import Draw, Game
from gansuite.penalties.penalty import Penalty
from gansuite.spaces import at_least_fp32

from ..networks.corner_rows import Embedded


class WalkGradientPenalty(Penalty):
    """E (‖∇D(x̂)‖ - target)² with x̂ = t x + (1 - t) x̃ in the simplex: the ``gradient-penalty``, exactly, and N-free.

    The critic reads a walk x [T, N] as e = x W, so that ê = t x W + (1 - t) x̃ W, and with g = ∂D/∂ê [T, d]

        ∂D/∂x̂_t = W g_t,  ‖∇D(x̂)‖² = Σ_t g_tᵀ (WᵀW) g_t,

    one norm for each walk. Real and generated walks are looked up, nothing has N columns but WᵀW [d, d], once a move.

    Args:
        weight: λ in the paper.
        target: the slope asked for.
        sides: "two" as published; "one" charges only slopes above the target.
        every: compute it each k-th move only, k-fold.

    Raises:
        UserError: the critic does not read its samples through one matrix.

    Source: Gulrajani et al. (2017), eq. 3; in the space of walks Bojchevski et al. (2018), section 3.2.
    """

    name = "walk-gradient-penalty"
    needs: ClassVar[frozenset[str]] = frozenset({"real", "fake", "score"})
    # Not ``per_sample``: for such a penalty the game would make one-hot walks, and there are none here.

    def __init__(
        self,
        *,
        weight: Annotated[float, Ge(0)] = 10.0,
        target: Annotated[float, Ge(0)] = 1.0,
        sides: Literal["two", "one"] = "two",
        every: Annotated[int, Gt(0)] = 1,
    ) -> None:
        super().__init__(weight, every)
        self.target, self.sides = target, sides

    def bind(self, game: Game) -> None:
        if not hasattr(getattr(game, "critic", None), "embed"):
            raise UserError(
                "penalties: walk-gradient-penalty needs a critic that reads walks through one matrix, such as netgan; "
                "take gradient-penalty"
            )

    def __call__(self, game: Game, draw: Draw, out: Mapping[str, Any]) -> Float[Tensor, ""]:
        excess = self.slopes(game, draw, out) - self.target
        return (relu(excess) if self.sides == "one" else excess).square().mean()

    def slopes(self, game: Game, draw: Draw, out: Mapping[str, Any]) -> Float[Tensor, " n"]:
        """‖∇D(x̂)‖ for each walk, differentiable in the critic."""
        critic: Any = game.critic
        real, fake = (critic.embed(out[key].detach()).vectors for key in ("real", "fake"))
        share = draw.rng(f"{self.name}/path").uniform(len(real)).view(-1, 1, 1)
        between = torch.lerp(fake, real, share.to(real.dtype))
        if not between.requires_grad:  # a critic that is held still has a slope all the same
            between.requires_grad_()
        score = out["score"](Embedded(between), draw.rng(self.name))
        (g,) = torch.autograd.grad(at_least_fp32(score).sum(), [between], create_graph=True)
        g, weight = at_least_fp32(g), at_least_fp32(critic.down)
        squares = ((g @ (weight.T @ weight)) * g).sum((1, 2))
        return squares.clamp_min(1e-24).sqrt()  # the root has no derivative at 0
