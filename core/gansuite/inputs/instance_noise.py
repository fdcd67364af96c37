"""Instance noise (Sønderby et al. 2017, section 3; Arjovsky & Bottou 2017, section 3)."""

from __future__ import annotations

from typing import Annotated, Any

from annotated_types import Gt

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.inputs.input import Input
from gansuite.spaces import Space


class InstanceNoise(Input):
    """The critic is shown x + ε and G(z) + ε with ε ~ N(0, s_t² I), so that both laws have a density and overlap.

    s_t = scale · max(0, 1 - t/until) or scale · 2^(-t/half_life) after t rounds; constant without either.

    Args:
        scale: the first standard deviation, in units of the samples.
        until: the round at which the noise has gone, linearly.
        half_life: rounds in which it halves.

    Raises:
        UserError: the samples are integers.
    """

    def __init__(
        self,
        *,
        scale: Annotated[float, Gt(0)] = 0.1,
        until: Annotated[int, Gt(0)] | None = None,
        half_life: Annotated[float, Gt(0)] | None = None,
    ) -> None:
        super().__init__()
        if until is not None and half_life is not None:
            raise ValueError("instance-noise ends at a round or halves for ever: give until or half_life")
        self.first, self.until, self.half_life = scale, until, half_life

    def widen(self, spec: Any) -> Any:
        if not getattr(spec.space, "continuous", True):
            raise UserError("inputs: instance-noise adds noise to numbers, and tokens have none; leave it out")
        return spec

    def scale(self, round: int) -> float:
        """s_t after ``round`` rounds."""
        if self.until is not None:
            return self.first * max(0.0, 1 - round / self.until)
        return self.first if self.half_life is None else self.first * 0.5 ** (round / self.half_life)

    def samples(self, x: Any, real: bool, space: Space, rng: Rng, round: int) -> Any:
        scale = self.scale(round)
        return space.jitter(x, scale, rng) if scale else x
