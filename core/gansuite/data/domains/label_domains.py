"""Items of some classes to be translated to items of others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any

import torch
from annotated_types import Len
from jaxtyping import Int64
from torch import Tensor

from gansuite.data.dataset import Dataset
from gansuite.data.domains.made import Made, sourced
from gansuite.data.split import SPLITS
from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.plugins import Ref
from gansuite.plugins.wording import did_you_mean

CHUNK = 1024  # items whose labels are read at once


class LabelDomains(Made):
    """Items of the classes ``source`` as sources, those of the classes ``target`` as data, without pairs.

    Args:
        of: the labelled data set.
        source: classes that translators are given.
        target: classes that they are to make.

    Raises:
        UserError: no labels, unknown classes, a class on both sides, or one side without training items.
    """

    def __init__(
        self,
        *,
        of: Annotated[Any, Ref("dataset")],
        source: Annotated[list[str], Len(1)],
        target: Annotated[list[str], Len(1)],
    ) -> None:
        labels = tuple(getattr(of.spec, "labels", ()))
        if not labels:
            raise UserError("label-domains: the data has no labels; choose a labelled data set, or two-datasets")
        for name in (*source, *target):
            if name not in labels:
                raise UserError(f"label-domains: there is no label {name!r}{did_you_mean(name, labels)}")
        if both := set(source) & set(target):
            raise UserError(f"label-domains: {sorted(both)[0]!r} is on both sides; give each label one side")
        spec = replace(of.spec, labels=tuple(target) if len(target) > 1 else ())
        origin = replace(of.spec, labels=tuple(source) if len(source) > 1 else ())
        super().__init__(sourced(spec, origin), [of], source=source, target=target)
        sides = {"source": [labels.index(name) for name in source], "target": [labels.index(name) for name in target]}
        known = {split: labels_of(of, split) for split in SPLITS}
        self.rows = {
            side: {split: rows_of(found, numbers) for split, found in known.items()} for side, numbers in sides.items()
        }
        for side, names in (("source", source), ("target", target)):
            if not len(self.rows[side]["train"]):
                raise UserError(f"label-domains: no training item has a label of {side} = {names}; choose others")
        self.number = torch.full((len(labels) + 1,), -1)  # the last one answers for items without a label
        self.number[sides["target"]] = torch.arange(len(target))

    def to(self, device: torch.device | str) -> LabelDomains:
        moved: Any = super().to(device)
        moved.rows = {side: {k: rows.to(device) for k, rows in kept.items()} for side, kept in self.rows.items()}
        moved.number = self.number.to(device)
        return moved

    def count(self, split: str) -> int:
        """Number of items of the target's classes."""
        return len(self.rows["target"][split])

    def histogram(self) -> Mapping[str, int]:
        """Number of items of each class of the target."""
        known = super().histogram()
        return {name: known[name] for name in self.spec.labels if name in known}

    def names(self, split: str) -> Sequence[str]:
        """Where each item of the target's classes comes from."""
        known = self.parts[0].names(split)
        return [str(known[i]) for i in self.rows["target"][split].tolist()]

    def batch(self, split: str, index: Int64[Tensor, " n"], rng: Rng | None) -> dict[str, Any]:
        """Rows of the target's classes at ``index``, and of the source's classes anywhere."""
        home = split if len(self.rows["source"][split]) else "train"
        sources = self.rows["source"][home]
        place = index % len(sources) if rng is None else rng.integers(0, len(sources), len(index))
        batch = self.parts[0].batch(split, self.rows["target"][split][index], rng)
        made = {"data": batch["data"], "source": self.parts[0].batch(home, sources[place], rng)["data"]}
        return {**made, "label": self.number[batch["label"]]} if self.spec.labels else made


def rows_of(labels: Int64[Tensor, " n"], numbers: Sequence[int]) -> Int64[Tensor, " k"]:
    """The rows whose label is one of ``numbers``."""
    return torch.isin(labels, torch.tensor(numbers)).nonzero().squeeze(1)


def labels_of(dataset: Dataset, split: str) -> Int64[Tensor, " n"]:
    """The labels of all items of a split."""
    index = torch.arange(dataset.count(split))
    found = [dataset.batch(split, part, None)["label"].cpu() for part in index.split(CHUNK) if len(part)]
    return torch.cat(found) if found else index
