"""A domain of points in the plane, small enough for tests and for timing the loop itself."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, ClassVar

import torch
from jaxtyping import Float, Int64
from torch import Tensor, nn

from gansuite.engine.rng import Rng
from gansuite.spaces import TensorSpace


@dataclass(frozen=True)
class PointsSpec:
    """Points with ``dim`` coordinates."""

    dim: int = 2
    labels: tuple[str, ...] = ()
    extractor: ClassVar[str] = "identity"
    writer: ClassVar[str] = "npy"
    space: ClassVar[TensorSpace] = TensorSpace()

    @property
    def shape(self) -> tuple[int, ...]:
        return (self.dim,)

    def widened(self, channels: int) -> PointsSpec:
        return replace(self, dim=channels)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


class Ring:
    """``count`` points on a ring of eight Gaussians (radius 1), the same for every instance."""

    fingerprint = "ring"

    def __init__(self, *, count: int = 512) -> None:
        self.spec = PointsSpec()
        rng = Rng(0, "ring")
        angle = 2 * math.pi * rng.integers(0, 8, count) / 8
        points = torch.stack([angle.cos(), angle.sin()], 1) + rng.normal(count, 2, scale=0.02)
        sizes = [count - 2 * (count // 4), count // 4, count // 4]
        self.points: dict[str, Tensor] = {}
        for split, part in zip(("train", "valid", "test"), points.split(sizes), strict=True):
            self.points[split] = part
        self.summary: Mapping[str, Any] = {"files": 0, "used": count}

    @staticmethod
    def read_spec(table: Mapping[str, Any]) -> PointsSpec:
        return PointsSpec(table["dim"], tuple(table["labels"]))

    def to(self, device: torch.device | str) -> Ring:
        self.points = {split: points.to(device) for split, points in self.points.items()}
        return self

    def count(self, split: str) -> int:
        return len(self.points[split])

    def batch(self, split: str, index: Int64[Tensor, " n"], rng: Rng | None) -> dict[str, Tensor]:
        return {"data": self.points[split].index_select(0, index)}

    def names(self, split: str) -> Sequence[str]:
        return [f"{split} point {i}" for i in range(self.count(split))]


class Generator(nn.Module):
    """Two-layer perceptron from a latent to a point."""

    def __init__(self, spec: Any, prior: Any, *, width: int = 32) -> None:
        super().__init__()
        self.net = nn.Sequential(nn.Linear(prior.size, width), nn.ReLU(), nn.Linear(width, spec.shape[0]))

    def forward(self, z: Tensor, condition: Any = None, rng: Rng | None = None) -> Float[Tensor, "n d"]:
        return self.net(z)


class Critic(nn.Module):
    """Two-layer perceptron from a point to its score."""

    def __init__(self, spec: Any, *, width: int = 32) -> None:
        super().__init__()
        self.width = width
        self.trunk = nn.Sequential(nn.Linear(spec.shape[0], width), nn.LeakyReLU(0.2))
        self.top = nn.Linear(width, 1)

    def features(self, x: Tensor, rng: Rng | None = None) -> Float[Tensor, "n width"]:
        return self.trunk(x)

    def head(self, features: Float[Tensor, "n width"]) -> Float[Tensor, " n"]:
        return self.top(features).squeeze(1)

    def forward(self, x: Tensor, condition: Any = None, rng: Rng | None = None) -> Float[Tensor, " n"]:
        return self.head(self.features(x, rng))
