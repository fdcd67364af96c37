"""LeakGAN's costs written out, who moves by which, and whose reward is whose."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from gansuite.credit.rollouts import Rollouts
from gansuite.credit.whole import Whole
from gansuite.errors import UserError
from gansuite.estimators.reinforce import Reinforce
from gansuite.estimators.softmax import Softmax
from gansuite.games.networks import Networks
from gansuite.objectives.non_saturating import NonSaturating
from gansuite.priors.none import NoLatent
from gansuite.rewards.of_scores import Probability
from gansuite.rewards.rescaled import Rescaled
from gansuite_text.games.leakgan import LeakGan
from gansuite_text.networks.convolutional import Convolutional
from gansuite_text.networks.leaky import Leak, Leaky, aimed, intrinsic
from gansuite_text.networks.recurrent import Recurrent
from gansuite_text.spec import TextSpec

from .playing import Listener, draw_of, gradients, reached, texts

SPEC = TextSpec(6, 5)
NONE = NoLatent(SPEC)
WORKER = {"worker", "embedding", "start", "squeeze", "out"}
MANAGER = {"manager", "aim"}


def make(**options: Any) -> Any:
    torch.manual_seed(0)
    critic = Convolutional(SPEC, embedding=6, widths=[1, 2], channels=5, dropout=0.0)
    players = {"generator": Leaky(SPEC, Leak(0, critic), goal=4, step=2), "critic": critic}
    usual = {"objective": NonSaturating(), "estimator": Reinforce(), "reward": Rescaled(), "credit": Whole()}
    return LeakGan(Networks.fixed(players, SPEC, NONE), NONE, SPEC.space, **(usual | options))


def test_the_costs_of_manager_and_worker_are_those_of_the_paper() -> None:
    game = make(estimator=Reinforce(baseline="none"), extrinsic=0.3, intrinsic=0.7)
    draw = draw_of(texts(SPEC))
    cost = game("generator", draw)
    x = cost.out["fake"]
    told, mask = game.generator.told(x), SPEC.mask(x)
    score = game.critic(x)
    rank = 1 + (score.unsqueeze(0) > score.unsqueeze(1)).sum(1)
    q = torch.sigmoid(12 * (0.5 - rank / 8)).unsqueeze(1).expand_as(mask)
    manager = -(mask * q * aimed(told, 2)).sum(1).mean()
    log_p = told.logits.log_softmax(-1).gather(2, x.unsqueeze(2)).squeeze(2)
    worker = -(mask * (0.7 * intrinsic(told, 2) + 0.3 * q) * log_p).sum(1).mean()
    torch.testing.assert_close(cost.parts["manager"], manager)
    torch.testing.assert_close(cost.value, manager + worker)


def test_likelihood_teaches_the_worker_tokens_and_the_manager_where_texts_go() -> None:
    game, x = make(), texts(SPEC)
    cost, mask = game("likelihood", draw_of(x)), SPEC.mask(x)
    told = game.generator.told(x)
    log_p = told.logits.log_softmax(-1).gather(2, x.unsqueeze(2)).squeeze(2)
    torch.testing.assert_close(cost.parts["worker"], -log_p[mask].mean())
    torch.testing.assert_close(cost.parts["manager"], -aimed(told, 2)[mask].mean())
    torch.testing.assert_close(game.log_prob(x), (log_p * mask).sum(1))


@pytest.mark.parametrize(("part", "half"), [("manager", MANAGER), ("worker", WORKER)])
@pytest.mark.parametrize("turn", ["likelihood", "generator"])
def test_neither_cost_reaches_the_other_half(turn: str, part: str, half: set[str]) -> None:
    game = make()
    game(turn, draw_of(texts(SPEC))).parts[part].backward()
    found = {name.split(".")[1] for name, p in game.named_parameters() if p.grad is not None and p.grad.any()}
    assert found == half


def test_each_turn_moves_its_own_player() -> None:
    game, draw = make(), draw_of(texts(SPEC))
    assert reached(game, "critic", draw) == {"critic"}
    assert reached(game, "generator", draw) == reached(game, "likelihood", draw) == {"generator"}


def test_likelihood_is_interleaved() -> None:
    game, x = make(interleave=3), texts(SPEC)
    for index in range(6):
        turn = "likelihood" if index % 3 == 2 else "generator"
        draw = draw_of(x, index=index)
        value = game("likelihood", draw).value if turn == "likelihood" else game.reward_cost(draw).value
        torch.testing.assert_close(game("generator", draw).value, value)
    assert game.draws("generator") == ("data", "prior")
    assert make(interleave=0).draws("generator") == ("prior",)
    game.after("generator", draw_of(x, index=2), game("generator", draw_of(x, index=2)).out)


def test_critic_and_generator_are_pretrained_together() -> None:
    assert make(pretraining={"likelihood": 4}).stages(10) == [
        ("likelihood-pretraining", 4, ("critic", "likelihood")),
        ("train", 6, ("critic", "generator")),
    ]


@pytest.mark.parametrize("credit", [Whole(), Rollouts(n=2, baseline="none")], ids=["whole", "rollouts"])
def test_a_text_earns_its_own_reward(credit: Any) -> None:
    """Ranks are among the texts at each place: permuting the texts permutes what they earn."""
    game, order = make(credit=credit, reward=Rescaled()), torch.tensor([3, 0, 2, 1])
    x = texts(SPEC, 4)
    ends = game.generator.continued(x, torch.empty(4, 0), None, draw_of(x).rng("rollouts"), 2)
    continued = {tuple(row.tolist()): ends[:, i] for i, row in enumerate(x)}
    game.generator.continued = lambda y, *rest: torch.stack([continued[tuple(row.tolist())] for row in y], 1)
    z = torch.empty(4, 0)
    first = game.earned(x, SPEC.mask(x), z, None, draw_of(x))
    second = game.earned(x[order], SPEC.mask(x[order]), z, None, draw_of(x))
    torch.testing.assert_close(second, first[order])
    assert first.std(0).min() > 0


def test_rollouts_are_averaged_before_they_are_ranked() -> None:
    game, x = make(credit=Rollouts(n=3, baseline="none")), texts(TextSpec(6, 5, end=None), 4)
    mask, z = torch.ones_like(x, dtype=torch.bool), torch.empty(4, 0)
    q = game.earned(x, mask, z, None, draw_of(x))
    ends = game.generator.continued(x, z, None, draw_of(x).rng("rollouts"), 3)
    worth = game.critic(ends.flatten(0, 2)).sigmoid().view(4, 4, 3).mean(2)  # begun, samples
    ranked = 1 + (worth.unsqueeze(1) > worth.unsqueeze(2)).sum(2)
    torch.testing.assert_close(q[:, :4].t(), torch.sigmoid(12 * (0.5 - ranked / 4)))


def test_a_reward_that_compares_nothing_is_left_as_it_is() -> None:
    game, x = make(reward=Probability()), texts(SPEC)
    torch.testing.assert_close(
        game.earned(x, SPEC.mask(x), torch.empty(8, 0), None, draw_of(x)), game.critic(x).sigmoid()
    )


def test_the_worker_is_weighed_token_by_token() -> None:
    game = make(estimator=Reinforce(baseline="none"))
    listener = Listener(game.estimator)
    cost = game("generator", draw_of(texts(SPEC)))
    x = cost.out["fake"]
    torch.testing.assert_close(listener.cost, -intrinsic(game.generator.told(x), 2))
    assert not listener.cost.requires_grad
    assert listener.mask is not None
    assert torch.equal(listener.mask, SPEC.mask(x))


def test_a_constant_reward_moves_no_worker_that_has_no_other() -> None:
    from gansuite.rewards.controls import Constant

    game = make(reward=Constant(), intrinsic=0.0, extrinsic=1.0)
    found = gradients(game, "generator", draw_of(texts(SPEC)))
    assert all(not g.any() for name, g in found.items() if name.split(".")[1] in WORKER)


def test_what_cannot_leak_is_refused() -> None:
    options = {"objective": NonSaturating(), "inputs": [], "conditioning": None, "reward": None, "credit": Whole()}
    with pytest.raises(UserError, match="take reinforce"):
        LeakGan.check(options | {"estimator": Softmax(), "pretraining": {}}, 8)
    with pytest.raises(UserError, match="leave critic out"):
        LeakGan.check(options | {"estimator": Reinforce(), "pretraining": {"critic": 2}}, 8)
    players = {"generator": Recurrent(SPEC, NONE), "critic": Convolutional(SPEC, widths=[1], channels=2)}
    with pytest.raises(UserError, match="leaky"):
        LeakGan(Networks.fixed(players, SPEC, NONE), NONE, SPEC.space, objective=NonSaturating(), estimator=Reinforce())
