"""The training sounds, for what representations measure of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from gansuite_audio.representations.precision import wide

MOST = 10_000  # items that statistics are taken of: their error is then below a hundredth of a deviation
BATCH = 64


def training_batches(dataset: Any, device: torch.device, most: int = MOST) -> Iterator[Float[Tensor, "n c t"]]:
    """The first slice of each training item, evenly spread over the split where it holds more than ``most``.

    Sources of translations are seen through the same picture as the data, so they are counted as the data are.
    """
    count = dataset.count("train")
    index = torch.arange(min(count, most)) * count // min(count, most)
    for rows in index.split(BATCH):
        batch = dataset.batch("train", rows.to(device), None)
        yield batch["data"]
        if "source" in batch:
            yield batch["source"]


def moments(levels: Iterable[Tensor]) -> tuple[Float[Tensor, " b"], Float[Tensor, " b"]]:
    """Mean and standard deviation of each bin over everything else, in one pass over [n, channels, bins, frames]."""
    count, sums = 0, []
    for level in levels:
        values = wide(level).movedim(2, 0).flatten(1)
        count += values.shape[1]
        sums.append(torch.stack([values.sum(1), values.square().sum(1)]))
    mean, square = torch.stack(sums).sum(0) / count
    return mean, (square - mean.square()).clamp_min(0).sqrt()
