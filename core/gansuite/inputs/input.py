"""What a critic input is: a change of what the critic is shown, or of the kind that it is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from jaxtyping import Float
from torch import Tensor, nn

from gansuite.engine.rng import Rng
from gansuite.games.game import Draw
from gansuite.objectives.objective import Objective
from gansuite.spaces import Space


class Input(nn.Module):
    """One change of the critic's input; a game applies its ``inputs`` in their order, to both players' turns.

    Class attributes:
        shuffles: real and generated rows are shown together in one shuffled batch, on both turns.
        group: how many samples become one (packing); the critic then gives one score for each group.
    """

    shuffles: ClassVar[bool] = False
    group: int = 1

    def __init__(self) -> None:
        super().__init__()

    def widen(self, spec: Any) -> Any:
        """The domain of what the critic is shown.

        Raises:
            UserError: samples of ``spec`` cannot be changed so.
        """
        return spec

    def samples(self, x: Any, real: bool, space: Space, rng: Rng, round: int) -> Any:
        """What the critic is shown of a batch, differentiable in it."""
        return x

    def codes(self, codes: Float[Tensor, "n k"]) -> Float[Tensor, "m j"]:
        """The codes of what is shown, where a condition goes with the samples."""
        return codes

    def sides(self, real: Tensor, fake: Tensor, rng: Rng) -> tuple[Tensor, Tensor]:
        """What the critic's objective receives of both sides on its own turn: scores [m] or features [m, w]."""
        return real, fake

    def wrap(self, objective: Objective) -> Objective:
        """The objective that is played in place of the recipe's.

        Raises:
            UserError: this objective cannot be changed so.
        """
        return objective

    def after(self, draw: Draw, out: Mapping[str, Any]) -> None:
        """What is remembered of a move of the critic, in buffers."""
