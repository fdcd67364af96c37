"""Directions of a linear generator's latent are its columns and its singular vectors."""

from __future__ import annotations

import pytest
import torch

from gansuite.conditioning.info_gan import InfoGan
from gansuite.errors import UserError
from gansuite.priors.uniform import Uniform
from gansuite.sampling.latents import Latents
from gansuite.sampling.traversals import traversals

U = torch.tensor([[0.3, -0.2, 0.5]]).double()


def test_axes_move_a_linear_sample_along_its_columns(toy_model, weights) -> None:
    model = toy_model()
    w, b = weights(model)
    rows = traversals(Latents(model, 0, "--traverse"), 2, span=1.5, steps=6, u=U)
    assert [len(row) for row in rows] == [7, 7]
    t = torch.linspace(-1.5, 1.5, 7).double()[:, None]
    for i, row in enumerate(rows):
        torch.testing.assert_close(row.flatten(1), U @ w.T + b + t * w[:, i])


def test_the_jacobians_directions_are_singular_vectors_steepest_first(toy_model, weights) -> None:
    model = toy_model()
    w, b = weights(model)
    rows = traversals(Latents(model, 0, "--traverse"), 3, directions="jacobian", span=2.0, steps=2, u=U)
    left, values, _ = torch.linalg.svd(w, full_matrices=False)
    for i, row in enumerate(rows):
        moved = (row[2] - row[0]).flatten()
        assert float(moved.norm()) == pytest.approx(4 * float(values[i]))
        assert abs(float(moved @ left[:, i])) == pytest.approx(4 * float(values[i]))
        torch.testing.assert_close(row[1].flatten(), (U @ w.T + b)[0])
        along = torch.linalg.lstsq(w, moved[:, None]).solution.flatten()
        assert float(along[along.abs().argmax()]) > 0  # of a direction and its opposite always the same one
    again = traversals(Latents(model, 0, "--traverse"), 3, directions="jacobian", span=2.0, steps=2, u=U)
    assert all(torch.equal(a, b) for a, b in zip(rows, again, strict=True))  # signs too


def test_steps_count_deviations_and_stay_within_a_uniform_prior(toy_model, weights) -> None:
    model = toy_model(prior={"name": "uniform", "size": 3})
    w, b = weights(model)
    (row,) = traversals(Latents(model, 0, "--traverse"), 1, span=2.0, steps=2, u=torch.zeros(1, 3).double())
    assert isinstance(model.game.prior, Uniform)
    ends = torch.tensor([-0.9544997, 0, 0.9544997]).double()  # 2 Phi(t) - 1
    torch.testing.assert_close(row.flatten(1), b + ends[:, None] * w[:, 0], atol=1e-6, rtol=0)


def test_codes_of_classes_and_of_info_gan(toy_model) -> None:
    moons = {"name": "moons", "count": 200, "batch_size": 8}
    model = toy_model(data=moons, game={"name": "gan", "conditioning": "conditional"})
    latents = Latents(model, 0, "--traverse")
    (row,) = traversals(latents, 1, directions="codes", u=U, code=latents.code())
    each = [latents.samples(latents.latent(U), latents.code(name)) for name in ("upper", "lower")]
    torch.testing.assert_close(row, torch.cat(each))
    with pytest.raises(UserError, match="has 1 codes; ask for 1 at most"):
        traversals(latents, 2, directions="codes", u=U, code=latents.code())
    info = InfoGan(categories=[3, 2], continuous=1)
    code = torch.tensor([[0.0, 1, 0, 1, 0, 0.25]])
    three, two, number = info.traversals(code, 4, 2.0)
    assert torch.equal(three[:, :3], torch.eye(3)) and torch.equal(three[:, 3:], code[:, 3:].expand(3, -1))
    assert torch.equal(two[:, 3:5], torch.eye(2)) and torch.equal(two[:, :3], code[:, :3].expand(2, -1))
    assert number[:, 5].tolist() == [-2, -1, 0, 1, 2] and torch.equal(number[:, :5], code[:, :5].expand(5, -1))


def test_more_directions_than_there_are_and_models_without_any(toy_model) -> None:
    latents = Latents(toy_model(), 0, "--traverse")
    for directions in ("axes", "jacobian"):
        with pytest.raises(UserError, match="--traverse 4: this model has 3 directions; ask for 3 at most"):
            traversals(latents, 4, directions=directions)
        assert len(traversals(latents, 4, directions=directions, most=True)) == 3
    with pytest.raises(UserError, match="reads no codes"):
        traversals(latents, 1, directions="codes", code=latents.code())
    model = toy_model(
        data={"name": "clouds", "count": 40, "batch_size": 8}, game={"name": "cyclegan"}, players=both_ways()
    )
    with pytest.raises(UserError, match="--traverse: the game CycleGan has no one generator"):
        traversals(Latents(model, 0, "--traverse"), 1)


def both_ways() -> dict:
    """Players of a translation."""
    names = ("generator", "inverse", "critic", "inverse_critic")
    return {name: {"name": "mlp", "width": 4} for name in names}
