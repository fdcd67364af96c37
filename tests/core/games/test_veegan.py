"""VEEGAN: pairs, the two terms, and that the encoder learns from latents alone."""

from __future__ import annotations

import torch
from torch import cat
from torch.nn.functional import softplus

from gansuite.games.veegan import Veegan
from gansuite.inputs.packing import Packing
from gansuite.objectives.non_saturating import NonSaturating

from .remedies import draw_of, engine_of, make, moved_by


def test_costs_are_those_of_algorithm_1() -> None:
    game, draw = make(Veegan, NonSaturating(), reconstruction=0.7), draw_of()
    x, z = draw["data"], draw["prior"]
    fake = game.generator(z)
    real_score, fake_score = game.critic(cat([x, game.encoder(x)], 1)), game.critic(cat([fake, z], 1))
    torch.testing.assert_close(game("critic", draw).value, (softplus(-real_score) + softplus(fake_score)).mean())
    latent = (z - game.encoder(fake)).square().sum(1).mean()
    torch.testing.assert_close(game("generator", draw).value, softplus(-fake_score).mean() + 0.7 * latent)


def test_the_encoder_moves_with_the_generator_and_by_the_reconstruction_alone() -> None:
    draw = draw_of()
    assert moved_by(make(Veegan, NonSaturating()), "generator", draw) == {"generator", "encoder"}
    assert moved_by(make(Veegan, NonSaturating(), reconstruction=0.0), "generator", draw) == {"generator"}
    assert moved_by(make(Veegan, NonSaturating()), "critic", draw) == {"critic"}


def test_pairs_can_be_packed() -> None:
    game = make(Veegan, NonSaturating(), inputs=[Packing(m=2)])
    draw = draw_of()
    fake = cat([game.generator(draw["prior"]), draw["prior"]], 1)
    torch.testing.assert_close(game("critic", draw).out["fake"], fake.view(8, 10))


def test_the_encoder_learns_to_undo_the_generator() -> None:
    game = make(Veegan, NonSaturating())
    engine, turns = engine_of(game)
    errors = []
    for _ in range(150):
        for turn in turns.values():
            draw = engine.draw(turn)
            if turn.name == "generator":
                errors.append(float(game("generator", draw).parts["latent"]))
            engine.move(turn, engine.gradients(turn, draw))
    assert sum(errors[-20:]) < 0.6 * sum(errors[:20])
    assert torch.tensor(errors).isfinite().all()
