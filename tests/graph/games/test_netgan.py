"""The game netgan against the game discrete: the same costs and gradients, without one-hot rows."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from gansuite.credit.whole import Whole
from gansuite.engine.rng import Rng
from gansuite.estimators.gapped_straight_through import GappedStraightThrough
from gansuite.estimators.gumbel_rao import GumbelRao
from gansuite.estimators.gumbel_softmax import GumbelSoftmax
from gansuite.estimators.straight_through import StraightThrough
from gansuite.estimators.straight_through_gumbel import StraightThroughGumbel
from gansuite.games.discrete import Discrete
from gansuite.games.game import Draw
from gansuite.games.networks import Networks
from gansuite.objectives.relativistic import Relativistic
from gansuite.objectives.wasserstein import Wasserstein
from gansuite.penalties.gradient_penalty import GradientPenalty
from gansuite.priors.normal import Normal
from gansuite_graph.games.netgan import NetGan
from gansuite_graph.networks.corner_rows import Corners
from gansuite_graph.networks.walk_critic import WalkCritic
from gansuite_graph.networks.walk_lstm import WalkLstm
from gansuite_graph.penalties.projected_gradient import WalkGradientPenalty
from gansuite_graph.spec import WalkSpec

N, T, B = 12, 5, 16
SPEC = WalkSpec(N, T, 20)
PRIOR = Normal(SPEC, size=3)
HARD = {
    "straight-through": StraightThrough,
    "straight-through-gumbel": StraightThroughGumbel,
    "gapped": GappedStraightThrough,
    "gumbel-rao": GumbelRao,
}


def game(kind: type[Discrete], estimator: Any, penalties: Any = None, objective: Any = None) -> Any:
    torch.manual_seed(0)
    generator, critic = WalkLstm(SPEC, PRIOR, hidden=6, embedding=4), WalkCritic(SPEC, hidden=6, embedding=4)
    networks = Networks.fixed({"generator": generator, "critic": critic}, SPEC, PRIOR)
    found = kind(
        networks, PRIOR, SPEC.space, objective=objective or Wasserstein(), penalties=penalties or [],
        estimator=estimator, credit=Whole(),
    ).double()  # fmt: skip
    found.stages(100)
    return found


def draw(name: str = "x") -> Draw:
    generator = torch.Generator().manual_seed(1)
    batches = {
        "prior": torch.randn(B, 3, generator=generator, dtype=torch.float64),
        "data": torch.randint(0, N, (B, T), generator=generator),
    }
    return Draw(batches, lambda stream: Rng(0, stream, name))


def found_by(played: Any, turn: str, name: str = "x", penalties: Any = ()) -> list[Tensor]:
    value = played(turn, draw(name), penalties).value
    where = list(played.get_submodule(turn).parameters())
    gradients = torch.autograd.grad(value, where, allow_unused=True)
    for p, g in zip(where, gradients, strict=True):
        assert g is None or g.stride() == p.stride(), "a fused optimiser walks through memory"
    return [value, *(torch.zeros_like(p) if g is None else g for p, g in zip(where, gradients, strict=True))]


@pytest.mark.parametrize("name", HARD)
def test_the_generator_moves_as_in_the_game_of_dense_rows(name: str):
    dense = found_by(game(Discrete, HARD[name](temperature=2.0)), "generator")
    own = found_by(game(NetGan, HARD[name](temperature=2.0)), "generator")
    assert sum(each.abs().sum() for each in dense[1:]) > 0
    for plain, mine in zip(dense, own, strict=True):
        assert torch.allclose(plain, mine, rtol=1e-5, atol=1e-9)


def test_the_critic_is_moved_by_the_same_law():
    """The mean over draws of numbers by inversion is that over straight-through samples: exact in law."""
    times, found = 150, []
    for kind in (Discrete, NetGan):
        played = game(kind, StraightThroughGumbel(temperature=2.0))
        with torch.no_grad():
            played.generator.up.weight.mul_(4)
        where = [played.critic.cell.of_read, played.critic.out.weight]
        rows = []
        for i in range(times):
            value = played("critic", draw(str(i))).value
            gradients = torch.autograd.grad(value, where)
            rows.append(torch.cat([value.detach().view(1), *(g.flatten() for g in gradients)]))
        found.append(torch.stack(rows))
    error = ((found[0].var(0) + found[1].var(0)) / times).sqrt()
    apart = (found[0].mean(0) - found[1].mean(0)).abs() / error.clamp_min(1e-12)
    assert apart.max() < 4.5 and apart.mean() < 1.2


def test_no_graph_reaches_the_generator_from_the_critic_and_no_one_hot_row_is_made(monkeypatch):
    played = game(NetGan, StraightThroughGumbel(), [WalkGradientPenalty()])
    monkeypatch.setattr(played.space, "relaxed", lambda x: pytest.fail("one-hot walks were made"))
    cost = played("critic", draw(), played.terms())
    assert cost.out["fake"].dtype == torch.int64 and cost.out["real"].dtype == torch.int64
    where = list(played.generator.parameters())
    assert all(g is None for g in torch.autograd.grad(cost.value, where, allow_unused=True))
    made = played("generator", draw()).out["fake"]
    assert isinstance(made, Corners) and torch.equal(played.hard(made), made.chosen)


def test_the_whole_critics_move_is_that_of_one_hot_walks_and_the_cores_penalty():
    """The same drawn walks through the core's game: its penalty, dense float64 rows, two calls of the critic."""
    own = found_by(
        played := game(NetGan, StraightThroughGumbel(), [one := WalkGradientPenalty()]), "critic", penalties=[one]
    )
    walks = played.critic_cost(draw()).out["fake"]
    other = game(Discrete, StraightThroughGumbel(), [two := GradientPenalty()])
    other.generated = lambda draw: walks
    two.name = one.name  # the same random points
    plain = found_by(other, "critic", penalties=[two])
    assert sum(each.abs().sum() for each in plain[1:]) > 0
    for a, b in zip(plain, own, strict=True):
        assert torch.allclose(a, b, rtol=1e-5, atol=1e-6)  # one-hot rows are float32 there


