"""Samples with the data's marginals: each number's own law, and nothing of how they hang together."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import Tensor

from gansuite.studies.cross_domain.marginals import MOST, Marginals


class Pairs:
    """Items whose two coordinates are equal: ±1 with probability 3/4 and 1/4, and 10 apart."""

    fingerprint = "pairs"
    summary: Any = None
    spec: Any = SimpleNamespace()

    def __init__(self, count: int = 4000) -> None:
        signs = torch.where(torch.arange(count) % 4 == 0, -1.0, 1.0)
        self.items = torch.stack([signs, signs + 10], 1).view(count, 2, 1)

    def count(self, split: str) -> int:
        assert split == "train"
        return len(self.items)

    def batch(self, split: str, index: Tensor, rng: Any) -> dict[str, Tensor]:
        assert rng is None
        return {"data": self.items[index]}

    def to(self, device: Any) -> Pairs:
        return self

    def names(self, split: str) -> list[str]:
        return []


def draw(dataset: Any, n: int = 20_000, seed: int = 1) -> Tensor:
    return Marginals(dataset, torch.device("cpu"))(n, seed)


def test_every_coordinate_keeps_its_law_and_loses_the_others() -> None:
    x = draw(Pairs()).squeeze(2)
    assert sorted(x[:, 0].unique().tolist()) == [-1, 1] and sorted(x[:, 1].unique().tolist()) == [9, 11]
    assert float((x[:, 0] == -1).float().mean()) == pytest.approx(0.25, abs=0.015)
    assert float((x[:, 1] == 9).float().mean()) == pytest.approx(0.25, abs=0.015)
    both = float(((x[:, 0] == -1) & (x[:, 1] == 9)).float().mean())
    assert both == pytest.approx(1 / 16, abs=0.01)  # 1/4 in the data


def test_samples_are_a_function_of_n_and_seed_in_the_data_s_form() -> None:
    data = Pairs()
    assert draw(data, 5).shape == (5, 2, 1)
    assert torch.equal(draw(data, 50), draw(data, 50)) and not torch.equal(draw(data, 50), draw(data, 50, seed=2))


def test_choices_stay_choices_and_are_tidied_by_their_domain() -> None:
    data = Pairs()
    data.items = (data.items > 0).long()
    data.spec = SimpleNamespace(tidied=lambda x: x * 3)
    x = draw(data, 100)
    assert x.dtype == torch.int64 and sorted(x[:, 0].unique().tolist()) == [0, 3]


def test_a_large_set_is_represented_by_some_of_it() -> None:
    data = Pairs(2 * MOST)
    assert len(Marginals(data, torch.device("cpu")).real) == MOST
