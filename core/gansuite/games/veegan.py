"""VEEGAN (Srivastava, Valkov, Russell, Gutmann & Sutton 2017)."""

from __future__ import annotations

from typing import Annotated, Any

from annotated_types import Ge

from gansuite.games.bidirectional import Bidirectional
from gansuite.games.game import Cost, Draw
from gansuite.games.networks import Networks
from gansuite.spaces import Space, at_least_fp32


class Veegan(Bidirectional):
    """The encoder F undoes the generator on latents, and the critic compares F on data with what it learnt there.

        critic: E objective.critic(D(x, F(x)), D(G(z), z))
        generator and encoder: E objective.generator(D(G(z), z)) + w E ‖z - F(G(z))‖²

    Where modes are missing, F has not learnt to send them to the prior, and the critic sees it. F has no part in the
    first term: it moves by the reconstruction of latents alone (algorithm 1).

    Args:
        reconstruction: w.

    Source: eq. 3 and algorithm 1, whose generator pays the log-ratio -D itself.
    """

    def __init__(
        self,
        networks: Networks,
        prior: Any,
        space: Space,
        *,
        reconstruction: Annotated[float, Ge(0)] = 1.0,
        **options: Any,
    ) -> None:
        super().__init__(networks, prior, space, **options)
        self.reconstruction = reconstruction

    def cost_generator(self, draw: Draw) -> Cost:
        """E objective.generator(D(G(z), z)) + w E ‖z - F(G(z))‖²."""
        cost = super().cost_generator(draw)
        code = at_least_fp32(self.encode(self.generated(draw), draw))
        distance = (draw["prior"] - code).square().sum(1).mean()
        value = cost.value + self.reconstruction * distance
        return cost._replace(value=value, parts={**cost.parts, "latent": distance})
