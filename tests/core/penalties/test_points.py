"""Gradient penalties at each of the places they can look at, on critics whose gradients are known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import pytest
import torch
from torch import Tensor

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.penalties.consistency import Consistency
from gansuite.penalties.dragan import Dragan
from gansuite.penalties.gradient_penalty import GradientPenalty
from gansuite.penalties.r1 import R1
from gansuite.penalties.r2 import R2
from gansuite.spaces import TensorSpace

W = torch.tensor([1.0, -2.0, 0.5, 0.0, 3.0])
AROUND: list[Literal["between", "real", "fake", "dragan"]] = ["between", "real", "fake", "dragan"]


def batches(n: int = 32, d: int = 5) -> tuple[Tensor, Tensor]:
    rng = Rng(0, "points")
    return rng.normal(n, d), rng.normal(n, d) + 3


def out_of(score: Any, real: Tensor, fake: Tensor) -> dict[str, Any]:
    return {"real": real, "fake": fake, "score": lambda x, rng=None: score(x)}


def half_square(x: Tensor) -> Tensor:
    """D(x) = |x|²/2, whose gradient is x itself."""
    return 0.5 * x.square().flatten(1).sum(1)


@pytest.mark.parametrize("target", [0.0, 1.0, 7.0])
@pytest.mark.parametrize("sides", ["one", "two"])
@pytest.mark.parametrize("around", AROUND)
def test_a_linear_critic_pays_its_closed_form_wherever_it_is_looked_at(price, around, sides, target) -> None:
    """(|w| - target)², or nothing below the target where one side pays."""
    norm = float(W.norm())
    wanted = 0.0 if sides == "one" and norm < target else (norm - target) ** 2
    penalty = GradientPenalty(around=around, sides=sides, target=target)
    assert price(penalty, out_of(lambda x: x @ W, *batches())) == pytest.approx(wanted, rel=1e-5, abs=1e-9)


def test_dragan_of_a_linear_critic_is_its_closed_form(price) -> None:
    value = price(Dragan(target=2.0), out_of(lambda x: x @ W, *batches()))
    assert value == pytest.approx((float(W.norm()) - 2) ** 2, rel=1e-5)


def test_each_place_is_where_it_says(price) -> None:
    """Under D = |x|²/2 the zero-centred penalty is the mean square of the points themselves."""
    real, fake = batches()
    at_real = price(GradientPenalty(around="real", target=0.0), out_of(half_square, real, fake))
    at_fake = price(GradientPenalty(around="fake", target=0.0), out_of(half_square, real, fake))
    assert at_real == pytest.approx(float(real.square().sum(1).mean()), rel=1e-5)
    assert at_fake == pytest.approx(float(fake.square().sum(1).mean()), rel=1e-5)


@pytest.mark.parametrize("penalty", [R1(), R2()], ids=["r1", "r2"])
def test_r1_and_r2_are_half_the_squared_slope_at_real_and_at_generated_samples(price, penalty) -> None:
    real, fake = batches()
    points = real if penalty.name == "r1" else fake
    assert price(penalty, out_of(lambda x: x @ W, real, fake)) == pytest.approx(0.5 * float(W @ W), rel=1e-5)
    value = price(penalty, out_of(half_square, real, fake))
    assert value == pytest.approx(0.5 * float(points.square().sum(1).mean()), rel=1e-5)


def seen_points(charge, penalty: Any, real: Tensor) -> Tensor:
    """The points at which a penalty asks for the critic's slope."""
    asked: list[Tensor] = []

    def score(x: Tensor) -> Tensor:
        asked.append(x.detach())
        return half_square(x)

    charge(penalty, out_of(score, real, real))
    return asked[0]


@pytest.mark.parametrize(("penalty", "noise"), [(GradientPenalty(around="dragan"), 0.5), (Dragan(noise=0.2), 0.2)])
def test_the_noise_of_dragan_is_uniform_and_centred_with_the_scale_of_the_data(charge, penalty, noise) -> None:
    """δ / (noise std(x)) ~ U[-1, 1) for each number by itself, with one std for the whole batch."""
    real = 4 * Rng(1, "data").normal(2000, 2) + 100
    before = real.clone()
    delta = (seen_points(charge, penalty, real) - real) / (noise * real.std(correction=0))
    assert torch.equal(real, before)  # the data themselves stay where they are
    order = delta.flatten().sort().values
    uniform = (torch.arange(len(order)) + 0.5) / len(order) * 2 - 1
    assert float((order - uniform).abs().max()) < 2 * 1.63 / len(order) ** 0.5  # Kolmogorov-Smirnov at 1 %
    assert abs(float(torch.corrcoef(delta.T)[0, 1])) < 0.07


def test_one_sample_has_no_spread_and_is_left_where_it_is(charge) -> None:
    real = torch.tensor([[3.0]])
    assert torch.equal(seen_points(charge, Dragan(), real), real)


@pytest.mark.parametrize("penalty", [GradientPenalty(around=a) for a in AROUND] + [Dragan(), R1(), R2()])
def test_whole_numbers_are_refused_with_one_line(charge, penalty) -> None:
    tokens = torch.zeros(4, 6, dtype=torch.int64)
    with pytest.raises(UserError, match=f"{penalty.name} needs samples with a gradient.*tokens") as caught:
        charge(penalty, out_of(lambda x: x.float().sum(1), tokens, tokens))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("penalty", [GradientPenalty(around=a) for a in AROUND] + [Dragan(), R1(), R2(), Consistency()])
