"""Samples that are rows of whole numbers, kept near the device: a batch is one gather."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any, TypeVar

import torch
from jaxtyping import Int64
from torch import Tensor

from gansuite.data.bank import free_memory

Own = TypeVar("Own", bound="Rows")


class Rows:
    """The part of a :class:`~gansuite.data.dataset.Dataset` that rows of small integers share: tokens, types.

    A subclass sets ``spec`` and what else a data set has, and gives each split its names.

    Args:
        rows: of each split, of any integer type; they may lie in a file that is mapped into memory.
        labels: the class of each row, if there are classes.
        resident_share: share of an accelerator's free memory that the rows may take; else they stay on the host.
    """

    spec: Any

    def __init__(
        self, rows: Mapping[str, Tensor], labels: Mapping[str, Int64[Tensor, " n"]], resident_share: float = 0.5
    ) -> None:
        self.rows, self.labels, self.resident_share = dict(rows), dict(labels), resident_share
        self.device = torch.device("cpu")

    def histogram(self) -> dict[str, int]:
        """Number of rows of each class."""
        if not self.labels:
            return {}
        counts = torch.cat(list(self.labels.values())).bincount(minlength=len(self.spec.labels)).tolist()
        return dict(zip(self.spec.labels, counts, strict=True))

    @property
    def bytes(self) -> int:
        """Memory of all rows."""
        return sum(rows.nbytes for rows in self.rows.values())

    @property
    def resident(self) -> bool:
        """Whether batches are gathered where they are used."""
        return self.rows["train"].device == self.device

    def to(self: Own, device: torch.device | str) -> Own:
        """The same rows, given on ``device``; gathered there if they take at most their share of its free memory."""
        moved, moved.device = (copy.copy(self), torch.device(device))
        if moved.device.type in ("cpu", "meta") or self.bytes <= self.resident_share * free_memory(moved.device):
            moved.rows = {split: rows.to(device) for split, rows in self.rows.items()}
            moved.device = moved.rows["train"].device  # "cuda" is then "cuda:0"
        moved.labels = {split: numbers.to(device) for split, numbers in self.labels.items()}
        return moved

    def count(self, split: str) -> int:
        """Number of rows in ``split``."""
        return len(self.rows[split])

    def batch(self, split: str, index: Int64[Tensor, " n"], rng: Any) -> dict[str, Tensor]:
        """The rows at ``index``: int64 [n, c] under "data", and classes [n] under "label" if there are any."""
        rows = self.rows[split]
        if self.resident:
            batch = {"data": rows.index_select(0, index).long()}
        else:
            batch = {"data": rows.index_select(0, index.cpu()).to(self.device, non_blocking=True).long()}
        if self.labels:
            batch["label"] = self.labels[split].index_select(0, index)
        return batch
