"""What a data set is to the rest of the suite."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

import torch
from jaxtyping import Int64
from torch import Tensor

from gansuite.engine.rng import Rng


@runtime_checkable
class Dataset(Protocol):
    """Real samples, decoded once, kept near the device and gathered there.

    A data set decides nothing about order: the core names the items of a batch by ``index``, so that a batch is
    a function of the seed and the step, and ``rng`` only draws what lies *inside* an item (a slice, an augmentation).

    A data set that knows the truth of a sample offers it as ``judge``, for metrics that need one: an object with
    ``modes(samples)``, ``high_quality(samples)`` and ``shares`` for the metric ``modes``.
    """

    spec: Any
    """Description of the domain: ``.space``, ``.shape`` of one sample, ``.extractor``, ``.writer``, ``.as_dict()``."""

    fingerprint: str
    """Hash of the content and of all that was done to it."""

    summary: Mapping[str, Any]
    """JSON-able account: files found, used and skipped (with reasons), seconds, items per split."""

    def to(self, device: torch.device | str) -> Dataset:
        """The same data set, giving its batches on ``device``."""
        ...

    def count(self, split: str) -> int:
        """Number of items in ``split`` (``"train"``, ``"valid"`` or ``"test"``)."""
        ...

    def batch(self, split: str, index: Int64[Tensor, " n"], rng: Rng | None) -> dict[str, Tensor]:
        """The items at ``index`` (on the device) as ``{"data": float32 [n, ...]}``, and ``"label"``: int64 [n] if any.

        Without ``rng`` the answer depends on ``index`` alone: the first slice of each item, nothing augmented.
        """
        ...

    def names(self, split: str) -> Sequence[str]:
        """Where each item comes from, for provenance."""
        ...
