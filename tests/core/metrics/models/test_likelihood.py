"""Likelihood and entropy of a model of independent choices, whose law is known."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from gansuite.errors import UserError
from gansuite.games.game import Game
from gansuite.metrics import MetricError, Subject
from gansuite.metrics.models.likelihood import Entropy, Nll, drawn, of_ratio
from gansuite.spaces import TensorSpace


class Dice(Game):
    """Rows of up to four throws with probabilities p; -1 fills the room behind the last."""

    players, turns = {}, ()

    def __init__(self, p):
        super().__init__(TensorSpace())
        self.p = torch.as_tensor(p, dtype=torch.float64)
        self.asked: list[int] = []

    def sample(self, n, rng, condition=None):
        x = (self.p.cumsum(0) < rng.uniform(n * 4).double()[:, None]).sum(1).view(n, 4)
        return x.masked_fill(torch.arange(4) > rng.integers(0, 4, n)[:, None], -1)

    def choices(self, x):
        return (x >= 0).sum(1)

    def log_prob(self, x):
        self.asked.append(len(x))
        return torch.where(x >= 0, self.p.log()[x.clamp_min(0)], 0.0).sum(1)


class Silent(Game):
    players, turns = {}, ()


P, Q = [0.5, 0.25, 0.125, 0.125], [0.25, 0.25, 0.25, 0.25]
ENTROPY = 1.75 * np.log(2)


@pytest.fixture
def subject(points):
    from gansuite.engine.rng import Rng

    def make(p, n=2000, held_out=P):
        game = Dice(p)
        x = Dice(held_out).sample(3000, Rng(5, "data")).double()
        return Subject(game, Rows(x), "test", n, torch.device("cpu"))

    class Rows(points):
        def batch(self, split, index, rng):
            return {"data": self.splits[split][index].long()}

        def __init__(self, x):
            super().__init__(train=x, test=x)

    return make


def test_nll_is_the_cross_entropy_of_a_choice(subject):
    found = Nll()(subject(Q), untrained=subject([0.125, 0.125, 0.25, 0.5]))
    assert found.value == pytest.approx(np.log(4)) and found.high - found.low < 1e-9
    assert found.untrained == pytest.approx((0.5 * 3 + 0.25 * 3 + 0.125 * 2 + 0.125) * np.log(2), rel=0.02)
    own = Nll()(subject(P))
    assert own.low < ENTROPY < own.high and own.direction == "min" and own.extras["split"] == "test"


def test_entropy_is_of_the_models_own_samples(subject):
    found = Entropy()(subject(P, held_out=Q), untrained=subject(Q))
    assert found.low < ENTROPY < found.high and found.high - found.low < 0.1
    assert found.untrained == pytest.approx(np.log(4))


def test_is_a_ratio_of_sums_and_not_a_mean_of_ratios(subject):
    asked = subject([0.7, 0.1, 0.1, 0.1], n=500)
    x = asked.real(500)
    nats, choices = -asked.game.log_prob(x), asked.game.choices(x)
    found = Nll()(asked)
    assert found.value == pytest.approx(float(nats.sum() / choices.sum()), abs=1e-12)
    assert abs(found.value - float((nats / choices).mean())) > 1e-4


def test_interval_is_that_of_the_ratio(subject):
    """Against the spread over 200 draws of 200 samples."""
    rng = np.random.default_rng(0)
    values, halves = [], []
    for _ in range(200):
        c = rng.integers(1, 9, 200).astype(float)
        a = c * 2 + rng.standard_normal(200) * c
        points = of_ratio(torch.from_numpy(a), torch.from_numpy(c))
        assert points.mean() == pytest.approx(a.sum() / c.sum())
        values.append(points.mean())
        halves.append(points.std(ddof=1) / 200**0.5)
    assert np.mean(halves) == pytest.approx(np.std(values), rel=0.15)


def test_takes_few_rows_at_a_time(subject):
    asked = subject(P, n=600)
    assert Nll(rows=250)(asked).value == pytest.approx(Nll(rows=1000)(asked).value, abs=1e-12)
    assert asked.game.asked == [250, 250, 100, 600]
    first, second = drawn(asked, 600)[0], drawn(asked, 600)[0]
    assert torch.equal(first, second) and len(first) == 600


def test_refuses_a_model_without_probability(points):
    silent = Silent(TensorSpace())
    for metric in (Nll(), Entropy()):
        with pytest.raises(UserError, match="gives samples no probability"):
            metric.check(silent)
        metric.check(Dice(P))
    with pytest.raises(MetricError, match="no probability"):
        Nll()(Subject(silent, points(test=torch.zeros(9, 2)), "test", 8, torch.device("cpu")))
