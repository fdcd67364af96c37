"""MNIST and what has its form."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import torch
from annotated_types import Ge, Gt, Le, Lt

from gansuite.data.augmentation import Augmentations
from gansuite.data.split import digest_of, split_of
from gansuite.errors import UserError

from .arrays import padded
from .bank import PictureBank
from .idx import idx_files, read_idx
from .levels import BYTES
from .pictures import Item, Pictures

EXPECTED = "expected train-images-idx3-ubyte and train-labels-idx1-ubyte (or .gz), there or in MNIST/raw"
CLOTHES = ("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot")


class Mnist(Pictures):
    """The idx files of MNIST, Fashion-MNIST, KMNIST or EMNIST, packed by gzip or not: grey, 28 x 28.

    The test split is the set's own (``t10k``); ``valid`` is drawn from its training files by the hash of the pixels.

    Args:
        root: the folder with the files, or the one that torchvision was given; ``~`` is expanded.
        subset: which set, where there are several, as ``fashionmnist`` or ``emnist-letters``.
        size: rows and columns; black is put around pictures that are smaller, as 32 does to 28 x 28.
        labels: ``class`` gives the classes, ``none`` nothing.
        valid: share of the training files that is held out.
        max_items: use at most this many training pictures, the first ones.
        augment: random changes of training pictures, in this order.
        resident_share: share of free memory, the accelerator's or else the machine's, that the pictures may take.

    Raises:
        UserError: files that are missing, damaged, or do not fit each other; several sets and no ``subset``.

    Source: LeCun, Bottou, Bengio & Haffner (1998); EMNIST's pictures, stored by columns, are put upright.
    """

    def __init__(
        self,
        *,
        root: str,
        subset: str | None = None,
        size: Annotated[int, Gt(0)] | None = None,
        labels: Literal["class", "none"] = "class",
        valid: Annotated[float, Ge(0), Lt(1)] = 0.1,
        max_items: Annotated[int, Gt(0)] | None = None,
        augment: Augmentations = [],  # noqa: B006 - a recipe's default, never mutated
        resident_share: Annotated[float, Ge(0), Le(1)] = 0.5,
    ) -> None:
        place = f"root = {root!r}"
        name, files = chosen(Path(root).expanduser(), subset, place)
        values, items, held = [], list[Item](), {"train": 1 - valid, "valid": valid}
        for part in ("train", "test") if ("test", "images") in files else ("train",):
            images, numbers = read(files, part, labels == "class", upright=not name.startswith("emnist"))
            if values and images.shape[1:] != values[0].shape[1:]:
                raise UserError(f"{files[part, 'images']}: pictures of another size than those to train on")
            most = max_items if part == "train" else None
            values.append(images[:most])
            for i, image in enumerate(images[:most]):
                digest = digest_of(image.tobytes())
                label = None if numbers is None else named(int(numbers[i]), name)
                split = "test" if part == "test" else split_of(digest, held)
                items.append(Item(f"{part} {i:05d}", digest, label, split))
        stored = torch.from_numpy(np.concatenate(values)[:, None])
        super().__init__(
            PictureBank(padded(stored, size, BYTES, place), BYTES),
            items,
            {"train": 1.0},
            place=f"{place} ({name})",
            classes=CLOTHES if "fashion" in name else None,
            augment=augment,
            resident_share=resident_share,
        )


def chosen(root: Path, subset: str | None, place: str) -> tuple[str, dict[tuple[str, str], Path]]:
    """The set that is asked for, or the only one.

    Raises:
        UserError: none, several, or no training pictures.
    """
    if not root.is_dir():
        raise UserError(f"{place}: {'is a file' if root.exists() else 'no such folder'}; {EXPECTED}")
    found = {name: files for name, files in idx_files(root).items() if ("train", "images") in files}
    if not found:
        raise UserError(f"{place}: no training pictures found; {EXPECTED}")
    if subset is None and len(found) > 1:
        raise UserError(f"{place}: holds {', '.join(found)}; set subset to one of them")
    name = next(iter(found)) if subset is None else subset.lower()
    if name not in found:
        raise UserError(f"{place}: subset = {subset!r} is not there; found {', '.join(found)}")
    return name, found[name]


def read(
    files: dict[tuple[str, str], Path], part: str, labelled: bool, upright: bool
) -> tuple[np.ndarray, np.ndarray | None]:
    """The pictures of a part, [n, rows, columns], and their classes, [n], if they are asked for.

    Raises:
        UserError: no pictures, no file of labels, or one of another length.
    """
    images = read_idx(files[part, "images"])
    if images.ndim != 3:
        raise UserError(f"{files[part, 'images']}: {images.ndim} axes are no pictures; expected 3")
    images = images if upright else images.transpose(0, 2, 1)
    if not labelled:
        return images, None
    if (part, "labels") not in files:
        raise UserError(f'{files[part, "images"]}: no file of labels is beside it; set labels = "none"')
    numbers = read_idx(files[part, "labels"])
    if numbers.shape != (len(images),):
        raise UserError(
            f"{files[part, 'labels']}: {len(numbers)} labels for {len(images)} pictures; download both again"
        )
    return images, numbers


def named(number: int, name: str) -> str:
    """What a class is called."""
    return CLOTHES[number] if "fashion" in name and number < len(CLOTHES) else str(number)
