"""CycleGAN: its costs, the cycle of inverse maps, and where the pool enters."""

from __future__ import annotations

import pytest
import torch

from gansuite.errors import UserError
from gansuite.games.translation.cyclegan import CycleGan
from gansuite.objectives.least_squares import LeastSquares
from gansuite.objectives.non_saturating import NonSaturating

from .domains import COARSE, POINTS, SIGNALS, Domain, Function, draw_of, game_of


def test_the_generators_pay_for_both_critics_and_both_cycles():
    game, draw = game_of(CycleGan, LeastSquares(), SIGNALS, cycle=7.0, identity=3.0), draw_of(SIGNALS)
    x, y, there, back = draw["source"], draw["data"], game.generator, game.inverse
    fooled = (game.critic(there(x)) - 1).square().mean() + (game.inverse_critic(back(y)) - 1).square().mean()
    cycle = (back(there(x)) - x).abs().mean() + (there(back(y)) - y).abs().mean()
    identity = (there(y) - y).abs().mean() + (back(x) - x).abs().mean()
    scale = LeastSquares().generator(torch.zeros(1)).item()  # 1, or 1/2 where the objective halves its squares
    torch.testing.assert_close(game("generator", draw).value, scale * fooled + 7 * cycle + 3 * identity)


@pytest.mark.parametrize("turn", ["critic", "inverse_critic"])
def test_each_critic_tells_its_own_domain_from_translations_to_it(turn: str):
    game, draw = game_of(CycleGan, LeastSquares(), COARSE), draw_of(COARSE)
    x, y = draw["source"], draw["data"]
    real, made = (y, game.generator(x)) if turn == "critic" else (x, game.inverse(y))
    critic = getattr(game, turn)
    torch.testing.assert_close(game(turn, draw).value, LeastSquares().critic(critic(real), critic(made)).mean())


def test_the_identity_has_no_cycle_and_no_identity_cost():
    game = game_of(CycleGan, NonSaturating(), identity=5.0)
    game.generator, game.inverse = Function(), Function()
    parts = game("generator", draw_of()).parts
    assert float(parts["cycle"]) == 0
    assert float(parts["identity"]) == 0


def test_any_invertible_map_has_no_cycle_cost_and_another_inverse_has():
    game = game_of(CycleGan, NonSaturating())
    game.generator, game.inverse = Function(lambda x: (2 * x + 1).sinh()), Function(lambda y: (y.asinh() - 1) / 2)
    assert float(game("generator", draw_of()).parts["cycle"]) < 1e-12
    game.inverse = Function(lambda y: (y.asinh() - 1) / 2 + 0.25)
    there = draw_of()["data"]
    error = 0.25 + ((2 * ((there.asinh() - 1) / 2 + 0.25) + 1).sinh() - there).abs().mean()
    torch.testing.assert_close(game("generator", draw_of()).parts["cycle"], error)


def test_the_pool_is_shown_to_the_critic_and_hidden_from_the_generators():
    game = game_of(CycleGan, NonSaturating(), pool=4)
    for index in range(8):
        for turn in CycleGan.turns:
            game.after(turn, draw_of(index=index), game(turn, draw_of(index=index)).out)
    draw = draw_of(index=9)
    raw = game.generator(draw["source"])
    shown = game("critic", draw).out["fake"]
    assert 0 < int((shown != raw).any(1).sum()) <= 4
    assert torch.equal(game("generator", draw).out["fake"], raw)
    past = {tuple(row) for row in game.pools["critic"].samples.tolist()}
    assert {tuple(row) for row in shown[(shown != raw).any(1)].tolist()} <= past


def test_a_resumed_game_shows_its_critics_the_same():
    games = [game_of(CycleGan, NonSaturating(), pool=4) for _ in range(2)]
    for index in range(5):
        for turn in CycleGan.turns:
            games[0].after(turn, draw_of(index=index), games[0](turn, draw_of(index=index)).out)
    games[1].load_state_dict(games[0].state_dict())
    for turn in CycleGan.turns:
        assert torch.equal(*(game(turn, draw_of(index=6)).value for game in games))


def test_identity_is_refused_between_shapes():
    with pytest.raises(UserError, match="domains of one shape"):
        game_of(CycleGan, NonSaturating(), COARSE, identity=1.0)
    game_of(CycleGan, NonSaturating(), Domain((2,), source=POINTS), identity=1.0)
