"""The data set of texts: rows of token numbers near the device, of which a batch is one gather."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Int64
from torch import Tensor

from gansuite.data.bank import free_memory
from gansuite.engine.rng import Rng

from ..spec import TextSpec
from . import store


class Texts:
    """Texts as batches int64 [n, length] (see ``gansuite.data.Dataset``).

    Args:
        folder: of the cache with the bank (see ``store``); its name is the hash of all that made it.
        name: of the data set.
        judge: what knows the texts' law, if anything does.
        resident_share: share of an accelerator's free memory that the bank may take; else it stays on the host.
    """

    judge: Any
    """Only where the law is known: ``log_density(x)`` [n], ``nll(x)``."""

    def __init__(self, folder: Path, *, name: str, judge: Any = None, resident_share: float = 0.5) -> None:
        index = store.read_index(folder)
        frozen = folder / store.TOKENIZER
        tokenizer = frozen.read_text("utf-8") if frozen.is_file() else None
        self.spec = TextSpec(index.vocabulary, index.length, index.end, tuple(index.labels), tokenizer)
        self.name, self.folder, self.index, self.resident_share = name, folder, index, resident_share
        if judge is not None:
            self.judge = judge
        self.rows = store.read_bank(folder, index)
        classes = store.read_rows(folder, "label", index)
        self.labels = {split: torch.from_numpy(numbers.astype(np.int64)) for split, numbers in classes.items()}
        self.device = torch.device("cpu")
        self.fingerprint = folder.name
        self.summary: Mapping[str, Any] = {
            **index.summary,
            "splits": dict(index.sizes),
            "vocabulary": index.vocabulary,
            "length": index.length,
            "bytes": sum(rows.nbytes for rows in self.rows.values()),
            "labels": self.histogram(),
        }

    def histogram(self) -> dict[str, int]:
        """Number of texts of each class."""
        if not self.labels:
            return {}
        counts = torch.cat(list(self.labels.values())).bincount(minlength=len(self.spec.labels)).tolist()
        return dict(zip(self.spec.labels, counts, strict=True))

    @staticmethod
    def read_spec(table: Mapping[str, Any]) -> TextSpec:
        """The specification that a run has noted: sampling needs no texts."""
        return TextSpec.from_dict(table)

    @property
    def resident(self) -> bool:
        """Whether batches are gathered where they are used."""
        return self.rows["train"].device == self.device

    def to(self, device: torch.device | str) -> Texts:
        """The same texts, given on ``device``; gathered there if they take at most their share of its free memory."""
        moved, moved.device = (copy.copy(self), torch.device(device))
        size = sum(rows.nbytes for rows in self.rows.values())
        if moved.device.type in ("cpu", "meta") or size <= self.resident_share * free_memory(moved.device):
            moved.rows = {split: rows.to(device) for split, rows in self.rows.items()}
            moved.device = moved.rows["train"].device  # "cuda" is then "cuda:0"
        moved.labels = {split: numbers.to(device) for split, numbers in self.labels.items()}
        return moved

    def count(self, split: str) -> int:
        """Number of texts in ``split``."""
        return len(self.rows[split])

    def batch(self, split: str, index: Int64[Tensor, " n"], rng: Rng | None) -> dict[str, Tensor]:
        """The texts at ``index``: int64 [n, length] under "data", and classes [n] under "label" if there are any."""
        rows = self.rows[split]
        if self.resident:
            batch = {"data": rows.index_select(0, index).long()}
        else:
            batch = {"data": rows.index_select(0, index.cpu()).to(self.device, non_blocking=True).long()}
        if self.labels:
            batch["label"] = self.labels[split].index_select(0, index)
        return batch

    def names(self, split: str) -> Sequence[str]:
        """The file and line of each text; of drawn ones the name of the data set and their number."""
        source, line = (store.read_rows(self.folder, name, self.index) for name in ("source", "line"))
        if not line:
            return [f"{self.name} {split} {i}" for i in range(self.count(split))]
        files = self.index.files
        return [f"{files[f]} line {n}" for f, n in zip(source[split].tolist(), line[split].tolist(), strict=True)]
