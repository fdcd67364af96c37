"""The networks in games: recipes that play them, without a device and with the penalties they are used with."""

from __future__ import annotations

import pytest
import torch
from torch.nn.functional import avg_pool2d

from gansuite.engine.rng import Rng
from gansuite.networks.patch import PatchCritic
from gansuite.plugins.registry import registry
from gansuite.recipes import read
from gansuite.testing.device import META, OneDevice, play_on_meta
from gansuite_audio.networks.gansynth import GANSynthCritic, GANSynthGenerator
from gansuite_audio.networks.specgan import SpecGANCritic, SpecGANGenerator
from gansuite_audio.priors.pitch import Pitch
from gansuite_audio.spec import SpectrogramSpec

PICTURE = SpectrogramSpec(16000, 2, 32, 64)
SMALL = ["data.batch_size=4", "players.generator.dim=2", "players.critic.dim=2", "data.length=2048"]
PERCEPTRON = 'name="toy/mlp", optimizer={name="adam", lr=2e-4}'
HINGE = ['game={name="gan", objective="hinge", penalties=[{name="drift"}]}', "dynamics.moves.critic=1"]
RECIPES = {
    "perceptrons": [
        "data.batch_size=4",
        "data.length=1024",
        f'players.generator={{{PERCEPTRON}, output="tanh"}}',
        f"players.critic={{{PERCEPTRON}}}",
    ],
    "post filter": [*SMALL, "players.generator.post_filter=64"],
    "pitch": [*SMALL, 'prior={name="pitch", size=8}'],
    "scales": [*SMALL, 'players.critic={name="multi-scale", dim=4, optimizer={name="adam", lr=2e-4}}', *HINGE],
    "periods": [*SMALL, 'players.critic={name="multi-period", dim=2, optimizer={name="adam", lr=2e-4}}', *HINGE],
    "scales with a penalty": [*SMALL, 'players.critic={name="multi-scale", dim=4, optimizer={name="adam", lr=2e-4}}'],
}


@pytest.mark.parametrize("name", RECIPES)
def test_a_step_of_a_recipe_needs_no_host(name):
    experiment = play_on_meta(read("wavegan", RECIPES[name]))
    notes = experiment.engine.ledger.notes
    assert {"critic/cost", "generator/cost"} <= set(notes)
    assert all(value.device.type == "meta" for values in notes.values() for value in values)


PLAYERS = {
    "specgan": (SpecGANGenerator, {"dim": 2}, SpecGANCritic, {"dim": 2, "phase_shuffle": 1}, None),
    "gansynth": (GANSynthGenerator, {"dim": 4, "base": 16}, GANSynthCritic, {"dim": 4, "base": 16}, None),
    "growing": (GANSynthGenerator, {"dim": 4, "base": 16}, GANSynthCritic, {"dim": 4, "base": 16}, 1.5),
    "patch": (SpecGANGenerator, {"dim": 2}, PatchCritic, {"dim": 2}, None),
}


@pytest.mark.parametrize("name", PLAYERS)
def test_spectrograms_and_a_penalty_need_no_host(name):
    generator, first, critic, second, level = PLAYERS[name]
    with torch.device(META):
        generator, critic = generator(PICTURE, Pitch(PICTURE), **first), critic(PICTURE, **second)
        z = torch.empty(4, 317)
    if level is not None:
        generator.level = critic.level = level
    with OneDevice():
        x = generator(z)
        score = critic(x, None, Rng(0, "critic", device=META))
        (slope,) = torch.autograd.grad(score.sum(), x, create_graph=True)
        penalty = (slope.flatten(1).norm(dim=1) - 1).square().mean()
        parameters = [each for each in critic.parameters() if each.dim() > 1]
        gradients = torch.autograd.grad(penalty, parameters, allow_unused=True)
    assert sum(each is not None for each in gradients) > 3


def test_bf16():
    """Autocast leaves samples, and scores where they are one a sample, in fp32, and all of them near themselves."""
    for generator, _, critic, _, _ in PLAYERS.values():
        torch.manual_seed(0)
        generator, critic = generator(PICTURE, Pitch(PICTURE), dim=32), critic(PICTURE, dim=32)
        z = Pitch(PICTURE).sample(4, Rng(0, "z"))
        with torch.autocast("cpu", torch.bfloat16):
            x = generator(z)
            score = critic(x)
            score.sum().backward()
        assert x.dtype == torch.float32
        assert (x - generator(z)).abs().mean() < 0.02
        assert hasattr(critic, "several") or score.dtype == torch.float32
        assert all(each.grad is None or each.grad.isfinite().all() for each in critic.parameters())


def test_the_critic_at_a_level_sees_means_alone():
    """What a penalty's slope is: the same for all values of one block, 4^-steps of the slope at the mean."""
    torch.manual_seed(0)
    critic = GANSynthCritic(PICTURE, dim=4, base=64).double()
    critic.grow(1.0)
    x = torch.randn(4, *PICTURE.shape, dtype=torch.float64, requires_grad=True)
    (slope,) = torch.autograd.grad(critic(x).sum(), x)
    block = 2 ** (critic.levels - 1)
    means = avg_pool2d(slope, block)
    torch.testing.assert_close(slope, means.repeat_interleave(block, 2).repeat_interleave(block, 3))


@pytest.mark.parametrize("name", ["specgan", "gansynth", "multi-scale", "multi-period", "patch"])
def test_the_plugin_offers_them(name):
    assert registry().bind("critic", f"audio/{name}", "[players.critic]")
