"""Feature matching with a kernel: the generator's side of MMD, and the critic's of what it is lent."""

from __future__ import annotations

import pytest
import torch

from gansuite.objectives.hinge import Hinge
from gansuite.objectives.kernel_matching import KernelMatching
from gansuite.objectives.mmd import Mmd
from gansuite.objectives.non_saturating import NonSaturating
from gansuite.testing.contracts import ObjectiveContract

X, Y = (Z.double() for Z in torch.randn(2, 8, 3, generator=torch.Generator().manual_seed(0)))


class TestContract(ObjectiveContract):
    def make(self):
        return KernelMatching(critic=NonSaturating())


@pytest.mark.parametrize("kernel", ["rbf", "rational-quadratic"])
def test_the_generator_pays_the_squared_mmd(kernel):
    objective = KernelMatching(critic=NonSaturating(), kernel=kernel, scales=[0.5, 3.0])
    mmd = Mmd(kernel=kernel, scales=[0.5, 3.0])
    torch.testing.assert_close(objective.generator(Y, X), mmd.distance(X, Y).expand(8))


def test_it_sees_what_equal_means_hide():
    """The mean over draws is 0 for equal laws, and above it for laws that differ in their spread alone."""
    objective, rng = KernelMatching(critic=NonSaturating(), scales=[1.0]), torch.Generator().manual_seed(1)
    draws = torch.randn(400, 2, 16, 1, generator=rng, dtype=torch.float64)
    same = torch.stack([objective.generator(y, x)[0] for x, y in draws])
    wide = torch.stack([objective.generator(3 * y, x)[0] for x, y in draws])
    assert abs(same.mean()) < 4.5 * same.std() / 20
    assert wide.mean() > 4.5 * wide.std() / 20 + 0.05


def test_the_critic_plays_what_it_is_lent():
    objective, real, fake = KernelMatching(critic=Hinge()), X[:, 0], Y[:, 0]
    assert torch.equal(objective.critic(real, fake), Hinge().critic(real, fake))
    assert objective.separable
    assert torch.equal(objective.on_fake(fake), Hinge().on_fake(fake))
    with pytest.raises(ValueError, match="trained on scores"):
        KernelMatching(critic=Mmd())
    with pytest.raises(ValueError, match="at least 2"):
        objective.check(1)
