"""The data set of pictures: items of a bank, their splits and their labels."""

from __future__ import annotations

import copy
import hashlib
import json
import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import torch
from jaxtyping import Float, Int64
from torch import Tensor

from gansuite.data.augmentation import Augmentation, bound, changed_by, settings
from gansuite.data.classes import in_order, scarce
from gansuite.data.split import SPLITS, split_of
from gansuite.engine.rng import Rng
from gansuite.errors import UserError

from ..spec import ImageSpec
from .bank import PictureBank

Own = TypeVar("Own", bound="Pictures")

log = logging.getLogger("gansuite")


@dataclass(frozen=True)
class Item:
    """One picture of the bank: its name, the hash of its content, its class and split where they are given."""

    name: str
    digest: str
    label: str | None = None
    split: str | None = None


class Pictures:
    """Pictures as batches [n, channels, height, width] in [-1, 1] (see ``gansuite.data.Dataset``).

    Args:
        bank: the pictures.
        items: what each is, in the order of the bank.
        shares: shares of train, valid and test for items without a split of their own, by the hash of their content.
        place: where the recipe names the data, for messages.
        account: what became of the files, in words; by default how many items there are.
        summary: what else there is to know of them.
        made: what else the stored numbers are a function of, for the fingerprint.
        classes: order of the labels; if not given, numbers by value and then words.
        augment: what happens to a training batch.
        resident_share: share of the free memory, of the accelerator or else the machine, that the bank may take; a
            larger one is read from disk as it is used, batches ahead.

    Raises:
        UserError: nothing is left to train on, or a change does not fit.
    """

    def __init__(
        self,
        bank: PictureBank,
        items: Sequence[Item],
        shares: Mapping[str, float],
        *,
        place: str,
        account: str | None = None,
        summary: Mapping[str, Any] | None = None,
        made: Any = None,
        classes: Sequence[str] | None = None,
        augment: Sequence[Augmentation] = (),
        resident_share: float = 0.5,
    ) -> None:
        found = {item.label for item in items} - {None}
        labels = tuple(name for name in classes or in_order(map(str, found)) if name in found)
        splits = [item.split or split_of(item.digest, shares) for item in items]
        if "train" not in splits:
            counts = ", ".join(f"{name} {splits.count(name)}" for name in SPLITS)
            raise UserError(
                f"{place}: no picture falls into the training split ({counts}); set split = {{ train = 1.0 }}"
            )
        for line in scarce(labels, [item.label for item in items], splits):
            log.warning("%s: %s", place, line)

        self.bank, self.items, self.resident_share = bank, list(items), resident_share
        self.spec = self.described(bank.values.shape[1:], labels, place)
        self.augment = list(augment)
        self.check_augmentations()
        self.places = {name: [i for i, split in enumerate(splits) if split == name] for name in SPLITS}
        self.rows = {name: torch.tensor(places, dtype=torch.int64) for name, places in self.places.items()}
        number = {label: n for n, label in enumerate(labels)}
        self.numbers = torch.tensor([number[str(item.label)] for item in items]) if labels else None
        content = [[item.digest, item.label, split] for item, split in zip(items, splits, strict=True)]
        text = json.dumps([bank.values.shape, str(bank.levels), labels, content, made, settings(self.augment)])
        self.fingerprint = hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
        told = account or f"{len(items):,} pictures"
        log.info("%s: %s", place, told)
        count = Counter(item.label for item in items)
        self.summary: Mapping[str, Any] = {
            "account": f"{place}: {told}",
            "files": len(items),
            "used": len(items),
            **(summary or {}),
            "size": list(bank.values.shape[1:]),
            "copies": len(items) - len({item.digest for item in items}),
            "bytes": bank.values.nbytes,
            "splits": {name: splits.count(name) for name in SPLITS},
            "labels": {name: count[name] for name in labels},
        }

    def described(self, shape: Sequence[int], labels: tuple[str, ...], place: str) -> ImageSpec:
        """The domain of pictures of this shape, (channels, height, width)."""
        channels, height, width = shape
        return ImageSpec(channels=channels, height=height, width=width, labels=labels)

    def arranged(self, x: Float[Tensor, "n c h w"]) -> Float[Tensor, "n k h v"]:
        """What is augmented: the pictures as the bank holds them."""
        return x

    def check_augmentations(self) -> None:
        """Let the augmentations look at the pictures.

        Raises:
            UserError: one of them makes pictures of another shape.
        """
        for each in self.augment:
            if bound([each], self.spec).shape != self.spec.shape:
                raise UserError(
                    f"augment: {type(each).__name__.lower()} makes pictures of another shape; leave it out, or "
                    'translate between both shapes by [data] name = "changed"'
                )

    @staticmethod
    def read_spec(table: Mapping[str, Any]) -> ImageSpec:
        """The specification that a run has noted: sampling needs no pictures."""
        return ImageSpec.from_dict(table)

    def to(self: Own, device: torch.device | str) -> Own:
        """The same pictures, gathered on ``device`` if the bank fits there."""
        moved = copy.copy(self)
        moved.bank = self.bank.to(device, self.resident_share)
        where = moved.bank.device
        moved.rows = {name: rows.to(where) for name, rows in self.rows.items()}
        moved.numbers = None if self.numbers is None else self.numbers.to(where)
        return moved

    @property
    def streamed(self) -> bool:
        """Whether the pictures exceed their share of memory and are read batches ahead of their use."""
        return self.bank.streamed

    def count(self, split: str) -> int:
        """Number of items in ``split``."""
        return len(self.places[split])

    def batch(self, split: str, index: Int64[Tensor, " n"], rng: Rng | None) -> dict[str, Tensor]:
        """The pictures at ``index``: float32 [n, channels, height, width] under "data", classes [n] under "label".

        Without ``rng`` nothing is augmented; nor are pictures of other splits than ``train``.
        """
        place = self.rows[split].index_select(0, index)
        data = self.arranged(self.bank.batch(place))
        batch = {"data": changed_by(data, self.augment, rng) if rng is not None and split == "train" else data}
        if self.numbers is not None:
            batch["label"] = self.numbers.index_select(0, place)
        return batch

    def names(self, split: str) -> list[str]:
        """The name of each item: its file, or its number."""
        return [self.items[i].name for i in self.places[split]]
