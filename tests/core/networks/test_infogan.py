"""The one architecture of a comparison: the layers and the sizes of the published code, along one axis or two."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.games.game import couples_batch
from gansuite.networks.infogan import InfoGANAutoencoder, InfoGANCritic, InfoGANEncoder, InfoGANGenerator
from gansuite.priors.normal import Normal
from gansuite.testing.contracts import CriticContract, GeneratorContract
from gansuite_toy.spec import ImageSpec, PointsSpec, SignalSpec

PICTURES = ImageSpec(height=28, width=28)
SMALL = ImageSpec(height=8, width=12, channels=2)
SIGNALS = SignalSpec(length=16, channels=2)
PRIOR = Normal(PICTURES, size=64)


def size(network: nn.Module) -> int:
    return sum(p.numel() for p in network.parameters())


class TestGenerator(GeneratorContract):
    spec, prior = SMALL, Normal(SMALL, size=3)

    def make(self) -> nn.Module:
        return InfoGANGenerator(self.spec, self.prior, dim=4, hidden=8)


class TestGeneratorOfSignals(GeneratorContract):
    spec, prior = SIGNALS, Normal(SIGNALS, size=3)

    def make(self) -> nn.Module:
        return InfoGANGenerator(self.spec, self.prior, dim=4, hidden=8, norm="none", output="none")


class TestCritic(CriticContract):
    spec = SMALL

    def make(self) -> nn.Module:
        return InfoGANCritic(self.spec, dim=4, hidden=8, norm="none")


class TestAutoencoder(CriticContract):
    spec = SIGNALS

    def make(self) -> nn.Module:
        return InfoGANAutoencoder(self.spec, dim=4, code=6, output="none")


def test_the_sizes_are_those_of_the_published_layers() -> None:
    """At 32 x 32 with three channels the authors' code says 8.5 M for the critic and 1.3 M for the autoencoder."""
    colours = ImageSpec(height=32, width=32, channels=3)
    first, second = 16 * 3 * 64 + 64, 16 * 64 * 128 + 128
    critic = first + second + (64 * 128 + 1) * 1024 + 1025
    assert size(InfoGANCritic(colours, norm="none")) == critic == 8_524_993
    code, back = 64 * 128 * 64 + 64, 64 * 64 * 128 + 64 * 128
    autoencoder = first + second + code + back + (16 * 128 * 64 + 64) + (16 * 64 * 3 + 3)
    assert size(InfoGANAutoencoder(colours)) == autoencoder == 1_325_379
    linear = (64 + 1) * 1024 + (1024 + 1) * 6272
    assert size(InfoGANGenerator(PICTURES, PRIOR, norm="none")) == linear + (16 * 128 * 64 + 64) + (16 * 64 + 1)
    pairs = size(InfoGANGenerator(PICTURES, PRIOR)) - size(InfoGANGenerator(PICTURES, PRIOR, norm="none"))
    assert pairs == 2 * (1024 + 6272 + 64)  # a scale and a shift of each normalised unit and channel
    assert size(InfoGANEncoder(PICTURES, PRIOR)) - size(InfoGANCritic(PICTURES)) == 63 * 1025


@pytest.mark.parametrize(("norm", "layers"), [("batch", 2), ("none", 0), ("spectral", 0)])
def test_all_but_the_first_and_the_last_layer_are_normalised(norm: str, layers: int) -> None:
    critic = InfoGANCritic(PICTURES, dim=4, hidden=8, norm=norm)  # pyright: ignore[reportArgumentType]
    found = [each for each in critic.modules() if isinstance(each, nn.BatchNorm1d | nn.BatchNorm2d)]
    assert len(found) == layers
    assert couples_batch(critic) == (norm == "batch")
    if norm == "spectral":
        critic.eval()
        for _ in range(3):
            critic.train()(torch.randn(2, 1, 28, 28, generator=torch.Generator().manual_seed(0)))
        assert float(torch.linalg.matrix_norm(critic.score.weight.detach(), 2)) == pytest.approx(1, abs=1e-3)


def test_an_energy_is_the_mean_error_of_each_sample() -> None:
    critic = InfoGANAutoencoder(PICTURES, dim=4, code=6)
    x = Rng(0, "x").uniform(3, 1, 28, 28, low=-1.0)
    back = critic.decoder(critic.encoder(x)).tanh()
    torch.testing.assert_close(critic(x), (back - x).abs().mean((1, 2, 3)))
    perfect: Any = InfoGANAutoencoder(PICTURES, dim=4, code=6, output="none")
    with torch.no_grad():
        perfect.decoder[-1].weight.zero_()
    assert torch.equal(perfect(torch.zeros(2, 1, 28, 28)), torch.zeros(2))


def test_features_are_what_the_score_is_linear_in() -> None:
    critic = InfoGANCritic(PICTURES, dim=4, hidden=8, norm="none")
    x = Rng(0, "x").normal(5, 1, 28, 28)
    assert critic.features(x).shape == (5, critic.width)
    torch.testing.assert_close(critic.head(critic.features(x)), critic(x))


def test_samples_that_cannot_be_halved_twice_are_refused() -> None:
    with pytest.raises(UserError, match="32 x 28"):
        InfoGANGenerator(ImageSpec(height=30, width=28), PRIOR)
    with pytest.raises(UserError, match="neither signals nor pictures"):
        InfoGANCritic(PointsSpec(2))
