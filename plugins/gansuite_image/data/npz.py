"""Arrays in one .npz file."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from annotated_types import Ge, Gt, Le

from gansuite.data.augmentation import Augmentations
from gansuite.data.split import NAMES, check_shares, digest_of
from gansuite.errors import UserError

from .arrays import Layout, channels_first, packed, padded
from .bank import PictureBank
from .pictures import Item, Pictures

PICTURES = ("x", "images", "data", "image", "pictures", "arr_0")
CLASSES = ("y", "labels", "label", "targets", "target", "classes", "arr_1")


class Npz(Pictures):
    """Pictures of an ``.npz`` file, and their classes if there are any.

    Arrays are looked for by name: ``x``, ``images`` or ``data`` with ``y`` or ``labels``; where the names tell splits
    (``x_train``, ``train_images``, ``val_images``, ``test_labels``), these are used, otherwise the hash of the pixels.

    Args:
        path: the file; ``~`` is expanded.
        images: name of the array of pictures, if it is another.
        classes: name of the array of classes, likewise.
        labels: ``class`` gives the classes where there are any, ``none`` nothing.
        layout: ``nhw``, ``nhwc`` or ``nchw``, where the axis of 1, 3 or 4 colours leaves that open.
        range: the numbers that are black and white, where type and extremes leave that open.
        size: rows and columns; black is put around pictures that are smaller.
        split: shares of train, valid and test by hash, even where the names tell them; default 0.8, 0.1, 0.1.
        augment: random changes of training pictures, in this order.
        resident_share: share of free memory, the accelerator's or else the machine's, that the pictures may take.

    Raises:
        UserError: no such file or array, arrays that do not fit each other, or numbers that are no pictures.
    """

    def __init__(
        self,
        *,
        path: str,
        images: str | None = None,
        classes: str | None = None,
        labels: Literal["class", "none"] = "class",
        layout: Layout | None = None,
        range: tuple[float, float] | None = None,
        size: Annotated[int, Gt(0)] | None = None,
        split: dict[str, float] | None = None,
        augment: Augmentations = [],  # noqa: B006 - a recipe's default, never mutated
        resident_share: Annotated[float, Ge(0), Le(1)] = 0.5,
    ) -> None:
        place, shares = f"path = {path!r}", check_shares(split)
        arrays = read(Path(path).expanduser(), place)
        parts = parts_of(list(arrays), images, classes, place)
        pictures = [channels_first(arrays[x], layout, f"{place}: {x}") for x, _, _ in parts]
        if len({each.shape[1:] for each in pictures}) > 1:
            sizes = ", ".join(f"{x}: {' x '.join(map(str, arrays[x].shape))}" for x, _, _ in parts)
            raise UserError(f"{place}: the splits differ in size ({sizes}); make them alike")
        values, levels, bounds = packed(np.concatenate(pictures), range, place)
        items = list[Item]()
        for (x, y, name), part in zip(parts, pictures, strict=True):
            found = words(arrays[y], len(part), f"{place}: {y}") if y and labels == "class" else None
            own = name if split is None else None
            items += [Item(f"{x} {i:05d}", "", None if found is None else found[i], own) for i, _ in enumerate(part)]
        digests = [digest_of(row.numpy().tobytes()) for row in values]
        items = [Item(item.name, digest, item.label, item.split) for item, digest in zip(items, digests, strict=True)]
        told = f"{len(items):,} pictures, {values.dtype} in memory, {bounds[0]:g} black and {bounds[1]:g} white"
        super().__init__(
            PictureBank(padded(values, size, levels, place), levels),
            items,
            shares,
            place=place,
            account=told,
            summary={"range": list(bounds)},
            augment=augment,
            resident_share=resident_share,
        )


def read(path: Path, place: str) -> dict[str, np.ndarray]:
    """All arrays of the file; none is ever unpickled.

    Raises:
        UserError: it cannot be read.
    """
    try:
        # Opened here: numpy leaves a damaged archive open.
        with path.open("rb") as source, np.load(source, allow_pickle=False) as file:
            return {name: file[name] for name in file.files}
    except (OSError, ValueError, TypeError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        told = " ".join(str(error).split())
        raise UserError(
            f"{place}: cannot be read as .npz ({told}); save it by numpy.savez(path, x=..., y=...)"
        ) from error


def parts_of(
    names: Sequence[str], images: str | None, classes: str | None, place: str
) -> list[tuple[str, str | None, str | None]]:
    """The arrays of pictures and of classes, and the split that each pair is for, if the names tell.

    Raises:
        UserError: no array of pictures.
    """
    have = ", ".join(names) or "nothing"
    for option, name in (("images", images), ("classes", classes)):
        if name is not None and name not in names:
            raise UserError(f"{place}: {option} = {name!r} is not in the file, which holds {have}")
    told = {(split_in(name), kind_of(name)): name for name in reversed(names) if kind_of(name)}
    whole = images or told.get((None, "x"))
    if whole:
        return [(whole, classes or told.get((None, "y")), None)]
    splits = [split for split in ("train", "valid", "test") if (split, "x") in told]
    if not splits:
        raise UserError(f"{place}: holds {have}; expected an array x or images, or name it by images = ")
    return [(told[split, "x"], told.get((split, "y")), split) for split in splits]


def split_in(name: str) -> str | None:
    """The split that a name such as ``x_train`` or ``val_images`` tells."""
    return next((NAMES[part] for part in name.lower().split("_") if part in NAMES), None)


def kind_of(name: str) -> str | None:
    """Whether an array's name is one of pictures, ``x``, or of classes, ``y``."""
    bare = "_".join(part for part in name.lower().split("_") if part not in NAMES)
    return "x" if bare in PICTURES else "y" if bare in CLASSES else None


def words(classes: np.ndarray, count: int, place: str) -> list[str]:
    """The classes as words; rows of one-hot numbers as the place of the one.

    Raises:
        UserError: not one for each picture.
    """
    if classes.ndim == 2 and classes.shape[1] > 1 and classes.dtype.kind in "buif" and (classes.sum(1) == 1).all():
        classes = classes.argmax(1)
    flat = classes.reshape(len(classes), -1) if classes.ndim else classes.reshape(0, 1)
    if flat.shape != (count, 1):
        raise UserError(f"{place}: {' x '.join(map(str, classes.shape))} labels for {count} pictures; give each one")
    if flat.dtype.kind == "f" and (flat == np.rint(flat)).all():
        flat = flat.astype(np.int64)
    return [str(value) for value in flat[:, 0].tolist()]