@pytest.mark.parametrize(
    "options",
    [
        {"estimator": GumbelSoftmax(temperature=0.7)},
        {"estimator": StraightThroughGumbel(), "penalties": [GradientPenalty()]},
        {"estimator": StraightThroughGumbel(), "objective": Relativistic()},
    ],
    ids=["a soft estimator", "a penalty that wants rows", "an objective that pairs"],
)
def test_where_something_else_looks_at_the_walks_it_is_the_game_discrete(options: dict[str, Any]):
    for plain, own in zip(
        found_by(game(Discrete, **options), "generator"), found_by(game(NetGan, **options), "generator"), strict=True
    ):
        assert torch.allclose(plain, own, rtol=1e-6, atol=1e-9)
    value = game(NetGan, **options)("critic", draw()).value
    assert torch.isfinite(value)


def test_turns_that_share_one_pass_see_the_same_walks():
    played, once = game(NetGan, StraightThroughGumbel()), draw()
    with once.shared():
        critic, generator = played("critic", once), played("generator", once)
    assert critic.value.item() == pytest.approx(
        (critic.out["fake_score"].mean() - critic.out["real_score"].mean()).item(), abs=1e-12
    )
    assert torch.equal(critic.out["fake"], generator.out["fake"])
    assert torch.autograd.grad(generator.value, played.generator.up.weight)[0].abs().sum() > 0


def test_the_temperature_falls_over_the_run():
    estimator = StraightThroughGumbel(temperature=5.0, final=0.5, over=46052)
    for round in (0, 1000, 46052, 60000):
        published = max(5.0 * torch.tensor(-5e-5 * round).exp().item(), 0.5)
        assert estimator.temperature_at(round, 10) == pytest.approx(published, rel=1e-4)
