"""The data set of graphs: rows of choices near the device, of which a batch is one gather."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from gansuite.data.rows import Rows

from ..spec import GraphSpec
from . import store


class Graphs(Rows):
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
        self.name, self.folder, self.index = name, folder, index
        if judge is not None:
            self.judge = judge
        classes = store.read_rows(folder, "label", index)
        labels = {split: torch.from_numpy(numbers.astype(np.int64)) for split, numbers in classes.items()}
        super().__init__(store.read_bank(folder, index), labels, resident_share)
        self.fingerprint = folder.name
        self.summary: Mapping[str, Any] = {
            **index.summary,
            "splits": dict(index.sizes),
            "room": self.spec.nodes,
            "bytes": self.bytes,
            "labels": self.histogram(),
        }

    @staticmethod
    def read_spec(table: Mapping[str, Any]) -> GraphSpec:
        """The specification that a run has noted: sampling needs no graphs."""
        return GraphSpec.from_dict(table)

    def names(self, split: str) -> Sequence[str]:
        """Where each graph stood: file, and line or number; of drawn ones the data set's name and a number."""
        places = store.read_rows(self.folder, "place", self.index)
        if not places:
            return [f"{self.name} {split} {i}" for i in range(self.count(split))]
        return [place.decode() for place in places[split].tolist()]
