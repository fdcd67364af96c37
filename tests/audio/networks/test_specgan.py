"""SpecGAN against the published tables, and against the obvious layers of torch."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import torch
from torch import nn
from torch.nn import functional

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite_audio.networks.specgan import SpecGANCritic, SpecGANGenerator
from gansuite_audio.spec import AudioSpec, SpectrogramSpec

PRIOR = SimpleNamespace(size=100)


def spec(bins, frames, channels=1):
    return SpectrogramSpec(16000, channels, bins, frames)


def count(network):
    return sum(parameter.numel() for parameter in network.parameters())


def outputs(network, *inputs):
    """Shape [channels, rows, columns] after each strided layer."""
    shapes = []
    for layer in network.layers:
        layer.register_forward_hook(lambda _module, _inputs, output: shapes.append(tuple(output.shape[1:])))
    network(*inputs)
    return shapes


@pytest.mark.parametrize("channels", [1, 2])
def test_published_sizes(channels):
    """Tables 5 and 6 of the paper: [4, 4, 16 d] to [128, 128, c], and back."""
    with torch.device("meta"):
        generator, critic = SpecGANGenerator(spec(128, 128, channels), PRIOR), SpecGANCritic(spec(128, 128, channels))
        z, x = torch.empty(2, 100), torch.empty(2, channels, 128, 128)
    if channels == 1:
        assert count(generator) == 19_065_345
        assert count(critic) == 17_427_969
    assert generator.project.out_features == 4 * 4 * 16 * 64
    assert outputs(generator, z) == [(512, 8, 8), (256, 16, 16), (128, 32, 32), (64, 64, 64), (channels, 128, 128)]
    assert outputs(critic, x) == [(64, 64, 64), (128, 32, 32), (256, 16, 16), (512, 8, 8), (1024, 4, 4)]
    assert critic(x).shape == (2,)


@pytest.mark.parametrize(
    ("bins", "frames", "start", "smallest", "steps"),
    [(128, 64, 4, (8, 4), 4), (256, 256, 4, (4, 4), 6), (96, 32, 4, (12, 4), 3), (128, 40, 4, (16, 5), 3)],
)
def test_other_sizes(bins, frames, start, smallest, steps):
    generator = SpecGANGenerator(spec(bins, frames), PRIOR, dim=1, start=start)
    critic = SpecGANCritic(spec(bins, frames), dim=1, start=start)
    assert generator.smallest == smallest
    assert len(generator.layers) == len(critic.layers) == steps
    x = generator(torch.rand(2, 100))
    assert x.shape == (2, 1, bins, frames)
    assert critic(x).shape == (2,)
    assert generator.layers[0].weight.shape[0] == min(2 ** (steps - 1), 16)  # never wider than published


def test_what_cannot_be_built():
    with pytest.raises(UserError, match="129 bins x 128 frames cannot be halved"):
        SpecGANGenerator(spec(129, 128), PRIOR)
    with pytest.raises(UserError, match=r"no spectrograms; add \[representation\]"):
        SpecGANCritic(AudioSpec(16000, 1, 8192))
    with pytest.raises(UserError, match="phase_shuffle = 8 must be below the 8 frames"):
        SpecGANCritic(spec(128, 128), dim=1, phase_shuffle=8)


def naive_generator(generator, z):
    x = generator.project(z).view(len(z), -1, *generator.smallest)
    for layer in generator.layers:
        x = torch.relu(x)
        stuffed = x.new_zeros(*x.shape[:2], x.shape[2] * 2, x.shape[3] * 2)
        stuffed[..., ::2, ::2] = x
        padded = functional.pad(stuffed, (3, 1, 3, 1))
        x = functional.conv2d(padded, layer.weight.transpose(0, 1).flip(2, 3), layer.bias)
    return torch.tanh(x)


def naive_critic(critic, x, shifts=None):
    for index, layer in enumerate(critic.layers):
        x = functional.conv2d(functional.pad(x, (1, 2, 1, 2)), layer.weight, layer.bias, 2)
        x = functional.leaky_relu(x, 0.2)
        if shifts is not None and index < len(critic.layers) - 1:
            shift, frames = shifts[index], x.shape[3]
            x = functional.pad(x, (max(shift, 0), max(-shift, 0), 0, 0), mode="reflect")
            x = x[..., max(-shift, 0) :][..., :frames]
    return critic.score(x.flatten(1)).squeeze(1)


def penalty_gradients(score, x, parameters):
    """What a gradient penalty sends to the critic, through a double backward."""
    x = x.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(score(x).sum(), x, create_graph=True)
    penalty = (gradient.flatten(1).norm(2, 1) - 1).square().mean()
    return [penalty, *torch.autograd.grad(penalty, parameters)]


class Shifts:
    """Stands for the run's random numbers where the shifts must be known: those given, in turn."""

    def __init__(self, shifts):
        self.shifts = iter(shifts)

    def integer(self, low, high):
        shift = next(self.shifts)
        assert low <= shift <= high
        return shift


def test_equal_to_the_obvious_layers():
    torch.manual_seed(0)
    shape = spec(32, 64, 2)
    generator = SpecGANGenerator(shape, PRIOR, dim=2).double()
    critic = SpecGANCritic(shape, dim=2, phase_shuffle=2).double()
    for parameter in [*generator.parameters(), *critic.parameters()]:
        nn.init.normal_(parameter, std=0.1)
    z = torch.rand(3, 100, dtype=torch.float64)
    x = generator(z)
    torch.testing.assert_close(x, naive_generator(generator, z), rtol=0, atol=1e-12)
    torch.testing.assert_close(critic(x), naive_critic(critic, x), rtol=0, atol=1e-12)
    shifts = [-2, 1]
    assert len(critic.layers) == 3
    ours = critic(x, rng=Shifts(shifts))
    torch.testing.assert_close(ours, naive_critic(critic, x, shifts), rtol=0, atol=1e-12)
    weights = [parameter for name, parameter in critic.named_parameters() if name.endswith("weight")]
    ours = penalty_gradients(lambda x: critic(x, rng=Shifts(shifts)), x.detach(), weights)
    theirs = penalty_gradients(lambda x: naive_critic(critic, x, shifts), x.detach(), weights)
    for one, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-9, atol=1e-12)


def test_phase_shuffle_is_off_as_published():
    torch.manual_seed(0)
    critic, x = SpecGANCritic(spec(32, 32), dim=2), torch.randn(2, 1, 32, 32)
    assert torch.equal(critic(x), critic(x, rng=Rng(0, "one")))
    shuffled = SpecGANCritic(spec(32, 32), dim=2, phase_shuffle=2)
    shuffled.load_state_dict(critic.state_dict())
    assert torch.equal(shuffled(x), critic(x))  # nor in evaluation
    assert not torch.equal(shuffled(x, rng=Rng(0, "one")), shuffled(x, rng=Rng(0, "other")))
