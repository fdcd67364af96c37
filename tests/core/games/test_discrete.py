"""The game of choices against enumeration: whom a reward reaches, what moves, and what is refused."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from gansuite.credit.per_choice import PerChoice
from gansuite.credit.rollouts import Rollouts
from gansuite.credit.whole import Whole
from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.estimators.disarm import DisArm
from gansuite.estimators.estimator import one_hot
from gansuite.estimators.gumbel_softmax import GumbelSoftmax
from gansuite.estimators.importance_weighted import ImportanceWeighted
from gansuite.estimators.pathwise import Pathwise
from gansuite.estimators.ppo import PPO
from gansuite.estimators.rebar import Rebar
from gansuite.estimators.reinforce import Reinforce
from gansuite.games.discrete import Discrete
from gansuite.games.game import Draw
from gansuite.games.maximum_likelihood import MaximumLikelihood
from gansuite.games.networks import Networks
from gansuite.objectives.ebgan import Ebgan
from gansuite.objectives.feature_matching import FeatureMatching
from gansuite.objectives.hinge import Hinge
from gansuite.objectives.non_saturating import NonSaturating
from gansuite.objectives.relativistic import Relativistic
from gansuite.priors.none import NoLatent
from gansuite.rewards.controls import Chance, Constant
from gansuite.rewards.of_scores import DensityRatio, LogProbability, Price, Probability, Score, Signed
from gansuite.rewards.rescaled import Rescaled
from gansuite.rewards.reward import Reward
from gansuite.spaces import TensorSpace

from .tabular import EVERY, T, Tabular, V

NONE = NoLatent(None)


class Policy(Tabular):
    """The table, which can also be continued and relaxed."""

    def continued(self, x: Tensor, z: Tensor, codes: Any, rng: Rng, ends: int) -> Tensor:
        found = x.view(1, len(x), 1, T).expand(T - 1, -1, ends, -1).clone()
        for begun in range(1, T):
            rows = found[begun - 1].reshape(-1, T)
            for t in range(begun, T):
                rows[:, t] = torch.multinomial(
                    self.logits(rows, None)[:, t].softmax(-1), 1, generator=rng.stream()
                ).squeeze(1)
            found[begun - 1] = rows.view(len(x), ends, T)
        return found

    def forward(self, z: Tensor, codes: Any = None, rng: Any = None, choose: Any = None) -> Tensor:
        x, found = torch.zeros(len(z), T, dtype=torch.int64), []
        for t in range(T):
            found.append(choose(self.logits(x, z)[:, t], rng))
            x = x.clone()
            x[:, t] = found[-1].argmax(-1)
        return torch.stack(found, 1)


class Critic(nn.Module):
    """Any score of every sample, or of every choice: a table, and drop-out where there is a stream for it."""

    def __init__(self, scores: str = "sample", seed: int = 3) -> None:
        super().__init__()
        self.scores, self.streams = scores, list[Any]()
        shape = (V**T, T) if scores == "choices" else (V**T, 4) if scores == "several" else (V**T,)
        self.table = nn.Parameter(torch.randn(shape, generator=torch.Generator().manual_seed(seed)))

    def forward(self, x: Tensor, condition: Any = None, rng: Any = None) -> Tensor:
        self.streams.append(rng)
        x = x if x.is_floating_point() else one_hot(x, V)
        likeness = torch.einsum("na,nb,nc->nabc", *x.unbind(1)).flatten(1)
        return likeness.to(self.table.dtype) @ self.table


class First(Reward):
    """A reward that depends on nothing but the first choice; the critic's table holds it."""

    def __call__(self, scores: Tensor, cost: Any, rng: Rng) -> Tensor:
        return scores


def make(**options: Any) -> Any:
    critic = options.pop("critic", None) or Critic()
    fixed = Networks.fixed({"generator": options.pop("generator", None) or Policy(1), "critic": critic}, None, NONE)
    options = {"objective": NonSaturating(), "estimator": Reinforce(), "credit": Whole()} | options
    game = Discrete(fixed, NONE, TensorSpace(), **options).double()
    game.stages(100)
    return game


def draw_of(n: int, index: int = 0, seed: int = 0) -> Draw:
    x = EVERY[torch.randint(0, len(EVERY), (n,), generator=torch.Generator().manual_seed(seed))]
    return Draw({"data": x, "prior": torch.empty(n, 0)}, partial(Rng, seed, index=index), index=index)


def gradient(game: Any, draw: Draw, turn: str = "generator") -> Tensor:
    return torch.cat([g.flatten() for g in torch.autograd.grad(game(turn, draw).value, game.generator.parameters())])


