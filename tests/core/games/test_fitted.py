"""The game of models that are fitted in one go: no turn, one round, and what the generator offers."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.games.fitted import Fitted
from gansuite.games.networks import Networks
from gansuite.priors.none import NoLatent
from gansuite.spaces import ChoiceSpace

PRIOR = NoLatent(None)


class Coins(nn.Module):
    """A coin a place."""

    def __init__(self) -> None:
        super().__init__()
        self.p = nn.Parameter(torch.full((3,), 0.5))

    def fit(self, dataset: Any) -> None:
        with torch.no_grad():
            self.p.copy_(dataset.float().mean(0))

    def sample(self, z: Tensor, codes: Tensor | None, rng: Rng) -> Tensor:
        return (rng.uniform(len(z), 3) < self.p).long()


class Likely(Coins):
    def log_prob(self, x: Tensor) -> Tensor:
        return torch.where(x == 1, self.p, 1 - self.p).log().sum(1)

    def mask(self, x: Tensor) -> Tensor:
        return torch.ones_like(x, dtype=torch.bool)


def played(network: nn.Module) -> Fitted:
    return Fitted(Networks.fixed({"generator": network}, None, PRIOR), PRIOR, ChoiceSpace(2))


def test_it_is_fitted_and_drawn_from():
    game = played(Coins())
    data = torch.tensor([[1, 0, 1], [1, 0, 0], [1, 0, 1], [1, 0, 1]])
    game.furnish(data)
    x = game.sample(4000, Rng(0, "fitted"))
    assert torch.equal(x[:, :2], torch.tensor([1, 0]).expand(4000, -1))
    assert x[:, 2].float().mean().item() == pytest.approx(0.75, abs=0.03)


def test_a_run_is_one_round_without_a_turn_and_nothing_moves():
    game = played(Coins())
    assert list(game.stages(1000)) == [("fitted", 1, ())] and not game.turns
    assert not any(parameter.requires_grad for parameter in game.parameters())


def test_likelihoods_are_those_of_the_generator_if_it_has_any():
    x = torch.tensor([[1, 1, 0]])
    game = played(Likely())
    found, counts = game.log_prob(x), game.choices(x)
    assert found is not None and counts is not None
    assert found.item() == pytest.approx(3 * torch.tensor(0.5).log().item())
    assert counts.item() == 3
    assert played(Coins()).log_prob(x) is None and played(Coins()).choices(x) is None


def test_a_generator_that_has_to_be_trained_is_refused():
    with pytest.raises(UserError, match="play another game than fitted"):
        played(nn.Linear(1, 1))
