"""CELL: the maximum likelihood of a low-rank Markov chain, a whole graph at each step (Rendsburg et al. 2020)."""

from __future__ import annotations

from typing import Annotated, Any

from jaxtyping import Float, Int64
from torch import Tensor

from gansuite.errors import UserError
from gansuite.games.maximum_likelihood import MaximumLikelihood
from gansuite.games.networks import Networks
from gansuite.plugins import Ref
from gansuite.spaces import Space


class Cell(MaximumLikelihood):
    """The game ``maximum-likelihood`` of a generator that knows the scores of all its links.

        -E log p(x):  on pairs of neighbours u, v  -E [log p(u) + U_u · V_v - log Σ_w exp(U_u · V_w)]

    The cost is that game's to the bit of rounding. What normalises u is computed once for all pairs that begin there,
    so that a batch as large as the graph costs one table of N², and links are scored without a walk being drawn.

    Raises:
        UserError: the generator has no such scores.

    Source: Rendsburg, Heidrich & von Luxburg, NetGAN without GAN (2020).
    """

    def __init__(
        self,
        networks: Networks,
        prior: Any,
        space: Space,
        *,
        conditioning: Annotated[Any, Ref("conditioning")] | None = None,
    ) -> None:
        super().__init__(networks, prior, space, conditioning=conditioning)
        if not hasattr(self.generator, "link_scores"):
            raise UserError('[players.generator] the game cell scores links: name = "cell", or play maximum-likelihood')

    def log_probs(
        self, x: Tensor, z: Float[Tensor, "n z"], codes: Tensor | None = None, alpha: float = 1.0, by: Any = None
    ) -> Float[Tensor, "n c"]:
        if alpha != 1.0 or by is not None:
            return super().log_probs(x, z, codes, alpha, by)
        return self.generator.log_probs(x)

    def link_scores(self, pairs: Int64[Tensor, "2 m"]) -> Float[Tensor, " m"]:
        """How much of an endless walk crosses each pair, either way."""
        return self.generator.link_scores(pairs)
