"""The engine wastes nothing and leaks nothing."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode

from gansuite.dynamics.alternating import Alternating
from gansuite.objectives.non_saturating import NonSaturating
from gansuite.objectives.relativistic_average import RelativisticAverage
from gansuite.objectives.wasserstein import Wasserstein
from gansuite.penalties.gradient_penalty import GradientPenalty


class Count(TorchDispatchMode):
    """Number of calls of each operator."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: dict[str, int] = {}

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        name = func.overloadpacket.__name__
        self.calls[name] = self.calls.get(name, 0) + 1
        return func(*args, **(kwargs or {}))


def test_gradients_reach_the_mover_only(gan) -> None:
    engine, turns = gan(NonSaturating())
    engine.move(turns[0], engine.gradients(turns[0], engine.draw(turns[0])))
    assert all(p.grad is None for p in engine.players["generator"].parameters)
    assert all(p.grad is not None for p in engine.players["critic"].parameters)


def test_the_critics_move_records_no_generator_graph(gan) -> None:
    engine, turns = gan(NonSaturating())
    engine.attend("critic")
    cost = engine.cost(turns[0], engine.draw(turns[0]))
    assert not cost.out["fake"].requires_grad
    engine.attend("generator")
    cost = engine.cost(turns[1], engine.draw(turns[1]))
    with Count() as count:
        torch.autograd.grad(cost.value, engine.players["generator"].parameters)
    # Two layers each: the critic passes its input gradient on (2 products), the generator needs 2 + 1.
    assert count.calls["mm"] == 5


def test_real_and_generated_samples_share_one_call_unless_batch_statistics_forbid_it(gan) -> None:
    class Counting(nn.Module):
        def __init__(self, *layers: nn.Module) -> None:
            super().__init__()
            self.net, self.sizes = nn.Sequential(*layers, nn.Linear(2, 1)), []

        def forward(self, x: Tensor, condition: None = None, rng: object = None) -> Tensor:
            self.sizes.append(len(x))
            return self.net(x).squeeze(1)

    for layers, sizes in (((), [16]), ((nn.BatchNorm1d(2),), [8, 8])):
        critic = Counting(*layers)
        engine, turns = gan(NonSaturating(), critic=critic)
        engine.cost(turns[0], engine.draw(turns[0]))
        assert critic.sizes == sizes


def test_a_parameter_no_cost_reaches_rests(gan) -> None:
    class Headed(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.body, self.unused = nn.Linear(2, 1), nn.Linear(2, 3)

        def forward(self, x: Tensor, condition: None = None, rng: object = None) -> Tensor:
            return self.body(x).squeeze(1)

    critic = Headed()
    before = critic.unused.weight.detach().clone()
    engine, turns = gan(Wasserstein(), critic=critic)
    Alternating().round(engine, turns)
    assert torch.equal(critic.unused.weight, before)


def test_a_cost_at_substituted_parameters_leaves_the_game_alone(gan) -> None:
    engine, turns = gan(Wasserstein(), [GradientPenalty()])
    engine.attend("critic")
    draw = engine.draw(turns[0])
    here = engine.cost(turns[0], draw)
    doubled = {f"critic.{n}": 2 * p for n, p in engine.game.critic.named_parameters()}
    there = engine.cost(turns[0], draw, at=doubled)
    torch.testing.assert_close(engine.cost(turns[0], draw).value, here.value)  # same draw, same numbers
    assert abs(float((there.parts["gradient-penalty"] - here.parts["gradient-penalty"]).detach())) > 1e-3
    slopes = torch.autograd.grad(there.value, list(engine.game.critic.parameters()))
    assert all(torch.isfinite(s).all() for s in slopes)  # through the substitution, as unrolling needs


def test_only_turns_that_need_real_samples_draw_them(gan) -> None:
    for objective, draws in ((NonSaturating(), ("prior",)), (RelativisticAverage(), ("data", "prior"))):
        engine, turns = gan(objective)
        assert turns[1].draws == draws
        assert set(engine.draw(turns[1])) == set(draws)


def test_ledger_gives_means_and_forgets(gan) -> None:
    engine, turns = gan(Wasserstein(), [GradientPenalty()], moves={"critic": 3, "generator": 1})
    costs = []
    cost = engine.cost
    engine.cost = lambda *a, **k: (costs.append(cost(*a, **k)), costs[-1])[1]
    Alternating().round(engine, turns)
    terms = engine.ledger.read()
    assert set(terms) == {"critic/cost", "critic/gradient-penalty", "generator/cost"}
    assert terms["critic/cost"] == pytest.approx(sum(float(c.parts["cost"].detach()) for c in costs[:3]) / 3, rel=1e-5)
    assert engine.ledger.read() == {}


@pytest.mark.parametrize("policy", ["stop", "skip"])
def test_a_move_that_is_not_finite(gan, policy: str) -> None:
    engine, turns = gan(Wasserstein(), on_nan=policy)
    before = [p.detach().clone() for p in engine.players["critic"].parameters]
    draw = engine.draw(turns[0])
    draw["data"] = draw["data"] * math.inf
    engine.move(turns[0], engine.gradients(turns[0], draw))
    same = all(torch.equal(a, b) for a, b in zip(before, engine.players["critic"].parameters, strict=True))
    assert same == (policy == "skip")
    assert engine.skipped == (1 if policy == "skip" else 0)
    if policy == "stop":
        assert not math.isfinite(engine.ledger.read()["critic/cost"])  # and the loop tells which term


def test_players_may_share_modules(gan) -> None:
    """Parameters of two owners are switched off first and then on: the shared one must end up on."""
    engine, _ = gan(Wasserstein())
    shared = engine.players["critic"].parameters
    engine.players["generator"].parameters.extend(shared)
    for name in ("generator", "critic", "generator"):
        engine.attend(name)
        assert all(p.requires_grad for p in shared)
