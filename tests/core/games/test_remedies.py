"""What all games of more than two owe: shared passes, penalties on their sides, inputs, and nobody left out."""

from __future__ import annotations

import warnings

import pytest
import torch

from gansuite.build import make_turns
from gansuite.games.ali import Ali
from gansuite.games.batch_gan import BatchGan
from gansuite.games.mad_gan import MadGan
from gansuite.games.mode_regularized import ModeRegularized
from gansuite.games.tempered import Tempered
from gansuite.games.vae_gan import VaeGan
from gansuite.games.veegan import Veegan
from gansuite.inputs.instance_noise import InstanceNoise
from gansuite.inputs.packing import Packing
from gansuite.objectives.mixed_batch import MixedBatch
from gansuite.objectives.non_saturating import NonSaturating
from gansuite.penalties.r1 import R1

from .remedies import draw_of, make

GAMES = (MadGan, ModeRegularized, Tempered, BatchGan, Veegan, Ali, VaeGan)


def game_of(cls, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a critic that sees single rows of a mixed batch
        return make(cls, MixedBatch() if cls is BatchGan else NonSaturating(), **options)


def slopes(game, turn: str, draw) -> list[torch.Tensor]:
    moving = [p for player in game.movers(turn) for module in game.owned(player) for p in module.parameters()]
    return [g for g in torch.autograd.grad(game(turn, draw).value, moving, allow_unused=True) if g is not None]


@pytest.mark.parametrize("cls", GAMES)
def test_gradients_of_a_shared_pass_are_those_of_separate_ones(cls) -> None:
    game, draw = game_of(cls, inputs=[InstanceNoise(), Packing(m=2)]), draw_of()
    apart = {turn: slopes(game, turn, draw) for turn in game.turns}
    with draw.shared():
        values = {turn: game(turn, draw) for turn in game.turns}
        for turn, cost in values.items():
            moving = [p for player in game.movers(turn) for module in game.owned(player) for p in module.parameters()]
            found = torch.autograd.grad(cost.value, moving, allow_unused=True, retain_graph=True)
            for one, other in zip((g for g in found if g is not None), apart[turn], strict=True):
                torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("cls", GAMES)
def test_every_network_is_moved_by_somebody(cls) -> None:
    game = game_of(cls)
    for turn in game.turns:
        assert slopes(game, turn, draw_of())
    owned = {p for player in game.players for module in game.owned(player) for p in module.parameters()}
    assert owned == set(game.parameters())


@pytest.mark.parametrize("cls", GAMES)
def test_penalties_hang_on_every_critic_and_on_no_other_turn(cls) -> None:
    game = game_of(cls, penalties=[R1(weight=3.0)])
    terms = {turn.name: turn.terms for turn in make_turns(game, dict.fromkeys(game.turns, 1))}
    critics = {name for name, kind in game.players.items() if kind == "critic"}
    assert {turn for turn, hung in terms.items() if hung} == critics
    for turn in critics:
        parts = game(turn, draw_of(), terms[turn]).parts
        assert parts["r1"] > 0


@pytest.mark.parametrize("cls", GAMES)
def test_samples_are_a_function_of_their_stream(cls) -> None:
    from gansuite.engine.rng import Rng

    game = game_of(cls)
    one, other = (game.sample(10, Rng(0, "sample")) for _ in range(2))
    assert one.shape == (10, 2) and torch.equal(one, other)