def test_generated_samples_get_no_gradient(charge, penalty) -> None:
    """On the critic's turn the penalty is a cost of the critic alone."""
    w = W.clone().requires_grad_()
    real, fake = batches()
    fake.requires_grad_()
    slope, through = torch.autograd.grad(
        charge(penalty, out_of(lambda x: (x @ w).square(), real, fake)), [w, fake], allow_unused=True
    )
    assert slope.abs().sum() > 0
    assert through is None


@pytest.mark.parametrize("penalty", [GradientPenalty(around=a) for a in AROUND] + [Dragan(), R1(), R2()])
def test_the_penalty_is_differentiable_twice_in_the_critic(charge, penalty) -> None:
    w = W.double().requires_grad_()
    rng = Rng(0, "double")
    real, fake = rng.normal(4, 5).double(), rng.normal(4, 5).double() + 3

    def value(w: Tensor) -> Tensor:
        return charge(penalty, out_of(lambda x: torch.tanh(x @ w) + x.square() @ w, real, fake))

    assert torch.autograd.gradcheck(value, w)
    assert torch.autograd.gradgradcheck(value, w)


@pytest.mark.parametrize("penalty", [GradientPenalty(around="real"), GradientPenalty(around="fake"), R1(), R2()])
def test_the_order_and_the_split_of_a_batch_do_not_matter(price, penalty) -> None:
    real, fake = batches()
    order = torch.randperm(32, generator=torch.Generator().manual_seed(0))
    whole = price(penalty, out_of(half_square, real, fake))
    assert price(penalty, out_of(half_square, real[order], fake[order])) == pytest.approx(whole, rel=1e-5)
    parts = [price(penalty, out_of(half_square, real[i::4], fake[i::4])) for i in range(4)]
    assert sum(parts) / 4 == pytest.approx(whole, rel=1e-5)


class PairSpace(TensorSpace):
    """Samples of two tensors, one of them a plane: what a graph or a text with positions would be."""

    def size(self, x: Any) -> int:
        return len(x[0])

    def cat(self, xs: Sequence[Any]) -> Any:
        return tuple(torch.cat(parts) for parts in zip(*xs, strict=True))

    def path(self, x: Any, y: Any, t: Tensor) -> Any:
        return tuple(TensorSpace.path(self, a, b, t) for a, b in zip(x, y, strict=True))

    def detach(self, x: Any) -> Any:
        return tuple(part.detach() for part in x)

    def leaves(self, x: Any) -> tuple[Tensor, ...]:
        return tuple(x)


@pytest.mark.parametrize("penalty", [GradientPenalty(around=a) for a in AROUND] + [Dragan(), R1(), R2()])
def test_slopes_are_summed_over_all_tensors_of_a_sample(price, penalty) -> None:
    """D(a, b) = u.a + v.b has the slope sqrt(|u|² + |v|²)."""
    rng = Rng(0, "pair")
    real = rng.normal(6, 2), rng.normal(6, 2, 3)
    fake = rng.normal(6, 2), rng.normal(6, 2, 3)
    u, v = torch.tensor([1.0, 2.0]), torch.full((2, 3), 2.0)
    out: dict[str, Any] = {"real": real, "fake": fake}
    out["score"] = lambda x, rng=None: x[0] @ u + (x[1] * v).flatten(1).sum(1)
    squared = float(u.square().sum() + v.square().sum())
    wanted = 0.5 * squared if penalty.name in ("r1", "r2") else (squared**0.5 - 1) ** 2
    assert price(penalty, out, space=PairSpace()) == pytest.approx(wanted, rel=1e-5)


def test_consistency_of_a_linear_critic_is_the_variance_it_sees(price) -> None:
    """D(T(x)) - D(x) = s w.ε, whose mean square is s²|w|²; with both sides it counts twice."""
    real, fake = batches(20000)
    out = out_of(lambda x: x @ W, real, fake)
    wanted = 0.3**2 * float(W @ W)
    assert price(Consistency(scale=0.3), out) == pytest.approx(wanted, rel=0.03)
    assert price(Consistency(scale=0.3, on="both"), out) == pytest.approx(2 * wanted, rel=0.03)


def test_consistency_on_real_samples_does_not_look_at_generated_ones(price) -> None:
    real, fake = batches()
    steep = out_of(lambda x: torch.where(x[:, 0] > 2.9, 1e3 * x[:, 0], 0), real.clamp_max(0), fake.clamp_min(4))
    assert price(Consistency(on="real", scale=0.1), steep) == 0
    assert price(Consistency(on="both", scale=0.1), steep) > 1


def test_what_is_random_in_the_critic_is_no_inconsistency(price) -> None:
    """A critic that adds noise of its own is given the same numbers for x and T(x)."""
    out: dict[str, Any] = dict(zip(("real", "fake"), batches(), strict=True))
    out["score"] = lambda x, rng: rng.normal(len(x))
    assert price(Consistency(), out) == 0


def test_the_line_between_samples_of_two_precisions_is_taken_in_the_finer_one() -> None:
    """A generator that autocast leaves in half precision meets real samples in fp32."""
    x, y = torch.ones(3, 2), torch.zeros(3, 2, dtype=torch.bfloat16)
    t = torch.tensor([0.0, 0.3, 1.0])
    found = TensorSpace().path(x, y, t)
    assert found.dtype == torch.float32
    torch.testing.assert_close(found, t[:, None].expand(3, 2))
