"""Streaming states: no split, order or merge changes what they say, and moments give the rows' own Fréchet distance."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import load, save

from gansuite.engine.rng import mixed
from gansuite.metrics import Counts, Frechet, MetricError, Moments, Rows, frechet
from gansuite.metrics.jackknife import jackknife_of
from gansuite.metrics.states import block_of, gram, hashed, scrambled


def gaussian(n, d, seed, scale=1.0, shift=0.0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(n, d, generator=generator, dtype=torch.float64) * scale + shift


def streamed(make, x, index, order, processes, batch=7):
    """The rows in the given order, a batch at a time to one process after another, saved, gathered and merged."""
    states = [make() for _ in range(processes)]
    for i, rows in enumerate(order.split(batch)):
        states[i % processes].update(x[rows], index[rows])
    states = [type(s).from_tensors(load(save({k: t.contiguous() for k, t in s.tensors().items()}))) for s in states]
    first, *others = states
    for other in others:
        first.merge(other)
    return first


def orders(n):
    yield torch.arange(n), 1
    yield torch.arange(n).flip(0), 2
    yield torch.randperm(n, generator=torch.Generator().manual_seed(0)), 5
    yield torch.arange(n), 20  # more processes than batches: some have seen nothing


@given(st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=20), st.integers(0, 2**62))
def test_scrambled_is_the_house_hash(numbers, seed):
    found = scrambled(torch.tensor(numbers), seed).tolist()
    assert [x >> 1 & 2**63 - 1 for x in found] == [mixed(x + mixed(seed)) for x in numbers]


def test_blocks_are_of_equal_size_but_for_chance():
    """Chi-square of 10,000 indices in ten blocks, 9 degrees of freedom: 1e-4 beyond 34."""
    counts = np.bincount(block_of(torch.arange(10_000)).numpy(), minlength=10)
    assert ((counts - 1000) ** 2 / 1000).sum() < 34


def test_moments_of_any_split_are_those_of_the_rows():
    x, index = gaussian(100, 3, 0, shift=5.0), torch.arange(1000, 1100)
    labels = block_of(index)
    for order, processes in orders(100):
        found = streamed(lambda: Moments(3), x, index, order, processes)
        assert found.n == 100
        for b, (mean, covariance) in zip([None, *range(10)], found.gaussians([None, *range(10)]), strict=True):
            kept = x if b is None else x[labels != b]
            assert mean + found.pivot == pytest.approx(kept.mean(0), rel=1e-12)
            assert covariance == pytest.approx(kept.T.cov(), rel=1e-10, abs=1e-12)


def test_a_large_offset_keeps_its_digits():
    x, index = gaussian(200, 3, 0), torch.arange(200)
    moved = x + 1e7
    for order, processes in orders(200):
        _, covariance = next(iter(streamed(lambda: Moments(3), moved, index, order, processes).gaussians()))
        assert covariance == pytest.approx(x.T.cov(), rel=1e-7, abs=1e-7)


def rows_estimate(real, others, labels):
    metric = Frechet()
    side = metric.side(real, labels, 0)
    table = np.concatenate([metric.table(side, each, labels, 0) for each in others], 1)
    return jackknife_of(lambda b: table[0 if b is None else b + 1], labels)


def test_frechet_of_moments_is_that_of_the_rows_with_these_blocks():
    n, index = 300, torch.arange(300)
    sets = [gaussian(n, 4, i, scale=1 + 0.3 * i, shift=50.0 + 0.1 * i) for i in range(4)]
    pivot = sets[0].mean(0)
    jackknife = rows_estimate(sets[0] - pivot, [x - pivot for x in sets[1:]], block_of(index))
    for order, processes in list(orders(n))[1:3]:
        real, fake, floor, untrained = (streamed(lambda: Moments(4), x, index, order, processes) for x in sets)
        found = frechet(real, fake, floor=floor, untrained=untrained)
        truth = jackknife.of(0)
        assert (found.value, found.low, found.high) == pytest.approx((truth.value, truth.low, truth.high), rel=1e-9)
        assert (found.floor, found.untrained) == pytest.approx(tuple(jackknife.value[1:]), rel=1e-9)
        assert found.n_real == n and found.normalised is not None
        whole = frechet(sets[0], sets[1], correction=None)
        assert frechet(real, fake, correction=None).value == pytest.approx(whole.value, rel=1e-9)


def test_labels_of_ones_own_and_a_block_without_rows():
    x, y, labels = gaussian(40, 3, 0), gaussian(40, 3, 1, scale=2), torch.arange(40).remainder(4) * 2
    states = []
    for rows in (x, y):
        state = Moments(3, blocks=8)
        state.update(rows, torch.arange(40), labels)
        states.append(state)
    truth = rows_estimate(x - x.mean(0), [y - x.mean(0)], labels // 2).of(0)
    assert str(frechet(*states)).split(" ", 1)[1] == f"{truth.value:.4g} [{truth.low:.4g}, {truth.high:.4g}]"


def test_moments_that_do_not_fit_are_told():
    def state(n, d=3, blocks=10):
        found = Moments(d, blocks)
        found.update(gaussian(n, d, 0), torch.arange(n))
        return found

    with pytest.raises(MetricError, match=r"^frechet: fake and real moments differ"):
        frechet(state(40), state(41))
    with pytest.raises(MetricError, match=r"^frechet: fake and real moments differ"):
        frechet(state(40), state(40, d=2))
    with pytest.raises(MetricError, match=r"^frechet: some sets are moments and some are rows"):
        frechet(state(40), gaussian(40, 3, 0))
    with pytest.raises(MetricError, match=r"^frechet: moments of 40 rows in 1 blocks"):
        frechet(state(40, blocks=1), state(40, blocks=1))
    with pytest.raises(MetricError, match=r"^moments: features are not finite"):
        state(40).update(torch.full((2, 3), math.nan), torch.arange(2))
    assert "n <= d" in frechet(state(20, d=30), state(20, d=30)).extras["warning"]


def test_rows_of_any_split_are_the_same_choice():
    x, index = gaussian(100, 3, 0).float(), torch.randperm(10_000, generator=torch.Generator().manual_seed(1))[:100]
    chosen = scrambled(index, 4).argsort()[:30]
    chosen = chosen[index[chosen].argsort()]
    for order, processes in orders(100):
        found = streamed(lambda: Rows(30, seed=4), x, index, order, processes)
        assert torch.equal(found.rows(), x[chosen]) and torch.equal(found.index, index[chosen])
    assert not torch.equal(streamed(lambda: Rows(30, seed=5), x, index, *next(orders(100))).index, found.index)
    found.update(x, index)  # rows that come again change nothing
    assert torch.equal(found.rows(), x[chosen])


def test_rows_are_chosen_alike_whatever_they_are():
    """Each of 40 indices is kept 10 times in 40 over seeds: binomial, within 4.5 deviations."""
    index, kept = torch.arange(40), torch.zeros(40)
    for seed in range(400):
        state = Rows(10, seed)
        state.update(index[:, None], index)
        kept[state.rows()[:, 0]] += 1
    assert (kept - 100).abs().max() < 4.5 * math.sqrt(400 * 0.25 * 0.75)


def test_rows_that_do_not_fit_are_told():
    with pytest.raises(MetricError, match="same k and seed"):
        Rows(3, 0).merge(Rows(3, 1))
    with pytest.raises(MetricError, match="none came"):
        Rows(3).rows()


def test_counts_of_any_split_are_those_of_the_rows():
    x = torch.randint(0, 3, (200, 3), generator=torch.Generator().manual_seed(0))
    rows, counts = x.unique(dim=0, return_counts=True)
    truth = dict(zip(hashed(rows).tolist(), counts.tolist(), strict=True))
    assert len(truth) == len(rows)
    for order, processes in orders(200):
        found = streamed(Counts, x.to(torch.uint8), torch.arange(200), order, processes, batch=20)
        assert dict(zip(found.keys.tolist(), found.counts.tolist(), strict=True)) == truth
    found = streamed(Counts, x.float(), torch.arange(200), torch.arange(200), 2)
    assert sorted(found.counts.tolist()) == sorted(truth.values())
    keys = streamed(Counts, x[:, 0], torch.arange(200), *next(orders(200)))
    assert keys.keys.tolist() == [0, 1, 2] and keys.counts.tolist() == torch.bincount(x[:, 0]).tolist()


def test_rows_hash_by_value_and_place():
    a = torch.tensor([[0.0, 1.0], [-0.0, 1.0], [1.0, 0.0]])
    first, second, third = hashed(a).tolist()
    assert first == second != third
    assert len(hashed(gaussian(5000, 2, 0)).unique()) == 5000


def test_the_product_by_tiles():
    x = gaussian(20, 7, 0)
    assert gram(x, tile=3) == pytest.approx(x.T @ x, abs=1e-13)
