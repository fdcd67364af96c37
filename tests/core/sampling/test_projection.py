"""Projections onto linear generators are known; others are held to what they promise."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.sampling.latents import Latents
from gansuite.sampling.projection import POOL, project

MOONS = {
    "data": {"name": "moons", "count": 200, "batch_size": 8},
    "players": {"generator": {"name": "mlp", "width": 16}, "critic": {"name": "mlp", "width": 4}},
    "game": {"name": "gan", "conditioning": "conditional"},
}


def saved(folder: Path, rows: torch.Tensor) -> list[Path]:
    paths = [folder / f"{i}.npy" for i in range(len(rows))]
    for path, row in zip(paths, rows, strict=True):
        np.save(path, row.numpy())
    return paths


def test_of_a_linear_generator_it_is_the_pseudo_inverse(toy_model, weights, tmp_path: Path) -> None:
    model = toy_model()
    w, b = weights(model)
    x = torch.randn(4, 64, generator=torch.Generator().manual_seed(0)).float()
    z = (torch.linalg.pinv(w) @ (x.double() - b).T).T
    z = z * (1.5 / z.abs().max())  # inside the edge
    x = (z @ w.T + b + 0.1 * off(w, x.double())).float()
    found = project(Latents(model, 0, "--project"), saved(tmp_path, x.view(4, 1, 64)))
    torch.testing.assert_close(found.z, (torch.linalg.pinv(w) @ (x.double() - b).T).T, rtol=0, atol=1e-6)
    residual = (x - (found.z @ w.T + b)).square().mean(1)
    torch.testing.assert_close(found.error, residual)
    torch.testing.assert_close(found.made.flatten(1), found.z @ w.T + b)
    torch.testing.assert_close(found.target.flatten(1), x)


def off(w: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
    """The part of x that no latent reaches."""
    return x - (w @ torch.linalg.lstsq(w, x.T).solution).T


def test_a_sample_of_the_generator_is_found_again_and_the_seed_decides_all(toy_model, tmp_path: Path) -> None:
    model = toy_model(players={"generator": {"name": "mlp", "width": 16}, "critic": {"name": "mlp", "width": 4}})
    own = model.sample(3, 5).float()
    files = saved(tmp_path, own)
    found = project(Latents(model, 0, "--project"), files)
    again = project(Latents(model, 0, "--project"), files)
    alone = project(Latents(model, 0, "--project"), files[1:2])
    assert (found.error < 1e-6).all() and (found.drawn > 100 * found.error).all()
    assert torch.equal(found.z, again.z)
    torch.testing.assert_close(alone.made, found.made[1:2], atol=1e-2, rtol=0)


def test_what_is_told_to_compare_with_is_the_nearest_of_the_draws(toy_model, weights, tmp_path: Path) -> None:
    model = toy_model()
    w, b = weights(model)
    x = torch.zeros(1, 1, 64)
    found = project(Latents(model, 3, "--project"), saved(tmp_path, x), steps=5)
    draws = Rng(3, "project").normal(POOL, 3).double() @ w.T + b
    torch.testing.assert_close(found.drawn, draws.square().mean(1).min().view(1))
    assert found.lines() == [f"{tmp_path / '0.npy'}: mean squared error {found.error.item():.3g} "
                             f"(nearest of 256 draws: {found.drawn.item():.3g})"]  # fmt: skip


def test_no_latent_leaves_a_uniform_prior_or_lies_far_out_of_a_normal_one(toy_model, weights, tmp_path: Path) -> None:
    far = {}
    for prior in ("uniform", "normal"):
        model = toy_model(prior={"name": prior, "size": 3})
        w, b = weights(model)
        x = (torch.full((1, 3), 40.0).double() @ w.T + b).float()
        far[prior] = project(Latents(model, 0, "--project"), saved(tmp_path, x.view(1, 1, 64))).z
    assert (far["uniform"].abs() <= 1).all() and (far["uniform"] > 0.95).all()
    assert (far["normal"].abs() < 30).all()


def test_the_label_is_the_one_asked_for_or_the_one_that_fits(toy_model, tmp_path: Path) -> None:
    model = toy_model(**MOONS)
    for label in ("upper", "lower"):
        (x,) = [model.sample(1, 4, condition=label).float()]
        files = saved(tmp_path, x)
        asked = project(Latents(model, 0, "--project"), files, condition=label)
        assert asked.codes is not None and torch.equal(asked.codes, model.game.condition(label, 1))
        free = project(Latents(model, 0, "--project"), files)
        assert free.codes is not None and free.codes.sum() == 1
        assert free.error < 1e-4 and asked.error < 1e-4


def test_the_critics_features_may_count(toy_model, weights, tmp_path: Path) -> None:
    """With all weight on them, the latent is the one whose features fit, wherever the sample's numbers lie."""
    model = toy_model()
    (x,) = [torch.randn(1, 1, 64, generator=torch.Generator().manual_seed(1))]
    files = saved(tmp_path, x)
    plain, steered = (project(Latents(model, 0, "--project"), files, features=weight) for weight in (0.0, 1e4))
    critic = model.game.critic

    def apart(found) -> float:
        with torch.no_grad():
            return float((critic.features(found.made) - critic.features(x.double())).square().mean())

    assert apart(steered) < apart(plain) and steered.error > plain.error


@pytest.mark.parametrize(
    ("content", "told"),
    [(None, "no such file"), (b"nothing", "cannot be read as an array"), (np.zeros((2, 16)), "holds [2, 16]")],
)
def test_a_file_that_will_not_do_is_told_in_a_line(toy_model, tmp_path: Path, content, told: str) -> None:
    path = tmp_path / "x.npy"
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content is not None:
        np.save(path, content)
    with pytest.raises(UserError, match=r"x\.npy") as error:
        project(Latents(toy_model(), 0, "--project"), [path])
    assert told in str(error.value) and "\n" not in str(error.value)
