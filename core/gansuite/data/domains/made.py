"""What data sets share that are made of others."""

from __future__ import annotations

import copy
import hashlib
import json
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any, ClassVar

import torch
from jaxtyping import Int64
from torch import Tensor

from gansuite.data.augmentation import Augmentation, changed_by
from gansuite.data.dataset import Dataset
from gansuite.data.split import SPLITS
from gansuite.engine.rng import Rng
from gansuite.errors import UserError


class Made:
    """A data set of any domain (see ``gansuite.data.Dataset``) whose batches are made of other data sets' batches.

    A batch holds ``data``; ``source``, what is translated, where that is something else (of the domain
    ``spec.source``); ``label``, the class of the data, and ``content``, the class of the item behind what is
    translated, where there are classes (-1: none that is known).

    Class attributes:
        made_of: the option that holds the data set whose plugin this one's samples belong to.

    Args:
        spec: of the data.
        parts: the data sets that it is made of; the first one counts the items.
        settings: what else the batches are a function of.
    """

    made_of: ClassVar[str] = "of"

    def __init__(self, spec: Any, parts: Sequence[Dataset], **settings: Any) -> None:
        self.spec, self.parts, self.device = spec, list(parts), torch.device("cpu")
        names = [type(self).__name__, *(part.fingerprint for part in parts), settings]
        self.fingerprint = hashlib.blake2b(json.dumps(names).encode(), digest_size=16).hexdigest()

    @property
    def summary(self) -> Mapping[str, Any]:
        """The account of the data set that counts the items, as many as there are now."""
        splits = {split: self.count(split) for split in SPLITS}
        return {**self.parts[0].summary, "splits": splits, "used": sum(splits.values()), "labels": self.histogram()}

    def histogram(self) -> Mapping[str, int]:
        """Number of items of each class."""
        return self.parts[0].summary.get("labels", {})

    @property
    def streamed(self) -> bool:
        """Whether items are read from disk as they are used."""
        return any(getattr(part, "streamed", False) for part in self.parts)

    def to(self, device: torch.device | str) -> Made:
        """The same data set, giving its batches on ``device``."""
        moved = copy.copy(self)
        moved.parts, moved.device = [part.to(device) for part in self.parts], torch.device(device)
        return moved

    def count(self, split: str) -> int:
        """Number of items in ``split``."""
        return self.parts[0].count(split)

    def names(self, split: str) -> Sequence[str]:
        """Where each item comes from."""
        return self.parts[0].names(split)

    @abstractmethod
    def batch(self, split: str, index: Int64[Tensor, " n"], rng: Rng | None) -> dict[str, Any]:
        """The items at ``index``."""


def sourced(spec: Any, source: Any, **others: Any) -> Any:
    """The domain ``spec`` of a data set that is translated from the domain ``source``.

    Raises:
        UserError: samples of this domain have no source.
    """
    known = {field.name for field in fields(spec)}
    if not {"source", *others} <= known:
        raise UserError(f"{type(spec).__name__}: samples of this domain cannot be translated yet")
    return replace(spec, source=None if source is None else replace(source, source=None), **others)


def changed(changes: Sequence[Augmentation], x: Any, rng: Rng | None, stream: Rng, index: Tensor) -> Any:
    """The samples after all changes, by the numbers of ``rng``; without it by numbers of each item's own."""
    if rng is not None:
        return changed_by(x, changes, rng)
    places = range(len(index)) if index.is_meta else index.tolist()
    return torch.cat([changed_by(x[i : i + 1], changes, stream.at(place)) for i, place in enumerate(places)])
