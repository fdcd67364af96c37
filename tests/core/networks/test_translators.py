"""U-Net, residual and SPADE translators: published sizes, the obvious layers, what a place sees, and what fails."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
import torch
from torch.nn import functional

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.networks.grids import InstanceNorm, dropped, stretched
from gansuite.networks.resnet import ResNet
from gansuite.networks.spade import SpadeTranslator
from gansuite.networks.unet import UNet

from .grid_domains import PICTURE, SIGNAL, Grid, convolution, made, numbers, size, support

RGB = Grid((3, 256, 256))


def test_the_published_u_net():
    with torch.device("meta"):
        found = size(UNet(RGB, RGB))
    down = [3, 64, 128, 256, 512, 512, 512, 512, 512]
    up = [(512, 512), (1024, 512), (1024, 512), (1024, 512), (1024, 256), (512, 128), (256, 64)]
    wanted = sum(convolution(4, *pair, bias=False) for pair in itertools.pairwise(down))
    wanted += sum(convolution(4, *pair, bias=False) for pair in up) + convolution(4, 128, 3)
    wanted += 2 * sum(down[2:-1]) + 2 * sum(outputs for _, outputs in up)  # scales and shifts
    assert found == wanted == 54_413_955  # as the authors' program prints it


def test_the_published_residual_network():
    with torch.device("meta"):
        found = size(ResNet(RGB, RGB))
    wanted = convolution(7, 3, 64) + convolution(3, 64, 128) + convolution(3, 128, 256)
    wanted += 18 * convolution(3, 256, 256) + convolution(3, 256, 128) + convolution(3, 128, 64)
    assert found == wanted + convolution(7, 64, 3) == 11_378_179  # as the authors' program prints it


def test_stargans_residual_network():
    faces = Grid((3, 128, 128), tuple("abcde"))
    with torch.device("meta"):
        found = size(ResNet(faces, faces, blocks=6, taps=4, affine=True, padding="zeros", labelled=True))
    pairs = [(7, 3 + 5, 64), (4, 64, 128), (4, 128, 256), *[(3, 256, 256)] * 12, (4, 256, 128), (4, 128, 64)]
    wanted = sum(convolution(*each, bias=False) + 2 * each[2] for each in pairs) + convolution(7, 64, 3, bias=False)
    assert wanted == 8_430_528  # as the authors' program prints it
    assert found == wanted + 3  # and our last layer has a bias


def test_the_published_spade_generator():
    maps, hidden = 184, 128  # COCO-Stuff: 182 classes, unlabelled places, and edges
    with torch.device("meta"):
        found = size(SpadeTranslator(RGB, Grid((maps, 256, 256))))

    def spade(channels):
        return convolution(3, maps, hidden) + 2 * convolution(3, hidden, channels)

    def block(inputs, outputs):
        total = spade(inputs) + convolution(3, inputs, min(inputs, outputs))
        total += spade(min(inputs, outputs)) + convolution(3, min(inputs, outputs), outputs)
        return total if inputs == outputs else total + spade(inputs) + convolution(1, inputs, outputs, bias=False)

    widths = [1024, 1024, 1024, 1024, 512, 256, 128, 64]
    wanted = convolution(3, maps, 1024) + sum(block(*pair) for pair in itertools.pairwise(widths))
    assert found == wanted + convolution(3, 64, 3) == 97_480_899  # 97.5 million as the authors' program prints it


NETWORKS = [
    (UNet, {"dim": 2}),
    (UNet, {"dim": 2, "norm": "instance"}),
    (ResNet, {"dim": 2, "blocks": 1}),
    (SpadeTranslator, {"dim": 2, "hidden": 3}),
    (SpadeTranslator, {"dim": 2, "hidden": 3, "start": "noise"}),
]
DOMAINS = [(SIGNAL, Grid((1, 16))), (SIGNAL, Grid((3, 4))), (PICTURE, Grid((2, 8, 16))), (PICTURE, Grid((1, 4, 4)))]


@pytest.mark.parametrize(("spec", "source"), DOMAINS)
@pytest.mark.parametrize(("kind", "options"), NETWORKS)
def test_contract(kind, options, spec, source):
    network, x = made(kind, spec, source, **options), numbers(source)
    state = torch.random.get_rng_state()
    y = network(x, None, Rng(0, "network"))
    assert torch.equal(state, torch.random.get_rng_state())
    assert y.shape == (3, *spec.shape)
    assert float(y.detach().abs().max()) < 1
    again, plain = network(x, None, Rng(0, "network")), network(x)
    if network.training and options.get("norm") == "instance":
        torch.testing.assert_close(y, again)
    assert plain.shape == y.shape
    y.square().sum().backward()
    assert all(each.grad is not None and each.grad.isfinite().all() for each in network.parameters())
    loud = made(kind, spec, source, **options, output="none")
    torch.testing.assert_close(loud(x, None, Rng(0, "network")).tanh(), y)


@pytest.mark.parametrize(("kind", "options"), NETWORKS)
def test_a_step_needs_no_host_and_half_precision_gives_single_samples(kind, options):
    with torch.device("meta"):
        assert kind(PICTURE, PICTURE, **options)(torch.empty(3, *PICTURE.shape)).shape == (3, *PICTURE.shape)
    network, x = made(kind, PICTURE, PICTURE, **options).float(), numbers(PICTURE).float()
    with torch.autocast("cpu", torch.bfloat16):
        y = network(x, None, Rng(0, "network"))
    assert y.dtype == torch.float32
    assert float((y - network(x, None, Rng(0, "network"))).detach().abs().mean()) < 0.02


def test_a_u_net_is_the_obvious_layers():
    spec, source = Grid((2, 8, 8)), Grid((1, 8, 8))
    network, x = made(UNet, spec, source, dim=2, norm="instance", depth=3), numbers(source)
    first, second, third = ((each.weight, each.bias) for each in network.down)
    inner, middle, last = ((each.weight, each.bias) for each in network.up)
    norm, shape = functional.instance_norm, (2, 1)
    a = functional.conv2d(x, *first, *shape)
    b = norm(functional.conv2d(functional.leaky_relu(a, 0.2), *second, *shape))
    c = functional.conv2d(functional.leaky_relu(b, 0.2), *third, *shape)
    up = norm(functional.conv_transpose2d(c.relu(), *inner, *shape))
    up = norm(functional.conv_transpose2d(torch.cat([b, up], 1).relu(), *middle, *shape))
    up = functional.conv_transpose2d(torch.cat([a, up], 1).relu(), *last, *shape)
    torch.testing.assert_close(network(x), up.tanh())
    assert c.shape == (3, 8, 1, 1)


def test_the_noise_of_a_u_net_is_dropout_in_the_first_layers_up(monkeypatch):
    spec, shapes = Grid((1, 16, 16)), []

    def spied(x, share, rng):
        shapes.append((*x.shape[1:], share))
        return dropped(x, share, rng)

    monkeypatch.setattr("gansuite.networks.unet.dropped", spied)
    network, x = made(UNet, spec, spec, dim=2, norm="none", dropouts=2), numbers(spec)
    one, other = (network(x, None, Rng(seed, "network")).detach() for seed in (0, 1))
    assert not torch.equal(one, other)
    assert torch.equal(one, network(x, None, Rng(0, "network")))
    assert shapes == [(8, 2, 2, 0.5), (4, 4, 4, 0.5)] * 3
    made(UNet, spec, spec, dim=2, dropouts=9)(x, None, Rng(0, "network"))
    assert [each[1] for each in shapes[6:]] == [2, 4, 8]  # never the last layer


def test_dropout_keeps_the_mean():
    x = torch.ones(40, 50, 50).double()
    for share in (0.2, 0.5):
        y = dropped(x, share, Rng(0, "dropout"))
        assert float((y == 0).double().mean()) == pytest.approx(share, abs=0.01)
        assert float(y.max()) == pytest.approx(1 / (1 - share))
    assert dropped(x, 0.5, None) is x


def test_depth_is_as_far_as_the_size_goes():
    for axes, depth in (((8, 16), 3), ((12, 8), 2), ((1024, 512), 8)):
        with torch.device("meta"):
            assert len(UNet(Grid((1, *axes)), Grid((1, *axes)), dim=1).down) == depth
    with pytest.raises(UserError, match=r"unet: 12 x 8 cannot be halved 3 times; .* is 16 x 8, or set depth = 2"):
        UNet(Grid((1, 12, 8)), Grid((1, 12, 8)), depth=3)


def test_a_u_net_sees_all_and_a_residual_network_what_is_near():
    spec = Grid((1, 32, 32))
    x = numbers(spec, n=1)
    for kind, options, seen in (
        (UNet, {"dim": 4, "norm": "none"}, 32),
        (ResNet, {"dim": 4, "blocks": 2, "downsamples": 0, "norm": "none", "outer": 3, "padding": "zeros"}, 13),
        (ResNet, {"dim": 4, "blocks": 0, "downsamples": 1, "norm": "none", "outer": 3, "padding": "zeros"}, None),
    ):
        network = made(kind, spec, spec, **options)
        with torch.no_grad():
            for each in network.parameters():
                each.abs_()
        found = support(network, x.abs(), (16, 16))
        if seen is not None:
            assert int(found.any(0).sum()) == int(found.any(1).sum()) == seen
        else:
            assert int(found.any(0).sum()) < 12


def test_a_residual_network_is_the_obvious_layers():
    spec = Grid((1, 8, 8))
    network, x = made(ResNet, spec, spec, dim=2, blocks=1, downsamples=1), numbers(spec)
    inner = [module for module in network.body.modules() if hasattr(module, "weight") and hasattr(module, "stride")]
    norm = functional.instance_norm

    def reflected(y, layer, pad, stride=1):
        return functional.conv2d(functional.pad(y, (pad,) * 4, mode="reflect"), layer.weight, layer.bias, stride)

    y = norm(reflected(x, inner[0], 3)).relu()
    y = norm(functional.conv2d(y, inner[1].weight, inner[1].bias, 2, 1)).relu()
    y = y + norm(reflected(norm(reflected(y, inner[2], 1)).relu(), inner[3], 1))
    y = norm(functional.conv_transpose2d(y, inner[4].weight, inner[4].bias, 2, 1, 1)).relu()
    torch.testing.assert_close(network(x), reflected(y, network.last, 3).tanh())


def test_a_label_steers_by_further_channels():
    spec = Grid((1, 8, 8), ("a", "b", "c"))
    network, x = made(ResNet, spec, spec, dim=2, blocks=1, downsamples=0, labelled=True), numbers(spec)
    assert network.conditions == 3
    code = torch.eye(3).double()
    y = network(x, code)
    assert not torch.equal(y, network(x, code.roll(1, 0)))
    layers = network.body
    wide = torch.cat([x, code[:, :, None, None].expand(-1, -1, 8, 8)], 1)
    torch.testing.assert_close(y, network.last(layers(wide)).tanh())
    torch.testing.assert_close(network(x), network.last(layers(torch.cat([x, 0 * wide[:, 1:]], 1))).tanh())
    with pytest.raises(ValueError, match="labelled = true needs data with labels"):
        ResNet(PICTURE, PICTURE, labelled=True)


def test_a_residual_begins_as_nothing():
    spec = Grid((1, 8, 8))
    x, options = numbers(spec), {"dim": 2, "residual": True}
    for kind, more in ((ResNet, {"blocks": 1, "downsamples": 1}), (UNet, {})):
        assert torch.equal(made(kind, spec, spec, output="none", **options, **more)(x), x)
        torch.testing.assert_close(made(kind, spec, spec, **options, **more)(x), x.tanh())
        network = made(kind, spec, spec, output="none", **options, **more)
        with torch.no_grad():
            next(each for each in reversed(list(network.parameters())) if each.dim() == 4).normal_()
        plain = made(kind, spec, spec, output="none", dim=2, **more)
        plain.load_state_dict(network.state_dict())
        torch.testing.assert_close(network(x), x + plain(x))
    with pytest.raises(ValueError, match="residual = true adds 1 channels to 2"):
        ResNet(spec, Grid((2, 8, 8)), residual=True)


def test_spade_reads_the_map_at_every_size():
    spec, source = Grid((1, 8, 8)), Grid((3, 8, 8))
    network = made(SpadeTranslator, spec, source, dim=2, hidden=4, norm="instance").eval()
    classes = torch.arange(64).view(1, 8, 8) % 3
    map = functional.one_hot(classes, 3).movedim(3, 1).double()
    seen = []
    for name, module in network.named_modules():
        if name.endswith("norm"):
            module.register_forward_hook(lambda module, given, made: seen.append((given[0].shape[2], given[1])))
    network(map)
    assert sorted({axes for axes, _ in seen}) == [2, 4, 8]
    assert all(given is map for _, given in seen)
    other = map.clone()
    other[:, :, 5, 5] = other[:, [1, 2, 0], 5, 5]
    assert not torch.equal(network(map), network(other))


def test_spade_of_noise_answers_one_map_with_many():
    spec, source = Grid((1, 8, 8)), Grid((3, 8, 8))
    network = made(SpadeTranslator, spec, source, dim=2, hidden=4, start="noise").eval()
    map = torch.zeros(2, 3, 8, 8).double()
    map[:, 0] = 1
    one, other = network(map, None, Rng(0, "z")).detach()
    assert not torch.allclose(one, other)
    quiet = network(map).detach()
    torch.testing.assert_close(quiet[0], quiet[1])


def test_instances_of_one_place_and_of_any_rank():
    for axes in ((7,), (3, 4), (2, 3, 4)):
        x = numbers(Grid((5, *axes)))
        flat = x.flatten(2)
        wanted = (flat - flat.mean(2, keepdim=True)) / (flat.var(2, correction=0, keepdim=True) + 1e-5).sqrt()
        torch.testing.assert_close(InstanceNorm(5)(x), wanted.view_as(x))
    one: Any = InstanceNorm(5, affine=True).double()
    one.bias.data = torch.arange(5).double()
    torch.testing.assert_close(
        one(numbers(Grid((5, 1, 1)))), torch.arange(5).double().view(1, 5, 1, 1).expand(3, -1, 1, 1)
    )


def test_what_cannot_be_built():
    with pytest.raises(UserError, match=r"unet: samples of shape \[2\] are neither signals nor pictures"):
        UNet(Grid((2,)), Grid((2,)))
    with pytest.raises(UserError, match=r"resnet: no way from samples of shape \[1, 8\] to \[1, 8, 8\]"):
        ResNet(Grid((1, 8, 8)), Grid((1, 8)))
    with pytest.raises(UserError, match=r"resnet: 10 x 8 cannot be halved 2 times; .* 8 x 8, or set downsamples = 1"):
        ResNet(Grid((1, 10, 8)), Grid((1, 10, 8)))
    with pytest.raises(UserError, match=r"resnet: a map of 1 x 1 has no 1 places to reflect; set padding"):
        ResNet(Grid((1, 4, 4)), Grid((1, 4, 4)))
    with pytest.raises(UserError, match=r"resnet: a map of 3 x 9 has no 3 places to reflect; .* smaller outer"):
        ResNet(Grid((1, 3, 9)), Grid((1, 3, 9)), downsamples=0)
    with pytest.raises(ValueError, match="outer = 6 must be odd"):
        ResNet(PICTURE, PICTURE, outer=6)
    with pytest.raises(UserError, match=r"spade: 8 x 16 cannot be halved 4 times; .* or set upsamples = 3"):
        SpadeTranslator(PICTURE, PICTURE, upsamples=4)


def test_a_source_of_other_axes_is_stretched_by_its_nearest_neighbours():
    x = torch.arange(8.0).view(1, 1, 8)
    assert torch.equal(stretched(x, (16,)), x.repeat_interleave(2, 2))
    assert stretched(x, (2,)).flatten().tolist() == [0, 4]  # as the authors of SPADE shrink their maps
    assert stretched(x, (8,)) is x
