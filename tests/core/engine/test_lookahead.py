"""Look-ahead steps are those of torch's optimisers, and their derivatives those of the steps."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import Tensor, nn

from gansuite.dynamics.alternating import Alternating
from gansuite.dynamics.unrolled import Unrolled
from gansuite.engine.lookahead import Lookahead
from gansuite.engine.optimizers import adam, adamw, rmsprop, sgd
from gansuite.engine.player import Player
from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.objectives.non_saturating import NonSaturating
from gansuite.penalties.weight_clipping import WeightClipping

OPTIMISERS = {
    "sgd": lambda p: sgd(p, lr=0.05),
    "momentum": lambda p: sgd(p, lr=0.05, momentum=0.9),
    "negative momentum": lambda p: sgd(p, lr=0.05, momentum=-0.5),
    "sgd with decay": lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.3, weight_decay=0.2),
    "adam": lambda p: adam(p, lr=0.02),
    "adam without mean": lambda p: adam(p, lr=0.02, betas=(0.0, 0.9)),
    "adam with decay": lambda p: adam(p, lr=0.02, betas=(0.9, 0.999), weight_decay=0.1),
    "torch's adam": lambda p: torch.optim.Adam(p, lr=0.02, foreach=True),
    "adamw": lambda p: adamw(p, lr=0.02, weight_decay=0.1),
    "torch's adamw": lambda p: torch.optim.AdamW(p, lr=0.02, weight_decay=0.1),
    "rmsprop": lambda p: rmsprop(p, lr=0.01, alpha=0.9),
    "rmsprop with decay": lambda p: torch.optim.RMSprop(p, lr=0.01, weight_decay=0.1),
    "two groups": lambda p: torch.optim.Adam([{"params": p[1:], "lr": 0.1}, {"params": p[:1], "betas": (0.1, 0.2)}]),
}


def player(name: str, warm: int) -> tuple[Player, Rng]:
    """A player that has made some moves; its second parameter rested in one of them, its third never moves."""
    rng = Rng(0, name)
    parameters = [nn.Parameter(rng.normal(3, 2)), nn.Parameter(rng.normal(4)), nn.Parameter(rng.normal(2))]
    made = Player(name, parameters, OPTIMISERS[name](parameters))
    for i in range(warm):
        gradients = [rng.normal(*p.shape) for p in parameters]
        made.move([gradients[0], None if i == 3 else gradients[1], None])
    return made, rng


@pytest.mark.parametrize("name", OPTIMISERS)
@pytest.mark.parametrize("warm", [0, 7])
def test_steps_are_torchs(name: str, warm: int) -> None:
    made, rng = player(name, warm)
    before = copy.deepcopy((made.parameters, made.optimizer.state_dict()))
    path = Lookahead(made)
    gradients = [[rng.normal(3, 2), rng.normal(4), None] for _ in range(6)]
    for each in gradients:
        path.step(each)
    assert all(torch.equal(a, b) for a, b in zip(made.parameters, before[0], strict=True)), "the player stays"
    torch.testing.assert_close(made.optimizer.state_dict(), before[1], rtol=0, atol=0)
    for each in gradients:
        made.move(each)
    for ahead, there in zip(path.values, made.parameters, strict=True):
        torch.testing.assert_close(ahead.detach(), there.detach(), rtol=1e-5, atol=1e-6)


def test_another_rate_and_the_schedules() -> None:
    made, rng = player("momentum", 3)
    made.schedule, gradients = (lambda step: 0.1), [rng.normal(3, 2), rng.normal(4), None]
    made.at(5)
    own, other = Lookahead(made), Lookahead(made, rate=0.5)
    own.step(gradients)
    other.step(gradients)
    distances = [float((path.values[0] - made.parameters[0]).detach().norm()) for path in (own, other)]
    assert distances[1] / distances[0] == pytest.approx(100, rel=1e-3)  # .5 instead of .05 · .1


def test_constraints_are_kept_on_the_way() -> None:
    made, rng = player("sgd", 0)
    made.projections = [WeightClipping(bound=0.3).project]
    path = Lookahead(made)
    for _ in range(2):
        path.step([rng.normal(3, 2), rng.normal(4), None])
        assert all(float(v.detach().abs().max()) <= 0.3 + 1e-6 for v in path.values)


def test_a_dead_unit_stays_finite() -> None:
    """Where no gradient ever came, Adam's root has an infinite slope, and 0 · inf is no number."""
    for make in (adam, rmsprop):
        p = nn.Parameter(torch.zeros(2))
        path, x = Lookahead(Player("x", [p], make([p]))), torch.ones(1, requires_grad=True)
        for _ in range(2):
            path.step([torch.cat([x, 0 * x])])
        (slope,) = torch.autograd.grad(path.values[0].sum(), x)
        assert bool(slope.isfinite())