def exact(game: Any, reward: Tensor) -> Tensor:
    """-∇ E r(x), all samples listed."""
    value = -(game.generator.probabilities() * reward).sum()
    return torch.cat([g.flatten() for g in torch.autograd.grad(value, game.generator.parameters())])


@pytest.mark.parametrize(
    "credit", [Whole(), Rollouts(n=2), Rollouts(n=2, baseline="none")], ids=["whole", "rollouts", "plain-rollouts"]
)
def test_the_gradient_is_that_of_the_expected_reward(credit: Any):
    game = make(reward=Score(), credit=credit)
    truth = exact(game, game.critic.table.detach())
    found = torch.stack([gradient(game, draw_of(250, i)) for i in range(300)])
    error = found.std(0) / len(found) ** 0.5
    assert ((found.mean(0) - truth).abs() < 4.5 * error + 1e-9).all()


@pytest.mark.parametrize("credit", [Whole(), Rollouts(n=3, baseline="none")], ids=["whole", "rollouts"])
def test_a_sample_is_given_its_own_reward(credit: Any):
    # TextGAN-PyTorch reshapes [N T, B] to (B, T, N) without a transpose: sentences are given each other's rewards.
    critic = Critic()
    critic.table.data = torch.tensor([5.0, -1.0, 2.0]).repeat_interleave(V ** (T - 1))
    game = make(critic=critic, reward=First(), credit=credit)
    out = game("generator", draw_of(16)).out
    expected = critic.table[out["fake"][:, 0] * V ** (T - 1)]
    reward = out["reward"] if out["reward"].dim() == 2 else out["reward"].unsqueeze(1)
    assert torch.equal(reward, expected.unsqueeze(1).expand_as(reward))


def test_rollouts_keep_what_was_begun_and_are_worth_its_expected_reward():
    game, n = make(), 4000
    x = EVERY[[5, 14]]
    ends = game.generator.continued(x, torch.empty(2, 0), None, Rng(0), n)
    table = game.critic.table.detach()
    for begun in range(1, T):
        assert (ends[begun - 1, :, :, :begun] == x[:, None, :begun]).all()
        for row in range(2):
            alike = (EVERY[:, :begun] == x[row, :begun]).all(1)
            p = game.generator.probabilities().detach() * alike
            worth = float((p * table).sum() / p.sum())
            drawn = game.critic(ends[begun - 1, row]).detach()
            assert abs(float(drawn.mean()) - worth) < 4.5 * float(drawn.std()) / n**0.5
    q = Rollouts(n=n, baseline="none")(x, torch.ones_like(x, dtype=torch.bool), game.critic, lambda _: ends)
    assert torch.allclose(q[:, 0], game.critic(ends[0].flatten(0, 1)).view(2, n).mean(1))
    assert torch.equal(q[:, -1], game.critic(x))


def test_the_first_choice_is_compared_once():
    # Leave-one-out of rewards that hold the others' mean would count the first choice n / (n - 1)-fold.
    def earned(credit: Rollouts, baseline: Any) -> Tensor:
        return make(reward=Score(), credit=credit, estimator=Reinforce(baseline=baseline))("generator", draw_of(4)).out[
            "reward"
        ]

    plain = earned(Rollouts(n=2, baseline="none"), "none")
    assert torch.equal(earned(Rollouts(n=2), "rloo")[:, 0], plain[:, 0])
    others = (plain[:, -1].sum() - plain[:, -1]) / 3
    assert torch.allclose(earned(Rollouts(n=2), "none")[:, 0], plain[:, 0] - others)


def test_rollouts_pay_nothing_for_what_comes_after_the_end():
    x, mask = EVERY[[7, 20]], torch.tensor([[True, False, False], [True, True, True]])
    ends = x.view(1, 2, 1, T).expand(T - 1, 2, 5, T)
    worth, later = torch.tensor([1.0, 3.0]), torch.tensor([[2.0, 4.0], [9.0, 5.0]])  # 9: of ends behind the end
    reward_of = lambda y: later.repeat_interleave(5, 1).flatten() if len(y) > 2 else worth  # noqa: E731
    q = Rollouts(n=5, baseline="none")(x, mask, reward_of, lambda _: ends)
    assert torch.equal(q, torch.tensor([[1.0, 1.0, 1.0], [4.0, 5.0, 3.0]]))
    advantage = Rollouts(n=5)(x, mask, reward_of, lambda _: ends)
    assert not advantage[0, 1:].any()
    assert torch.allclose(advantage.sum(1), worth - worth.flip(0))  # telescopes to r - Q_0, of the other sample


