"""SAGAN and BigGAN: published sizes, blocks written out, what the code and the parts of the latent steer."""

from __future__ import annotations

from itertools import pairwise
from types import SimpleNamespace

import pytest
import torch
from torch import nn
from torch.nn import functional
from torch.nn.utils import parametrize

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.layers import SelfAttention
from gansuite.networks.biggan import BigGANCritic, BigGANGenerator
from gansuite.networks.residual import Down, Up
from gansuite.networks.sagan import SAGANCritic, SAGANGenerator
from gansuite.priors.latent import Latent
from gansuite.priors.normal import Normal
from gansuite.testing.contracts import CriticContract, GeneratorContract


def spec(*shape):
    return SimpleNamespace(shape=shape)


def coded(size, codes):
    return Latent(size + codes, Normal(None, size=size))


def count(network):
    return sum(parameter.numel() for parameter in network.parameters())


def by_hand(channels, code, latents, shared, critic):
    """Parameters of the published networks at 128 x 128 with three colours and 1,000 classes, layer by layer.

    ``code``: weights for each channel of a conditional norm.
    """
    ups, downs = [16, 16, 8, 4, 2, 1], [1, 2, 4, 8, 16, 16]
    if critic:
        total, width = 0, 3
        for i, factor in enumerate(downs):
            out = factor * channels
            skip = 0 if i == 5 else width * out + out
            total, width = total + 9 * width * out + out + 9 * out * out + out + skip, out
        head = width + 1 + 1000 * width  # the score, and the projection's embedding
    else:
        total, head = latents * 16 * channels * 16 + 16 * channels * 16 + shared, 0
        for inside, outside in pairwise(ups):
            width, out = inside * channels, outside * channels
            total += 9 * width * out + out + 9 * out * out + out + width * out + out + 2 * code * (width + out)
        head = 2 * channels + 27 * channels + 3
    return total, head, lambda width: 2 * width * (width // 8) + 2 * width * (width // 2) + 1


def attends(network):
    """Rows of the maps that attend to themselves."""
    seen = []
    for each in network.modules():
        if isinstance(each, SelfAttention):
            each.register_forward_hook(lambda _module, _inputs, output: seen.append(output.shape[2]))
    return seen


@pytest.mark.parametrize(
    ("generator", "critic", "prior", "dim", "code", "latents", "shared", "attended"),
    [
        (BigGANGenerator, BigGANCritic, coded(120, 1000), 96, 128 + 20, 20, 128_000, (2, 1)),
        (SAGANGenerator, SAGANCritic, coded(128, 1000), 64, 1000, 128, 0, (4, 2)),
    ],
    ids=["biggan", "sagan"],
)
def test_published_sizes(generator, critic, prior, dim, code, latents, shared, attended):
    with torch.device("meta"):
        made, judge = generator(spec(3, 128, 128), prior, dim=dim), critic(spec(3, 128, 128), dim=dim)
        rows = attends(made), attends(judge)
        assert made(torch.empty(2, prior.size)).shape == (2, 3, 128, 128)
        assert judge(torch.empty(2, 3, 128, 128)).shape == (2,)
    assert rows == (([64], [64]) if generator is BigGANGenerator else ([32], [32]))
    body, head, attention = by_hand(dim, code, latents, shared, critic=False)
    assert count(made) == body + head + attention(attended[0] * dim)
    body, head, attention = by_hand(dim, code, latents, shared, critic=True)
    assert count(judge) + 1000 * judge.width == body + head + attention(attended[1] * dim)
    if generator is BigGANGenerator:
        assert count(made) == 70_433_988  # 70.4 M
        assert count(judge) + 1000 * judge.width == 87_982_370  # 88.0 M
    else:
        assert [type(each).__name__ for each in judge.body.blocks] == ["Down", "Down", "SelfAttention", *["Down"] * 4]


@pytest.mark.parametrize("shape", [(1, 8, 8), (3, 32, 32), (1, 28, 28), (2, 16, 24), (1, 64)])
@pytest.mark.parametrize("codes", [0, 5])
@pytest.mark.parametrize(("generator", "critic"), [(BigGANGenerator, BigGANCritic), (SAGANGenerator, SAGANCritic)])
def test_small_sizes(shape, codes, generator, critic):
    torch.manual_seed(0)
    prior = coded(12, codes) if codes else Normal(None, size=12)
    network, judge = generator(spec(*shape), prior, dim=2), critic(spec(*shape), dim=2)
    x = network(torch.randn(3, 12 + codes))
    assert x.shape == (3, *shape)
    assert x.abs().max() <= 1
    assert judge(x).shape == (3,)
    assert not any(isinstance(each, nn.Embedding) for each in network.modules()) or codes


def test_up_written_out():
    torch.manual_seed(0)
    block, x, code = Up(4, 6, 2, 3).eval(), torch.randn(2, 4, 5, 3), torch.randn(2, 3)
    for norm in block.norms:
        nn.init.normal_(norm.scale.weight)
        nn.init.normal_(norm.norm.running_mean)
    y = functional.relu(block.norms[0](x, code)).repeat_interleave(2, 2).repeat_interleave(2, 3)
    y = functional.conv2d(y, block.first.weight, block.first.bias, padding=1)
    y = functional.conv2d(functional.relu(block.norms[1](y, code)), block.second.weight, block.second.bias, padding=1)
    skip = functional.conv2d(x.repeat_interleave(2, 2).repeat_interleave(2, 3), block.skip.weight, block.skip.bias)
    torch.testing.assert_close(block(x, code), y + skip)


@pytest.mark.parametrize("halves", [True, False])
@pytest.mark.parametrize("rectified", [True, False])
def test_down_written_out(halves, rectified):
    torch.manual_seed(0)
    block, x = Down(4, 6, 2, halves=halves, rectified=rectified), torch.randn(2, 4, 8, 6)
    pool = (lambda t: functional.avg_pool2d(t, 2)) if halves else (lambda t: t)
    y = functional.conv2d(functional.relu(x) if rectified else x, block.first.weight, block.first.bias, padding=1)
    y = functional.conv2d(functional.relu(y), block.second.weight, block.second.bias, padding=1)
    skip = functional.conv2d(x, block.skip.weight, block.skip.bias)
    torch.testing.assert_close(block(x), pool(y) + pool(skip))


def test_features_are_sums_over_places():
    torch.manual_seed(0)
    critic, x = SAGANCritic(spec(1, 16, 16), dim=2).eval(), torch.randn(2, 1, 16, 16)
    torch.testing.assert_close(critic.features(x), functional.relu(critic.body.blocks(x)).sum((2, 3)))
    torch.testing.assert_close(critic(x), critic.features(x) @ critic.score.weight[0] + critic.score.bias)


def test_spectral_norm_of_all_but_tables():
    torch.manual_seed(0)
    for network in (
        SAGANGenerator(spec(1, 16, 16), coded(12, 5), dim=2),
        BigGANGenerator(spec(1, 16, 16), coded(12, 5), dim=2),
        SAGANCritic(spec(1, 16, 16), dim=2),
        BigGANCritic(spec(1, 16, 16), dim=2),
    ):
        network.eval()
        for name, each in network.named_modules():
            if isinstance(each, (nn.Linear, nn.Conv1d, nn.Conv2d)):
                table = isinstance(network, SAGANGenerator) and (name.endswith(("scale", "shift")))
                assert parametrize.is_parametrized(each) is not table, name
                norm = torch.linalg.matrix_norm(each.weight.flatten(1), 2).item()
                assert norm == pytest.approx(0 if table else 1, abs=1e-4), name


def test_biggan_begins_orthogonal():
    torch.manual_seed(0)
    network = BigGANGenerator(spec(1, 16, 16), coded(12, 5), dim=4, embedding=8)
    for each in (network.shared.weight, network.body.last.weight, network.body.blocks[0].norms[0].scale.weight):
        matrix = each.detach().flatten(1)
        gram = matrix @ matrix.T if matrix.shape[0] <= matrix.shape[1] else matrix.T @ matrix
        torch.testing.assert_close(gram, torch.eye(len(gram)), rtol=0, atol=1e-5)


def test_every_block_of_biggan_reads_its_part_and_the_class():
    torch.manual_seed(0)
    network = BigGANGenerator(spec(1, 32, 32), coded(14, 5), dim=2, attention=0).eval()
    assert network.parts == [5, 3, 3, 3]  # what is left over goes to the linear layer
    z = torch.cat([torch.randn(1, 14), torch.eye(5)[:1]], 1)
    maps = []
    for block in network.body.blocks:
        block.register_forward_hook(lambda _module, _inputs, output: maps.append(output.detach()))

    def changed(start, stop):
        """Which maps another value of these coordinates changes."""
        maps.clear()
        network(z)
        other = z.clone()
        other[:, start:stop] = other[:, start:stop].roll(1, 1) + (1 if start < 14 else 0)
        network(other)
        return [not torch.equal(a, b) for a, b in zip(maps[:3], maps[3:], strict=True)]

    assert changed(0, 5) == [True, True, True]
    assert changed(5, 8) == [True, True, True]
    assert changed(8, 11) == [False, True, True]
    assert changed(11, 14) == [False, False, True]
    assert changed(14, 19) == [True, True, True]


def test_codes_of_sagan_steer_norms_alone():
    torch.manual_seed(0)
    network = SAGANGenerator(spec(1, 16, 16), coded(6, 5), dim=2).eval()
    assert network.project.in_features == 6
    z = torch.randn(1, 6).expand(5, -1)
    y = network(torch.cat([z, torch.eye(5)], 1))
    torch.testing.assert_close(y, y[:1].expand_as(y))  # tables begin at 0
    for block in network.body.blocks:
        nn.init.normal_(block.norms[0].scale.weight)
    y = network(torch.cat([z, torch.eye(5)], 1))
    assert (y[1:] - y[:-1]).abs().flatten(1).amax(1).min() > 1e-4


@pytest.mark.parametrize("generator", [BigGANGenerator, SAGANGenerator])
def test_samples_one_by_one_are_those_of_a_batch(generator):
    """The trap of batch norms: at rest they use running statistics, so that no sample depends on the others."""
    torch.manual_seed(0)
    prior = coded(12, 5)
    network = generator(spec(1, 16, 16), prior, dim=4)
    z = torch.cat([Rng(0, "z").normal(8, 12), torch.eye(5).repeat(2, 1)[:8]], 1)
    for _ in range(5):
        network(z)
    network.eval()
    together = network(z)
    torch.testing.assert_close(torch.cat([network(row) for row in z.split(1)]), together)
    assert not torch.allclose(network.train()(z), together, atol=1e-3)


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (
            lambda: BigGANGenerator(spec(1, 32, 32), Normal(None, size=3)),
            "biggan: 3 latents for 4 layers that read them",
        ),
        (lambda: BigGANGenerator(spec(1, 30, 30), Normal(None, size=60)), "nearest: 28 x 28 or 32 x 32"),
        (lambda: BigGANCritic(spec(1, 32, 32), attention=5), "no map has 5 rows .* one of 4, 8, 16, or to 0 for none"),
        (lambda: SAGANGenerator(spec(1, 32, 32), Normal(None), attention=64), "one of 4, 8, 16, 32, or to 0"),
        (lambda: SAGANCritic(spec(9)), "sagan: samples of shape .* neither signals nor pictures"),
    ],
)
def test_refusals(make, told):
    with pytest.raises(UserError, match=told) as caught:
        make()
    assert "\n" not in str(caught.value)


def test_without_attention():
    for network in (
        SAGANGenerator(spec(1, 16, 16), Normal(None, size=6), dim=2, attention=0),
        SAGANCritic(spec(1, 16, 16), dim=2, attention=0),
    ):
        assert not any(isinstance(each, SelfAttention) for each in network.modules())


class TestSAGANGenerator(GeneratorContract):
    spec, prior = spec(2, 16, 24), Normal(None, size=7)

    def make(self) -> nn.Module:
        return SAGANGenerator(self.spec, self.prior, dim=3)


class TestBigGANGenerator(GeneratorContract):
    spec, prior = spec(2, 16), Normal(None, size=7)

    def make(self) -> nn.Module:
        return BigGANGenerator(self.spec, self.prior, dim=3)


class TestSAGANCritic(CriticContract):
    spec = spec(2, 16, 24)

    def make(self) -> nn.Module:
        return SAGANCritic(self.spec, dim=3)


class TestBigGANCritic(CriticContract):
    spec = spec(2, 16)

    def make(self) -> nn.Module:
        return BigGANCritic(self.spec, dim=3)


del CriticContract, GeneratorContract  # pytest shall not collect the bases