def test_unknown_steps_are_refused() -> None:
    p = nn.Parameter(torch.zeros(2))
    for optimizer in (torch.optim.Adagrad([p]), torch.optim.SGD([p], lr=1.0, momentum=0.1, nesterov=True)):
        with pytest.raises(UserError, match="cannot be differentiated"):
            Lookahead(Player("x", [p], optimizer)).step([torch.ones(2)])


@pytest.mark.parametrize("value", ["zero-sum", "own"])
@pytest.mark.parametrize("draws", ["fresh", "shared"])
@pytest.mark.parametrize(
    "name", ["sgd", "momentum", "negative momentum", "adam", "adam with decay", "adamw", "rmsprop", "sgd with decay"]
)
def test_the_leaders_gradient_is_the_derivative_of_what_the_follower_really_does(gan, name: str, draws, value) -> None:
    """Differences of the leader's cost after K real moves of the follower's optimiser, in double precision."""

    def prepared():
        engine, turns = gan(NonSaturating(), optimizer=OPTIMISERS[name])
        engine.game.double()
        engine.precision = "fp64"
        for _ in range(3):
            Alternating().round(engine, turns)
        return engine, turns

    engine, (follower, leader) = prepared()
    rule = Unrolled(steps=4, draws=draws, value=value)
    slopes = rule.gradients(engine, leader, follower)
    rng = Rng(5, "direction")
    direction = [rng.normal(*p.shape).double() for p in engine.parameters(leader)]
    expected = float(sum((s * d).sum() for s, d in zip(slopes, direction, strict=True)))

    def cost(e: float) -> float:
        engine, (follower, leader) = prepared()
        with torch.no_grad():
            for p, d in zip(engine.parameters(leader), direction, strict=True):
                p.add_(d, alpha=e)
        draw = None
        for _ in range(4):
            if draw is None or draws == "fresh":
                draw = engine.draw(follower, stream="generator/ahead")
            engine.move(follower, engine.gradients(follower, draw))
        if value == "own":
            return float(engine.cost(leader, engine.draw(leader)).value.detach())
        return -float(engine.cost(follower, engine.draw(leader, follower, stream="generator")).value.detach())

    e = 1e-6
    assert (cost(e) - cost(-e)) / (2 * e) == pytest.approx(expected, rel=2e-4, abs=1e-8)


def test_a_stopped_gradient_is_the_cost_at_a_constant_future(gan) -> None:
    engine, (follower, leader) = gan(NonSaturating(), optimizer=OPTIMISERS["adam"])
    rule = Unrolled(steps=3, stop_gradient=True, value="own")
    slopes = rule.gradients(engine, leader, follower)
    engine, (follower, leader) = gan(NonSaturating(), optimizer=OPTIMISERS["adam"])
    for _ in range(3):
        engine.move(follower, engine.gradients(follower, engine.draw(follower, stream="generator/ahead")))
    expected = engine.gradients(leader, engine.draw(leader))
    for a, b in zip(slopes, expected, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-6)


def test_the_follower_makes_its_ordinary_move(gan) -> None:
    """After a round the critic is where it would be without any look-ahead, to the bit."""
    weights: list[list[Tensor]] = []
    for rule in (Unrolled(steps=5), Alternating()):
        engine, turns = gan(NonSaturating(), optimizer=OPTIMISERS["adam"])
        rule.round(engine, turns)
        weights.append([p.detach() for p in engine.players["critic"].parameters])
    assert all(torch.equal(a, b) for a, b in zip(*weights, strict=True))
