"""StarGAN: its costs, the domains it tells, and the one it is asked for."""

from __future__ import annotations

import pytest
import torch
from torch.nn.functional import cross_entropy, one_hot

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.games.translation.stargan import StarGan
from gansuite.inputs.packing import Packing
from gansuite.objectives.wasserstein import Wasserstein

from .domains import SIGNALS, Dense, Function, draw_of, game_of


def test_the_costs_are_those_of_the_paper():
    game = game_of(StarGan, Wasserstein(), SIGNALS, classification=3.0, cycle=5.0)
    draw = draw_of(SIGNALS)
    x, label = draw["data"], draw["label"]
    wanted = label[draw.rng("domains").uniform(8).argsort()]
    made = game.generator(x, one_hot(wanted, 3))
    back = game.generator(made, one_hot(label, 3))
    told, told_fake = (game.head(game.critic.features(each)) for each in (x, made))
    critic = (game.critic(made) - game.critic(x)).mean() + 3 * cross_entropy(told, label)
    generator = -game.critic(made).mean() + 3 * cross_entropy(told_fake, wanted) + 5 * (back - x).abs().mean()
    torch.testing.assert_close(game("critic", draw).value, critic)
    torch.testing.assert_close(game("generator", draw).value, generator)


def test_the_critic_moves_the_head_that_tells_domains():
    game = game_of(StarGan, Wasserstein())
    assert game.owned("critic") == [game.critic, game.head]
    assert game.owned("generator") == [game.generator]


def test_there_and_back_again_costs_nothing_where_the_domain_is_a_shift():
    game, draw = game_of(StarGan, Wasserstein()), draw_of()
    game.generator = Function(lambda x, c: x)  # leaves every sample where it is
    assert float(game("generator", draw).parts["cycle"]) == 0
    game.generator = Function(lambda x, c: x + 1)
    torch.testing.assert_close(game("generator", draw).parts["cycle"], torch.tensor(2.0).double())


def test_wanted_domains_are_as_frequent_as_the_labels():
    game, draw = game_of(StarGan, Wasserstein()), draw_of()
    assert torch.equal(game.wanted(draw).sum(0), game.domains.one_hot(draw["label"]).sum(0))
    assert not torch.equal(game.wanted(draw), game.domains.one_hot(draw["label"]))


def test_rows_without_a_label_are_not_classified():
    game, draw = game_of(StarGan, Wasserstein()), draw_of()
    half = torch.cat([draw["label"][:4], torch.full((4,), -1)])
    told = game("critic", draw_of(label=half)).parts["domain"]
    wanted = cross_entropy(game.head(game.critic.features(draw["data"][:4])), half[:4])
    torch.testing.assert_close(told, wanted)


def test_samples_go_to_the_domain_that_is_asked_for_or_to_any_that_was_seen():
    game = game_of(StarGan, Wasserstein())
    for label in (torch.tensor([0, 0, 1, 0]), torch.tensor([0, 0, 0, 1])):
        draw = draw_of(label=label, data=torch.zeros(4, 2).double())
        game.after("critic", draw, game("critic", draw).out)
    game.generator = Function(lambda x, c: c.double())
    made = game.sample(4, Rng(0), game.condition("c", 4))
    assert made.tolist() == [[0, 0, 1]] * 4
    shares = game.sample(4000, Rng(0)).mean(0)
    torch.testing.assert_close(shares, torch.tensor([0.75, 0.25, 0.0]).double(), atol=0.03, rtol=0)


def test_packs_have_no_domain():
    with pytest.raises(UserError, match="leave out packing"):
        StarGan.check({"objective": Wasserstein(), "inputs": [Packing(m=2)], "penalties": []}, 8)


def test_a_translator_that_reads_no_label_is_refused():
    with pytest.raises(UserError, match="labelled = true"):
        game_of(StarGan, Wasserstein(), makers={"generator": (("spec",), lambda spec: Dense((2,), (2,)))})
