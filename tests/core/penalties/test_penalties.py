"""Penalties on critics whose gradients are known."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from gansuite.engine.rng import Rng
from gansuite.games.game import Draw, Game
from gansuite.penalties.gradient_penalty import GradientPenalty
from gansuite.penalties.r1 import R1
from gansuite.spaces import TensorSpace


class Scorer(Game):
    """A critic given as a function."""

    def __init__(self, score) -> None:
        super().__init__(TensorSpace())
        self.function = score

    def out(self, real: Tensor, fake: Tensor) -> dict:
        return {"real": real, "fake": fake, "score": lambda x, rng=None: self.function(x)}


def charge(penalty, score, real: Tensor, fake: Tensor) -> Tensor:
    game = Scorer(score)
    draw = Draw({}, lambda name: Rng(0, name))
    return penalty(game, draw, game.out(real, fake))


def points(n: int, d: int = 5, seed: int = 0) -> tuple[Tensor, Tensor]:
    rng = Rng(seed, "points")
    return rng.normal(n, d), rng.normal(n, d) + 1


def test_gradient_penalty_of_a_linear_critic_is_its_closed_form() -> None:
    """D(x) = w.x has gradient w everywhere: (|w| - 1)²."""
    w = torch.tensor([1.0, -2.0, 0.5, 0.0, 3.0])
    value = charge(GradientPenalty(), lambda x: x @ w, *points(32))
    assert float(value) == pytest.approx((float(w.norm()) - 1) ** 2, rel=1e-5)


@pytest.mark.parametrize("n", [16, 64, 256])
def test_the_norm_is_per_sample(n: int) -> None:
    """A critic of unit slope owes nothing at any batch size; a norm over the batch would charge (√n - 1)²."""
    w = torch.tensor([0.6, 0.8, 0.0, 0.0, 0.0])
    assert float(charge(GradientPenalty(), lambda x: x @ w, *points(n))) == pytest.approx(0, abs=1e-10)


def test_one_sided_spares_gentle_slopes() -> None:
    w = torch.tensor([0.3, 0.0, 0.0, 0.0, 0.0])
    gentle, steep = (lambda x: x @ w), (lambda x: x @ (10 * w))
    assert float(charge(GradientPenalty(sides="one"), gentle, *points(8))) == 0
    assert float(charge(GradientPenalty(sides="two"), gentle, *points(8))) == pytest.approx(0.49, rel=1e-5)
    assert float(charge(GradientPenalty(sides="one"), steep, *points(8))) == pytest.approx(4, rel=1e-5)


def test_each_sample_has_its_own_uniform_place_on_the_path() -> None:
    """With D = |x|²/2 the slope is |x̂|; from real 0 and fake e1 the norms are the mixing weights themselves."""
    norms: list[Tensor] = []

    def score(x: Tensor) -> Tensor:
        norms.append(x.detach().norm(dim=1))
        return 0.5 * x.square().sum(1)

    n = 4000
    fake = torch.zeros(n, 3)
    fake[:, 0] = 1
    charge(GradientPenalty(), score, torch.zeros(n, 3), fake)
    sorted_norms = norms[0].sort().values
    uniform = (torch.arange(n) + 0.5) / n
    assert float((sorted_norms - uniform).abs().max()) < 1.63 / n**0.5  # Kolmogorov-Smirnov at 1 %


def test_the_penalty_is_differentiable_in_the_critic_and_blind_to_the_generator() -> None:
    w = torch.tensor([2.0, 0.0, 0.0, 0.0, 0.0], requires_grad=True)
    real, fake = points(8)
    fake.requires_grad_()
    value = charge(GradientPenalty(), lambda x: x @ w, real, fake)
    slope, through_fake = torch.autograd.grad(value, [w, fake], allow_unused=True)
    torch.testing.assert_close(slope, torch.tensor([2.0, 0, 0, 0, 0]))  # d/dw (|w| - 1)² = 2 (|w| - 1) w/|w|
    assert through_fake is None


def test_a_flat_critic_has_a_finite_penalty_gradient() -> None:
    """The square root of a zero norm has no derivative; the reference TensorFlow code gives nan here."""
    w = torch.zeros(5, requires_grad=True)
    value = charge(GradientPenalty(), lambda x: x @ w, *points(8))
    (slope,) = torch.autograd.grad(value, w)
    assert float(value.detach()) == pytest.approx(1)
    assert torch.isfinite(slope).all()


def test_r1_is_half_the_squared_slope_at_real_samples() -> None:
    w = torch.tensor([1.0, -2.0, 0.5, 0.0, 3.0])
    assert float(charge(R1(), lambda x: x @ w, *points(32)).detach()) == pytest.approx(0.5 * float(w @ w), rel=1e-5)
    real, fake = points(16)
    value = charge(R1(), lambda x: 0.5 * x.square().sum(1), real, fake)
    assert float(value.detach()) == pytest.approx(0.5 * float(real.square().sum(1).mean()), rel=1e-5)


def test_terms_are_summed_before_one_step_and_lazy_ones_count_every_fold(gan) -> None:
    """Two penalties of one class both count (torchgan keeps the last), in one optimiser step (it takes one each)."""
    from gansuite.objectives.wasserstein import Wasserstein

    first, second = GradientPenalty(weight=3.0), R1(weight=2.0, every=4)
    engine, turns = gan(Wasserstein(), [first, second], moves={"critic": 1, "generator": 1})
    steps = []
    step = engine.players["critic"].optimizer.step
    engine.players["critic"].optimizer.step = lambda: (steps.append(1), step())[1]
    for i in range(8):
        draw = engine.draw(turns[0])
        engine.attend("critic")
        cost = engine.cost(turns[0], draw)
        wanted = cost.parts["cost"] + 3 * cost.parts["gradient-penalty"]
        if i % 4 == 0:
            wanted = wanted + 2 * 4 * cost.parts["r1"]
        else:
            assert "r1" not in cost.parts
        torch.testing.assert_close(cost.value, wanted)
        engine.move(turns[0], engine.gradients(turns[0], draw))
    assert len(steps) == 8


def test_two_penalties_of_one_class_have_names_of_their_own() -> None:
    from gansuite.build import make_turns
    from gansuite.games.gan import Gan
    from gansuite.games.networks import Networks
    from gansuite.objectives.wasserstein import Wasserstein

    networks = {"generator": nn.Linear(1, 1), "critic": nn.Linear(1, 1)}
    penalties = [GradientPenalty(weight=1.0), GradientPenalty(weight=2.0)]
    game = Gan(Networks.fixed(networks), None, TensorSpace(), objective=Wasserstein(), penalties=penalties)
    turns = make_turns(game, {"critic": 1, "generator": 1})
    assert [(t.name, t.weight) for t in turns[0].terms] == [("gradient-penalty", 1), ("gradient-penalty-2", 2)]
    assert turns[1].terms == ()
