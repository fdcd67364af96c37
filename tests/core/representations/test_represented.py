"""A representation: networks see encoded samples, everybody else the domain's own."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor

from gansuite.build import Model
from gansuite.engine.rng import Rng
from gansuite.games.gan import Gan
from gansuite.games.networks import Networks
from gansuite.lending import lender
from gansuite.objectives.non_saturating import NonSaturating
from gansuite.priors.normal import Normal
from gansuite.recipes import read
from gansuite.representations.representation import Representation
from gansuite.representations.represented import represented
from gansuite.spaces import TensorSpace
from gansuite.testing.toy import Critic, Generator, PointsSpec, Ring


class Standardised(Representation):
    """(x - mean) / deviation, with a third coordinate of ones."""

    mean: Tensor
    deviation: Tensor

    def __init__(self, spec: Any) -> None:
        super().__init__()
        self.spec = PointsSpec(3, labels=("kept",))
        self.register_buffer("mean", torch.zeros(2))
        self.register_buffer("deviation", torch.ones(2))

    def fit(self, dataset: Any) -> None:
        x = dataset.batch("train", torch.arange(dataset.count("train")), None)["data"]
        self.mean.copy_(x.mean(0))
        self.deviation.copy_(x.std(0))

    def encode(self, x: Tensor) -> Tensor:
        return torch.cat([(x - self.mean) / self.deviation, torch.ones(len(x), 1)], 1)

    def decode(self, y: Tensor) -> Tensor:
        return y[:, :2] * self.deviation + self.mean


def model() -> Model:
    seen = Standardised(PointsSpec())
    seen.fit(Ring())
    prior = Normal(seen.spec, size=4)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        networks = {"generator": Generator(seen.spec, prior), "critic": Critic(seen.spec)}
    game = Gan(Networks.fixed(networks, seen.spec, prior), prior, TensorSpace(), objective=NonSaturating())
    game.representation = seen
    return Model(PointsSpec(), game, None)


def test_batches_are_encoded_and_the_rest_is_the_data_sets_own() -> None:
    data, seen = Ring(), Standardised(PointsSpec())
    seen.fit(data)
    shown = represented(data, seen)
    index = torch.arange(5)
    assert torch.equal(shown.batch("train", index, None)["data"], seen.encode(data.batch("train", index, None)["data"]))
    assert shown.spec.dim == 3 and shown.count("test") == data.count("test")
    assert shown.names("test") == data.names("test") and shown.fingerprint == data.fingerprint
    assert shown.to("cpu").batch("valid", index, None)["data"].shape == (5, 3)
    assert represented(data, None) is data


def test_samples_come_back_as_the_domains_own() -> None:
    drawn = model()
    made = drawn.game.sample(7, Rng(5, "sample", index=0))
    assert made.shape == (7, 3)
    assert torch.equal(drawn.sample(7, 5), drawn.game.representation.decode(made))
    # In several parts as in one: decoding is by the row.
    assert torch.equal(
        drawn.sample(7, 5, chunk=3)[:3],
        drawn.game.representation.decode(drawn.game.sample(3, Rng(5, "sample", index=0))),
    )


def test_its_statistics_are_saved_with_the_networks() -> None:
    weights = model().game.state_dict()
    torch.testing.assert_close(weights["representation.mean"], Ring().points["train"].mean(0))


def test_metrics_of_the_model_see_what_the_networks_see() -> None:
    tables = {"data": {"name": "toy/ring"}, "players": {"generator": "toy/mlp", "critic": "toy/mlp"}}
    with lender(model(), read(tables), Ring())("valid", 8, 0) as subject:
        assert subject.real(8).shape == (8, 3)
        assert subject.score(subject.real(8)).shape == (8,)


def test_a_recipe_without_one_says_nothing_of_it() -> None:
    tables = {"data": {"name": "toy/ring"}, "players": {"generator": "toy/mlp", "critic": "toy/mlp"}}
    assert "representation" not in read(tables).as_dict()


class Pairs(Ring):
    """Points, each with another one that it is made from."""

    def batch(self, split: str, index: torch.Tensor, rng: Any) -> dict[str, torch.Tensor]:
        batch = super().batch(split, index, rng)
        return {**batch, "source": -batch["data"]}


def test_sources_are_encoded_where_the_representation_has_a_source() -> None:
    seen, index = Standardised(PointsSpec()), torch.arange(5)
    seen.fit(Ring())
    plain = Pairs().batch("train", index, None)["source"]
    assert torch.equal(represented(Pairs(), seen).batch("train", index, None)["source"], plain)
    seen.spec = SimpleNamespace(source=seen.spec)
    assert torch.equal(represented(Pairs(), seen).batch("train", index, None)["source"], seen.encode(plain))
