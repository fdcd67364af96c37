"""PacGAN (Lin, Khetan, Fanti & Oh 2018, section 2)."""

from __future__ import annotations

from typing import Annotated, Any

from annotated_types import Gt
from jaxtyping import Float
from torch import Tensor

from gansuite.engine.rng import Rng
from gansuite.inputs.input import Input
from gansuite.spaces import Space


class Packing(Input):
    """The critic judges D(x_1, ..., x_m): m samples of one origin side by side, as channels of one.

    So the game is between P^m and G^m: where TV(P, Q) = TV(P, Q'), the law with more mode collapse is further from
    P^m, and is avoided. Each pack has one score; batches hold batch_size / m packs.

    Args:
        m: samples in a pack; the paper has 2 to 4.
    """

    def __init__(self, *, m: Annotated[int, Gt(1)] = 2) -> None:
        super().__init__()
        self.group = m

    def widen(self, spec: Any) -> Any:
        return spec.widened(self.group * spec.shape[0])

    def samples(self, x: Any, real: bool, space: Space, rng: Rng, round: int) -> Any:
        return space.pack(x, self.group)

    def codes(self, codes: Float[Tensor, "n k"]) -> Float[Tensor, "m j"]:
        return codes.reshape(-1, self.group * codes.shape[1])
