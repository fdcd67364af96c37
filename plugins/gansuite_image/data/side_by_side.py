"""Pairs as pix2pix's files hold them: both pictures side by side in one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

import torch
from annotated_types import Ge, Le
from jaxtyping import Float, Int64
from torch import Tensor

from gansuite.data.augmentation import Augmentations
from gansuite.data.split import check_shares
from gansuite.engine.rng import Rng
from gansuite.errors import UserError

from ..spec import ImageSpec
from .decoding import Resample
from .files import PictureFiles, Size, decoding
from .layout import picture_files, splits_of
from .prepare import Record


class SideBySide(PictureFiles):
    """Files that hold two pictures of one size, left and right: a photo and its map of labels, say.

    Splits are those of the folder (``train``, ``val``, ``test``), otherwise by the hash of each file's bytes.

    Args:
        root: the folder; ``~`` is expanded.
        source: the half that translators are given; the other one is what they are to make.
        size: rows and columns of a half, to which it is brought; one number for both.
        channels: 1 grey, 3 colours.
        resample: filter of a change of size; ``nearest`` invents no colours, as maps of labels need.
        split: shares of train, valid and test by hash, even where the folder names its own.
        augment: random changes of training pairs, the same for both halves.
        resident_share: share of free memory, the accelerator's or else the machine's, that the pictures may take.

    Raises:
        UserError: no picture that can be used, or an odd number of columns.

    Source: Isola, Zhu, Zhou & Efros, Image-to-image translation (2017), the layout of their data.
    """

    def __init__(
        self,
        *,
        root: str,
        source: Literal["left", "right"],
        size: Size = None,
        channels: Literal[1, 3] = 3,
        resample: Resample = "lanczos",
        split: dict[str, float] | None = None,
        augment: Augmentations = [],  # noqa: B006 - a recipe's default, never mutated
        resident_share: Annotated[float, Ge(0), Le(1)] = 0.5,
    ) -> None:
        place, folder, shares = f"root = {root!r}", Path(root).expanduser(), check_shares(split)
        names = picture_files(folder, place)
        own = splits_of(names, folder) if split is None else None
        refused = [(n, "no split", "outside the folders train, val and test") for n in names if own and n not in own]
        records = [
            Record(name, folder / name, split=own[name] if own else None) for name in names if not own or name in own
        ]
        height, width = (size, size) if isinstance(size, int) else size or (None, None)
        pair = None if height is None or width is None else (height, 2 * width)
        how = decoding(pair, "stretch", channels, None, resample, 8)
        self.source = source
        super().__init__(
            records,
            how,
            shares,
            place=place,
            refused=refused,
            augment=augment,
            resident_share=resident_share,
            made=source,
        )

    def described(self, shape: Sequence[int], labels: tuple[str, ...], place: str) -> ImageSpec:
        channels, height, width = shape
        if width % 2:
            raise UserError(f"{place}: pictures of {width} columns are no two halves; set size, that of a half")
        half = ImageSpec(channels=channels, height=height, width=width // 2)
        return replace(half, source=half)

    def arranged(self, x: Float[Tensor, "n c h w"]) -> Float[Tensor, "n k h v"]:
        """Source and data as channels of one picture, so that what moves one moves the other alike."""
        left, right = x.chunk(2, 3)
        return torch.cat([left, right] if self.source == "left" else [right, left], 1)

    def batch(self, split: str, index: Int64[Tensor, " n"], rng: Rng | None) -> dict[str, Tensor]:
        """The pairs at ``index``: float32 [n, channels, height, width] under "data" and under "source"."""
        source, data = super().batch(split, index, rng)["data"].chunk(2, 1)
        return {"data": data, "source": source}
