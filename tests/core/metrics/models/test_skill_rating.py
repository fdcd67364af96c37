"""Ratings against planted strengths, closed forms and Glickman's worked example."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.optimize import root_scalar
from torch import nn

from gansuite.metrics import MetricError, bradley_terry
from gansuite.metrics.models.glicko import glicko2
from gansuite.metrics.models.tournament import SkillRating


def played(strengths, games, seed):
    """Wins of a tournament in which every pair plays."""
    g = np.random.default_rng(seed)
    wins = np.zeros((len(strengths), len(strengths)))
    for i in range(len(strengths)):
        for j in range(i):
            wins[i, j] = g.binomial(games, 1 / (1 + math.exp(strengths[j] - strengths[i])))
            wins[j, i] = games - wins[i, j]
    return wins


def test_two_players_have_the_logarithm_of_their_odds():
    found = bradley_terry([[0, 30], [10, 0]], names=["a", "b"])
    assert found["a"].value == pytest.approx(math.log(3) / 2)
    assert found["b"].value == -found["a"].value
    assert found["a"].extras["error"] == pytest.approx((1 / 30 + 1 / 10) ** 0.5 / 2)
    assert found["a"].high - found["a"].value == pytest.approx(1.959964 * found["a"].extras["error"])
    assert (found["a"].name, found["a"].n_real) == ("bradley-terry/a", 40)


def test_planted_strengths_are_recovered_and_covered():
    strengths = np.linspace(-1.5, 1.5, 6)
    hits, errors = [], []
    for seed in range(120):
        found = bradley_terry(played(strengths, 60, seed)).values()
        hits += [each.low < r < each.high for each, r in zip(found, strengths, strict=True)]
        errors.append([each.value - r for each, r in zip(found, strengths, strict=True)])
    assert 0.93 < np.mean(hits) < 0.97
    assert np.abs(np.mean(errors, 0)).max() < 0.05
    many = [each.value for each in bradley_terry(played(strengths, 20_000, 0)).values()]
    assert many == pytest.approx(strengths, abs=0.05)


def test_the_ratings_solve_the_score_equations_and_follow_the_players():
    wins = played([0.0, 2.0, -1.0, 0.5], 30, 1)
    ratings = np.array([each.value for each in bradley_terry(wins).values()])
    expected = (wins + wins.T) / (1 + np.exp(ratings[None] - ratings[:, None]))
    np.fill_diagonal(expected, 0)
    assert expected.sum(1) == pytest.approx(wins.sum(1))
    order = [2, 0, 3, 1]
    moved = [each.value for each in bradley_terry(wins[np.ix_(order, order)]).values()]
    assert moved == pytest.approx(ratings[order])
    assert ratings.sum() == pytest.approx(0, abs=1e-9)


def test_tables_without_an_answer_are_refused():
    for wins, text in (
        ([[0, 3], [0, 0]], "never lost"),
        ([[0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0]], "never lost"),
        ([[0, 1, 2]], "shape"),
        ([[0, -1], [1, 0]], "negative"),
    ):
        with pytest.raises(MetricError, match=text):
            bradley_terry(wins)
    with pytest.raises(MetricError, match="2 players"):
        bradley_terry([[0, 1], [1, 0]], names=["a"])


def volatility(phi, behind, phi_j, tau=0.5, sigma=0.06):
    """The paper's step 5 by another root finder, for wins only against equals that are ahead."""
    g = 1 / math.sqrt(1 + 3 * phi_j**2 / math.pi**2)
    e = 1 / (1 + np.exp(g * behind))
    v = 1 / (g * g * e * (1 - e)).sum()
    d = v * (g * (1 - e)).sum()

    def f(x):
        grown = phi**2 + v + math.exp(x)
        return math.exp(x) * (d * d - grown) / (2 * grown**2) - (x - 2 * math.log(sigma)) / tau**2

    return math.exp(root_scalar(f, bracket=(-20, 5), xtol=1e-14).root / 2)


