"""The accuracy of an adapted classifier, beside one that knows the sources alone."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import Tensor

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.games.game import Game
from gansuite.metrics.metric import MetricError
from gansuite.metrics.models.adapted_accuracy import AdaptedAccuracy
from gansuite.metrics.statistics.modes import wilson
from gansuite.metrics.subject import Subject
from gansuite.spaces import TensorSpace

N = 200


class Sides:
    """Class 0 lies left and class 1 right; in the unlabelled domain it is the other way round, but for one in four."""

    fingerprint, summary = "sides", {}
    spec = SimpleNamespace(space=TensorSpace(), shape=(1,), source=SimpleNamespace(labels=("a", "b")))

    def __init__(self, known: bool = True) -> None:
        generator = torch.Generator().manual_seed(0)
        label = torch.arange(N) % 2
        source = 2.0 * label[:, None] - 1 + 0.1 * torch.randn(N, 1, generator=generator)
        data = torch.where(torch.arange(N)[:, None] % 4 < 3, -source, source)
        self.rows = {"data": data, "source": source, "source_label": label, "label": label if known else label * 0 - 1}

    def to(self, device: Any) -> Sides:
        return self

    def count(self, split: str) -> int:
        return N

    def names(self, split: str) -> list[str]:
        return [str(i) for i in range(N)]

    def batch(self, split: str, index: Tensor, rng: Any) -> dict[str, Tensor]:
        return {key: rows[index] for key, rows in self.rows.items()}


class Adapting(Game):
    """A classifier that says ``sign`` times where a sample lies."""

    def __init__(self, sign: float) -> None:
        super().__init__(TensorSpace(), [])
        self.sign = sign

    def classify(self, x: Tensor, rng: Rng | None = None) -> Tensor:
        return self.sign * torch.cat([-x, x], 1)


def subject(sign: float, dataset: Any = None, n: int = N) -> Subject:
    return Subject(Adapting(sign), dataset or Sides(), "test", n, torch.device("cpu"))


def test_it_is_the_share_of_right_classes_beside_the_sources_own() -> None:
    found = AdaptedAccuracy()(subject(-1.0), untrained=subject(1.0))
    assert found.value == 0.75 and found.untrained == 0.25 and found.n_fake == N
    low, high = wilson(torch.tensor([150]), N, 0.95)
    assert found.low == pytest.approx(float(low) / N) and found.high == pytest.approx(float(high) / N)
    # A classifier of the sources is wrong wherever they were turned over: right in one of four.
    assert found.extras["source_only"] == 0.25 and found.extras["gain"] == 0.5
    low, high = found.extras["gain_interval"]
    assert low < 0.5 < high and high - low == pytest.approx(2 * 1.972 * (1 - 0.25) ** 0.5 / N**0.5, rel=0.01)
    assert found.normalised is not None and found.normalised.value == pytest.approx((0.75 - 1) / (0.25 - 1))


def test_it_takes_so_many_held_out_samples() -> None:
    assert AdaptedAccuracy()(subject(-1.0, n=64)).n_real == 64


def test_what_cannot_be_compared_is_refused() -> None:
    with pytest.raises(UserError, match="adapted-accuracy: the game Game adapts no classifier"):
        AdaptedAccuracy().check(Game(TensorSpace(), []))
    with pytest.raises(MetricError, match="no held-out sample has a label"):
        AdaptedAccuracy()(subject(1.0, Sides(known=False)))
