"""MUNIT: its costs, and content and style that can be exchanged."""

from __future__ import annotations

import torch

from gansuite.engine.rng import Rng
from gansuite.games.translation.munit import Munit
from gansuite.objectives.least_squares import LeastSquares
from gansuite.objectives.non_saturating import NonSaturating

from .domains import COARSE, PRIOR, Domain, Function, draw_of, game_of

SPLIT = Domain((5,), ("a",), Domain((5,)))  # two numbers of content, three of style


def split_game() -> Munit:
    """Samples that are their own codes: content first, then style."""
    game = game_of(Munit, NonSaturating(), SPLIT, content=2, cycle=1.0)
    for each in ("source", "data"):
        game.encoder[each], game.generator[each] = Function(), Function()
    return game


def test_the_cost_is_that_of_the_paper():
    options = {"content": 4, "reconstruction": 3.0, "latent_content": 5.0, "latent_style": 7.0, "cycle": 11.0}
    game, draw = game_of(Munit, LeastSquares(), COARSE, **options), draw_of(COARSE)
    wanted = torch.zeros(()).double()
    for one, other, critic in (("source", "data", game.critic), ("data", "source", game.inverse_critic)):
        code = game.encoder[one](draw[one])
        content, own, style = code[:, :4], code[:, 4:], PRIOR.sample(8, draw.rng(f"style/{other}")).double()
        moved = game.generator[other](torch.cat([content, style], 1))
        again = game.encoder[other](moved)
        copy, back = (game.generator[one](torch.cat([each, own], 1)) for each in (content, again[:, :4]))
        wanted += LeastSquares().generator(critic(moved)).mean() + 3 * (copy - draw[one]).abs().mean()
        wanted += 5 * (again[:, :4] - content).abs().mean() + 7 * (again[:, 4:] - style).abs().mean()
        wanted += 11 * (back - draw[one]).abs().mean()
        fake = game(("critic", "inverse_critic")[one == "data"], draw).out["fake"]
        torch.testing.assert_close(fake, moved)
    torch.testing.assert_close(game("generator", draw).value, wanted)


def test_styles_are_swapped_and_content_stays():
    game, draw = split_game(), draw_of(SPLIT)
    x, y = draw["source"], draw["data"]
    made = game.swapped(x, y)
    assert torch.equal(made[:, :2], x[:, :2])
    assert torch.equal(made[:, 2:], y[:, 2:])
    assert torch.equal(game.swapped(x, made), made)


def test_what_is_split_exactly_pays_for_nothing_but_the_critics():
    game, draw = split_game(), draw_of(SPLIT)
    parts = game("generator", draw).parts
    assert all(float(parts[name]) == 0 for name in ("reconstruction", "content", "style", "cycle"))
    game.generator["data"] = Function(lambda code: torch.cat([code[:, :2], 0 * code[:, 2:]], 1))  # hears no style
    assert float(game("generator", draw).parts["style"]) > 0.5


def test_one_source_has_as_many_translations_as_styles():
    game = split_game()
    x = torch.ones(400, 5).double()
    made = game.sample(400, Rng(0), x)
    assert torch.equal(made[:, :2], x[:, :2])
    assert float((made[:, 2:].mean(0)).abs().max()) < 4 / 20
    assert float((made[:, 2:].std(0) - 1).abs().max()) < 4 / (2 * 400) ** 0.5
