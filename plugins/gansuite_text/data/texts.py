"""The data set of texts: rows of token numbers near the device, of which a batch is one gather."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from gansuite.data.rows import Rows

from ..spec import TextSpec
from . import store


class Texts(Rows):
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
            "vocabulary": index.vocabulary,
            "length": index.length,
            "bytes": self.bytes,
            "labels": self.histogram(),
        }

    @staticmethod
    def read_spec(table: Mapping[str, Any]) -> TextSpec:
        """The specification that a run has noted: sampling needs no texts."""
        return TextSpec.from_dict(table)

    def names(self, split: str) -> Sequence[str]:
        """The file and line of each text; of drawn ones the name of the data set and their number."""
        source, line = (store.read_rows(self.folder, name, self.index) for name in ("source", "line"))
        if not line:
            return [f"{self.name} {split} {i}" for i in range(self.count(split))]
        files = self.index.files
        return [f"{files[f]} line {n}" for f, n in zip(source[split].tolist(), line[split].tolist(), strict=True)]
