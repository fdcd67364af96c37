"""GANSynth's networks: the published sizes, the obvious layers, and growth."""

from __future__ import annotations

import itertools
from types import SimpleNamespace

import pytest
import torch
from torch import nn
from torch.nn import functional

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.games.gan import Gan
from gansuite.games.networks import Networks
from gansuite.growth.progressive import Progressive
from gansuite.networks.progressive import filters
from gansuite.objectives.wasserstein import Wasserstein
from gansuite.priors.normal import Normal
from gansuite.spaces import TensorSpace
from gansuite_audio.networks.gansynth import GANSynthCritic, GANSynthGenerator
from gansuite_audio.spec import SpectrogramSpec

SPEC = SpectrogramSpec(16000, 2, 16, 32)  # 2 x 4, doubled three times
PRIOR = SimpleNamespace(size=6)


def small(seed=0, dim=8, base=64):
    """Both networks in double precision, with every parameter drawn (biases too)."""
    torch.manual_seed(seed)
    generator = GANSynthGenerator(SPEC, PRIOR, dim=dim, base=base).double()
    critic = GANSynthCritic(SPEC, dim=dim, base=base).double()
    for parameter in [*generator.parameters(), *critic.parameters()]:
        nn.init.normal_(parameter)
    z = torch.randn(4, PRIOR.size, dtype=torch.float64)
    return generator, critic, z


def count(network):
    return sum(parameter.numel() for parameter in network.parameters())


def test_published_filters():
    assert [filters(block, 256, 4096) for block in range(8)] == [256, 256, 256, 256, 256, 128, 64, 32]
    assert filters(20, 256, 4096) == 1


@pytest.mark.parametrize(("bins", "frames", "start", "smallest"), [(128, 1024, 2, (2, 16)), (256, 512, 4, (4, 8))])
def test_published_sizes(bins, frames, start, smallest):
    spec, prior = SpectrogramSpec(16000, 2, bins, frames), SimpleNamespace(size=256 + 61)
    with torch.device("meta"):
        generator, critic = GANSynthGenerator(spec, prior, start=start), GANSynthCritic(spec, start=start)
        x = generator(torch.empty(2, prior.size))
    assert generator.smallest == smallest
    assert generator.levels == critic.levels == 6
    assert x.shape == (2, 2, bins, frames)
    assert critic(x).shape == (2,)
    assert critic.width == 256
    wide, places = [256, 256, 256, 256, 128, 64, 32], smallest[0] * smallest[1]
    pairs = list(itertools.pairwise(wide))
    first = 317 * 256 * places + 256 + (9 * 256 * 256 + 256)
    blocks = sum(9 * a * b + b + 9 * b * b + b for a, b in pairs)
    assert count(generator) == first + blocks + sum(2 * w + 2 for w in wide)
    last = (9 * 257 * 256 + 256) + (256 * places * 256 + 256) + (256 + 1)
    blocks = sum(9 * b * b + b + 9 * b * a + a for a, b in pairs)
    assert count(critic) == last + blocks + sum(2 * w + w for w in wide)


def normed(x):
    return x / (x.square().mean(1, keepdim=True) + 1e-8).sqrt()


