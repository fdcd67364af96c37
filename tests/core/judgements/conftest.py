"""Contestants that need no training, and judges whose tastes are known."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch

from gansuite.judgements.contestants import Contestant
from gansuite.judgements.judgement import Judgement
from gansuite.report import Exhibit, Presenter


class Plain(Presenter):
    """A number as a paragraph."""

    def __call__(self, samples: np.ndarray) -> list[Exhibit]:
        return [Exhibit(f"<p>{float(x):.0f}</p>", "a number") for x in samples[:, 0]]


class Made(Contestant):
    """Sample s is the number 1000 s + id."""

    def __init__(self, name: str, number: int) -> None:
        self.name, self.number, self.presenter = name, number, Plain()

    def sample(self, seed: int, round: int) -> int:
        return 100 * seed + round

    def draw(self, sample: int) -> torch.Tensor:
        return torch.tensor([[1000.0 * sample + self.number]])


@pytest.fixture
def contestants() -> list[Contestant]:
    return [Made("secret-one", 1), Made("secret-two", 2), Made("secret-three", 3)]


def judged(
    strengths: Sequence[float], n: int, rng: np.random.Generator, judge: str = "j", spread: float = 0.0
) -> list[Judgement]:
    """``n`` judgements of contestants 0, 1, ... in turn, by one judge whose own taste is off by ``spread``."""
    own = np.asarray(strengths) + spread * rng.normal(size=len(strengths))
    pairs = [(i, j) for i in range(len(own)) for j in range(i)]
    found = []
    for r in range(n):
        i, j = pairs[r % len(pairs)]
        left = rng.random() < 1 / (1 + np.exp(own[j] - own[i]))
        found.append(Judgement(str(i), str(j), "left" if left else "right", judge, r + 1))
    return found


@pytest.fixture(name="judged")
def judged_fixture():
    return judged


@pytest.fixture
def csv_file(tmp_path: Path):
    """``csv_file("left,right,winner\\n...")``: a file of that text."""

    def write(text: str, name: str = "votes.csv") -> Path:
        (tmp_path / name).write_text(text)
        return tmp_path / name

    return write
