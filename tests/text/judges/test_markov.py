"""The chain's closed forms against enumeration and against its own samples."""

from __future__ import annotations

import math

import pytest
import torch

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite_text.judges.markov import Chain

CASES = [(1, None), (2, None), (1, 0), (2, 0)]


def chain(order: int, end: int | None, seed: int = 0, vocabulary: int = 3, length: int = 5) -> Chain:
    return Chain.drawn(vocabulary, length, order, 0.7, end, Rng(seed, "chain"))


@pytest.fixture(params=CASES, ids=str)
def law(request) -> Chain:
    return chain(*request.param)


def test_probabilities_of_all_texts_sum_to_one(law):
    x = law.enumerated()
    assert float(law.log_density(x).double().exp().sum()) == pytest.approx(1, abs=1e-6)
    assert len(torch.unique(x, dim=0)) == len(x)
    if law.end is not None:
        assert len(x) < 3**5 and not (x[:, 0] == law.end).any()  # none is empty, nothing follows an end


def test_the_product_by_hand():
    table = torch.tensor([[0.1, 0.9], [0.3, 0.7], [0.6, 0.4]])
    law = Chain(table, 3)
    assert float(law.log_density(torch.tensor([[0, 1, 1]])).exp()) == pytest.approx(0.6 * 0.9 * 0.7)
    ends = Chain(table, 3, end=0)
    x = torch.tensor([[1, 0, 0], [1, 1, 1], [1, 0, 1], [0, 0, 0]])
    assert ends.log_density(x).exp().tolist() == pytest.approx([0.4 * 0.3, 0.4 * 0.7 * 0.7, 0, 0.6])
    assert ends.nll(x[:2]) == pytest.approx(-math.log(0.4 * 0.3 * 0.4 * 0.7 * 0.7) / 5)


def test_the_second_order_looks_two_tokens_back():
    law = chain(2, None)
    table = law.table.view(4, 4, 3)  # the time before the text is digit 3
    x = torch.tensor([[2, 0, 1, 1, 0]])
    exact = table[3, 3, 2] * table[3, 2, 0] * table[2, 0, 1] * table[0, 1, 1] * table[1, 1, 0]
    assert float(law.log_density(x).exp()) == pytest.approx(float(exact), rel=1e-5)


def test_samples_have_these_probabilities(law):
    n = 60_000
    x, exact = law.enumerated(), law.log_density(law.enumerated()).double().exp()
    digits = 3 ** torch.arange(5)
    found = (law.sample(n, Rng(1, "x")) * digits).sum(1).bincount(minlength=3**5)[(x * digits).sum(1)] / n
    error = (exact * (1 - exact) / n).sqrt()
    assert float(((found - exact) / error.clamp_min(1e-5)).abs().max()) < 4.5
    assert float(found.sum()) == pytest.approx(1)


def test_entropy_and_divergences_are_those_of_the_enumeration(law):
    x = law.enumerated()
    log_p = law.log_density(x).double()
    assert law.entropy() == pytest.approx(float(-(log_p.exp() * log_p).sum()), rel=1e-5)
    other = chain(law.order, law.end, seed=1)
    log_q = other.log_density(x).double()
    exact = float((log_p.exp() * (log_p - log_q)).sum())
    assert law.kl(other) == pytest.approx(exact, rel=1e-4) and law.kl(other) > 0.1
    assert law.kl_from(other.log_density) == pytest.approx(exact, rel=1e-4)
    assert law.kl(law) == pytest.approx(0, abs=1e-9)
    variation = float((log_p.exp() - log_q.exp()).abs().sum() / 2)
    assert law.total_variation_from(other.log_density) == pytest.approx(variation, rel=1e-4)


def test_mass_on_impossible_texts_counts_in_total_variation():
    law = chain(1, 0)
    assert law.total_variation_from(lambda x: torch.full([len(x)], -torch.inf)) == pytest.approx(1, abs=1e-6)
    impossible = torch.tensor([[0, 1, 1, 1, 1]])
    assert law.total_variation(impossible) == pytest.approx(1, abs=1e-6)


def test_visits_are_expected_counts(law):
    n = 40_000
    counts = law.counts(law.sample(n, Rng(2, "x"))).sum(1) / n
    assert torch.allclose(counts, law.visits(), atol=0.03)
    assert float(law.visits()[law.begin]) == 1


def test_transitions_of_the_chains_own_samples(law):
    """2 n KL is a chi-square: its mean is the degrees of freedom, its standard deviation sqrt(2 df)."""
    found = [law.transition_kl(law.sample(2000, Rng(i, "own"))) for i in range(60)]
    values, expected = torch.tensor(found).unbind(1)
    freedom = 2 * float(expected.mean()) * float(law.visits().sum()) * 2000
    error = float(expected.mean()) * math.sqrt(2 / freedom / 60)
    assert float(values.mean()) == pytest.approx(float(expected.mean()), abs=5 * error)
    other = chain(law.order, law.end, seed=1)
    assert law.transition_kl(other.sample(2000, Rng(0, "other")))[0] > 10 * float(expected.mean())


def test_transition_divergences_tend_to_the_exact_ones():
    law, other = chain(1, None), chain(1, None, seed=1)
    x = other.sample(200_000, Rng(0, "x"))
    assert law.transition_kl(x)[0] == pytest.approx(other.kl(law) / 5, rel=0.02)
    exact = other.visits() @ (other.table - law.table).abs().sum(1) / 2 / 5
    assert law.transition_total_variation(x) == pytest.approx(float(exact), rel=0.02)


def test_total_variation_of_samples_falls_as_it_must():
    law = chain(1, None)
    p = law.log_density(law.enumerated()).double().exp()
    for n in (1000, 16_000):
        expected = float((p / (2 * math.pi * n)).sqrt().sum())
        found = [law.total_variation(law.sample(n, Rng(i, "x"))) for i in range(5)]
        assert sum(found) / 5 == pytest.approx(expected, rel=0.25)


def test_small_concentrations_and_limits():
    law = Chain.drawn(5, 4, 1, 0.01, 0, Rng(0, "sparse"))
    assert torch.allclose(law.table.sum(1), torch.ones(6, dtype=torch.float64)) and float(law.table[-1, 0]) == 0
    assert len(law.sample(100, Rng(0, "x"))) == 100
    with pytest.raises(UserError, match="too many to enumerate"):
        Chain.drawn(20, 10, 1, 1.0, None, Rng(0, "wide")).enumerated()
    with pytest.raises(ValueError, match="order 2 has 16"):
        Chain(torch.ones(4, 3), 5, order=2)
