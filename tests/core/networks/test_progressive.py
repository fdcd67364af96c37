"""The networks of progressive growing at the sizes of the paper; their layers are held by ``test_gansynth.py``."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import torch
from torch.nn.functional import avg_pool2d, interpolate

from gansuite.errors import UserError
from gansuite.networks.progressive import ProgressiveCritic, ProgressiveGenerator

from .grid_domains import Grid, made, numbers, size

PRIOR = SimpleNamespace(size=5)
SMALL = {"dim": 8, "base": 32}


def test_the_published_networks():
    spec = Grid((3, 1024, 1024))
    with torch.device("meta"):
        generator, critic = ProgressiveGenerator(spec, SimpleNamespace(size=512)), ProgressiveCritic(spec)
        x = generator(torch.empty(2, 512))
    assert (size(generator), size(critic)) == (23_079_115, 23_087_249)
    assert generator.levels == critic.levels == 8
    assert generator.smallest == (4, 4)
    assert x.shape == (2, 3, 1024, 1024)


def test_samples_are_linear_in_their_last_layer_unless_tanh_is_asked_for():
    spec = Grid((1, 8, 8))
    plain, squashed = (made(ProgressiveGenerator, spec, PRIOR, output=each, **SMALL) for each in ("none", "tanh"))
    squashed.load_state_dict(plain.state_dict())
    z = torch.randn(3, 5, dtype=torch.float64)
    torch.testing.assert_close(squashed(z), plain(z).tanh())


def test_a_finer_level_begins_as_the_coarser_one_and_ends_as_itself():
    spec = Grid((1, 16, 16))
    generator, critic = made(ProgressiveGenerator, spec, PRIOR, **SMALL), made(ProgressiveCritic, spec, **SMALL)
    z, x = torch.randn(4, 5, dtype=torch.float64), numbers(spec, 4)
    for network, given in ((generator, z), (critic, x)):
        network.grow(1.0)
        coarse = network(given)
        network.grow(1 + 1e-9)
        torch.testing.assert_close(network(given), coarse, atol=1e-6, rtol=1e-6)
        network.grow(2 - 1e-9)
        nearly = network(given)
        network.grow(2.0)
        torch.testing.assert_close(network(given), nearly, atol=1e-6, rtol=1e-6)


def test_what_is_finer_than_the_level_is_neither_made_nor_seen():
    spec = Grid((1, 16, 16))
    generator, critic = made(ProgressiveGenerator, spec, PRIOR, **SMALL), made(ProgressiveCritic, spec, **SMALL)
    generator.grow(1.0)
    critic.grow(1.0)
    y = generator(torch.randn(4, 5, dtype=torch.float64))
    torch.testing.assert_close(interpolate(avg_pool2d(y, 2), scale_factor=2.0, mode="nearest"), y)
    x = numbers(spec, 4)
    smooth = interpolate(avg_pool2d(x, 2), scale_factor=2.0, mode="nearest")
    torch.testing.assert_close(critic(x), critic(smooth))


def test_a_size_that_cannot_be_halved_is_told_with_its_neighbours():
    with pytest.raises(UserError, match=r"progressive: 30 x 30 cannot be halved.*28 x 28 or 32 x 32"):
        ProgressiveGenerator(Grid((1, 30, 30)), PRIOR)
