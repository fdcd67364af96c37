"""RankGAN's ranks, one by one by the formula."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from gansuite.objectives.ranking import Ranking


def cosine(x: Tensor, y: Tensor) -> float:
    return float(x @ y / (x.norm() * y.norm()))


def log_rank(s: Tensor, references: Tensor, company: Tensor, gamma: float) -> float:
    """mean over u of log P(s | u, C), literally."""
    found = []
    for u in references:
        own = math.exp(gamma * cosine(s, u))
        found.append(math.log(own / (own + sum(math.exp(gamma * cosine(c, u)) for c in company))))
    return sum(found) / len(found)


@pytest.fixture
def features() -> tuple[Tensor, Tensor]:
    random = torch.Generator().manual_seed(0)
    return torch.randn(7, 5, generator=random).double(), torch.randn(11, 5, generator=random).double()


def test_both_sides_are_the_formula_with_unlike_numbers_of_rows(features: tuple[Tensor, Tensor]) -> None:
    real, fake = features
    objective = Ranking(references=3, sharpness=2.5)
    references, ranked = real[:3], real[3:]
    of_fake = torch.tensor([log_rank(s, references, ranked, 2.5) for s in fake]).double()
    of_real = torch.tensor([log_rank(s, references, fake, 2.5) for s in ranked]).double()
    torch.testing.assert_close(objective.generator(fake, real), -of_fake)
    torch.testing.assert_close(objective.critic(real, fake).mean(), of_fake.mean() - of_real.mean())


def test_ranks_follow_their_rows_and_see_directions_alone(features: tuple[Tensor, Tensor]) -> None:
    real, fake = features
    objective, order = Ranking(references=3), torch.randperm(11, generator=torch.Generator().manual_seed(1))
    torch.testing.assert_close(objective.generator(fake[order], real), objective.generator(fake, real)[order])
    torch.testing.assert_close(objective.generator(fake, real), objective.generator(7 * fake, 0.1 * real))
    torch.testing.assert_close(objective.generator(fake[:2], real), objective.generator(fake, real)[:2])


def test_equals_share_their_ranks() -> None:
    real = torch.ones(20, 4)
    torch.testing.assert_close(Ranking(references=16).generator(real[:5], real), torch.full((5,), math.log(5.0)))


def test_who_descends_what(features: tuple[Tensor, Tensor]) -> None:
    real, _ = features
    objective = Ranking(references=3)
    nearer = real[:3].mean(0, keepdim=True)
    assert objective.generator(nearer, real) < objective.generator(-nearer, real)
    sure = objective.critic(real[:3].repeat(3, 1), -real[:1]).mean()
    assert sure < objective.critic(real[:3].repeat(3, 1), real[:1]).mean()


def test_a_batch_of_references_is_refused() -> None:
    with pytest.raises(ValueError, match="none left to rank"):
        Ranking(references=16).check(16)
    Ranking(references=16).check(17)
