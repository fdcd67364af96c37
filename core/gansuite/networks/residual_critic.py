"""The critic of SAGAN and BigGAN: SNGAN's residual blocks with self-attention."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from annotated_types import Ge, Gt
from jaxtyping import Float
from torch import Tensor, nn

from gansuite.networks.dcgan import widths
from gansuite.networks.doublings import doublings
from gansuite.networks.grids import rank_of
from gansuite.networks.residual import Narrowing, attended, normalised


class ResidualCritic(nn.Module):
    """Samples [n, channels, *axes] to scores [n]: residual blocks that halve the axes, one map attending to itself.

    All weights have spectral norm 1. The features are the sums over all places of what the last block's rectifier lets
    through, the head is linear: ``conditioning = "projection"`` makes the critic of the papers.

    Args:
        dim: channels of the first block; they double inwards.
        widest: most channels, in multiples of ``dim``.
        start: least size of the smallest map along any axis.
        attention: rows of the map that attends to itself; 0: none; absent: as published.

    Class attributes:
        name: in messages.
        share: the samples' rows for each of the map that attends as published.

    Raises:
        UserError: the samples are no signals or pictures, or of a size that no halvings take apart, or no map has so
            many rows.
    """

    name: ClassVar[str]
    share: ClassVar[int]

    def __init__(
        self,
        spec: Any,
        *,
        dim: Annotated[int, Gt(0)] = 64,
        widest: Annotated[int, Gt(0)] = 16,
        start: Annotated[int, Gt(0)] = 4,
        attention: Annotated[int, Ge(0)] | None = None,
    ) -> None:
        super().__init__()
        rank_of(self.name, spec)
        steps, smallest = doublings(spec, start, self.name)
        rows = [smallest[0] << step for step in range(steps)][::-1]
        attends = attended(self.name, [*rows, rows[-1]], attention, spec.shape[1] // self.share)
        channels = widths(steps, dim, widest)
        self.body = Narrowing(spec.shape[0], [*channels, channels[-1]], spec.shape[1:], attends)
        self.width = channels[-1]
        self.score = nn.Linear(self.width, 1)
        normalised(self, self.begin)

    def begin(self, weight: Tensor) -> None:
        """Set a weight anew, in place."""
        raise NotImplementedError

    def features(self, x: Float[Tensor, "n c *axes"], rng: Any = None) -> Float[Tensor, "n w"]:
        """The sums of the last map."""
        return self.body(x)

    def head(self, features: Float[Tensor, "n w"]) -> Float[Tensor, " n"]:
        return self.score(features).squeeze(1)

    def forward(self, x: Float[Tensor, "n c *axes"], condition: Any = None, rng: Any = None) -> Float[Tensor, " n"]:
        """Scores; a condition that is attached comes as further channels of ``x``."""
        return self.head(self.features(x, rng))
