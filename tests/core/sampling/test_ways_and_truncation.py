"""Ways between classes, and samples of less variety."""

from __future__ import annotations

from contextlib import contextmanager
from typing import Any

import pytest
import torch

from gansuite.errors import UserError
from gansuite.sampling.latents import Latents
from gansuite.sampling.truncation import truncation
from gansuite.sampling.ways import between_conditions, between_latents

MOONS: dict[str, Any] = {
    "data": {"name": "moons", "count": 200, "batch_size": 8},
    "game": {"name": "gan", "conditioning": "conditional"},
}


def test_from_class_to_class_the_code_goes_along_a_line_and_the_latent_stays(toy_model, weights) -> None:
    model = toy_model(**MOONS)
    w, b = weights(model)
    latents = Latents(model, 2, "--interpolate")
    way = between_conditions(latents, ["upper", "lower", "upper"], 4)
    z = latents.prior.sample(1, latents.rng("walk")).double()
    share = torch.tensor([0, 0.25, 0.5, 0.75, 1, 0.75, 0.5, 0.25, 0]).double()[:, None]
    wanted = torch.cat([z.expand(9, -1), 1 - share, share], 1) @ w.T + b
    torch.testing.assert_close(way, wanted)


def test_a_model_without_conditions_has_no_way_between_them(toy_model) -> None:
    with pytest.raises(UserError):
        between_conditions(Latents(toy_model(), 0, "--interpolate"), ["a", "b"], 2)


def test_latents_of_a_normal_prior_are_cut_and_put_back(toy_model, weights) -> None:
    model = toy_model()
    w, b = weights(model)
    prior = model.game.prior
    with truncation(model, 0.5):
        cut = torch.linalg.lstsq(w, (model.sample(300, 0).flatten(1) - b).T).solution
    free = torch.linalg.lstsq(w, (model.sample(300, 0).flatten(1) - b).T).solution
    assert cut.abs().max() <= 0.5 + 1e-6 < free.abs().max()
    assert float(cut.var()) == pytest.approx(0.0809, rel=0.1)  # 1 - 2 t phi(t) / (2 Phi(t) - 1), t = 1/2
    assert model.game.prior is prior
    with pytest.raises(ZeroDivisionError), truncation(model, 0.5):
        raise ZeroDivisionError
    assert model.game.prior is prior


def test_a_way_between_truncated_latents_starts_at_one(toy_model) -> None:
    model = toy_model()
    with truncation(model, 0.1):
        near = between_latents(Latents(model, 0, "--interpolate"), 2, 3)
    far = between_latents(Latents(model, 0, "--interpolate"), 2, 3)
    assert (near - near.mean(0)).norm() < (far - far.mean(0)).norm()


def test_a_generator_that_truncates_does_it_itself(toy_model, monkeypatch: pytest.MonkeyPatch) -> None:
    model, seen = toy_model(prior={"name": "uniform", "size": 3}), []

    @contextmanager
    def truncate(psi: float):
        seen.append(psi)
        yield
        seen.append("over")

    monkeypatch.setattr(type(model.game.generator), "truncate", staticmethod(truncate), raising=False)
    with truncation(model, 0.7, drawn=False):
        assert seen == [0.7]
    assert seen == [0.7, "over"]


@pytest.mark.parametrize(
    ("tables", "tau", "drawn", "told"),
    [
        ({"prior": {"name": "uniform", "size": 3}}, 0.5, True, "uniform has no tails"),
        ({}, -1.0, True, "--truncation -1.0: give a number above 0"),
        ({}, 0.5, False, "leave one of them out"),
        ({"prior": {"name": "normal", "size": 3}, "game": {"name": "mad-gan"}}, 0.5, True, "draws no latents"),
    ],
)
def test_what_cannot_be_cut_is_told(toy_model, tables: dict, tau: float, drawn: bool, told: str) -> None:
    with pytest.raises(UserError) as error, truncation(toy_model(**tables), tau, drawn):
        pass
    assert told in str(error.value)