def convolved(layer, x, gain=2.0):
    """He's constant at run time."""
    weight = layer.weight * (gain / layer.weight[0].numel()) ** 0.5
    return functional.conv2d(x, weight, layer.bias, padding=layer.weight.shape[-1] // 2)


def rectified(x):
    return functional.leaky_relu(x, 0.2)


def naive_generator(generator, z, level):
    """The network cut after ``level`` doublings, as published: a "VALID" convolution of the latent amid zeros first."""
    rows, columns = generator.smallest
    x = normed(z)[:, :, None, None]
    x = functional.pad(x, (columns - 1, columns - 1, rows - 1, rows - 1))
    kernel = generator.project.weight.unflatten(0, (-1, rows, columns)).permute(0, 3, 1, 2).flip(2, 3)
    scale = (2 / kernel[0].numel()) ** 0.5
    x = normed(rectified(functional.conv2d(x, kernel * scale) + generator.bias))
    x = normed(rectified(convolved(generator.first[2], x)))
    for block in generator.blocks[:level]:
        x = x.repeat_interleave(2, 2).repeat_interleave(2, 3)
        x = normed(rectified(convolved(block[0], x)))
        x = normed(rectified(convolved(block[3], x)))
    return torch.tanh(convolved(generator.samples[level], x, gain=1.0))


def enlarged(x, factor):
    return x.repeat_interleave(factor, 2).repeat_interleave(factor, 3)


def naive_critic(critic, x, level):
    """The critic that begins ``level`` doublings above its smallest map."""
    y = rectified(convolved(critic.readers[level], functional.avg_pool2d(x, 2 ** (critic.levels - level))))
    return critic.head(naive_last(critic, naive_blocks(critic, y, level)))


def naive_blocks(critic, y, level, end=0):
    for block in reversed(critic.blocks[end:level]):
        y = rectified(convolved(block[0], y))
        y = functional.avg_pool2d(rectified(convolved(block[2], y)), 2)
    return y


def naive_last(critic, y):
    spread = (y.var(0, correction=0) + 1e-8).sqrt().mean() - 1e-4
    y = torch.cat([y, spread.expand(len(y), 1, *y.shape[2:])], 1)
    y = rectified(convolved(critic.last[1], y)).flatten(1)
    layer = critic.last[4]
    return rectified(functional.linear(y, layer.weight * (2 / y.shape[1]) ** 0.5, layer.bias))


@pytest.mark.parametrize("level", range(4))
def test_at_a_whole_level_the_network_is_the_one_cut_there(level):
    generator, critic, z = small()
    generator.grow(float(level))
    critic.grow(float(level))
    x = generator(z)
    cut = naive_generator(generator, z, level)
    assert cut.shape[2:] == (2 * 2**level, 4 * 2**level)
    torch.testing.assert_close(x, enlarged(cut, 2 ** (3 - level)), rtol=0, atol=1e-12)
    noise = torch.randn_like(x)
    torch.testing.assert_close(critic(noise), naive_critic(critic, noise, level), rtol=1e-10, atol=1e-12)
    score = critic.features(noise) @ (critic.score.weight[0] / critic.width**0.5) + critic.score.bias
    torch.testing.assert_close(critic(noise), score)  # a gain of one before nothing


@pytest.mark.parametrize("share", [0.25, 0.5])
def test_between_levels_both_are_blended(share):
    generator, critic, z = small()
    generator.grow(1 + share)
    critic.grow(1 + share)
    x = generator(z)
    coarse, fine = naive_generator(generator, z, 1), naive_generator(generator, z, 2)
    torch.testing.assert_close(x, (1 - share) * enlarged(coarse, 4) + share * enlarged(fine, 2), rtol=0, atol=1e-12)
    noise = torch.randn_like(x)
    read = [rectified(convolved(critic.readers[k], functional.avg_pool2d(noise, 2 ** (3 - k)))) for k in range(3)]
    y = (1 - share) * read[1] + share * naive_blocks(critic, read[2], 2, end=1)
    score = critic.head(naive_last(critic, naive_blocks(critic, y, 1)))
    torch.testing.assert_close(critic(noise), score, rtol=1e-10, atol=1e-12)


def test_fading_is_continuous():
    generator, critic, z = small()
    noise = torch.randn(4, *SPEC.shape, dtype=torch.float64)
    for level in (1.0, 2.0, 3.0):
        values = []
        for at in (level - 1e-9, level, level + 1e-9):
            generator.grow(min(at, 3.0))
            critic.grow(min(at, 3.0))
            values.append(torch.cat([generator(z).flatten(), critic(noise)]))
        torch.testing.assert_close(values[0], values[1], rtol=0, atol=1e-6)
        torch.testing.assert_close(values[2], values[1], rtol=0, atol=1e-6)


def active(network, output):
    """Names of the parameters that a gradient reaches."""
    names, parameters = zip(*network.named_parameters(), strict=True)
    gradients = torch.autograd.grad(output.sum(), parameters, allow_unused=True)
    return {name for name, gradient in zip(names, gradients, strict=True) if gradient is not None}


def test_a_gradient_reaches_the_blocks_that_play():
    generator, critic, z = small()
    both = {network: set() for network in (generator, critic)}
    for level, blocks, samples in ((0.0, 0, {0}), (1.0, 1, {1}), (1.5, 2, {1, 2}), (2.0, 2, {2}), (3.0, 3, {3})):
        for network, value in ((generator, z), (critic, torch.randn(4, *SPEC.shape, dtype=torch.float64))):
            network.grow(level)
            names = active(network, network(value))
            edge = "samples" if network is generator else "readers"
            assert {int(name.split(".")[1]) for name in names if name.startswith("blocks")} == set(range(blocks))
            assert {int(name.split(".")[1]) for name in names if name.startswith(edge)} == samples
            both[network] |= names
    for network, names in both.items():  # nothing but an edge of another level is ever idle
        assert names == {name for name, _ in network.named_parameters()}


def test_a_checkpoint_knows_its_level():
    generator, _critic, z = small()
    generator.grow(1.25)
    other = small(seed=1)[0]
    other.load_state_dict(generator.state_dict())
    assert other.level == 1.25
    assert torch.equal(other(z), generator(z))


def test_real_samples_are_blended_as_generated_ones():
    """In a fade the critic cannot tell a real sample from itself made by a generator of that level."""
    generator, critic, _ = small()
    prior = Normal(SPEC, size=PRIOR.size)
    growth = Progressive(stable=2, fade=4)
    networks = Networks.fixed({"generator": generator, "critic": critic}, SPEC, prior)
    game = Gan(networks, prior, TensorSpace(), objective=Wasserstein(), growth=growth)
    game.at(6 + 2 + 1)  # level 1 + 1/4
    assert generator.level == critic.level == 1.25
    x = torch.randn(4, *SPEC.shape, dtype=torch.float64)
    shown = growth.blended(x)
    one, two = (functional.avg_pool2d(x, factor) for factor in (4, 2))
    torch.testing.assert_close(shown, 0.75 * enlarged(one, 4) + 0.25 * enlarged(two, 2))


def test_a_collapsed_batch_shows_itself():
    _, critic, _ = small()
    x = torch.randn(1, *SPEC.shape, dtype=torch.float64)
    alone, same = critic(x), critic(x.expand(4, -1, -1, -1))
    torch.testing.assert_close(same, alone.expand(4))
    mixed = critic(torch.cat([x, torch.randn(3, *SPEC.shape, dtype=torch.float64)]))
    assert (mixed[0] - alone).abs() > 1e-6


def test_the_scale_of_a_latent_does_not_matter():
    generator, _, z = small()
    torch.testing.assert_close(generator(3 * z), generator(z), rtol=1e-6, atol=1e-6)


def test_what_cannot_be_built():
    with pytest.raises(UserError, match="gansynth: 129 bins x 64 frames cannot be halved"):
        GANSynthGenerator(SpectrogramSpec(16000, 2, 129, 64), PRIOR)


def test_a_batch_in_groups():
    torch.manual_seed(0)
    critic = GANSynthCritic(SPEC, dim=8, base=64, group=2)
    x = Rng(0, "x").normal(4, *SPEC.shape)
    pairs = torch.stack([critic(x[[0, 2]]), critic(x[[1, 3]])], 1).flatten()  # strided over the batch
    torch.testing.assert_close(critic(x), pairs)
