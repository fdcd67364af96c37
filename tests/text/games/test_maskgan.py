"""MaskGAN: blanks are the only choices, each is rewarded for itself, and the value has not seen it."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn.functional import logsigmoid, softplus

from gansuite.credit.per_choice import PerChoice
from gansuite.credit.whole import Whole
from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.estimators.reinforce import Reinforce
from gansuite.games.networks import Networks
from gansuite.objectives.non_saturating import NonSaturating
from gansuite.priors.none import NoLatent
from gansuite.rewards.of_scores import LogProbability
from gansuite_text.games.maskgan import MaskGan
from gansuite_text.networks.infilling import Infilling
from gansuite_text.networks.infilling_critic import InfillingCritic
from gansuite_text.networks.recurrent import Recurrent
from gansuite_text.spec import TextSpec

from .playing import Listener, draw_of, gradients, reached, texts

SPEC = TextSpec(6, 8)
NONE = NoLatent(SPEC)


def make(spec: TextSpec = SPEC, baseline: Any = "none", **options: Any) -> Any:
    torch.manual_seed(0)
    players = {
        "generator": Infilling(spec, NONE, embedding=4, hidden=5),
        "critic": InfillingCritic(spec, embedding=4, hidden=5, dropout=0.0),
    }
    usual = {"objective": NonSaturating(), "estimator": Reinforce(baseline=baseline), "reward": LogProbability()}
    usual |= {"credit": PerChoice(discount=0.9)}
    return MaskGan(Networks.fixed(players, spec, NONE), NONE, spec.space, **(usual | options))


def chosen_of(x: Tensor, context: Tensor) -> list[tuple[int, int]]:
    """The places of blanks up to each text's end, one by one."""
    found = []
    for i, row in enumerate(x.tolist()):
        last = row.index(0) if 0 in row else len(row) - 1
        found += [(i, t) for t in range(last + 1) if context[i, t] == 6]
    return found


def test_blanks_are_one_run_of_the_share_that_is_asked_for() -> None:
    game, x = make(present=0.5), texts(TextSpec(6, 8, end=None), 500)
    context = game.blanked(x, Rng(0))
    blank = context == 6
    assert (blank.sum(1) == 4).all()
    assert ((blank.int().diff(dim=1) != 0).sum(1) <= 2).all()
    assert torch.equal(context[~blank], x[~blank])
    starts = blank.int().argmax(1).bincount()
    assert len(starts) == 5
    assert ((starts - 100).square() / 100).sum() < 4 + 5 * 8**0.5
    assert (make(whole=1.0).blanked(x, Rng(0)) == 6).all()
    share = (make(whole=0.25).blanked(x, Rng(0)) == 6).all(1).float().mean()
    assert abs(share - 0.25) < 5 * (0.25 * 0.75 / 500) ** 0.5


def test_the_costs_are_sums_over_blanks_alone() -> None:
    game, x = make(), texts(SPEC)
    draw = draw_of(x)
    context, fake = game.codes(draw), game.drawn(draw, game.generator)
    log_p = game.generator.logits(x, draw["prior"], context).log_softmax(-1)
    places = chosen_of(x, context)
    likelihood = -sum(log_p[i, t, x[i, t]] for i, t in places) / len(places)
    torch.testing.assert_close(game("likelihood", draw).value, likelihood)
    real, own = game.critic(x, context), game.critic(fake, context)
    put = chosen_of(fake, context)
    told = sum(softplus(-real[i, t]) for i, t in places) / len(places) + sum(softplus(own[i, t]) for i, t in put) / len(
        put
    )
    torch.testing.assert_close(game("critic", draw).parts["critic"], told)


def test_a_token_answers_for_itself_and_those_behind_it() -> None:
    game = make()
    draw, listener = draw_of(texts(SPEC)), Listener(game.estimator)
    y = game("generator", draw).out["fake"]
    context = game.codes(draw)
    reward, places = logsigmoid(game.critic(y, context)), set(chosen_of(y, context))
    for i, t in places:
        q = torch.stack([0.9 ** (s - t) * reward[i, s] for s in range(t, 8) if (i, s) in places]).sum()
        torch.testing.assert_close(listener.cost[i, t], -q.detach())
    assert listener.mask is not None
    assert set(map(tuple, listener.mask.nonzero().tolist())) == places
    assert not listener.cost.requires_grad


