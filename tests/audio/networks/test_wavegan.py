"""WaveGAN against its published tables, and against the obvious layers of torch."""

from __future__ import annotations

import itertools
from types import SimpleNamespace

import pytest
import torch
from torch import nn
from torch.nn import functional

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.priors.uniform import Uniform
from gansuite_audio.networks.wavegan import WaveGANCritic, WaveGANGenerator, strides
from gansuite_audio.spec import SpectrogramSpec

PRIOR = SimpleNamespace(size=100)


class Shifts:
    """Stands for the run's random numbers where the shifts must be known: those given, in turn."""

    def __init__(self, *shifts):
        self.shifts = itertools.cycle(shifts)

    def integer(self, low, high):
        shift = next(self.shifts)
        assert low <= shift <= high
        return shift

    def integers(self, low, high, n):
        return torch.tensor([next(self.shifts) for _ in range(n)]).clamp(low, high - 1)


def spec(length, channels=1):
    return SimpleNamespace(shape=(channels, length))


def count(network):
    return sum(parameter.numel() for parameter in network.parameters())


def outputs(network, *inputs):
    """Shape [time, channels] after each strided layer."""
    shapes = []
    for layer in network.layers:
        layer.register_forward_hook(lambda _module, _inputs, output: shapes.append(tuple(output.shape[1:])))
    network(*inputs)
    return shapes


def test_published_parameter_counts():
    with torch.device("meta"):
        assert count(WaveGANGenerator(spec(16384), PRIOR)) == 19_065_345
        assert count(WaveGANCritic(spec(16384))) == 17_427_969


def test_parameter_counts_of_longer_sounds():
    """Both lengths have the same layers but for one stride; sums over the table of the authors' code."""
    wide = [2048, 1024, 512, 256, 128, 64, 1]
    up = 100 * 16 * 2048 + 16 * 2048 + sum(25 * a * b + b for a, b in itertools.pairwise(wide))
    down = sum(25 * a * b + a for a, b in itertools.pairwise(wide)) + 16 * 2048 + 1
    for length in (32768, 65536):
        with torch.device("meta"):
            assert count(WaveGANGenerator(spec(length), PRIOR)) == up == 73_149_953
            assert count(WaveGANCritic(spec(length))) == down == 69_875_201


@pytest.mark.parametrize(
    ("length", "frames"), [(8192, 16), (20480, 20), (131072, 16), (48000, 375), (44100, 11025), (65536 * 4, 16)]
)
def test_any_product_of_strides_in_stereo(length, frames):
    """Up to six seconds at 44.1 kHz; 48,000 and 44,100 samples are whole seconds."""
    with torch.device("meta"):
        generator = WaveGANGenerator(spec(length, 2), PRIOR, dim=4, frames=frames)
        critic = WaveGANCritic(spec(length, 2), dim=4, frames=frames)
        x = generator(torch.empty(3, 100))
    assert x.shape == (3, 2, length)
    assert critic(x).shape == (3,)


