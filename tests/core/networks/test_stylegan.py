"""StyleGAN's generator: the published sizes, styles layer by layer, noise, mixing, truncation."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import torch
from torch import nn
from torch.nn.functional import conv2d, leaky_relu

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.networks.stylegan import StyleGANGenerator, blurred
from gansuite.priors.latent import Latent
from gansuite.priors.normal import Normal

from .grid_domains import Grid, made, size

SPEC = Grid((2, 16, 8))  # 8 x 4, doubled once: 4 layers of style
SMALL = {"dim": 6, "base": 16, "style": 5, "layers": 2}
PRIOR = Normal(SPEC, size=3)


def network(spec=SPEC, prior=PRIOR, drawn=True, **options):
    """Double precision; every parameter drawn, noise strengths and biases too."""
    generator = made(StyleGANGenerator, spec, prior, **SMALL, **options).eval()
    if drawn:
        stream = torch.Generator().manual_seed(1)
        for parameter in generator.parameters():
            nn.init.normal_(parameter, generator=stream)
    return generator


def latents(n=4, seed=0, prior=PRIOR):
    return Rng(seed, "z").normal(n, prior.size).double()


def test_the_published_network():
    with torch.device("meta"):
        generator = StyleGANGenerator(Grid((3, 1024, 1024)), Normal(SPEC, size=512))
        x = generator(torch.empty(2, 512))
    assert size(generator) == 26_219_627
    assert size(generator.mapping) == 2_101_248
    assert generator.places == 18
    assert x.shape == (2, 3, 1024, 1024)


def test_the_mapping_is_as_published():
    generator, z = network(), latents()
    w = z / (z.square().mean(1, keepdim=True) + 1e-8).sqrt()
    for layer in generator.mapping:
        scale = (2 / layer.weight.shape[1]) ** 0.5 * 0.01
        w = leaky_relu(w @ (layer.weight * scale).T + 0.01 * layer.bias, 0.2)
    torch.testing.assert_close(generator.map(z), w)


def naive_styled(layer, x, style, noise):
    x = leaky_relu(x + layer.strength * noise + layer.bias, 0.2)
    x = (x - x.mean((2, 3), keepdim=True)) / (x.var((2, 3), correction=0, keepdim=True) + 1e-8).sqrt()
    moments = style @ (layer.affine.weight / style.shape[1] ** 0.5).T + layer.affine.bias
    scale, shift = moments.chunk(2, 1)
    return (1 + scale)[:, :, None, None] * x + shift[:, :, None, None]


def test_the_synthesis_is_the_obvious_one():
    generator, z = network(), latents()
    styles = torch.stack([generator.map(latents(seed=i)) for i in range(4)], 1)
    noise = Rng(7, "noise")
    weight = lambda layer, gain=2.0: layer.weight * (gain / layer.weight[0].numel()) ** 0.5  # noqa: E731
    x = generator.constant.expand(4, -1, -1, -1)
    x = naive_styled(generator.first, x, styles[:, 0], noise.normal(4, 1, 8, 4).double())
    x = conv2d(x, weight(generator.convolve), padding=1)
    x = naive_styled(generator.second, x, styles[:, 1], noise.normal(4, 1, 8, 4).double())
    block = generator.blocks[0]
    x = x.repeat_interleave(2, 2).repeat_interleave(2, 3)
    x = blurred(conv2d(x, weight(block.enlarge), padding=1))
    x = naive_styled(block.first, x, styles[:, 2], noise.normal(4, 1, 16, 8).double())
    x = naive_styled(
        block.second, conv2d(x, weight(block.convolve), padding=1), styles[:, 3], noise.normal(4, 1, 16, 8).double()
    )
    last = generator.samples[1]
    expected = conv2d(x, weight(last, 1.0), last.bias)
    torch.testing.assert_close(generator.synthesise(styles, Rng(7, "noise")), expected)
    assert not torch.allclose(generator(z), expected)


def test_the_blur_keeps_constants_inside_and_weighs_by_binomials():
    x = torch.zeros(1, 1, 5, 5)
    x[0, 0, 2, 2] = 16
    expected = torch.tensor([[1.0, 2.0, 1.0], [2.0, 4.0, 2.0], [1.0, 2.0, 1.0]])
    torch.testing.assert_close(blurred(x)[0, 0, 1:4, 1:4], expected)
    torch.testing.assert_close(blurred(torch.ones(1, 2, 5, 5))[:, :, 1:4, 1:4], torch.ones(1, 2, 3, 3))


@pytest.mark.parametrize("place", range(4))
def test_a_style_reaches_its_own_layer_and_what_follows(place):
    generator = network()
    styles = generator.styles(latents()).clone()
    seen = {}
    layers = [generator.first, generator.second, generator.blocks[0].first, generator.blocks[0].second]
    hooks = [
        layer.register_forward_hook(lambda _, __, y, i=i: seen.setdefault(i, []).append(y))
        for i, layer in enumerate(layers)
    ]
    generator.synthesise(styles)
    styles[:, place] += 1
    generator.synthesise(styles)
    for hook in hooks:
        hook.remove()
    assert [torch.equal(*seen[i]) for i in range(4)] == [i < place for i in range(4)]


def test_noise_is_details_only_where_it_has_strength():
    generator, z = network(drawn=False), latents()  # strengths begin at 0
    assert torch.equal(generator(z, None, Rng(0, "noise")), generator(z))
    nn.init.ones_(generator.blocks[0].second.strength)
    first, second = (generator(z, None, Rng(seed, "noise")) for seed in (0, 1))
    assert not torch.equal(first, second)
    assert torch.equal(generator(z), generator(z))


def test_samples_in_training_are_of_one_latent_or_of_two_with_a_crossover():
    generator, n = network(mixing=0.9).train(), 4000
    crossed = generator.crossed(n, Rng(0, "cross"))
    assert not crossed[:, 0].any()  # the first layer is always of the sample's own latent
    assert bool((crossed[:, 1:].int().diff(dim=1) >= 0).all())  # and from some layer on all are of the other
    of_two = crossed.any(1).double().mean()
    assert abs(of_two - 0.9) < 4 * (0.09 / n) ** 0.5
    lengths = crossed[crossed.any(1)].sum(1).bincount(minlength=4)[1:].double()
    assert bool((abs(lengths / lengths.sum() - 1 / 3) < 4 * (2 / 9 / lengths.sum()) ** 0.5).all())


def test_mixing_keeps_both_latents_styles():
    generator, z = network(mixing=1.0).train(), latents()
    styles, own = generator.styles(z, Rng(3, "mix")), generator.map(z)
    other = generator.map(PRIOR.sample(4, Rng(3, "mix")).double())
    assert torch.equal(styles[:, 0], own)
    assert torch.equal(styles[:, 3], other)
    plain = network(mixing=0.0).train()
    assert torch.equal(plain.styles(z, Rng(3, "mix")), plain.styles(z))
    assert torch.equal(generator.eval().styles(z, Rng(3, "mix")), own[:, None].expand(-1, 4, -1))


def test_mixing_keeps_the_code():
    prior = Latent(PRIOR.size + 2, PRIOR)
    generator = network(prior=SimpleNamespace(size=5, prior=PRIOR), mixing=1.0).train()
    z = torch.cat([latents(), torch.eye(2, dtype=torch.float64)[[0, 1, 1, 1]]], 1)
    assert prior.size == z.shape[1]
    drawn = PRIOR.sample(4, Rng(3, "mix")).double()
    expected = generator.map(torch.cat([drawn, z[:, 3:]], 1))
    torch.testing.assert_close(generator.styles(z, Rng(3, "mix"))[:, 3], expected)


def test_truncation_draws_styles_to_their_mean():
    generator, z = network(), latents(3)
    w = generator.map(z)
    with generator.truncate(0.0):
        one = generator(z)
        mean = generator.styles(z)[0, 0]
    torch.testing.assert_close(one, one[:1].expand_as(one))
    large = generator.map(Rng(5, "many").normal(100_000, 3).double())
    assert bool((abs(mean - large.mean(0)) < 5 * large.std(0) / 4096**0.5).all())
    with generator.truncate(0.25):
        torch.testing.assert_close(generator.styles(z)[:, 2], mean + 0.25 * (w - mean))
    assert torch.equal(generator.styles(z)[:, 2], w)  # and nothing is left of it
    with pytest.raises(UserError, match="give 0 or more"), generator.truncate(-1.0):
        pass


def test_truncation_keeps_the_class():
    generator = network(prior=SimpleNamespace(size=5, prior=PRIOR))
    codes = torch.eye(2, dtype=torch.float64)[[0, 1, 1]]
    with generator.truncate(0.0):
        a, b, c = generator(torch.cat([latents(3), codes], 1))
    assert torch.equal(b, c)
    assert not torch.allclose(a, b)


def test_levels_blend_and_go_with_the_checkpoint():
    generator, z = network(), latents()
    generator.grow(0.0)
    coarse = generator(z)
    torch.testing.assert_close(coarse[:, :, ::2, ::2], coarse[:, :, 1::2, 1::2])
    generator.grow(1.0)
    fine = generator(z)
    generator.grow(0.25)
    torch.testing.assert_close(generator(z), 0.75 * coarse + 0.25 * fine)
    other = network(drawn=False)
    other.load_state_dict(generator.state_dict())
    assert other.level == 0.25
    assert torch.equal(other(z), generator(z))
