"""pix2pix: its cost, and a rotation learnt from pairs."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from torch.nn.functional import softplus

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.games.translation.pix2pix import Pix2Pix
from gansuite.objectives.minimax import Minimax
from gansuite.objectives.non_saturating import NonSaturating
from gansuite.objectives.perceptual import Perceptual

from .domains import SIGNALS, descend, draw_of, game_of

PERCEPTUAL = Perceptual(critic=NonSaturating())


@pytest.mark.parametrize("reconstruction", ["l1", "l2"])
def test_the_critic_sees_pairs_and_the_generator_is_held_to_the_answer(reconstruction: Any):
    game, draw = game_of(Pix2Pix, NonSaturating(), SIGNALS, reconstruction=reconstruction), draw_of(SIGNALS)
    x, y = draw["source"], draw["data"]
    made = game.generator(x)
    real, fake = (game.critic(torch.cat([each, x], 1)) for each in (y, made))
    error = (y - made).abs() if reconstruction == "l1" else (y - made) ** 2
    torch.testing.assert_close(game("critic", draw).value, (softplus(-real) + softplus(fake)).mean())
    torch.testing.assert_close(game("generator", draw).value, softplus(-fake).mean() + 100 * error.mean())


def test_a_component_may_measure_the_distance():
    game, draw = game_of(Pix2Pix, NonSaturating(), SIGNALS, distance=PERCEPTUAL, weight=2.0), draw_of(SIGNALS)
    made = game.generator(draw["source"])
    wanted = PERCEPTUAL.distance(draw["data"], made).mean()
    torch.testing.assert_close(game("generator", draw).parts["reconstruction"], wanted)
    with pytest.raises(UserError, match="compares no pairs"):
        game_of(Pix2Pix, NonSaturating(), distance=Minimax())


def test_a_rotation_is_learnt_from_pairs():
    turn = torch.tensor([[math.cos(1.0), math.sin(1.0)], [-math.sin(1.0), math.cos(1.0)]]).double()

    def pairs(step: int, n: int = 64) -> Any:
        x = Rng(1, "pairs", index=step).normal(n, 2).double()
        return draw_of(n=n, index=step, source=x, data=x @ turn)

    game = game_of(Pix2Pix, NonSaturating())
    held = pairs(999)["source"].clamp(-1.5, 1.5)
    assert (game.generator(held) - held @ turn).norm(dim=1).mean() > 0.5
    descend(game, {"critic": 1, "generator": 1}, pairs, 500, 1e-2)
    assert (game.generator(held) - held @ turn).norm(dim=1).mean() < 0.05