def test_equal_rewards_move_nothing():
    game = make(reward=Constant())
    assert not gradient(game, draw_of(32)).any()
    unsteadied = make(reward=Constant(), estimator=Reinforce(baseline="none"))
    assert gradient(unsteadied, draw_of(32)).any()


def test_permuting_the_batch_permutes_what_each_sample_is_charged():
    game, seen = make(reward=Score()), []
    game.estimator.surrogate = lambda log_prob, cost, mask, **_: seen.append((log_prob, cost)) or log_prob.sum()
    x, order = EVERY[[3, 8, 21, 26]], torch.tensor([2, 0, 3, 1])
    for rows in (x, x[order]):
        draw = draw_of(4)
        game.generator.sample = lambda *_, rows=rows, **__: rows
        game("generator", draw)
    assert torch.equal(seen[1][1], seen[0][1][order]) and torch.equal(seen[1][0], seen[0][0][order])


def test_the_critic_is_not_moved_and_judges_without_drop_out():
    game = make(reward=Probability())
    cost = game("generator", draw_of(8))
    assert torch.autograd.grad(cost.value, game.critic.table, allow_unused=True)[0] is None
    assert game.critic.streams == [None]
    game("critic", draw_of(8))
    assert game.critic.streams[-1] is not None


@pytest.mark.parametrize("estimator", [Reinforce(), GumbelSoftmax(temperature=0.5)], ids=["reward", "relaxed"])
@pytest.mark.parametrize("objective", [NonSaturating(), Hinge()], ids=["non-saturating", "hinge"])
def test_signs(estimator: Any, objective: Any):
    game = make(estimator=estimator, objective=objective)
    table = game.critic.table.detach()
    before = float((game.generator.probabilities() * table).sum().detach())
    found = split(game, gradient(game, draw_of(4000)))
    with torch.no_grad():
        for p, g in zip(game.generator.parameters(), found, strict=True):
            p -= 0.1 * g
    assert float((game.generator.probabilities() * table).sum().detach()) > before
    cost = game("critic", draw_of(200))
    g = torch.autograd.grad(cost.value, game.critic.table)[0]
    with torch.no_grad():
        game.critic.table -= 0.1 * g
    assert game("critic", draw_of(200)).value < cost.value


def split(game: Any, flat: Tensor) -> list[Tensor]:
    sizes = [p.numel() for p in game.generator.parameters()]
    return [g.view_as(p) for g, p in zip(flat.split(sizes), game.generator.parameters(), strict=True)]


def test_scores_of_choices_count_where_there_is_a_choice():
    game = make(critic=Critic("choices"), credit=PerChoice(discount=0.5), reward=Score())
    game.generator.mask = lambda x: torch.arange(T) < (1 + (x.argmax(-1) if x.is_floating_point() else x)[:, :1])
    draw = draw_of(50)
    cost = game("critic", draw)
    real, fake = draw["data"], cost.out["fake"]
    sides = [(-1.0, real), (1.0, fake)]
    by_hand = sum(
        torch.nn.functional.softplus(sign * game.critic(x))[game.generator.mask(x)].mean() for sign, x in sides
    )
    assert torch.allclose(cost.value, by_hand)
    out = game("generator", draw).out
    scores, mask = game.critic(out["fake"]).detach(), game.generator.mask(out["fake"])
    r = torch.where(mask, scores, 0.0)
    assert torch.allclose(out["reward"][:, 0], r[:, 0] + 0.5 * r[:, 1] + 0.25 * r[:, 2])
    assert torch.allclose(
        game.see(real).scores,
        torch.where(game.generator.mask(real), game.critic(real), 0).sum(1) / game.generator.mask(real).sum(1),
    )


def test_several_scores_are_each_compared():
    game = make(critic=Critic("several"), estimator=GumbelSoftmax(), objective=Relativistic())
    draw = draw_of(20)
    cost = game("critic", draw)
    real, fake = game.critic(draw["data"]), game.critic(cost.out["fake"])
    assert torch.allclose(cost.value, torch.nn.functional.softplus(fake - real).mean())
    priced = game("generator", draw)
    assert torch.allclose(priced.value, torch.nn.functional.softplus(real - game.critic(priced.out["fake"])).mean())


@pytest.mark.parametrize("scores", ["several", "choices"])
@pytest.mark.parametrize("credit", [Whole(), Rollouts(n=2, baseline="none")], ids=["whole", "rollouts"])
def test_a_sample_of_several_scores_earns_their_mean(scores: str, credit: Any):
    game = make(critic=Critic(scores), credit=credit, reward=Score())
    out = game("generator", draw_of(16)).out
    reward = out["reward"] if out["reward"].dim() == 1 else out["reward"][:, -1]
    assert torch.allclose(reward, game.critic(out["fake"]).detach().mean(1))


