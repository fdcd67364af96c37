"""A thousand modes: three handwritten digits as the colours of one picture."""

from __future__ import annotations

from typing import Annotated

import torch
from annotated_types import Ge, Gt

from gansuite.engine.rng import Rng

from ..judges.digits import DigitJudge
from ..spec import ImageSpec
from .drawn import Drawn


class StackedDigits(Drawn):
    """Three random digits of scikit-learn's ``load_digits`` as red, green and blue: [3, 8, 8] in [-1, 1].

    The task of stacked MNIST with handwriting that needs no download. Each of the 1,000 triples of digits is a mode;
    the judge reads every channel by its nearest known digits.

    Args:
        count: pictures over all splits.
        seed: of the draw.
        split: shares of train, valid and test; default 0.8, 0.1, 0.1.

    Source: Metz et al., Unrolled GANs (2017), section 3.3; Alpaydin & Kaynak (1998) for the digits.
    """

    def __init__(
        self,
        *,
        count: Annotated[int, Gt(0)] = 50_000,
        seed: Annotated[int, Ge(0)] = 0,
        split: dict[str, float] | None = None,
    ) -> None:
        judge = DigitJudge(*handwriting())
        chosen = Rng(seed, "toy", "stacked-digits").integers(0, len(judge.images), 3 * count).view(count, 3)
        data = judge.images[chosen].unflatten(2, (8, 8))
        spec = ImageSpec(height=8, width=8, channels=3, picture="images")
        super().__init__(spec, {"data": data}, judge, name="stacked-digits", split=split)


def handwriting() -> tuple[torch.Tensor, torch.Tensor]:
    """1,797 digits of 43 writers as [n, 64] in [-1, 1], and what they are."""
    from sklearn.datasets import load_digits

    images, labels = load_digits(return_X_y=True)
    return torch.from_numpy(images / 8 - 1).float(), torch.from_numpy(labels).long()