@pytest.mark.parametrize("taps", [512, 5])
@pytest.mark.parametrize("channels", [1, 2])
def test_post_filter(taps, channels):
    """After the tanh, one kernel a channel, no bias, 255 zeros before and 256 after for 512 taps."""
    torch.manual_seed(0)
    plain = WaveGANGenerator(spec(1024, channels), PRIOR, dim=2).double()
    generator = WaveGANGenerator(spec(1024, channels), PRIOR, dim=2, post_filter=taps).double()
    missing, extra = generator.load_state_dict(plain.state_dict(), strict=False)
    assert (missing, extra) == (["post_filter.weight"], [])
    assert count(generator) == count(plain) + channels * taps
    z = torch.rand(2, 100, dtype=torch.float64)
    x, kernels = plain(z), generator.post_filter.weight[:, 0]
    padded = functional.pad(x, ((taps - 1) // 2, taps // 2))
    expected = (padded.unfold(2, taps, 1) * kernels[:, None]).sum(3)
    torch.testing.assert_close(generator(z), expected, rtol=0, atol=1e-12)
    bound = (3 / taps) ** 0.5
    assert 0.9 * bound < kernels.abs().max() <= bound or taps == 5


GENERATOR = {
    16384: [(64, 8), (256, 4), (1024, 2), (4096, 1)],
    32768: [(64, 16), (256, 8), (1024, 4), (4096, 2), (16384, 1)],
    65536: [(64, 16), (256, 8), (1024, 4), (4096, 2), (16384, 1)],
}
CRITIC = {
    16384: [(4096, 1), (1024, 2), (256, 4), (64, 8), (16, 16)],
    32768: [(8192, 1), (2048, 2), (512, 4), (128, 8), (32, 16), (16, 32)],
    65536: [(16384, 1), (4096, 2), (1024, 4), (256, 8), (64, 16), (16, 32)],
}


@pytest.mark.parametrize("length", GENERATOR)
@pytest.mark.parametrize("channels", [1, 2])
def test_published_layers(length, channels):
    dim = 64
    with torch.device("meta"):
        generator, critic = WaveGANGenerator(spec(length, channels), PRIOR), WaveGANCritic(spec(length, channels))
        z, x = torch.empty(2, 100), torch.empty(2, channels, length)
    assert generator.project.out_features == 16 * GENERATOR[length][0][1] * 2 * dim
    wide = [(time, width * dim) for time, width in GENERATOR[length]]
    assert outputs(generator, z) == [*wide, (length, channels)]
    assert outputs(critic, x) == [(time, width * dim) for time, width in CRITIC[length]]
    assert generator(z).shape == x.shape
    assert critic(x).shape == (2,)


def test_lengths():
    assert strides(4096) == (4, 4, 4, 4)
    assert strides(8192) == (4, 4, 4, 4, 2)
    assert strides(131072)[-1] == 2
    assert strides(11025 * 4, frames=11025) == (4,)
    with pytest.raises(UserError, match="choose 4096 or 8192"):
        strides(5000)
    with pytest.raises(UserError, match="choose 32"):
        strides(16)
    with pytest.raises(UserError, match="phase_shuffle"):
        WaveGANCritic(spec(512), phase_shuffle=16)


def naive_generator(generator, z):
    x = generator.project(z).view(len(z), 16, -1).transpose(1, 2)
    for layer in generator.layers:
        weight = layer.weight.permute(2, 0, 1)
        left = (25 - layer.stride) // 2
        x = functional.conv_transpose1d(torch.relu(x), weight, layer.bias, layer.stride, padding=left)[..., :-1]
    return torch.tanh(x)


def naive_critic(critic, x, shifts):
    for index, layer in enumerate(critic.layers):
        left, right = (25 - layer.stride) // 2, 25 - layer.stride - (25 - layer.stride) // 2
        weight = layer.weight.transpose(1, 2)
        x = functional.conv1d(functional.pad(x, (left, right)), weight, layer.bias, layer.stride)
        x = functional.leaky_relu(x, 0.2)
        if index < min(4, len(critic.layers) - 1):
            shift = next(shifts)
            padded = functional.pad(x, (max(shift, 0), max(-shift, 0)), mode="reflect")
            x = padded[..., max(-shift, 0) :][..., : x.shape[-1]]
    return critic.score(x.transpose(1, 2).flatten(1)).squeeze(1)


def penalty_gradients(score, x, parameters):
    """What a gradient penalty sends to the critic, through a double backward."""
    x = x.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(score(x).sum(), x, create_graph=True)
    penalty = (gradient.flatten(1).norm(2, 1) - 1).square().mean()
    return [penalty, *torch.autograd.grad(penalty, parameters)]


@pytest.mark.parametrize("length", [4096, 8192, 16384])
def test_equal_to_the_obvious_layers(length):
    torch.manual_seed(0)
    generator = WaveGANGenerator(spec(length), PRIOR, dim=2).double()
    critic = WaveGANCritic(spec(length), dim=2).double()
    for parameter in [*generator.parameters(), *critic.parameters()]:
        nn.init.normal_(parameter, std=0.1)
    z = torch.rand(3, 100, dtype=torch.float64)
    x = generator(z)
    torch.testing.assert_close(x, naive_generator(generator, z), rtol=0, atol=1e-12)
    shifts = [1, -2, 0, 2]
    torch.testing.assert_close(
        critic(x, rng=Shifts(*shifts)), naive_critic(critic, x, iter(shifts)), rtol=0, atol=1e-12
    )
    weights = [parameter for name, parameter in critic.named_parameters() if name.endswith("weight")]
    ours = penalty_gradients(lambda x: critic(x, rng=Shifts(*shifts)), x.detach(), weights)
    theirs = penalty_gradients(lambda x: naive_critic(critic, x, iter(shifts)), x.detach(), weights)
    for one, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("mode", ["batch", "sample"])
def test_phase_shuffle_is_active_and_off_in_evaluation(mode):
    torch.manual_seed(0)
    critic = WaveGANCritic(spec(1024), dim=4, shuffle_mode=mode)
    x = torch.randn(3, 1, 1024)
    assert torch.equal(critic(x), critic(x, rng=Shifts(0)))
    assert (critic(x, rng=Rng(0, "one")) != critic(x, rng=Rng(0, "other"))).all()
    assert torch.equal(critic(x, rng=Rng(0, "one")), critic(x, rng=Rng(0, "one")))
    fixed = WaveGANCritic(spec(1024), dim=4, phase_shuffle=0)
    fixed.load_state_dict(critic.state_dict())
    assert torch.equal(fixed(x, rng=Shifts(9)), critic(x))


def test_nearest_upsampling_has_the_same_parameters():
    torch.manual_seed(0)
    network = WaveGANGenerator(spec(512), PRIOR, dim=2, upsample="nearest")
    assert count(network) == count(WaveGANGenerator(spec(512), PRIOR, dim=2))
    assert network(torch.rand(2, 100)).shape == (2, 1, 512)


def test_spectrograms_are_refused_with_the_network_that_takes_them() -> None:
    spec = SpectrogramSpec(16000, 1, 128, 128)
    with pytest.raises(UserError, match=r"wavegan: samples of shape \[1, 128, 128\] are no waveforms; leave"):
        WaveGANCritic(spec)
    with pytest.raises(UserError, match=r"or choose the network specgan"):
        WaveGANGenerator(spec, Uniform(spec, size=4))