def test_on_a_shared_draw_replays_keep_to_the_policy_before():
    game, drawn = make(estimator=PPO(epochs=2), reward=Score()), []
    for name, policy in (("own", game.generator), ("before", game.before)):
        own = policy.sample
        policy.sample = lambda *a, name=name, own=own, **o: drawn.append(name) or own(*a, **o)
    draw = draw_of(8, index=1)
    with draw.shared():
        game("critic", draw)
        game("generator", draw)
    assert drawn == ["own", "before"]


def test_replays_are_moves_on_samples_of_the_policy_before():
    game, seen = make(estimator=PPO(epochs=2), reward=Score()), []
    own = game.estimator.surrogate
    game.estimator.surrogate = lambda *a, **o: seen.append((a[0].detach(), o["old_log_prob"])) or own(*a, **o)
    for index in range(2):
        draw = draw_of(64, index)
        game.after("generator", draw, game("generator", draw).out | {"real_side": None, "fake_side": None})
        with torch.no_grad():
            game.generator.tables[0] += torch.tensor([1.0, 0.0, -1.0])
    assert torch.equal(*seen[0])
    assert not torch.allclose(*seen[1])
    assert torch.allclose(game.before.tables[0], Policy(1).tables[0].double())


def test_the_anchor_is_the_divergence_from_the_generator_as_the_game_began():
    game = make(anchor=2.0, reward=Constant())
    first = draw_of(8)
    game.after("generator", first, game("generator", first).out)
    assert "anchor" not in game("generator", first).parts
    with torch.no_grad():
        game.generator.tables[1] += torch.arange(V).double()
    parts = game("generator", draw_of(20000, 1)).parts  # by samples of beginnings
    p, q = game.generator.probabilities().detach(), Policy(1).double().probabilities().detach()
    truth = float((p * (p / q).log()).sum())
    assert abs(float(parts["anchor"].detach()) - truth) < 0.03 * truth


def test_likelihood_is_nats_a_choice_and_may_be_kept_in_the_game():
    game = make(likelihood=0.5, reward=Constant())
    draw = draw_of(40)
    number = (draw["data"] * torch.tensor([9, 3, 1])).sum(1)
    by_hand = -game.generator.probabilities()[number].log().mean() / T
    assert torch.allclose(game("likelihood", draw).value, by_hand)
    assert torch.allclose(game("generator", draw).parts["likelihood"], by_hand)
    twin = MaximumLikelihood(Networks.fixed({"generator": Policy(1).double()}, None, NONE), NONE, TensorSpace())
    assert torch.allclose(twin("generator", draw).value, by_hand)
    assert torch.allclose(twin.log_prob(EVERY).exp().sum(), torch.ones((), dtype=torch.float64))
    assert torch.allclose(twin.log_prob(EVERY, alpha=2.5).exp().sum(), torch.ones((), dtype=torch.float64))


def test_tempered_samples_are_those_of_the_tempered_likelihood():
    game, n = make(), 20000
    x = game.sample(n, Rng(4), alpha=1.7)
    counts = torch.bincount((x * torch.tensor([9, 3, 1])).sum(1), minlength=V**T).double()
    p = game.log_prob(EVERY, alpha=1.7).exp()
    assert float(((counts - n * p).square() / (n * p)).sum()) < 60  # chi-square with 26 degrees: 1 in 5,000


def test_stages():
    game = make(pretraining={"likelihood": 30, "critic": 20})
    stages = game.stages(100)
    assert [(name, rounds) for name, rounds, _ in stages] == [
        ("likelihood-pretraining", 30),
        ("critic-pretraining", 20),
        ("train", 50),
    ]
    assert stages[0][2] == ("likelihood",) and stages[2][2] == ("critic", "generator")
    with pytest.raises(UserError, match="leaves none for the game"):
        game.stages(50)


def test_a_temperature_falls_over_the_game_proper():
    game = make(
        estimator=GumbelSoftmax(temperature=1.0, final=0.01, anneal="exponential"), pretraining={"likelihood": 20}
    )
    game.stages(120)
    for round, expected in ((5, 1.0), (20, 1.0), (70, 0.1), (120, 0.01)):
        draw = draw_of(2)
        draw.round = round
        assert game.temperature(draw) == pytest.approx(expected)


