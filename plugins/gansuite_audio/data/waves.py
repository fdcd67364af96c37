"""The data set of sounds: items of a bank, their splits and their labels."""

from __future__ import annotations

import copy
import hashlib
import json
import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch
from jaxtyping import Int64
from torch import Tensor

from gansuite.data.augmentation import Augmentation
from gansuite.data.bank import Bank
from gansuite.data.classes import in_order, scarce
from gansuite.data.split import SPLITS, split_of
from gansuite.engine.rng import Rng
from gansuite.errors import UserError

from ..augmentations.augmentation import augmented
from ..spec import AudioSpec
from .account import account
from .decoding import Decoding
from .prepare import BANK, Record, read_index

LISTED = 100  # skipped files named one by one in the summary

log = logging.getLogger("gansuite")


@dataclass(frozen=True)
class Part:
    """The items of one split, on the device of the batches."""

    record: list[int]
    begin: list[int]  # first frame in its file
    offset: Tensor  # first frame in the bank, int64 [items]
    length: Tensor  # frames, at least a slice, int64 [items]
    label: Tensor | None  # number of the class, int64 [items]

    def to(self, device: torch.device) -> Part:
        label = None if self.label is None else self.label.to(device)
        return replace(self, offset=self.offset.to(device), length=self.length.to(device), label=label)


class Waves:
    """Recorded sounds as batches [n, channels, length] (see ``gansuite.data.Dataset``).

    Args:
        records: the files, with digests; sorted by name.
        how: how they are decoded, and the slice.
        shares: shares of train, valid and test for records without a split of their own.
        folder: the folder of the cache with their bank; named by the hash of content and decoding.
        place: where the recipe names the data, for messages.
        refused: files left out before decoding, as (name, reason, what was seen).
        classes: order of the labels; if not given, numbers by value and then words.
        augment: what happens to a training batch.
        resident_share: share of the free memory, of the accelerator or else the machine, that the bank may take; a
            larger one is read from disk as it is used, batches ahead.

    Raises:
        UserError: nothing can be used, nothing is left to train on, or a short file under ``short = "error"``.
    """

    def __init__(
        self,
        records: Sequence[Record],
        how: Decoding,
        shares: Mapping[str, float],
        folder: Path,
        *,
        place: str,
        refused: Sequence[tuple[str, str, str]] = (),
        classes: Sequence[str] | None = None,
        augment: Sequence[Augmentation] = (),
        resident_share: float = 0.5,
    ) -> None:
        index = read_index(folder)
        skipped = [*refused, *((records[i].name, reason, seen) for i, reason, seen in index.skipped)]
        if how.short == "error":
            for name, reason, seen in skipped:
                if reason == "short":
                    raise UserError(f'{place}: {name} is too short ({seen}); set short = "pad", "loop" or "skip"')
        if not index.record:
            raise UserError(f"{place}: none of the {len(skipped)} audio files can be used ({first_of_each(skipped)})")
        used = [records[i] for i in index.record]
        labels = {record.label for record in used} - {None}
        names = tuple(name for name in classes or in_order(map(str, labels)) if name in labels)
        splits = [record.split or split_of(record.digest, shares) for record in used]
        if "train" not in splits:
            found = ", ".join(f"{name} {splits.count(name)}" for name in SPLITS)
            raise UserError(f"{place}: no file falls into the training split ({found}); set split = {{ train = 1.0 }}")

        for line in scarce(names, [record.label for record in used], splits):
            log.warning("%s: %s", place, line)
        self.records, self.how, self.resident_share = list(records), how, resident_share
        self.spec = AudioSpec(how.rate, how.channels, how.length, names)
        self.augment = list(augment)
        for each in self.augment:
            each.bind(self.spec)
        self.bank = Bank.open(folder / BANK, how.channels)
        self.parts = {
            name: part_of(name, splits, index.record, index.offset, index.length, used, names, self.slices)
            for name in SPLITS
        }
        settings = [folder.name, names, splits, [record.label for record in used]]
        settings += [[type(each).__name__, vars(each)] for each in self.augment]
        self.fingerprint = hashlib.blake2b(json.dumps(settings).encode(), digest_size=16).hexdigest()
        told = account(index, len(records) + len(refused), [reason for _, reason, _ in skipped])
        log.info("%s: %s", place, told)
        self.summary: Mapping[str, Any] = {
            "account": f"{place}: {told}",
            "files": len(records) + len(refused),
            "used": len(used),
            "skipped": {
                "count": len(skipped),
                "reasons": dict(Counter(reason for _, reason, _ in skipped)),
                "files": [{"file": name, "reason": f"{reason}: {seen}"} for name, reason, seen in skipped[:LISTED]],
            },
            **index.done,
            "rates": index.rates,
            "copies": len(used) - len({record.digest for record in used}),
            "seconds": sum(index.length) / how.rate,
            "bytes": self.bank.flat.nbytes,
            "splits": {name: splits.count(name) for name in SPLITS},
            "labels": dict(sorted(Counter(record.label for record in used if record.label is not None).items())),
            "decoding": asdict(how),
        }

    def slices(self, length: int) -> list[tuple[int, int]]:
        """First frame and frames of the items of a file: the whole of a one-shot, pieces of a long recording.

        In ``random-slice`` mode an item holds the starts of one slice after another, so that files weigh as they
        last, and a few long recordings are many items to evaluate with.
        """
        width = self.how.length
        if self.how.mode == "one-shot":
            return [(0, length)]
        starts = range(0, length - width + 1, width)
        return [(start, min(2 * width - 1, length - start)) for start in starts]

    @staticmethod
    def read_spec(table: Mapping[str, Any]) -> AudioSpec:
        """The specification that a run has noted: sampling needs no sounds."""
        return AudioSpec.from_dict(table)

    def to(self, device: torch.device | str) -> Waves:
        """The same sounds, gathered on ``device`` if the bank fits there."""
        moved = copy.copy(self)
        moved.bank = self.bank.to(device, self.resident_share)
        moved.parts = {name: part.to(moved.bank.device) for name, part in self.parts.items()}
        return moved

    @property
    def streamed(self) -> bool:
        """Whether the sounds exceed their share of memory and come from disk, batches ahead of their use."""
        return self.bank.streamed

    def count(self, split: str) -> int:
        """Number of items in ``split``."""
        return len(self.parts[split].record)

    def batch(self, split: str, index: Int64[Tensor, " n"], rng: Rng | None) -> dict[str, Tensor]:
        """Slices of the items at ``index``: float32 [n, channels, length] under "data", classes [n] under "label".

        In ``random-slice`` mode the start is uniform over the item's; without ``rng`` it is its first, and
        nothing is augmented.
        """
        part = self.parts[split]
        start = part.offset.index_select(0, index)
        if rng is not None and self.how.mode == "random-slice":
            room = part.length.index_select(0, index) - self.how.length
            # A wide integer modulo the room: float32 could not name every start of a file longer than 2**24 frames.
            start = start + rng.integers(0, 1 << 53, index.shape[0]) % (room + 1)
        data = self.bank.windows(start, self.how.length)
        batch = {"data": data if rng is None else augmented(data, self.augment, rng)}
        if part.label is not None:
            batch["label"] = part.label.index_select(0, index)
        return batch

    def names(self, split: str) -> list[str]:
        """The file of each item, relative to the root, and where in it the item begins."""
        part = self.parts[split]
        return [
            f"{self.records[i].name} at {start / self.how.rate:.2f} s" if start else self.records[i].name
            for i, start in zip(part.record, part.begin, strict=True)
        ]


