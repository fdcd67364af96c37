"""Objectives of features: MMD against loops and enumeration, feature matching against the linear kernel."""

from __future__ import annotations

import itertools
import math

import pytest
import torch
from torch import Tensor

from gansuite.errors import UserError
from gansuite.games.gan import Gan
from gansuite.objectives.began import Began
from gansuite.objectives.feature_matching import FeatureMatching
from gansuite.objectives.hinge import Hinge
from gansuite.objectives.mmd import Mmd
from gansuite.objectives.non_saturating import NonSaturating

RNG = torch.Generator().manual_seed(0)
X = torch.randn(7, 3, generator=RNG, dtype=torch.float64) + 50
Y = torch.randn(5, 3, generator=RNG, dtype=torch.float64) * 1.5 + 51
KERNELS = {
    "rbf": lambda d, s: math.exp(-d / (2 * s * s)),
    "rational-quadratic": lambda d, s: (1 + d / (2 * s)) ** -s,
}
SCALES = {"rbf": [1, 2, 4, 8, 16], "rational-quadratic": [0.2, 0.5, 1, 2, 5]}
both = pytest.mark.parametrize("kernel", list(KERNELS))


def kernel_of(kernel: str, x: Tensor, y: Tensor) -> float:
    square = sum((a - b) ** 2 for a, b in zip(x.tolist(), y.tolist(), strict=True))
    return sum(KERNELS[kernel](square, s) for s in SCALES[kernel])


def mean(values) -> float:
    values = list(values)
    return sum(values) / len(values)


@both
def test_mmd_is_the_double_loop(kernel: str) -> None:
    within = [mean(kernel_of(kernel, a, b) for i, a in enumerate(z) for j, b in enumerate(z) if i != j) for z in (X, Y)]
    across = mean(kernel_of(kernel, a, b) for a in X for b in Y)
    assert float(Mmd(kernel=kernel).distance(X, Y)) == pytest.approx(sum(within) - 2 * across, abs=1e-12)
    torch.testing.assert_close(
        Mmd(kernel=kernel).distance(X.float(), Y.float()).double(),
        Mmd(kernel=kernel).distance(X, Y),
        atol=1e-5,
        rtol=0,
    )


@both
def test_mmd_is_unbiased(kernel: str) -> None:
    """Averaged over all draws of two from three points, it is the population's MMD² exactly."""
    points = torch.tensor([[0.0], [1.0], [3.0]], dtype=torch.float64)
    p, q = torch.tensor([[0.5, 0.3, 0.2], [0.1, 0.2, 0.7]], dtype=torch.float64)
    objective = Mmd(kernel=kernel)
    drawn = 0.0
    for i, j, k, m in itertools.product(range(3), repeat=4):
        chance = p[i] * p[j] * q[k] * q[m]
        drawn += float(chance * objective.distance(points[[i, j]], points[[k, m]]))
    gram = torch.tensor([[kernel_of(kernel, a, b) for b in points] for a in points], dtype=torch.float64)
    assert drawn == pytest.approx(float((p - q) @ gram @ (p - q)), abs=1e-12)


@both
def test_mmd_gradients(kernel: str) -> None:
    """Against finite differences; what the generator descends the critic ascends."""
    objective, x, y = Mmd(kernel=kernel), X.clone().requires_grad_(), Y.clone().requires_grad_()
    assert torch.autograd.gradcheck(objective.distance, (x, y))
    torch.testing.assert_close(objective.critic(X[:5], Y), -objective.generator(Y, X[:5]))


def test_mmd_wants_pairs() -> None:
    with pytest.raises(ValueError, match="at least 2"):
        Mmd().check(1)
    Mmd().check(2)


def test_feature_matching_is_mmd_with_the_linear_kernel() -> None:
    x, y = X[:5], Y
    linear = mean(float(a @ b) for a in x for b in x) + mean(float(a @ b) for a in y for b in y)
    linear -= 2 * mean(float(a @ b) for a in x for b in y)
    cost = FeatureMatching(critic=NonSaturating()).generator(y, x)
    torch.testing.assert_close(cost, torch.full([5], linear, dtype=torch.float64))


def test_feature_matching_is_zero_iff_means_are_equal() -> None:
    objective, y = FeatureMatching(critic=NonSaturating()), Y - Y.mean(0)
    assert float(objective.generator(3 * y, y[[4, 2, 0, 1, 3]]).max()) < 1e-24
    assert float(objective.generator(y, y + torch.tensor([0.0, 1e-3, 0.0])).min()) == pytest.approx(1e-6)


def test_the_critic_side_is_lent() -> None:
    """Costs, halves and state are the lender's; one that trains the critic on features can lend nothing."""
    scores = torch.tensor([0.4, -2.0]), torch.tensor([0.1, 3.0])
    hinge = FeatureMatching(critic=Hinge())
    assert torch.equal(hinge.critic(*scores), Hinge().critic(*scores))
    assert hinge.separable
    assert torch.equal(hinge.on_real(scores[0]) + hinge.on_fake(scores[1]), hinge.critic(*scores))
    began = FeatureMatching(critic=Began(rate=0.1))
    began.after(torch.tensor([8.0]), torch.tensor([1.0]))
    assert float(began.state_dict()["lender.k"]) == pytest.approx(0.5)
    assert began.energy
    assert set(began.parts(*scores)) == {"measure", "k"}
    with pytest.raises(ValueError, match="trained on scores"):
        FeatureMatching(critic=Mmd())


def test_mixed_batches_are_refused_where_batches_are_not_mixed() -> None:
    from gansuite.objectives.mixed_batch import MixedBatch

    with pytest.raises(UserError, match="batch-gan"):
        Gan.check({"objective": MixedBatch(), "inputs": []}, 64)
