"""RankGAN: the game of discrete samples with the objective that ranks, ends of texts among its rows."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from gansuite.credit.rollouts import Rollouts
from gansuite.credit.whole import Whole
from gansuite.estimators.reinforce import Reinforce
from gansuite.games.discrete import Discrete
from gansuite.games.networks import Networks
from gansuite.objectives.ranking import Ranking
from gansuite.priors.none import NoLatent
from gansuite_text.networks.convolutional import Convolutional
from gansuite_text.networks.recurrent import Recurrent
from gansuite_text.spec import TextSpec

from .playing import draw_of, reached, texts

SPEC = TextSpec(6, 5)
NONE = NoLatent(SPEC)


def make(credit: Any) -> Any:
    torch.manual_seed(0)
    critic = Convolutional(SPEC, embedding=6, widths=[1, 2], channels=5, dropout=0.0)
    players = {"generator": Recurrent(SPEC, NONE, embedding=4, hidden=5), "critic": critic}
    objective = Ranking(references=3, sharpness=2.0)
    networks = Networks.fixed(players, SPEC, NONE)
    return Discrete(networks, NONE, SPEC.space, objective=objective, estimator=Reinforce(), credit=credit)


def test_a_text_earns_the_logarithm_of_its_rank_among_real_ones() -> None:
    game, x = make(Whole()), texts(SPEC, 7, seed=2)
    draw = draw_of(texts(SPEC))
    real = game.critic.features(draw["data"])
    rank = game.objective.log_rank(game.critic.features(x), real[:3], real[3:])
    earned = game.earned(x, SPEC.mask(x), torch.empty(7, 0), None, draw)
    torch.testing.assert_close(earned, rank)


def test_so_do_the_ends_of_what_it_has_begun() -> None:
    game, x = make(Rollouts(n=4, baseline="none")), texts(SPEC, 7, seed=2)
    draw, z = draw_of(texts(SPEC)), torch.empty(7, 0)
    ends = game.generator.continued(x, z, None, draw.rng("rollouts"), 4)
    real = game.critic.features(draw["data"])
    q = game.earned(x, SPEC.mask(x), z, None, draw)
    for i in range(7):
        for b in range(1, 5):
            if SPEC.mask(x)[i, b]:  # the text goes on behind this beginning
                rank = game.objective.log_rank(game.critic.features(ends[b - 1, i]), real[:3], real[3:])
                torch.testing.assert_close(q[i, b - 1], rank.mean())


@pytest.mark.parametrize("credit", [Whole(), Rollouts(n=2)])
def test_each_turn_moves_its_own_player(credit: Any) -> None:
    game, draw = make(credit), draw_of(texts(SPEC))
    assert reached(game, "critic", draw) == {"critic"}
    assert reached(game, "generator", draw) == {"generator"}
