"""DCGAN against the published layers and parameter counts, and against PyTorch's example written out."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import torch
from torch import nn

from gansuite.errors import UserError
from gansuite.games.game import couples_batch
from gansuite.networks.dcgan import DCGANCritic, DCGANGenerator
from gansuite.priors.normal import Normal
from gansuite.testing.contracts import CriticContract, GeneratorContract

PRIOR = Normal(None, size=100)
SMALL = Normal(None, size=6)


def spec(*shape):
    return SimpleNamespace(shape=shape)


def count(network):
    return sum(parameter.numel() for parameter in network.parameters())


def published_generator(nz, ngf, nc):
    """The generator as PyTorch's example has it."""

    def block(a, b, *shape):
        return [nn.ConvTranspose2d(a, b, *shape, bias=False), nn.BatchNorm2d(b), nn.ReLU()]

    layers = [*block(nz, ngf * 8, 4, 1, 0), *block(ngf * 8, ngf * 4, 4, 2, 1), *block(ngf * 4, ngf * 2, 4, 2, 1)]
    layers += [*block(ngf * 2, ngf, 4, 2, 1), nn.ConvTranspose2d(ngf, nc, 4, 2, 1, bias=False), nn.Tanh()]
    return nn.Sequential(*layers)


def published_critic(ndf, nc):
    """Its critic, without the sigmoid that the objective holds."""

    def block(a, b):
        return [nn.Conv2d(a, b, 4, 2, 1, bias=False), nn.BatchNorm2d(b), nn.LeakyReLU(0.2)]

    layers = [nn.Conv2d(nc, ndf, 4, 2, 1, bias=False), nn.LeakyReLU(0.2), *block(ndf, ndf * 2)]
    layers += [*block(ndf * 2, ndf * 4), *block(ndf * 4, ndf * 8), nn.Conv2d(ndf * 8, 1, 4, 1, 0, bias=False)]
    return nn.Sequential(*layers)


def test_published_sizes():
    with torch.device("meta"):
        generator, critic = DCGANGenerator(spec(3, 64, 64), PRIOR), DCGANCritic(spec(3, 64, 64))
        assert count(generator) == count(published_generator(100, 64, 3)) == 3_576_704
        assert count(critic) == count(published_critic(64, 3)) == 2_765_568
        assert generator(torch.empty(2, 100)).shape == (2, 3, 64, 64)
        assert critic(torch.empty(2, 3, 64, 64)).shape == (2,)
    assert critic.width == 512 * 16


def test_published_weights_fit_and_give_the_same_values():
    torch.manual_seed(0)
    theirs, ours = published_generator(6, 4, 3), DCGANGenerator(spec(3, 64, 64), SMALL, dim=4)
    ours.load_state_dict(dict(zip(ours.state_dict(), theirs.state_dict().values(), strict=True)))
    z = torch.randn(3, 6)
    x = theirs(z[:, :, None, None])
    torch.testing.assert_close(ours(z), x)
    judge, mine = published_critic(4, 3), DCGANCritic(spec(3, 64, 64), dim=4)
    mine.load_state_dict(dict(zip(mine.state_dict(), judge.state_dict().values(), strict=True)))
    x = x.detach().requires_grad_()
    scores, expected = mine(x), judge(x).flatten()
    torch.testing.assert_close(scores, expected)
    ours_slope, their_slope = (torch.autograd.grad(each.sum(), x)[0] for each in (scores, expected))
    torch.testing.assert_close(ours_slope, their_slope)


def test_no_pooling_no_linear_layer_and_norms_in_their_places():
    generator, critic = DCGANGenerator(spec(3, 32, 32), SMALL, dim=2), DCGANCritic(spec(3, 32, 32), dim=2)
    for module in (*generator.modules(), *critic.modules()):
        assert not isinstance(module, nn.Linear)
        assert "Pool" not in type(module).__name__
    kinds = [type(each).__name__ for each in generator.layers]
    assert kinds[:2] == ["BatchNorm2d", "ReLU"]
    assert kinds[-1] == "ConvTranspose2d"
    assert [type(each).__name__ for each in critic.layers][:3] == ["Conv2d", "LeakyReLU", "Conv2d"]


def test_initialisation():
    torch.manual_seed(0)
    generator, critic = DCGANGenerator(spec(3, 32, 32), PRIOR), DCGANCritic(spec(3, 32, 32), norm="instance")
    for network in (generator, critic):
        for name, weight in network.named_parameters():
            if weight.dim() == 4:
                assert weight.std().item() == pytest.approx(0.02, rel=0.1), name
                assert abs(weight.mean().item()) < 0.002, name
    norms = torch.cat([each.weight for each in generator.modules() if isinstance(each, nn.BatchNorm2d)])
    assert norms.mean().item() == pytest.approx(1, abs=0.01)
    assert norms.std().item() == pytest.approx(0.02, rel=0.2)


@pytest.mark.parametrize("shape", [(1, 8, 8), (1, 28, 28), (3, 32, 32), (3, 128, 128), (4, 24, 56), (2, 64), (1, 96)])
@pytest.mark.parametrize("norm", ["batch", "instance", "none"])
def test_sizes_signals_and_norms(shape, norm):
    generator = DCGANGenerator(spec(*shape), SMALL, dim=1, norm=norm)
    critic = DCGANCritic(spec(*shape), dim=1, norm=norm)
    x = generator(torch.randn(2, 6))
    assert x.shape == (2, *shape)
    scores = critic(x)
    assert scores.shape == (2,)
    scores.sum().backward()
    assert all(p.grad is not None and p.grad.isfinite().all() for p in (*generator.parameters(), *critic.parameters()))


def test_only_batch_norm_couples_the_batch():
    for norm, coupled in (("batch", True), ("instance", False), ("none", False), ("spectral", False)):
        assert couples_batch(DCGANCritic(spec(1, 16, 16), dim=2, norm=norm)) is coupled


def test_spectral_norm_of_every_layer():
    torch.manual_seed(0)
    critic = DCGANCritic(spec(1, 16, 16), dim=4, norm="spectral").eval()
    layers = [each for each in critic.modules() if isinstance(each, nn.Conv2d)]
    assert len(layers) == 3
    for each in layers:
        assert torch.linalg.matrix_norm(each.weight.flatten(1), 2).item() == pytest.approx(1, abs=1e-4)


def test_a_size_that_cannot_be_made_is_told_the_nearest():
    for make in (lambda s: DCGANGenerator(s, SMALL), DCGANCritic):
        with pytest.raises(UserError, match=r"dcgan: 30 x 30 cannot be halved .* nearest: 28 x 28 or 32 x 32"):
            make(spec(1, 30, 30))
        with pytest.raises(UserError, match=r"dcgan: samples of shape .* neither signals nor pictures"):
            make(spec(7))


class TestGenerator(GeneratorContract):
    spec, prior = spec(2, 16, 24), SMALL

    def make(self) -> nn.Module:
        return DCGANGenerator(self.spec, self.prior, dim=3)


class TestCritic(CriticContract):
    spec = spec(2, 16, 24)

    def make(self) -> nn.Module:
        return DCGANCritic(self.spec, dim=3)


class TestSpectralCritic(CriticContract):
    spec = spec(2, 16)

    def make(self) -> nn.Module:
        return DCGANCritic(self.spec, dim=3, norm="spectral")


del CriticContract, GeneratorContract  # pytest shall not collect the bases
