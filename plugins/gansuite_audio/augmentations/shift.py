"""Earlier or later."""

from __future__ import annotations

from typing import Annotated, Literal

import torch
from annotated_types import Gt

from gansuite.data.augmentation import Augmentation, Probability
from gansuite.engine.rng import Rng
from gansuite.errors import UserError

from ..spec import AudioSpec
from .augmentation import Waveforms, column


class Shift(Augmentation):
    """x(t - s) with s uniform over the whole frames of [-seconds, seconds].

    Args:
        seconds: largest shift either way.
        fill: what enters at one end: ``zero``, or the other end (``circular``).
        probability: share of the samples that are changed.

    Raises:
        UserError: a shift of less than a frame, or of more than the sample.
    """

    most: int

    def __init__(
        self,
        *,
        seconds: Annotated[float, Gt(0)] = 0.05,
        fill: Literal["zero", "circular"] = "zero",
        probability: Probability = 1.0,
    ) -> None:
        super().__init__(probability)
        self.seconds, self.fill = seconds, fill

    def bind(self, spec: AudioSpec) -> None:
        self.most = round(self.seconds * spec.rate)
        if not 0 < self.most < spec.length:
            raise UserError(
                f"shift: seconds = {self.seconds:g} is {self.most} frames; choose 1 to {spec.length - 1} frames, "
                f"{1 / spec.rate:.2g} to {(spec.length - 1) / spec.rate:.2g}"
            )

    def changed(self, x: Waveforms, rng: Rng) -> Waveforms:
        length = x.shape[-1]
        source = torch.arange(length, device=x.device) - column(rng.integers(-self.most, self.most + 1, len(x)))
        moved = x.gather(-1, (source % length).expand_as(x))
        if self.fill == "circular":
            return moved
        return moved * ((source >= 0) & (source < length))
