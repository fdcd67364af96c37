"""ADA: operations that do not leak, and a probability that follows the critic."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
import torch

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.inputs.adaptive_augmentation import AdaptiveAugmentation
from gansuite.inputs.augmentations import AUGMENTATIONS, usual
from gansuite.objectives.began import Began
from gansuite.objectives.hinge import Hinge
from gansuite.objectives.least_squares import LeastSquares
from gansuite.objectives.mmd import Mmd
from gansuite.objectives.non_saturating import NonSaturating
from gansuite.objectives.relativistic import Relativistic
from gansuite.objectives.wasserstein import Wasserstein
from gansuite.spaces import TensorSpace
from gansuite.testing.toy import PointsSpec


@pytest.mark.parametrize("p", [0.3, 0.8])
@pytest.mark.parametrize(("name", "states"), [("shift", 5), ("sign", 2), ("flip", 2)])
def test_a_group_applied_with_probability_p_has_the_eigenvalues_1_and_1_minus_p(
    p: float, name: str, states: int
) -> None:
    """The matrix of the map on laws, counted from the operation itself on the orbit of one sample."""
    base = torch.arange(1.0, 6.0)
    orbit = {
        "shift": torch.stack([base.roll(k) for k in range(5)]),
        "sign": torch.stack([base, -base]),
        "flip": torch.stack([base, base.flip(0)]),
    }[name]
    n = 30_000
    ada = AdaptiveAugmentation(operations=[name])
    ada.widen(Signals())
    ada.p.fill_(p)
    matrix = torch.zeros(states, states, dtype=torch.float64)
    for start in range(states):
        x = orbit[start].expand(n, 1, 5)
        moved = ada.samples(x, True, TensorSpace(), Rng(start, name), 0).squeeze(1)
        matrix[start] = (moved[:, None] == orbit).all(2).double().mean(0)
    expected = (1 - p) * torch.eye(states, dtype=torch.float64) + p / states
    torch.testing.assert_close(matrix, expected, atol=5 * 0.5 / n**0.5, rtol=0)
    eigenvalues = torch.linalg.eigvalsh(expected)
    torch.testing.assert_close(eigenvalues[:-1], torch.full((states - 1,), 1 - p, dtype=torch.float64))


def test_a_rotation_keeps_lengths_and_forgets_directions() -> None:
    x = torch.tensor([[3.0, 4.0]]).expand(20_000, 2)
    turned = AUGMENTATIONS["rotation"](x, Rng(0, "x"))
    torch.testing.assert_close(turned.norm(dim=1), torch.full([20_000], 5.0))
    angle = torch.atan2(turned[:, 1], turned[:, 0])
    moments = torch.stack([f(k * angle).mean() for k in (1, 2, 3) for f in (torch.sin, torch.cos)])
    assert (moments.abs() < 4 / (2 * 20_000) ** 0.5).all()


def test_scaling_and_jitter_have_their_laws() -> None:
    x = torch.ones(50_000, 2)
    octaves = AUGMENTATIONS["scaling"](x, Rng(0, "x")).log2()
    assert torch.equal(octaves[:, 0], octaves[:, 1])
    assert float(octaves[:, 0].std()) == pytest.approx(0.2, rel=0.02)
    assert float((AUGMENTATIONS["jitter"](x, Rng(0, "x")) - x).std()) == pytest.approx(0.1, rel=0.02)


@pytest.mark.parametrize("name", sorted(AUGMENTATIONS))
@pytest.mark.parametrize("shape", [(2,), (1, 8), (3, 4, 4)], ids=["points", "signals", "images"])
def test_operations_keep_shapes_and_pass_gradients(name: str, shape: tuple[int, ...]) -> None:
    x = Rng(0, "x").normal(6, *shape).requires_grad_()
    y = AUGMENTATIONS[name](x, Rng(1, "y"))
    assert y.shape == x.shape
    (gradient,) = torch.autograd.grad(y.square().sum(), x)
    assert gradient.isfinite().all() and (gradient != 0).all()


@pytest.mark.parametrize(("scores", "moved"), [([2.0, 1.0, 3.0, 1.0], 1), ([2.0, -1.0, 3.0, -1.0], -1)])
def test_p_follows_the_sign_of_the_critics_real_scores(game, draw, scores: list[float], moved: int) -> None:
    ada = AdaptiveAugmentation(ramp=40, target=0.6)
    ada.p.fill_(0.5)
    ada.after(draw(), {"real_score": torch.tensor(scores)})
    assert float(ada.p) == pytest.approx(0.5 + moved * 4 / 40)


def test_p_stays_in_its_range_and_is_in_the_checkpoint(game, draw) -> None:
    played = game([AdaptiveAugmentation(ramp=10, most=0.7)])
    ada = played.inputs[0]
    for sign, edge in ((1.0, 0.7), (-1.0, 0.0)):
        for _ in range(3):
            ada.after(draw(), {"real_score": sign * torch.ones(8)})
        assert float(ada.p) == pytest.approx(edge)
    assert "inputs.0.p" in played.state_dict()


def test_undecided_is_where_the_sign_changes(draw) -> None:
    ada = AdaptiveAugmentation(ramp=8, undecided=0.5)
    ada.p.fill_(0.5)
    ada.after(draw(), {"real_score": torch.full([4], 0.4)})
    assert float(ada.p) == 0.0


def test_both_turns_see_augmented_samples_and_p_0_changes_nothing(game, draw) -> None:
    played, plain = game([AdaptiveAugmentation()]), game([])
    for turn in ("critic", "generator"):
        assert played(turn, draw()).value == plain(turn, draw()).value
    played.inputs[0].p.fill_(0.7)
    for turn in ("critic", "generator"):
        assert played(turn, draw()).value != plain(turn, draw()).value
    kept = (played("critic", draw()).out["real"] == draw()["data"]).all(1).sum()
    assert 0 <= kept < 12


@dataclass
class Signals:
    shape: tuple[int, ...] = (1, 5)
    space = TensorSpace()


@dataclass
class Own(Signals):
    @property
    def augmentations(self) -> dict[str, object]:
        return {"double": lambda x, rng: 2 * x}


def test_a_domain_brings_its_own_operations() -> None:
    assert list(usual(Signals())) == ["shift", "sign"]
    assert list(usual(PointsSpec())) == ["rotation", "scaling"]
    ada = AdaptiveAugmentation()
    ada.widen(Own())
    ada.p.fill_(0.99)
    x = torch.ones(1000, 1, 5)
    doubled = ada.samples(x, True, TensorSpace(), Rng(0, "x"), 0)
    assert set(doubled.unique().tolist()) == {1.0, 2.0}
    assert 0.97 < float((doubled == 2).double().mean()) < 1.0
    chosen = AdaptiveAugmentation(operations=["sign", "double"])
    chosen.widen(Own())
    assert list(chosen.operations) == ["sign", "double"]


def test_what_has_no_meaning_is_refused() -> None:
    with pytest.raises(UserError, match=r"no operation 'shfit'.*did you mean 'shift'"):
        AdaptiveAugmentation(operations=["shfit"]).widen(Signals())
    for objective in (Began(), Mmd(), Relativistic(), Wasserstein()):
        with pytest.raises(UserError, match="sign of the critic's scores"):
            AdaptiveAugmentation().wrap(objective)
    for objective in (NonSaturating(), Hinge(), LeastSquares()):
        assert AdaptiveAugmentation().wrap(objective) is objective

    class Tokens(Signals):
        class space(TensorSpace):
            continuous = False

    with pytest.raises(UserError, match="tokens"):
        AdaptiveAugmentation().widen(Tokens())


def test_the_real_scores_of_the_critics_turn_reach_it(game, draw) -> None:
    played = game([AdaptiveAugmentation(ramp=24)])
    batch = draw()
    cost = played("critic", batch)
    with torch.no_grad():
        played.after("critic", batch, cost.out)
    expected = max(0.0, 0.5 * float((cost.out["real_score"].detach().sign().mean() - 0.6).sign()))
    assert float(played.inputs[0].p) == expected
