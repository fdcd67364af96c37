"""Data sets of translation seen as labelled ones, for the classifiers that judge translations."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from jaxtyping import Int64
from torch import Tensor

from gansuite.data.dataset import Dataset
from gansuite.data.domains.made import Made
from gansuite.engine.rng import Rng

SIDES = ("source", "target")


class ByContent(Made):
    """The data of ``dataset``, of all its domains, labelled by the class of the item behind each."""

    def __init__(self, dataset: Dataset) -> None:
        super().__init__(replace(dataset.spec, labels=dataset.spec.contents, contents=()), [dataset])

    def batch(self, split: str, index: Int64[Tensor, " n"], rng: Rng | None) -> dict[str, Any]:
        """Items, and their content as label."""
        batch = self.parts[0].batch(split, index, rng)
        return {"data": batch["data"], "label": batch["content"]}


class BySide(Made):
    """Sources and data of ``dataset`` in turns, labelled by which of the two they are."""

    def __init__(self, dataset: Dataset) -> None:
        super().__init__(replace(dataset.spec, labels=SIDES, source=None), [dataset])

    def count(self, split: str) -> int:
        """Twice the number of items."""
        return 2 * super().count(split)

    def batch(self, split: str, index: Int64[Tensor, " n"], rng: Rng | None) -> dict[str, Any]:
        """Row 2 i is the source beside item i, row 2 i + 1 the item."""
        batch, side = self.parts[0].batch(split, index // 2, rng), index % 2
        return {"data": self.spec.space.mix(batch["data"], batch["source"], side == 1), "label": side}
