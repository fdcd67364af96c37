"""The handwritten digits that come with scikit-learn."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
import torch
from annotated_types import Ge, Le

from gansuite.data.augmentation import Augmentations
from gansuite.data.split import check_shares, digest_of

from .bank import PictureBank
from .levels import DIGITS, WORDS
from .pictures import Item, Pictures

SIDE = 8


class Digits(Pictures):
    """1,797 digits of 43 writers, 8 x 8, white on black: x = v / 8 - 1 with v in 0, ..., 16.

    Args:
        size: rows and columns; above 8 the digits are enlarged bilinearly.
        labels: ``digit`` gives the ten digits, ``none`` nothing.
        split: shares of train, valid and test by the hash of each digit's pixels; default 0.8, 0.1, 0.1.
        augment: random changes of training pictures, in this order.

    Source: Alpaydin & Kaynak (1998), Optical recognition of handwritten digits, the test set; scikit-learn.
    """

    def __init__(
        self,
        *,
        size: Annotated[int, Ge(SIDE), Le(256)] = SIDE,
        labels: Literal["digit", "none"] = "digit",
        split: dict[str, float] | None = None,
        augment: Augmentations = [],  # noqa: B006 - a recipe's default, never mutated
    ) -> None:
        from sklearn.datasets import load_digits

        pixels, digits = load_digits(return_X_y=True)
        values = np.asarray(pixels).astype(np.uint8).reshape(-1, 1, SIDE, SIDE)
        items = [
            Item(f"{digit}_{i:04d}", digest_of(row.tobytes()), str(digit) if labels == "digit" else None)
            for i, (row, digit) in enumerate(zip(values, digits, strict=True))
        ]
        super().__init__(
            enlarged(torch.from_numpy(values), size), items, check_shares(split), place="digits", augment=augment
        )


def enlarged(values: torch.Tensor, size: int) -> PictureBank:
    """The bank of digits of ``size`` x ``size``; what lies between two of the 17 levels takes 16 bits."""
    if size == SIDE:
        return PictureBank(values, DIGITS)
    floats = DIGITS.floats(values)
    larger = torch.nn.functional.interpolate(floats, size=(size, size), mode="bilinear", align_corners=False)
    return PictureBank(torch.from_numpy(WORDS.stored(larger.numpy()).astype(np.int16)), WORDS)
