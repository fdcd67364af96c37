"""A data set of the rows that a test gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from jaxtyping import Int64
from torch import Tensor

from gansuite.data.split import digest_of


class Given:
    """The given samples of each split, as they are: a :class:`~gansuite.data.dataset.Dataset` without a file.

    Args:
        spec: of the samples.
        judge: what knows their truth, if anything does.
        splits: the samples of each split, by its name.
    """

    judge: Any

    def __init__(self, spec: Any, judge: Any = None, **splits: Tensor) -> None:
        self.spec, self.splits = spec, splits
        self.fingerprint = digest_of(repr({name: x.tolist() for name, x in splits.items()}).encode())
        self.summary: Mapping[str, Any] = {}
        if judge is not None:
            self.judge = judge

    def to(self, device: torch.device | str) -> Given:
        self.splits = {split: x.to(device) for split, x in self.splits.items()}
        return self

    def count(self, split: str) -> int:
        return len(self.splits[split])

    def batch(self, split: str, index: Int64[Tensor, " n"], rng: Any) -> dict[str, Tensor]:
        return {"data": self.splits[split].index_select(0, index)}

    def names(self, split: str) -> Sequence[str]:
        return [f"{split} {i}" for i in range(self.count(split))]
