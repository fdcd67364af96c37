"""Any folder tree of pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from annotated_types import Ge, Gt, Le

from gansuite.data.augmentation import Augmentations
from gansuite.data.files import sample_of
from gansuite.data.split import check_shares
from gansuite.errors import UserError

from .decoding import Alpha, Fit, Resample
from .files import PictureFiles, Size, decoding
from .layout import CONVERT, classes_of, foreign_files, picture_files, splits_of
from .prepare import Record


class Folder(PictureFiles):
    """The pictures of a folder tree, decoded once into the cache.

    Splits are those of the folder where it names them (sub-folders ``train``, ``valid``, ``test``), otherwise by the
    hash of each file's bytes. Files that cannot be read are skipped and counted in ``summary``.

    Args:
        root: the folder; ``~`` is expanded.
        size: rows and columns, one number for both; needed where pictures differ in size.
        fit: a picture of another shape is cut to its middle (``crop``), surrounded by black (``pad``), or stretched.
        channels: 1 grey, 3 colours, 4 colours and opacity.
        alpha: what is transparent is laid on ``white`` or ``black``, shown as if it were opaque (``drop``), or kept as
            a fourth channel (``keep``); by default kept with 4 channels, else laid on white.
        resample: filter of a change of size; ``nearest`` invents no colours, as maps of labels need.
        bits: 8, or 16 to keep what grey pictures of 16 bits hold (Pillow reads colours at 8).
        labels: classes from the ``folder`` that holds the file, or ``none``.
        split: shares of train, valid and test by hash, even where the folder names its own; default 0.8, 0.1, 0.1.
        max_files: use at most this many, chosen by the hash of their names.
        augment: random changes of training pictures, in this order.
        resident_share: share of free memory, the accelerator's or else the machine's, that the decoded pictures may
            take; beyond it they are read from disk as they are used.

    Raises:
        UserError: no such folder, no picture in it, none that can be used, or several sizes and no ``size``.

    EXIF orientation is obeyed, palettes and CMYK become RGB, and of several frames the first is taken.
    """

    def __init__(
        self,
        *,
        root: str,
        size: Size = None,
        fit: Fit = "crop",
        channels: Literal[1, 3, 4] = 3,
        alpha: Alpha | None = None,
        resample: Resample = "lanczos",
        bits: Literal[8, 16] = 8,
        labels: Literal["none", "folder"] = "none",
        split: dict[str, float] | None = None,
        max_files: Annotated[int, Gt(0)] | None = None,
        augment: Augmentations = [],  # noqa: B006 - a recipe's default, never mutated
        resident_share: Annotated[float, Ge(0), Le(1)] = 0.5,
    ) -> None:
        place, folder, shares = f"root = {root!r}", Path(root).expanduser(), check_shares(split)
        how = decoding(size, fit, channels, alpha, resample, bits)
        names = picture_files(folder, place)
        by_folder = splits_of(names, folder)
        own = by_folder if split is None else None
        refused = [(name, "foreign format", CONVERT) for name in foreign_files(folder)]
        if own is not None:
            refused += [(n, "no split", "outside the folders train, valid and test") for n in names if n not in own]
            names = [name for name in names if name in own]
        label_of = classes_of(names, by_folder is not None) if labels == "folder" else {}
        if labels == "folder":
            refused += [(name, "no label", "in no folder of a class") for name in names if name not in label_of]
            names = [name for name in names if name in label_of]
            if not names:
                raise UserError(
                    f'{place}: labels = "folder" wants each class in a folder of its own, as cats/1.png; '
                    'the pictures lie in none; set labels = "none"'
                )
        if max_files is not None:
            names = sample_of(names, max_files)
        records = [
            Record(name, folder / name, label=label_of.get(name), split=own[name] if own else None) for name in names
        ]
        super().__init__(
            records, how, shares, place=place, refused=refused, augment=augment, resident_share=resident_share
        )
