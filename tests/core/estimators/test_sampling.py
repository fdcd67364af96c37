"""Draws have the laws that they are said to have."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from scipy import stats

from gansuite.engine.rng import Rng
from gansuite.estimators.sampling import categorical, conditional_gumbel, coupled_gumbel, gumbel, inverted, log_probs


def two_sample(x: np.ndarray, y: np.ndarray) -> float:
    """The p of Kolmogorov and Smirnov's test."""
    found: Any = stats.ks_2samp(x, y)
    return found.pvalue


def contingency(table: np.ndarray) -> float:
    """The p of the chi-square test that rows have one law."""
    found: Any = stats.chi2_contingency(table)
    return found.pvalue


@pytest.mark.parametrize("k", [2, 5, 64, 65, 200, 1000])
def test_inversion_draws_from_the_softmax(k: int, rng: Rng):
    n = 100_000
    logits = Rng(k, "logits").normal(k)
    x = categorical(logits.expand(n, -1), rng)
    other = torch.multinomial(logits.softmax(0), n, True, generator=torch.Generator().manual_seed(0))
    for drawn in (x, other):  # the same test that torch's own draws pass
        p = stats.chisquare(torch.bincount(drawn, minlength=k).numpy(), n * logits.double().softmax(0).numpy()).pvalue
        assert p > 1e-3
    both = torch.stack([torch.bincount(each, minlength=k) for each in (x, other)])
    assert contingency(both[:, both.sum(0) > 0].numpy()) > 1e-3


@pytest.mark.parametrize("k", [3, 64, 70, 5000])
def test_what_is_impossible_is_never_drawn(k: int, rng: Rng):
    logits = Rng(k, "logits").normal(50, k)
    never = Rng(k, "never").uniform(50, k) < 0.6
    never[:, k // 2] = False
    logits[never] = -torch.inf
    x = categorical(logits.repeat(400, 1), rng)
    assert not never.repeat(400, 1).gather(1, x.unsqueeze(1)).any()
    alone = torch.full((1000, k), -torch.inf)
    alone[:, k - 1] = 0.0
    assert (categorical(alone, rng) == k - 1).all()


def test_numbers_at_the_very_edges():
    """[0, 1) is cut into [0, ½) and [½, 1), and what has no width takes no number, not even 0."""
    p = torch.tensor([0.0, 0.5, 0.0, 0.5, 0.0])
    u = torch.tensor([0.0, 0.5 - 2**-24, 0.5, 1 - 2**-24, 1.0])
    assert inverted(p.expand(5, -1), u).tolist() == [1, 1, 3, 3, 3]
    wide = torch.zeros(2, 200)
    wide[:, 63], wide[:, 64] = 0.5, 0.5  # the edge of two blocks
    assert inverted(wide, torch.tensor([0.5, 0.0])).tolist() == [64, 63]


class Told(Rng):
    """Numbers that are given."""

    def __init__(self, u: torch.Tensor) -> None:
        super().__init__(0)
        self.u = u

    def uniform(self, n: int, *shape: int, low: float = 0.0, high: float = 1.0) -> torch.Tensor:
        return self.u.clone()


def test_the_given_one_wins_where_rounding_makes_another_as_large():
    """e_x = 69 and e_j = 6e-8: their sum is e_x in float32."""
    u = torch.tensor([[1 - 2**-24, 1e-30, 1 - 2**-24]])
    z = conditional_gumbel(log_probs(torch.zeros(1, 3)), torch.tensor([1]), Told(u))
    assert z.argmax() == 1 and (z[0, 1] > z[0, [0, 2]]).all()


def test_half_precision_logits_and_inverse_temperatures(rng: Rng):
    logits = torch.tensor([1.0, 0.0, -1.0, 2.0])
    x = categorical(logits.half().expand(100_000, -1), rng, 2.0)
    expected = 100_000 * (2 * logits.double()).softmax(0)
    assert stats.chisquare(torch.bincount(x).numpy(), expected.numpy()).pvalue > 1e-3


def test_gumbel_noise_is_gumbel(rng: Rng):
    g = gumbel(torch.empty(50_000, 2), rng)
    assert stats.kstest(g.flatten().numpy(), "gumbel_r").pvalue > 1e-3
    assert (g.isfinite()).all()


def test_given_its_argmax_the_noise_is_that_noise(logits: torch.Tensor, rng: Rng):
    """The argmax is the given one, always; over drawn choices the noise is Gumbel again, coordinate by coordinate."""
    n = 50_000
    log_p = log_probs(logits.expand(n, -1, -1))
    x, z, again = coupled_gumbel(logits.expand(n, -1, -1), rng)
    assert (z.argmax(-1) == x).all() and torch.allclose(z, again, atol=1e-5)
    for t in range(3):
        for j in range(5):
            assert stats.kstest((z - log_p)[:, t, j].numpy(), "gumbel_r").pvalue > 1e-4
    # Independent of each other, too: where the first one wins, it is as high as the highest is anywhere.
    first = z[:, 1].max(-1).values
    assert two_sample(first[x[:, 1] == 0].numpy(), first[x[:, 1] != 0].numpy()) > 1e-3
    direct = log_p[:, 0] + gumbel(log_p[:, 0], Rng(9))
    for j in range(5):  # the law given a winner is that of draws that were kept for it
        kept = direct[direct.argmax(-1) == j]
        for i in range(5):
            given = conditional_gumbel(log_p[: len(kept), 0], torch.full((len(kept),), j), Rng(j, "given"))
            assert two_sample(given[:, i].numpy(), kept[:, i].numpy()) > 1e-4


def test_the_given_one_wins_even_where_it_has_no_chance():
    log_p = log_probs(torch.tensor([[0.0, -60.0, 5.0, -torch.inf]]).expand(20_000, -1))
    for j in range(4):
        z = conditional_gumbel(log_p, torch.full((20_000,), j), Rng(j))
        assert (z.argmax(-1) == j).all() and z.isfinite().all()
        assert (z.topk(2).values.diff() < 0).all()
