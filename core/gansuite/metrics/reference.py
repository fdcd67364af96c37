"""The real side of an evaluation: features of held-out items and of others, kept as long as data and extractor stay."""

from __future__ import annotations

import hashlib
import inspect
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import torch
from jaxtyping import Int64
from safetensors.torch import load_file, save_file
from torch import Tensor

from gansuite import __version__
from gansuite.data.cache import cached
from gansuite.data.dataset import Dataset
from gansuite.metrics.features import Extractor, items, real_features, reference_key
from gansuite.metrics.plan import Plan
from gansuite.metrics.two_sample import Known, TwoSample

LARGEST = 64 << 20
"""Bytes beyond which what a metric keeps of the real samples stays in memory and is not written to the cache."""


@dataclass(frozen=True)
class Reference:
    """Features, on the host, of held-out items and of as many other (training) items, with labels where asked for.

    ``known`` is what each metric keeps of them, by ``Plan.identity``.
    """

    key: str
    split: str
    real: Tensor
    floor: Tensor
    labels: dict[str, Int64[Tensor, " n"]] = field(default_factory=dict)
    known: dict[str, Known] = field(default_factory=dict)

    def knows(self, plan: Plan, seed: int) -> dict[str, Known]:
        """What the metric keeps between evaluations, as its keyword; from the cache where it was worth writing."""
        if not isinstance(plan.metric, TwoSample):
            return {}
        name = plan.identity or f"{id(plan.metric)}"  # what has no name is known again by being the same object
        if name not in self.known:
            self.known[name] = self.prepared(plan.metric, plan.identity, seed)
        return {"known": self.known[name]}

    def prepared(self, metric: TwoSample, identity: str, seed: int) -> Known:
        """What is a function of the real samples alone: from the cache, or made and, unless huge, written there."""
        if not identity:
            return Known()
        digest = hashlib.blake2b(digest_size=16)
        for part in (__version__, code_of(type(metric)), self.key, identity, seed):
            digest.update(f"{part}|".encode())
        made: list[Known] = []

        def make(folder: Path) -> None:
            made.append(self.prepare(metric, seed))
            tensors = made[0].tensors()
            if sum(each.nbytes for each in tensors.values()) > LARGEST:
                tensors = {}
            save_file(tensors, folder / "known.safetensors")

        folder = cached("metrics", digest.hexdigest(), make)
        if made:
            return made[0]
        tensors = load_file(folder / "known.safetensors")
        return Known.of(tensors) if tensors else self.prepare(metric, seed)

    def prepare(self, metric: TwoSample, seed: int) -> Known:
        """What the metric keeps of these samples."""
        labels: dict[str, Any] = {"labels": self.labels} if self.labels else {}
        return metric.prepare(self.real, self.floor, seed, **labels)


@lru_cache
def code_of(metric: type) -> str:
    """Hash of the code behind a metric (its own file, and all of ours): what another formula kept is not this one's."""
    digest = hashlib.blake2b(our_code(), digest_size=16)
    with suppress(OSError, TypeError):  # a class of a notebook has no file
        digest.update(Path(inspect.getfile(metric)).read_bytes())
    return digest.hexdigest()


@lru_cache
def our_code() -> bytes:
    """Hash of all metrics and extractors of the core, which share what they compute with."""
    metrics, digest = Path(__file__).parent, hashlib.blake2b(digest_size=16)
    for file in sorted([*metrics.rglob("*.py"), *metrics.with_name("extractors").rglob("*.py")]):
        digest.update(file.read_bytes())
    return digest.digest()


def reference_of(
    dataset: Dataset, split: str, n: int, extractor: Extractor, device: torch.device, seed: int, labelled: bool
) -> Reference:
    """A seeded choice of n held-out items, and n training items (others, where the held-out ones are of training)."""
    held = items(dataset, split, seed)[:n]
    train = items(dataset, "train", seed)
    others = train[n : 2 * n] if split == "train" else train[:n]
    labels = {}
    if labelled:
        for name, part, index in (("real", split, held), ("floor", "train", others)):
            labels[name] = dataset.batch(part, index.to(device), None)["label"].cpu()
    return Reference(
        reference_key(dataset, split, held, extractor),
        split,
        real_features(dataset, split, held, extractor, device).cpu(),
        real_features(dataset, "train", others, extractor, device).cpu(),
        labels,
    )
