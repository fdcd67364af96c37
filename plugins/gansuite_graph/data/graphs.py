"""The data set of graphs: rows of choices near the device, of which a batch is one gather."""

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

from ..spec import GraphSpec
from . import store


class Graphs:
    """Graphs as batches int64 [n, c] (see ``gansuite.data.Dataset`` and ``GraphSpec``).

    Args:
        folder: of the cache with the bank (see ``store``); its name is the hash of all that made it.
        name: of the data set.
        judge: what knows which graphs are valid, if anything does.
        resident_share: share of an accelerator's free memory that the bank may take; else it stays on the host.
    """

    judge: Any
    """Only where it is known: ``valid(x)`` bool [n]."""

    def __init__(self, folder: Path, *, name: str, judge: Any = None, resident_share: float = 0.5) -> None:
        index = store.read_index(folder)
        self.spec = GraphSpec.from_dict(index.spec)
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
            "room": self.spec.nodes,
            "bytes": sum(rows.nbytes for rows in self.rows.values()),
            "labels": self.histogram(),
        }

    def histogram(self) -> dict[str, int]:
        """Number of graphs of each class."""
        if not self.labels:
            return {}
        counts = torch.cat(list(self.labels.values())).bincount(minlength=len(self.spec.labels)).tolist()
        return dict(zip(self.spec.labels, counts, strict=True))

    @staticmethod
    def read_spec(table: Mapping[str, Any]) -> GraphSpec:
        """The specification that a run has noted: sampling needs no graphs."""
        return GraphSpec.from_dict(table)

    @property
    def resident(self) -> bool:
        """Whether batches are gathered where they are used."""
        return self.rows["train"].device == self.device

    def to(self, device: torch.device | str) -> Graphs:
        """The same graphs, given on ``device``; gathered there if they take at most their share of its free memory."""
        moved, moved.device = (copy.copy(self), torch.device(device))
        size = sum(rows.nbytes for rows in self.rows.values())
        if moved.device.type in ("cpu", "meta") or size <= self.resident_share * free_memory(moved.device):
            moved.rows = {split: rows.to(device) for split, rows in self.rows.items()}
            moved.device = moved.rows["train"].device  # "cuda" is then "cuda:0"
        moved.labels = {split: numbers.to(device) for split, numbers in self.labels.items()}
        return moved

    def count(self, split: str) -> int:
        """Number of graphs in ``split``."""
        return len(self.rows[split])

    def batch(self, split: str, index: Int64[Tensor, " n"], rng: Rng | None) -> dict[str, Tensor]:
        """The graphs at ``index``: int64 [n, c] under "data", and classes [n] under "label" if there are any."""
        rows = self.rows[split]
        if self.resident:
            batch = {"data": rows.index_select(0, index).long()}
        else:
            batch = {"data": rows.index_select(0, index.cpu()).to(self.device, non_blocking=True).long()}
        if self.labels:
            batch["label"] = self.labels[split].index_select(0, index)
        return batch

    def names(self, split: str) -> Sequence[str]:
        """Where each graph stood: file, and line or number; of drawn ones the data set's name and a number."""
        places = store.read_rows(self.folder, "place", self.index)
        if not places:
            return [f"{self.name} {split} {i}" for i in range(self.count(split))]
        return [place.decode() for place in places[split].tolist()]
