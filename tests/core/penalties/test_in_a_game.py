"""Every penalty of the core as a term of a real game's turn."""

from __future__ import annotations

import copy

import pytest
import torch

from gansuite.objectives.non_saturating import NonSaturating
from gansuite.penalties.consistency import Consistency
from gansuite.penalties.dragan import Dragan
from gansuite.penalties.drift import Drift
from gansuite.penalties.gradient_penalty import GradientPenalty
from gansuite.penalties.historical_averaging import HistoricalAveraging
from gansuite.penalties.jacobian_clamping import JacobianClamping
from gansuite.penalties.orthogonal import Orthogonal
from gansuite.penalties.path_length import PathLength
from gansuite.penalties.r1 import R1
from gansuite.penalties.r2 import R2
from gansuite.penalties.repelling import Repelling

MAKERS = {
    "between": GradientPenalty,
    "fake": lambda: GradientPenalty(around="fake"),
    "dragan": Dragan,
    "r1": R1,
    "r2": R2,
    "drift": Drift,
    "consistency": lambda: Consistency(on="both"),
    "orthogonal-critic": lambda: Orthogonal(turn="critic"),
    "history-critic": lambda: HistoricalAveraging(turn="critic"),
    "orthogonal": Orthogonal,
    "history": HistoricalAveraging,
    "jacobian-clamping": lambda: JacobianClamping(low=5.0, high=6.0),
    "path-length": lambda: PathLength(every=2),
    "repelling": Repelling,
}


@pytest.mark.parametrize("name", MAKERS)
def test_it_is_a_cost_of_its_own_player_alone(gan, name) -> None:
    """The slope of the penalty itself: something for its side, nothing for the other."""
    penalty = MAKERS[name]()
    engine, turns = gan(NonSaturating(), [penalty])
    penalty.bind(engine.game)
    for _ in range(2):  # the first move gives history something to be far from
        for turn in turns:
            engine.move(turn, engine.gradients(turn, engine.draw(turn)))
        penalty.after(engine.game, engine.draw(turns[0]), {})
    for parameters in engine.game.parameters():
        parameters.requires_grad_()
    (turn,) = [turn for turn in turns if turn.terms]
    draw = engine.draw(turn)
    with torch.no_grad():
        for parameters in engine.game.parameters():
            parameters.add_(0.1)
    cost = getattr(engine.game, f"cost_{turn.name}")(draw)
    value = penalty(engine.game, draw, cost.out)
    assert value.shape == ()
    own = list(engine.game.get_submodule(turn.name).parameters())
    slopes = torch.autograd.grad(value, own, allow_unused=True, retain_graph=True)
    assert any(slope is not None and slope.abs().sum() > 0 for slope in slopes)
    if penalty.turn == "critic":
        other = torch.autograd.grad(value, list(engine.game.generator.parameters()), allow_unused=True)
        assert not any(slope is not None and slope.any() for slope in other)


@pytest.mark.parametrize("name", MAKERS)
def test_a_cost_run_again_is_the_same_to_the_bit(gan, name) -> None:
    """Dynamics that look ahead run a cost twice on one draw: nothing may be remembered by it."""
    penalty = MAKERS[name]()
    engine, turns = gan(NonSaturating(), [penalty])
    penalty.bind(engine.game)
    (turn,) = [turn for turn in turns if turn.terms]
    engine.attend(*turn.players)
    draw = engine.draw(turn)
    before = copy.deepcopy(engine.game.state_dict())
    first, second = engine.cost(turn, draw), engine.cost(turn, draw)
    assert torch.equal(first.value, second.value)
    assert torch.isfinite(first.value)
    assert all(torch.equal(tensor, before[key]) for key, tensor in engine.game.state_dict().items())
