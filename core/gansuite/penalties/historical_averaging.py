"""Historical averaging (Salimans et al. 2016, section 3.3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import torch
from annotated_types import Ge
from jaxtyping import Float
from torch import Tensor, nn

from gansuite.games.game import Draw, Game
from gansuite.penalties.penalty import Penalty


class HistoricalAveraging(Penalty, nn.Module):
    """‖θ - (1/t) Σ_{i=1..t} θ_i‖², θ the parameters of the turn's networks now and θ_i those after their i-th move.

    Args:
        weight: of the squared distance.
        turn: whose parameters; list the penalty twice for those of both sides.
    """

    name = "historical-averaging"
    count: Tensor

    def __init__(
        self, *, weight: Annotated[float, Ge(0)] = 0.1, turn: Literal["critic", "generator"] = "generator"
    ) -> None:
        super().__init__(weight)
        self.turn = turn
        self.register_buffer("count", torch.zeros((), dtype=torch.int64))

    def parameters_of(self, game: Game) -> list[Tensor]:
        """θ: each parameter once, in the order of the networks."""
        return list(dict.fromkeys(p for module in self.networks(game) for p in module.parameters()))

    def bind(self, game: Game) -> None:
        """Room for the means; the first move replaces what is in it."""
        for i, p in enumerate(self.parameters_of(game)):
            self.register_buffer(f"mean_{i}", p.detach().clone())

    def means(self) -> list[Tensor]:
        """The means so far, in the order of the parameters."""
        return [buffer for name, buffer in self.named_buffers() if name != "count"]

    def __call__(self, game: Game, draw: Draw, out: Mapping[str, Any]) -> Float[Tensor, ""]:
        pairs = zip(self.parameters_of(game), self.means(), strict=True)
        return torch.stack([(p - mean).square().sum() for p, mean in pairs]).sum()

    @torch.no_grad()
    def after(self, game: Game, draw: Draw, out: Mapping[str, Any]) -> None:
        """Take the parameters of this move into their mean."""
        self.count += 1
        for p, mean in zip(self.parameters_of(game), self.means(), strict=True):
            mean += (p - mean) / self.count