def test_given_places_have_no_gradient_and_are_kept() -> None:
    game = make()
    draw, listener = draw_of(texts(SPEC)), Listener(game.estimator)
    y, context = game("generator", draw).out["fake"], game.codes(draw)
    given = context != 6
    assert torch.equal(y[given], context[given])
    assert not listener.log_prob[given].any()
    everything = make(present=0.9375)  # round(7.5) = 8 of 8 places: nothing to choose
    assert not any(g.any() for g in gradients(everything, "generator", draw).values())


def test_the_value_foresees_the_cost_and_has_not_seen_the_token() -> None:
    game, x = make(baseline="critic"), texts(SPEC)
    draw, listener = draw_of(x), Listener(game.estimator)
    y, context = game("generator", draw).out["fake"], game.codes(draw)
    values = game.values(game.critic.features(y, None, context))
    torch.testing.assert_close(listener.options["values"], values.detach())
    places = chosen_of(y, context)
    error = sum((values[i, t] - listener.cost[i, t]).square() for i, t in places) / len(places)
    torch.testing.assert_close(game("critic", draw).parts["value"], error)
    changed = y.clone()
    changed[:, 3] = (y[:, 3] + 1) % 6
    moved = game.values(game.critic.features(changed, None, context)) != values
    assert not moved[:, :4].any()
    assert moved[:, 4].all()


def test_the_value_leaves_the_critic_alone() -> None:
    game = make()
    game("critic", draw_of(texts(SPEC))).parts["value"].backward()
    assert {name.partition(".")[0] for name, p in game.named_parameters() if p.grad is not None} == {"value"}


def test_each_turn_moves_its_own_players() -> None:
    game, draw = make(), draw_of(texts(SPEC))
    assert reached(game, "likelihood", draw) == reached(game, "generator", draw) == {"generator"}
    assert reached(game, "critic", draw) == {"critic", "value"}
    assert game.owned("critic") == [game.critic, game.value]


def test_a_text_earns_its_own_reward() -> None:
    game, x, order = make(), texts(SPEC), torch.randperm(8, generator=torch.Generator().manual_seed(0))
    context = game.blanked(x, Rng(0))
    first = game.earned(x, game.chosen(x, context), torch.empty(8, 0), context, draw_of(x))
    second = game.earned(x[order], game.chosen(x, context)[order], torch.empty(8, 0), context[order], draw_of(x))
    torch.testing.assert_close(second, first[order])


def test_whole_texts_have_a_likelihood() -> None:
    game, x = make(TextSpec(3, 3)), torch.tensor([[1, 2, 1], [2, 0, 0], [0, 0, 0]])
    log_p = game.generator.logits(x, torch.empty(3, 0), torch.full((3, 3), 3)).log_softmax(-1)
    expected = [log_p[0, range(3), [1, 2, 1]].sum(), log_p[1, range(2), [2, 0]].sum(), log_p[2, 0, 0]]
    torch.testing.assert_close(game.log_prob(x), torch.stack(expected))
    assert game.sample(5, Rng(0), prefix=torch.tensor([2])).shape == (5, 3)


def test_what_has_no_meaning_is_refused() -> None:
    options = {"objective": NonSaturating(), "estimator": Reinforce(), "reward": None, "credit": PerChoice()}
    options |= {"inputs": [], "conditioning": None, "anchor": 0.0, "pretraining": {}}
    MaskGan.check(options, 8)
    for change, why in (({"credit": Whole()}, "per-choice"), ({"anchor": 1.0}, "anchor: maskgan has no use")):
        with pytest.raises(UserError, match=why):
            MaskGan.check(options | change, 8)
    players = {"generator": Recurrent(SPEC, NONE), "critic": InfillingCritic(SPEC)}
    with pytest.raises(UserError, match="infilling"):
        MaskGan(
            Networks.fixed(players, SPEC, NONE),
            NONE,
            SPEC.space,
            objective=NonSaturating(),
            estimator=Reinforce(),
            reward=LogProbability(),
            credit=PerChoice(),
        )
