"""The projection critic: the product with a one-hot matrix, and the best critic of Gaussian classes."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor, nn

from gansuite.conditioning.projection import Projection
from gansuite.errors import UserError
from gansuite.objectives.began import Began
from gansuite.objectives.mmd import Mmd
from gansuite.objectives.non_saturating import NonSaturating
from gansuite.testing.toy import PointsSpec


def test_it_is_the_matmul_with_the_one_hot_labels(game, draw) -> None:
    played, batch = game([], conditioning=Projection()), draw()
    features = played.critic.features(batch["data"])
    onehot = torch.nn.functional.one_hot(batch["label"], 4).double()
    expected = played.critic.head(features) + (onehot @ played.conditioning.embed.weight.T * features).sum(1)
    out = played("critic", batch).out
    torch.testing.assert_close(out["real_score"], expected)
    torch.testing.assert_close(out["score"](batch["data"]), expected)


def test_rows_without_a_label_are_judged_by_the_critics_own_head(game, draw) -> None:
    played, batch = game([], conditioning=Projection()), draw()
    batch["label"] = torch.full_like(batch["label"], -1)
    torch.testing.assert_close(played("critic", batch).out["real_score"], played.critic(batch["data"]))


class Affine(nn.Module):
    """φ(x) = (x, 1) and ψ = 0: all that is learnt is V."""

    width = 2

    def features(self, x: Tensor, rng: object = None) -> Tensor:
        return torch.cat([x, torch.ones_like(x)], 1)

    def head(self, features: Tensor) -> Tensor:
        return 0.0 * features.sum(1)


def test_its_form_holds_the_best_critic_of_gaussian_classes() -> None:
    """p(x|y) = N(a_y, 1) and q(x|y) = N(b_y, 1): log p/q = (a_y - b_y) x - (a_y² - b_y²)/2, found by descent on the
    very cost, integrated on a grid."""
    a, b = torch.tensor([-1.0, 0.5, 2.0]).double(), torch.tensor([0.0, 1.5, 1.0]).double()
    grid = torch.linspace(-9, 10, 4001, dtype=torch.float64)
    conditioning = Projection()
    conditioning.bind(PointsSpec(1, labels=("a", "b", "c")))
    conditioning.equip(Affine(), 1)
    conditioning.double()
    critic, objective = Affine(), NonSaturating()
    points, label = grid.repeat(3)[:, None], torch.arange(3).repeat_interleave(len(grid))
    codes = conditioning.one_hot(label)
    p, q = (torch.exp(-0.5 * (grid - mean[:, None]) ** 2).flatten() / math.sqrt(2 * math.pi) for mean in (a, b))
    features = critic.features(points)

    def cost() -> Tensor:
        scores = conditioning.score(critic.head(features), features, codes)
        return (p * objective.on_real(scores) + q * objective.on_fake(scores)).sum() * (grid[1] - grid[0])

    search = torch.optim.LBFGS(conditioning.parameters(), max_iter=500, tolerance_grad=1e-10, tolerance_change=1e-14)

    def closure() -> Tensor:
        search.zero_grad()
        value = cost()
        value.backward()
        return value

    search.step(closure)
    expected = torch.stack([a - b, -0.5 * (a**2 - b**2)])
    torch.testing.assert_close(conditioning.embed.weight.detach(), expected, atol=1e-5, rtol=0)


@pytest.mark.parametrize(("objective", "words"), [(Mmd(), "does not read"), (Began(), "energies are positive")])
def test_scores_that_nobody_reads_and_energies_are_refused(objective, words: str) -> None:
    with pytest.raises(UserError, match=words):
        Projection().check(objective, 1)


def test_spectral_norm_of_the_embedding(game, draw) -> None:
    played = game([], conditioning=Projection(spectral=True))
    weight = played.conditioning.embed.weight
    torch.testing.assert_close(torch.linalg.matrix_norm(weight, 2), torch.ones((), dtype=weight.dtype))
    with torch.no_grad():
        played.conditioning.embed.parametrizations.weight.original.mul_(7)
    torch.testing.assert_close(played.conditioning.embed.weight, weight)
