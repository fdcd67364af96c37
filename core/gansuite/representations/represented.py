"""A data set as the networks see it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from jaxtyping import Int64
from torch import Tensor

from gansuite.data.dataset import Dataset
from gansuite.engine.rng import Rng
from gansuite.representations.representation import Representation


class Represented:
    """Batches of ``dataset`` with their "data" encoded, and their "source" where the representation has one.

    Everything else is the data set's own.
    """

    def __init__(self, dataset: Dataset, representation: Representation) -> None:
        self.dataset, self.representation = dataset, representation
        self.spec = representation.spec

    def __getattr__(self, name: str) -> Any:
        if name in ("dataset", "representation"):  # not there yet, while it is being copied
            raise AttributeError(name)
        return getattr(self.dataset, name)

    def to(self, device: torch.device | str) -> Represented:
        return Represented(self.dataset.to(device), self.representation)

    def count(self, split: str) -> int:
        return self.dataset.count(split)

    def names(self, split: str) -> Sequence[str]:
        return self.dataset.names(split)

    @torch.no_grad()
    def batch(self, split: str, index: Int64[Tensor, " n"], rng: Rng | None) -> dict[str, Tensor]:
        """The data set's batch, represented."""
        batch = self.dataset.batch(split, index, rng)
        seen = ("data", "source") if getattr(self.spec, "source", None) is not None else ("data",)
        return {**batch, **{key: self.representation.encode(batch[key]) for key in seen}}


def represented(dataset: Dataset, representation: Representation | None) -> Any:
    """The data set as the networks see it: itself, where they see the data as it is."""
    return dataset if representation is None else Represented(dataset, representation)
