"""Blobs whose best classifier is known, with and without labels."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from gansuite.testing.toy import PointsSpec


class Blobs:
    """Gaussian classes at distance ``shift``·√2 on the axes; rows of ``rank`` dimensions turned into ``dim``."""

    def __init__(
        self,
        *,
        count: int = 600,
        dim: int = 4,
        classes: int = 2,
        shift: float = 2.0,
        seed: int = 0,
        labels: str = "all",
    ) -> None:
        self.spec = PointsSpec(dim, labels=tuple("abcdefgh"[:classes]) if labels != "none" else ())
        self.fingerprint, self.summary = f"blobs {count} {dim} {classes} {shift} {seed} {labels}", {}
        generator = torch.Generator().manual_seed(seed)
        label = torch.randint(0, classes, (count,), generator=generator)
        data = torch.randn(count, dim, generator=generator) + shift * torch.eye(classes, dim)[label]
        if labels == "few":
            label = torch.where(torch.rand(count, generator=generator) < 0.3, label, -1)
        if labels == "one":
            label = label * 0
        if labels == "unknown":
            label = label * 0 - 1
        rows = {"data": data} if labels == "none" else {"data": data, "label": label}
        sizes = {"train": count - 2 * (count // 5), "valid": count // 5, "test": count // 5}
        self.parts: dict[str, dict[str, Tensor]] = {}
        for first, (split, size) in zip((0, sizes["train"], count - count // 5), sizes.items(), strict=True):
            self.parts[split] = {key: row[first : first + size] for key, row in rows.items()}

    def to(self, device: Any) -> Blobs:
        return self

    def count(self, split: str) -> int:
        return len(self.parts[split]["data"])

    def batch(self, split: str, index: Tensor, rng: Any) -> dict[str, Tensor]:
        return {key: row[index] for key, row in self.parts[split].items()}

    def names(self, split: str) -> list[str]:
        return [str(i) for i in range(self.count(split))]


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("GANSUITE_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def blobs():
    return Blobs
