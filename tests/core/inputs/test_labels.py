"""Smoothed and flipped labels: the critic's optimum, cross-entropy with soft targets, and what is refused."""

from __future__ import annotations

import pytest
import torch
from torch.nn.functional import binary_cross_entropy_with_logits as cross_entropy

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.inputs.label_flipping import LabelFlipping
from gansuite.inputs.label_smoothing import LabelSmoothing
from gansuite.objectives.began import Began
from gansuite.objectives.feature_matching import FeatureMatching
from gansuite.objectives.hinge import Hinge
from gansuite.objectives.least_squares import LeastSquares
from gansuite.objectives.mmd import Mmd
from gansuite.objectives.non_saturating import NonSaturating
from gansuite.objectives.relativistic import Relativistic
from gansuite.objectives.relativistic_average import RelativisticAverage

REAL = torch.tensor([0.3, -1.5, 2.0, 0.1], dtype=torch.float64)
FAKE = torch.tensor([-0.7, 0.4, 1.2, 0.2], dtype=torch.float64)
SIDES = [(0.1, 0.0), (0.2, 0.3), (0.0, 0.1)]


@pytest.mark.parametrize(("real", "fake"), SIDES)
def test_the_cost_is_the_cross_entropy_with_the_smoothed_targets(real: float, fake: float) -> None:
    smoothed = LabelSmoothing(real=real, fake=fake).wrap(NonSaturating())
    expected = cross_entropy(REAL, torch.full_like(REAL, 1 - real), reduction="none")
    expected = expected + cross_entropy(FAKE, torch.full_like(FAKE, fake), reduction="none")
    torch.testing.assert_close(smoothed.critic(REAL, FAKE), expected)
    torch.testing.assert_close(smoothed.generator(FAKE), NonSaturating().generator(FAKE))


@pytest.mark.parametrize(("real", "fake"), SIDES)
def test_the_best_critic_on_two_points(real: float, fake: float) -> None:
    """D* = ((1 - α) p + β q)/(p + q), found by minimising the very cost (Salimans et al. 2016, section 3.4)."""
    p, q = (torch.tensor(x, dtype=torch.float64) for x in ([0.8, 0.2], [0.3, 0.7]))
    smoothed = LabelSmoothing(real=real, fake=fake).wrap(NonSaturating())
    logits = torch.zeros(2, dtype=torch.float64, requires_grad=True)
    search = torch.optim.LBFGS([logits], max_iter=100, tolerance_grad=1e-12, tolerance_change=1e-14)

    def closure() -> torch.Tensor:
        search.zero_grad()
        cost = (p * smoothed.on_real(logits) + q * smoothed.on_fake(logits)).sum()
        cost.backward()
        return cost

    search.step(closure)
    torch.testing.assert_close(logits.detach().sigmoid(), ((1 - real) * p + fake * q) / (p + q), atol=1e-7, rtol=0)


def test_smoothing_keeps_what_an_objective_is_and_remembers() -> None:
    began = Began(rate=0.1)
    smoothed = LabelSmoothing().wrap(began)
    assert smoothed.energy and smoothed.joint and smoothed.separable
    smoothed.after(torch.ones(3), torch.zeros(3))
    assert float(began.k) == pytest.approx(0.075)
    assert set(smoothed.parts(torch.ones(3), torch.zeros(3))) == {"measure", "k"}
    assert [name for name, _ in smoothed.named_buffers()] == ["plain.k"]
    matching = LabelSmoothing().wrap(FeatureMatching(critic=NonSaturating()))
    assert (matching.generator_needs_real, matching.critic_sees, matching.generator_sees) == (
        True,
        "scores",
        "features",
    )


@pytest.mark.parametrize("objective", [Relativistic(), RelativisticAverage(), Mmd()], ids=lambda o: type(o).__name__)
def test_an_objective_with_one_cost_for_both_sides_is_refused(objective) -> None:
    with pytest.raises(UserError, match="one cost for both"):
        LabelSmoothing().wrap(objective)


def test_swapped_sides_are_refused() -> None:
    with pytest.raises(ValueError, match="swaps the sides"):
        LabelSmoothing(real=0.6, fake=0.4)


def test_flipping_swaps_whole_pairs_at_the_given_rate() -> None:
    n, share = 40_000, 0.2
    real, fake = torch.arange(n, dtype=torch.float64), -torch.arange(n, dtype=torch.float64) - 1
    told, told_fake = LabelFlipping(share=share).sides(real, fake, Rng(0, "x"))
    swapped = told < 0
    assert torch.equal(told, torch.where(swapped, fake, real)) and torch.equal(
        told_fake, torch.where(swapped, real, fake)
    )
    assert abs(float(swapped.double().mean()) - share) < 4 * (share * (1 - share) / n) ** 0.5
    features = LabelFlipping(share=share).sides(real.view(-1, 4), fake.view(-1, 4), Rng(0, "x"))[0]
    assert ((features < 0).all(1) | (features >= 0).all(1)).all(), "a row is swapped as a whole"


@pytest.mark.parametrize("objective", [NonSaturating(), LeastSquares(), Hinge()], ids=lambda o: type(o).__name__)
def test_flipping_is_two_sided_smoothing_on_average(objective) -> None:
    n, share = 100_000, 0.1
    real, fake = (torch.full([n], x, dtype=torch.float64) for x in (0.9, -0.4))
    flipped = objective.critic(*LabelFlipping(share=share).sides(real, fake, Rng(1, "x")))
    smoothed = LabelSmoothing(real=share, fake=share).wrap(objective).critic(real, fake)
    assert abs(float((flipped - smoothed).mean())) < 4 * float(flipped.std()) / n**0.5


def test_only_the_critics_turn_is_told_wrong_kinds(game, draw) -> None:
    flipped, plain = game([LabelFlipping(share=0.49)]), game([])
    assert flipped("critic", draw()).value != plain("critic", draw()).value
    assert flipped("generator", draw()).value == plain("generator", draw()).value
    assert torch.equal(flipped("critic", draw()).out["real_score"], plain("critic", draw()).out["real_score"])
