"""From samples to features, in batches of one size, with the real side kept on disk."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import torch
from jaxtyping import Float, Int64
from safetensors.torch import load_file, save_file
from torch import Tensor

from gansuite.data.cache import cached
from gansuite.data.dataset import Dataset
from gansuite.engine.rng import seed_of

BATCH = 64
"""Rows of every call of an extractor: a kernel may round differently for another number of rows."""


@runtime_checkable
class Extractor(Protocol):
    """A frozen network from samples to float32 features [n, d]; ``fingerprint`` hashes its weights and settings.

    One that is trained on the data has ``fit(dataset, device)``, which is called once before anything else; one whose
    rows are class probabilities says ``gives = "probabilities"``.
    """

    name: str
    fingerprint: str

    def __call__(self, samples: Any) -> Float[Tensor, "n d"]: ...


class Samples:
    """The samples themselves: flattened for a judge that knows their truth, or in their own shape."""

    name = "samples"
    kept = False  # on disk a second copy of the data would be a waste

    def __init__(self, flat: bool = True) -> None:
        self.flat = flat
        self.fingerprint = "samples" if flat else "samples in shape"

    def __call__(self, samples: Any) -> Float[Tensor, "n ..."]:
        return (samples.flatten(1) if self.flat else samples).float()


def items(dataset: Dataset, split: str, seed: int) -> Int64[Tensor, " n"]:
    """All items of a split in an order drawn from the seed."""
    generator = torch.Generator().manual_seed(seed_of(seed, "items", split))
    return torch.randperm(dataset.count(split), generator=generator)


def rounds(n: int) -> Iterator[Int64[Tensor, " batch"]]:
    """Positions 0..n-1 in batches of exactly 64; the last one repeats position n-1."""
    for start in range(0, n, BATCH):
        yield torch.arange(start, start + BATCH).clamp_max(n - 1)


@torch.no_grad()
def features(extractor: Extractor, take: Callable[[Int64[Tensor, " batch"]], Any], n: int) -> Float[Tensor, "n ..."]:
    """Features of the samples ``take(positions)``; those of a sample depend neither on ``n`` nor on its place."""
    return torch.cat([extractor(take(positions)) for positions in rounds(n)])[:n]


def reference_key(dataset: Dataset, split: str, index: Int64[Tensor, " n"], extractor: Extractor) -> str:
    """Hash of all that the features of these real items are a function of."""
    digest = hashlib.blake2b(digest_size=16)
    for part in ("1", dataset.fingerprint, split, extractor.fingerprint):
        digest.update(f"{part}|".encode())
    digest.update(index.numpy().tobytes())
    return digest.hexdigest()


def real_features(
    dataset: Dataset, split: str, index: Int64[Tensor, " n"], extractor: Extractor, device: torch.device
) -> Float[Tensor, "n ..."]:
    """Features, on the device, of the items at ``index`` (on the host) of a split; cached where they are known."""

    def take(positions: Int64[Tensor, " batch"]) -> Any:
        return dataset.batch(split, index[positions].to(device), None)["data"]

    if not getattr(extractor, "kept", True):
        return features(extractor, take, len(index))

    def make(folder: Path) -> None:
        found = features(extractor, take, len(index))
        save_file({"features": found.cpu().contiguous()}, folder / "features.safetensors")

    folder = cached("features", reference_key(dataset, split, index, extractor), make)
    return load_file(folder / "features.safetensors", device=str(device))["features"]
