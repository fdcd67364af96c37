"""Samples drawn once, when the data set is made, and kept on the device."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from jaxtyping import Int64
from torch import Tensor

from gansuite.data.split import SPLITS, check_shares
from gansuite.engine.rng import Rng
from gansuite.errors import UserError

from ..spec import ToySpec, read_spec

EXAMPLES = 500  # real points that the report may draw


class Drawn:
    """Independent draws as batches (see ``gansuite.data.Dataset``), with the ``judge`` that knows their law.

    Because the rows are independent, the splits are simply the first of them, the next, and the last.

    Args:
        spec: of one sample.
        rows: tensors with one row an item: ``data``, and whatever else a batch holds (``label``, ``source``).
        judge: what knows the truth: ``modes``, ``high_quality``, ``shares``.
        name: of the data set.
        split: shares of train, valid and test; default 0.8, 0.1, 0.1.
        train_only: rows that take the place of those of the same name in the training split.

    Raises:
        UserError: shares that leave nothing to train on.
    """

    def __init__(
        self,
        spec: ToySpec,
        rows: Mapping[str, Tensor],
        judge: Any,
        *,
        name: str,
        split: Mapping[str, float] | None = None,
        train_only: Mapping[str, Tensor] | None = None,
    ) -> None:
        shares, count = check_shares(split), len(rows["data"])
        edges = [0, 0, 0, count]
        edges[1] = round(shares.get("train", 0.0) * count)
        edges[2] = edges[1] + min(round(shares.get("valid", 0.0) * count), count - edges[1])
        if edges[1] == 0:
            raise UserError(f"{name}: count = {count} leaves nothing to train on; raise it")
        self.spec, self.judge, self.name = spec, judge, name
        self.parts = {
            part: {key: row[first:last].contiguous() for key, row in rows.items()}
            for part, first, last in zip(SPLITS, edges, edges[1:], strict=False)
        }
        for key, row in (train_only or {}).items():
            self.parts["train"][key] = row[: edges[1]].contiguous()
        self.fingerprint = self.hashed()
        self.summary: Mapping[str, Any] = {
            "files": 0,
            "used": count,
            "splits": {part: self.count(part) for part in SPLITS},
            "bytes": sum(row.nbytes for part in self.parts.values() for row in part.values()),
            "labels": self.histogram(rows.get("label")),
            **self.shown(),
        }

    def hashed(self) -> str:
        """Hash of the description and of every number."""
        digest = hashlib.blake2b(json.dumps([self.name, self.spec.as_dict()]).encode(), digest_size=16)
        for part in SPLITS:
            for key, row in sorted(self.parts[part].items()):
                digest.update(f"{part}/{key}/{list(row.shape)}".encode())
                digest.update(row.numpy().tobytes())
        return digest.hexdigest()

    def shown(self) -> dict[str, Any]:
        """What the report draws the samples over: a few real points of a plane or line, and their law."""
        known: dict[str, Any] = {}
        if self.spec.picture in ("scatter", "density") and self.spec.shape[0] <= 3:
            split = "test" if self.count("test") else "train"
            known["examples"] = [[round(x, 4) for x in row] for row in self.parts[split]["data"][:EXAMPLES].tolist()]
            if hasattr(self.judge, "as_dict"):
                known["law"] = self.judge.as_dict()
        return known

    def histogram(self, label: Tensor | None) -> dict[str, int]:
        """Number of items of each class."""
        if label is None:
            return {}
        counts = torch.bincount(label, minlength=len(self.spec.labels)).tolist()
        return dict(zip(self.spec.labels, counts, strict=True))

    @staticmethod
    def read_spec(table: Mapping[str, Any]) -> ToySpec:
        """The specification that a run has noted: sampling draws no data."""
        return read_spec(table)

    def to(self, device: torch.device | str) -> Drawn:
        """The same samples on ``device``."""
        moved = copy.copy(self)
        moved.parts = {part: {key: row.to(device) for key, row in rows.items()} for part, rows in self.parts.items()}
        return moved

    def count(self, split: str) -> int:
        """Number of items in ``split``."""
        return len(self.parts[split]["data"])

    def batch(self, split: str, index: Int64[Tensor, " n"], rng: Rng | None) -> dict[str, Tensor]:
        """The items at ``index``: ``data`` [n, ...], and if any ``label`` int64 [n] and ``source`` [n, ...]."""
        return {key: row.index_select(0, index) for key, row in self.parts[split].items()}

    def names(self, split: str) -> Sequence[str]:
        """The name of the data set and the number of the item in its split."""
        return [f"{self.name} {split} {i}" for i in range(self.count(split))]


def choices(shares: Tensor, n: int, rng: Rng) -> Int64[Tensor, " n"]:
    """``n`` numbers with these probabilities [k], by inversion."""
    edges = shares.double().cumsum(0)
    places = torch.searchsorted(edges / edges[-1], rng.uniform(n).double(), right=True)
    return places.clamp_max(len(shares) - 1)
