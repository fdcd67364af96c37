"""No real sample breaks the rule, and what was spoilt by hand does."""

from __future__ import annotations

import itertools
from collections import Counter
from typing import Literal

import pytest
import torch
from scipy import stats

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite_toy.data.counting import APART, CountingData, balanced
from gansuite_toy.data.strings import one_hot_rows


@pytest.mark.parametrize("form", ["signal", "image", "brackets"])
@pytest.mark.parametrize("k", [1, 4, 7])
def test_no_real_sample_breaks_the_rule(form: Literal["signal", "image", "brackets"], k: int):
    data = CountingData(count=3000, form=form, k=k, split={"train": 1.0})
    assert data.judge.violations(data.parts["train"]["data"].flatten(1).float()) == 0


def test_a_bump_too_many_or_too_few_is_counted():
    data = CountingData(count=500, k=4, split={"train": 1.0})
    x = data.parts["train"]["data"]
    other = CountingData(count=500, k=3, split={"train": 1.0}).parts["train"]["data"]
    assert data.judge.wrong(other.flatten(1)).tolist() == [1] * 500
    flat = torch.zeros_like(x)
    assert data.judge.wrong(flat.flatten(1)).tolist() == [4] * 500
    lone = torch.zeros(1, 1, 64)
    lone[..., [0, 20, 40, 63]] = 1.0  # ends count as well
    assert data.judge.wrong(lone.flatten(1)).tolist() == [0]
    assert data.judge.violations(other.flatten(1)) == 1


def test_places_of_bumps_are_uniform_over_all_that_keep_apart():
    n, k = 60_000, 2
    data = CountingData(count=n, k=k, split={"train": 1.0}).parts["train"]["data"][:, 0]
    x = torch.nn.functional.pad(data, (1, 1))
    peak = (x[:, 1:-1] > x[:, :-2]) & (x[:, 1:-1] > x[:, 2:]) & (data > 0.5)
    places = Counter(map(tuple, peak.nonzero()[:, 1].view(n, k).tolist()))
    possible = [pair for pair in itertools.combinations(range(1, 63), 2) if pair[1] - pair[0] >= APART]
    assert set(places) == set(possible)
    assert stats.chisquare([places[pair] for pair in possible]).pvalue > 1e-4


def test_balanced_strings_are_uniform_over_all_of_them():
    tokens = balanced(56_000, 4, Rng(0, "brackets"))
    found = Counter(map(tuple, tokens.tolist()))
    assert len(found) == 14  # the Catalan number of 4
    assert stats.chisquare(list(found.values())).pvalue > 1e-4


@pytest.mark.parametrize(
    ("text", "wrong"), [("()" * 8, 0), ("((((((((" + "))))))))", 0), (")(" * 8, 2), ("(" * 16, 16), (")" * 16, 16)]
)
def test_brackets_without_a_partner(text: str, wrong: int):
    judge = CountingData(count=20, form="brackets").judge
    tokens = torch.tensor([[0 if sign == "(" else 1 for sign in text]])
    assert judge.wrong(tokens.float()).tolist() == [wrong]
    assert judge.wrong(one_hot_rows(tokens, 2).flatten(1)).tolist() == [wrong]


def test_more_bumps_than_there_is_room_for():
    with pytest.raises(UserError, match="at most 7"):
        CountingData(k=8)
    with pytest.raises(UserError, match="at most 16"):
        CountingData(form="image", k=17)
    with pytest.raises(UserError, match="brackets"):
        CountingData(one_hot=True)


def test_a_bump_counts_from_half_its_height():
    judge = CountingData(count=20, k=1).judge
    x = torch.zeros(2, 64)
    x[0, [10, 30]] = torch.tensor([0.6, 0.4])
    x[1, [10, 30]] = 0.45
    assert judge.counts(x).tolist() == [1, 0]
