"""A few hundred steps on a labelled ring: samples of a label lie in its mode, and a code finds modes by itself."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import pytest
import torch
from torch import Tensor

from gansuite.conditioning.auxiliary_classifier import AuxiliaryClassifier
from gansuite.conditioning.conditional import Conditional
from gansuite.conditioning.info_gan import InfoGan
from gansuite.conditioning.projection import Projection
from gansuite.engine.rng import Rng
from gansuite.games.game import Draw
from gansuite.games.gan import Gan
from gansuite.games.networks import Networks
from gansuite.objectives.non_saturating import NonSaturating
from gansuite.penalties.r1 import R1
from gansuite.priors.normal import Normal
from gansuite.testing.toy import Critic, Generator, PointsSpec

K = 8
ANGLE = 2 * math.pi * torch.arange(K) / K
MEANS = torch.stack([ANGLE.cos(), ANGLE.sin()], 1)
SPEC = PointsSpec(labels=tuple("abcdefgh"))


def trained(conditioning: Any, rounds: int, n: int = 64) -> Gan:
    prior = Normal(SPEC, size=2)
    makers: dict[str, Any] = {
        "generator": (("spec", "prior"), partial(Generator, width=64)),
        "critic": (("spec",), partial(Critic, width=64)),
    }
    torch.manual_seed(0)
    game = Gan(
        Networks(SPEC, prior, makers),
        prior,
        SPEC.space,
        objective=NonSaturating(),
        penalties=[R1(weight=0.1)],
        conditioning=conditioning,
    )
    moved = {turn: [p for module in game.owned(turn) for p in module.parameters()] for turn in game.turns}
    optimizers = {turn: torch.optim.Adam(moved[turn], lr=5e-3, betas=(0.0, 0.99)) for turn in game.turns}
    for index in range(rounds):
        for turn in game.turns:
            rng = partial(Rng, 0, turn, index=index)
            label = rng("label").integers(0, K, n)
            data = MEANS[label] + rng("data").normal(n, 2, scale=0.05)
            draw = Draw({"data": data, "label": label, "prior": prior.sample(n, rng("prior"))}, rng)
            value = game(turn, draw, [term for term in game.terms() if term.turn == turn]).value
            for parameter, gradient in zip(moved[turn], torch.autograd.grad(value, moved[turn]), strict=True):
                parameter.grad = gradient
            optimizers[turn].step()
    return game


@torch.no_grad()
def table(game: Gan) -> Tensor:
    """Share of the samples of each label or code that lie nearest to each mode."""
    rows = []
    for j in range(K):
        samples = game.sample(200, Rng(0, "sample", index=j), game.condition(j, 200))
        rows.append(torch.bincount(torch.cdist(samples, MEANS).argmin(1), minlength=K) / 200)
    return torch.stack(rows)


@pytest.mark.parametrize(
    "conditioning", [Conditional(), AuxiliaryClassifier(), Projection()], ids=lambda c: type(c).__name__
)
def test_samples_of_a_label_are_nearest_to_its_mode(conditioning: Any) -> None:
    assert float(table(trained(conditioning, 200)).diagonal().mean()) > 0.95


def test_codes_without_labels_come_to_mean_modes() -> None:
    found = table(trained(InfoGan(categories=[K]), 200))
    assert float(found.amax(1).mean()) > 0.9, "samples of a code lie in one mode"
    assert int((found.sum(0) > 0.5).sum()) >= K - 2, "few modes share a code so early"
