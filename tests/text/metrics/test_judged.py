"""Metrics that ask a judge: shares with Wilson's interval, and log-densities a token."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from gansuite.errors import UserError
from gansuite.metrics import MetricError
from gansuite.metrics.models.points import share
from gansuite_text.metrics.oracle import NllOracle
from gansuite_text.metrics.validity import Validity
from gansuite_text.spec import TextSpec


class Dice:
    """Tokens drawn independently with probability by their number; texts that begin with an even one are valid."""

    p = torch.arange(1.0, 7.0) / 21

    def log_density(self, x):
        assert x.dtype == torch.int64
        return self.p.log()[x].sum(1)

    def valid(self, x):
        assert x.dtype == torch.int64
        return x[:, 0] % 2 == 0

    def draw(self, n, seed, power=1.0):
        p = (self.p**power).expand(n, -1)
        return torch.multinomial(p, 5, replacement=True, generator=torch.Generator().manual_seed(seed)).float()


SPEC = TextSpec(6, 5, end=None)


def test_validity_is_a_share():
    metric, judge = Validity(), Dice()
    metric.bind(SPEC)
    real, fake, other, fresh = (judge.draw(50, seed) for seed in range(4))
    fresh[:, 0] = torch.where(torch.arange(50) < 45, 1.0, 2.0)
    other[:, 0] = 2.0
    found = metric(real, fake, judge=judge, floor=other, untrained=fresh)
    good = int((fake[:, 0] % 2 == 0).sum())
    assert (found.value, found.low, found.high) == pytest.approx(
        (good / 50, share(good, 50).low, share(good, 50).high), abs=1e-12
    )
    assert (found.floor, found.untrained, found.direction, found.ideal) == (1.0, 0.1, "max", 1.0)
    assert found.normalised is not None and found.normalised.value == pytest.approx((found.value - 1) / (0.1 - 1))


def test_oracle_likelihood_is_the_mean_over_tokens():
    metric, judge = NllOracle(), Dice()
    metric.bind(SPEC)
    real, fake, other, fresh = (judge.draw(400, seed) for seed in range(4))
    found = metric(real, fake, judge=judge, floor=other, untrained=torch.zeros_like(fresh))
    entropy = -float((judge.p * judge.p.log()).sum())
    assert found.value == pytest.approx(-float(judge.log_density(fake.long()).mean()) / 5)
    assert found.low < entropy < found.high and found.floor == pytest.approx(entropy, abs=0.05)
    assert found.untrained == pytest.approx(np.log(21))
    sharp = metric(real, judge.draw(400, 5, power=4.0), judge=judge)
    assert sharp.high < entropy  # narrower than the truth: below it, as the docstring warns


def test_oracle_counts_tokens_up_to_the_end():
    spec = TextSpec(6, 4)
    metric, judge = NllOracle(), Dice()
    metric.bind(spec)
    x = torch.tensor([[3, 0, 0, 0], [5, 5, 5, 5], [1, 2, 0, 0], [0, 0, 0, 0]])
    total = -float(judge.log_density(x).sum())
    assert metric(x, x, judge=judge).value == pytest.approx(total / (2 + 4 + 3 + 1))


def test_impossible_texts_are_told():
    class Loaded(Dice):
        p = torch.tensor([0.0, 0.2, 0.2, 0.2, 0.2, 0.2])

    metric = NllOracle()
    metric.bind(SPEC)
    x = torch.tensor([[1, 2, 3, 4, 5], [0, 1, 2, 3, 4], [1, 1, 1, 1, 1], [2, 2, 2, 2, 2]])
    with pytest.raises(MetricError, match="1 of 4 texts have no density"):
        metric(x, x, judge=Loaded())


@pytest.mark.parametrize(("metric", "lacks"), [(Validity, "knows no grammar"), (NllOracle, "has no density")])
def test_a_judge_of_another_kind_is_told(metric, lacks):
    taken = metric()
    taken.bind(SPEC)
    with pytest.raises(UserError, match=lacks):
        taken(torch.zeros(4, 5), torch.zeros(4, 5), judge=object())
