"""Domain transfer: its costs, and a critic that finds pairs which do not belong together."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch.nn.functional import softplus

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.games.translation.domain_transfer import DomainTransfer
from gansuite.objectives.non_saturating import NonSaturating
from gansuite.objectives.relativistic import Relativistic

from .domains import COARSE, Function, descend, draw_of, game_of


def test_the_costs_are_those_of_the_paper():
    game, draw = game_of(DomainTransfer, NonSaturating(), COARSE), draw_of(COARSE)
    x, y = draw["source"], draw["data"]
    made, wide = game.generator(x), x.repeat_interleave(2, 2)
    strangers = torch.cat([y[-1:], y[:-1]])
    real, fake = game.critic(y), game.critic(made)
    pair, fake_pair, strange = (game.pair_critic(torch.cat([each, wide], 1)) for each in (y, made, strangers))
    told = (softplus(-pair) + softplus(fake_pair) + softplus(strange)).mean()
    torch.testing.assert_close(game("critic", draw).value, (softplus(-real) + softplus(fake)).mean())
    torch.testing.assert_close(game("pair_critic", draw).value, told)
    fooled = 0.5 * (softplus(-fake) + softplus(-fake_pair)).mean()
    torch.testing.assert_close(game("generator", draw).value, fooled)


def test_the_critic_of_pairs_finds_those_that_do_not_belong_together():
    def pairs(step: int, n: int = 128) -> Any:
        x = Rng(2, "pairs", index=step).normal(n, 2).double()
        return draw_of(n=n, index=step, source=x, data=x.flip(1) * torch.tensor([1.0, -1.0]).double())

    game = game_of(DomainTransfer, NonSaturating())
    game.generator = Function(lambda x: x + 10)  # far from both, so that only the pairs are to be learnt
    descend(game, {"pair_critic": 1}, pairs, 300, 1e-2)
    held = pairs(999, 1000)
    x, y = held["source"], held["data"]
    right = [(game.pair_critic(torch.cat([y, x], 1)) > 0), (game.pair_critic(torch.cat([y.roll(7, 0), x], 1)) < 0)]
    assert min(float(each.double().mean()) for each in right) > 0.85


def test_objectives_that_compare_scores_are_refused():
    with pytest.raises(UserError, match="like non-saturating"):
        DomainTransfer.check({"objective": Relativistic(), "inputs": [], "penalties": []}, 8)