def part_of(
    name: str,
    splits: Sequence[str],
    record: Sequence[int],
    offset: Sequence[int],
    length: Sequence[int],
    used: Sequence[Record],
    labels: Sequence[str],
    slices: Callable[[int], Sequence[tuple[int, int]]],
) -> Part:
    """The items of one split as tensors."""
    files = [i for i, split in enumerate(splits) if split == name]
    mine = [(i, begin, frames) for i in files for begin, frames in slices(length[i])]
    number = {label: n for n, label in enumerate(labels)}
    return Part(
        [record[i] for i, *_ in mine],
        [begin for _, begin, _ in mine],
        torch.tensor([offset[i] + begin for i, begin, _ in mine], dtype=torch.int64),
        torch.tensor([frames for *_, frames in mine], dtype=torch.int64),
        torch.tensor([number[str(used[i].label)] for i, *_ in mine], dtype=torch.int64) if labels else None,
    )


def first_of_each(skipped: Sequence[tuple[str, str, str]]) -> str:
    """One example and the count of every reason, as words."""
    counts = Counter(reason for _, reason, _ in skipped)
    example = {reason: f"{name}: {seen}" for name, reason, seen in reversed(skipped)}
    return "; ".join(f"{n} {reason}, e.g. {example[reason]}" for reason, n in counts.most_common())
