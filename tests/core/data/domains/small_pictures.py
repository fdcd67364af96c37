"""A data set of numbered rows and changes whose results are known by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from gansuite.data.augmentation import Augmentation
from gansuite.spaces import TensorSpace


@dataclass(frozen=True)
class RowSpec:
    size: int = 2
    labels: tuple[str, ...] = ()
    source: Any = None
    contents: tuple[str, ...] = ()

    space: ClassVar[TensorSpace] = TensorSpace()

    @property
    def shape(self) -> tuple[int, ...]:
        return 1, self.size


class Rows:
    """Item i of a split is [first + i, first + i], of class i modulo the number of labels."""

    def __init__(self, counts=(7, 0, 4), labels=("a", "b", "c"), names=None, first=0):
        self.spec = RowSpec(labels=tuple(labels))
        self.counts = dict(zip(("train", "valid", "test"), counts, strict=True))
        self.known, self.first = names, first
        self.fingerprint = f"rows {counts} {labels} {first}"
        self.summary = {"used": sum(counts), "labels": {}}

    def to(self, device):
        return self

    def count(self, split):
        return self.counts[split]

    def names(self, split):
        return self.known[split] if self.known else [f"{split}/{i}.png" for i in range(self.count(split))]

    def batch(self, split, index, rng):
        assert int(index.max()) < self.count(split)
        start = self.first + {"train": 0, "valid": 100, "test": 200}[split]
        batch = {"data": (start + index).float()[:, None, None].expand(-1, 1, 2)}
        return {**batch, "label": index % len(self.spec.labels)} if self.spec.labels else batch


class Plus(Augmentation):
    def __init__(self, amount):
        super().__init__()
        self.amount = amount

    def changed(self, x, rng):
        return x + self.amount


class Noise(Augmentation):
    def changed(self, x, rng):
        return x + rng.normal(*x.shape)


class Half(Augmentation):
    """Every second value."""

    def becomes(self, spec):
        return RowSpec(spec.size // 2, spec.labels)

    def changed(self, x, rng):
        return x[..., ::2]