REFUSED = [
    ({"credit": PerChoice()}, "a critic that scores every choice"),
    ({"estimator": DisArm()}, "two alternatives"),
    ({"estimator": Rebar()}, "choices that do not depend on each other"),
    ({"critic": Critic("choices"), "objective": Relativistic()}, "separable"),
    ({"estimator": Reinforce(baseline="critic")}, "predicts values"),
    ({"critic": Critic("several"), "objective": Relativistic()}, "no reward by an objective that looks at real"),
]


@pytest.mark.parametrize(("options", "message"), REFUSED)
def test_what_cannot_be_is_refused_at_once(options: dict[str, Any], message: str):
    with pytest.raises(UserError, match=message):
        make(**options)


def test_what_the_options_rule_out_is_refused_when_the_recipe_is_read():
    options = {
        "objective": NonSaturating(), "inputs": [], "conditioning": None, "estimator": GumbelSoftmax(),
        "reward": None, "credit": Whole(), "pretraining": {},
    }  # fmt: skip
    Discrete.check(options, 8)
    Discrete.check(options | {"objective": FeatureMatching(critic=NonSaturating())}, 8)
    Discrete.check(
        options | {"estimator": Reinforce(), "objective": FeatureMatching(critic=NonSaturating()), "reward": Score()}, 8
    )
    Discrete.check(options | {"estimator": Reinforce(), "objective": Ebgan(), "reward": Constant()}, 8)
    for wrong, message in (
        ({"reward": Score()}, "has no use of rewards"),
        ({"credit": Rollouts()}, "roll-outs are for"),
        ({"pretraining": {"generator": 3}}, "no turn 'generator' to train before"),
        ({"estimator": Pathwise()}, "real numbers"),
        ({"estimator": ImportanceWeighted(), "reward": Score()}, "density-ratio"),
        ({"estimator": Reinforce(), "reward": Rescaled(), "credit": Rollouts()}, "ranks are of whole samples"),
        ({"estimator": ImportanceWeighted(), "reward": DensityRatio(), "credit": Rollouts()}, "weights negative"),
        ({"estimator": Reinforce(), "objective": FeatureMatching(critic=NonSaturating())}, "no sample earns a share"),
        ({"estimator": Reinforce(), "objective": Relativistic(), "credit": Rollouts()}, "pairs samples"),
        ({"estimator": Rebar(), "objective": Relativistic()}, "by its score alone"),
        ({"estimator": Reinforce(), "objective": Ebgan(), "reward": Probability()}, "is generated"),
    ):
        with pytest.raises(UserError, match=message):
            Discrete.check(options | wrong, 8)


def test_rewards():
    s, rng = torch.tensor([-2.0, 0.0, 40.0]), Rng(0)
    price = lambda: torch.tensor([3.0, 1.0, -1.0])  # noqa: E731
    sigma = s.sigmoid()
    assert torch.equal(Price()(s, price, rng), -price())
    assert torch.equal(Probability()(s, price, rng), sigma)
    assert torch.allclose(LogProbability()(s, price, rng), sigma.log())
    assert torch.allclose(Signed()(s, price, rng), 2 * sigma - 1)
    assert torch.allclose(DensityRatio()(s[:2], price, rng), (sigma / (1 - sigma))[:2])
    assert DensityRatio()(s, price, rng).isfinite().all()
    assert torch.equal(Constant()(s, price, rng), torch.ones(3))
    assert Chance()(s, price, Rng(1)).var() > 0
    # LeakGAN's published code ranks by the order of a dictionary; here the best sample has the highest reward.
    ranked = Rescaled(sharpness=12.0)(s, price, rng)
    assert torch.allclose(ranked, torch.sigmoid(12 * (0.5 - torch.tensor([3.0, 2.0, 1.0]) / 3)))
    assert torch.equal(Rescaled()(s * 0.1, price, rng), Rescaled()(s, price, rng))
    tied = Rescaled()(torch.tensor([[1.0, 0.0], [2.0, 0.0], [1.0, 0.0]]), price, rng)
    assert torch.allclose(tied, torch.sigmoid(12 * (0.5 - torch.tensor([[2.5, 2.0], [1.0, 2.0], [2.5, 2.0]]) / 3)))


def test_what_has_no_critic_is_told_labels_alone():
    from gansuite.conditioning.info_gan import InfoGan
    from gansuite.games.cooperative import CooperativeTraining

    fixed = Networks.fixed({"generator": Policy(1), "mediator": Policy(2)}, None, NONE)
    for game in (MaximumLikelihood, CooperativeTraining):
        with pytest.raises(UserError, match="needs a critic"):
            game(fixed, NONE, TensorSpace(), conditioning=InfoGan())
