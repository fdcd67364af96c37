"""The mode-regularised GAN: its four costs as the paper writes them, and who moves by which."""

from __future__ import annotations

import pytest
import torch
from torch.nn.functional import softplus

from gansuite.conditioning.auxiliary_classifier import AuxiliaryClassifier
from gansuite.errors import UserError
from gansuite.games.mode_regularized import ModeRegularized
from gansuite.inputs.packing import Packing
from gansuite.objectives.began import Began
from gansuite.objectives.non_saturating import NonSaturating
from gansuite.objectives.relativistic_average import RelativisticAverage

from .remedies import draw_of, engine_of, make, moved_by


def test_the_four_costs_are_those_of_algorithm_1() -> None:
    game, draw = make(ModeRegularized, NonSaturating(), adversarial=0.3, reconstruction=2.0), draw_of()
    x, z = draw["data"], draw["prior"]
    copy, fake = game.generator(game.encoder(x)), game.generator(z)
    manifold, diffusion = game.manifold_critic, game.critic
    wanted = {
        "manifold_critic": softplus(-manifold(x)).mean() + softplus(manifold(copy)).mean(),
        "encoder": 0.3 * softplus(-manifold(copy)).mean() + 2.0 * (x - copy).square().sum(1).mean(),
        "critic": softplus(-diffusion(copy)).mean() + softplus(diffusion(fake)).mean(),
        "generator": softplus(-diffusion(fake)).mean(),
    }
    for turn, value in wanted.items():
        torch.testing.assert_close(game(turn, draw).value, value)


def test_the_encoder_and_the_generator_move_together_on_the_manifold_and_critics_alone() -> None:
    game, draw = make(ModeRegularized, NonSaturating()), draw_of()
    assert moved_by(game, "encoder", draw) == {"generator", "encoder"}
    assert moved_by(game, "manifold_critic", draw) == {"manifold_critic"}
    assert moved_by(game, "critic", draw) == {"critic"}
    assert moved_by(game, "generator", draw) == {"generator"}


def test_reconstructions_are_a_fixed_target_of_the_diffusion_step() -> None:
    """A relativistic generator meets the real side; its gradient must not run through G(E(x))."""
    game = make(ModeRegularized, RelativisticAverage())
    game("generator", draw_of()).value.backward()
    assert all(p.grad is None for p in game.encoder.parameters())


def test_both_critics_are_shown_packs() -> None:
    game, draw = make(ModeRegularized, NonSaturating(), inputs=[Packing(m=2)]), draw_of()
    assert game("manifold_critic", draw).out["fake"].shape == game("critic", draw).out["fake"].shape == (8, 4)


def test_reconstruction_improves() -> None:
    game = make(ModeRegularized, NonSaturating())
    engine, turns = engine_of(game)
    errors = []
    for _ in range(60):
        for turn in turns.values():
            draw = engine.draw(turn)
            if turn.name == "encoder":
                errors.append(float(game("encoder", draw).parts["distance"]))
            engine.move(turn, engine.gradients(turn, draw))
    assert sum(errors[-10:]) < 0.5 * sum(errors[:10])


def test_what_belongs_to_one_critic_is_refused() -> None:
    options = {"objective": NonSaturating(), "inputs": [], "conditioning": None}
    ModeRegularized.check(options, 16)
    with pytest.raises(UserError, match="here are two"):
        ModeRegularized.check(options | {"objective": Began()}, 16)
    with pytest.raises(UserError, match="here are two"):
        ModeRegularized.check(options | {"conditioning": AuxiliaryClassifier()}, 16)
