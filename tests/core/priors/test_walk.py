"""The ways between latents against scipy's and numpy's, and what they are chosen for."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.spatial import geometric_slerp

from gansuite.engine.rng import Rng
from gansuite.priors.normal import Normal
from gansuite.priors.uniform import Uniform
from gansuite.priors.walk import arc, line, walk


def test_the_arc_is_scipys_on_the_sphere() -> None:
    a, b = (torch.nn.functional.normalize(Rng(0, name).normal(1, 7).double(), dim=1) for name in "ab")
    t = torch.linspace(0, 1, 9, dtype=torch.float64)
    truth = geometric_slerp(a[0].numpy(), b[0].numpy(), t.numpy())
    np.testing.assert_allclose(arc(a.expand(9, -1), b.expand(9, -1), t).numpy(), truth, atol=1e-12)


def test_normal_latents_stay_as_long_on_the_arc_and_do_not_on_the_line() -> None:
    a, b = (Rng(1, name).normal(2000, 100) for name in "ab")
    half = torch.full((2000,), 0.5)
    length = lambda z: float(z.square().sum(1).mean())  # noqa: E731
    assert length(Normal(None, size=100).between(a, b, half)) == pytest.approx(100, rel=0.02)
    assert length(line(a, b, half)) == pytest.approx(50, rel=0.02)


def test_uniform_latents_stay_in_their_box() -> None:
    prior = Uniform(None, size=3, low=-1.0, high=1.0)
    corner = torch.tensor([[1.0, 1.0, -1.0]])
    other = torch.tensor([[1.0, -1.0, 0.0]])
    middle = prior.between(corner, other, torch.tensor([0.25]))
    assert middle.tolist() == [[1.0, 0.5, -0.75]]


@pytest.mark.parametrize("b", [[2.0, 0.0], [-2.0, 0.0], [0.0, 0.0]])
def test_latents_without_a_plane_are_joined_by_the_line(b: list[float]) -> None:
    a, other = torch.tensor([[2.0, 0.0]]), torch.tensor([b])
    middle = arc(a, other, torch.tensor([0.25]))
    assert torch.isfinite(middle).all()
    if b[0]:
        torch.testing.assert_close(middle, torch.tensor([[0.75 * 2 + 0.25 * b[0], 0.0]]))


def test_a_walk_meets_every_corner_after_as_many_steps() -> None:
    prior = Normal(None, size=5)
    corners = prior.sample(4, Rng(2, "corners"))
    z = walk(prior, corners, 6)
    assert z.shape == (19, 5)
    torch.testing.assert_close(z[::6], corners, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(z[9:10], arc(corners[1:2], corners[2:3], torch.tensor([0.5])))
    steps = z.diff(dim=0).norm(dim=1)
    assert float(steps.max()) < 3 * float(steps.mean())  # none jumps


def test_a_prior_that_says_nothing_is_walked_in_lines() -> None:
    corners = torch.tensor([[0.0], [4.0]])
    assert walk(object(), corners, 4).flatten().tolist() == [0, 1, 2, 3, 4]