def test_glickmans_example():
    opponents, deviations = np.array([1400.0, 1550.0, 1700.0]), np.array([30.0, 100.0, 300.0])
    found = glicko2(1500.0, 200.0, 0.06, opponents, deviations, np.array([1.0, 0.0, 0.0]))
    assert found[0] == pytest.approx(1464.06, abs=0.01)
    assert found[1] == pytest.approx(151.52, abs=0.01)
    assert found[2] == pytest.approx(0.05999, abs=1e-5)
    upset = glicko2(1500.0, 50.0, 0.06, np.full(20, 2000.0), np.full(20, 30.0), np.ones(20))  # volatility rises
    assert upset[2] == pytest.approx(volatility(50 / 173.7178, np.full(20, 500 / 173.7178), 30 / 173.7178), rel=1e-6)
    assert upset[2] > 0.0605
    with pytest.raises(MetricError):
        glicko2(1500.0, 200.0, 0.06, opponents[:0], deviations[:0], opponents[:0])


class Still(nn.Module):
    """A generator of one point: every sample is a view of its parameter."""

    def __init__(self):
        super().__init__()
        self.at = nn.Parameter(torch.zeros(2))

    def forward(self, z, condition=None, rng=None):
        return self.at.expand(len(z), 2) + z


@pytest.fixture
def run(subject_of, affine, points):
    """Five checkpoints in which the generator comes nearer to N((3, 0), 1), and critics with planes before it."""
    draw = torch.Generator().manual_seed(0)
    data = points(**{s: torch.randn(400, 2, generator=draw) + torch.tensor([3.0, 0.0]) for s in ("train", "test")})
    subject = subject_of(Still(), affine(torch.tensor([1.0, 0.0])), data=data)
    places = {100: -1.0, 200: 0.0, 300: 1.0, 400: 2.0, 500: 3.0}

    def at(step):
        subject.game.generator.at.copy_(torch.tensor([places[step], 0.0]))
        subject.game.critic.bias.fill_(-(places[step] + 3) / 2)
        return subject.game

    return replace(subject, steps=tuple(places), at=at)


def test_the_tournament_of_a_run_orders_its_generators(run):
    newest, critic = SkillRating(samples=400)(run)
    ratings = [each["value"] for each in newest.extras["generators"]]
    assert ratings == sorted(ratings)
    assert newest.value == ratings[-1]
    assert np.mean(ratings) == pytest.approx(0, abs=1e-9)
    assert newest.low > 0.5
    # A match's share of right judgements: half from fakes at mu before the plane, half from reals behind it.
    wins, phi = np.array(newest.extras["wins"]), torch.special.ndtr
    truth = [
        [float(phi(torch.tensor((m + 3) / 2 - mu)) + phi(torch.tensor(3 - (m + 3) / 2))) / 2 for mu in range(-1, 4)]
        for m in range(-1, 4)
    ]
    assert np.abs(wins - np.array(truth)).max() < 0.08
    assert critic.name == "skill-rating/critic"
    assert critic.value == newest.extras["critics"][-1]["value"]


def test_the_interval_covers_other_samples(run):
    """The rating from many samples lies within the intervals from few."""
    truth = SkillRating(samples=400)(run)[0].value
    found = [SkillRating(samples=40)(replace(run, seed=seed), seed=seed)[0] for seed in range(12)]
    assert sum(each.low < truth < each.high for each in found) >= 10


def test_glicko_and_a_choice_of_checkpoints(run):
    by_glicko = SkillRating(rule="glicko-2")(run)[0].extras["generators"]
    ratings = [each["value"] for each in by_glicko]
    assert ratings == sorted(ratings)
    assert SkillRating(checkpoints=3)(run)[0].extras["steps"] == [100, 300, 500]


def test_the_untrained_generator_is_rated_among_them(run, subject_of):
    untrained = subject_of(Still(), data=run.dataset)
    untrained.game.generator.at.copy_(torch.tensor([-3.0, 0.0]))
    found = SkillRating()(run, untrained=untrained)[0]
    assert found.untrained < found.extras["generators"][0]["value"]
    ratings = [each["value"] for each in found.extras["generators"]]
    assert len(ratings) == 5
    assert np.mean(ratings) == pytest.approx(0, abs=1e-9)  # of the run's own


def test_a_tournament_needs_two_models_and_samples(run):
    with pytest.raises(MetricError, match="2 saved models"):
        SkillRating()(replace(run, steps=(100,)))
    with pytest.raises(MetricError, match="too few"):
        SkillRating()(replace(run, n=3))
