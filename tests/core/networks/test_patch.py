"""Patch critics: the published layers, what a score sees, several scales, and features of the whole."""

from __future__ import annotations

import itertools

import pytest
import torch
from torch import nn
from torch.nn import functional

from gansuite.errors import UserError
from gansuite.networks.multi_scale_patch import MultiScalePatchCritic
from gansuite.networks.patch import PatchCritic
from gansuite.networks.stargan_critic import StarGANCritic

from .grid_domains import Grid, convolution, made, numbers, size

PICTURE = Grid((2, 64, 48))


def convolutions(part):
    return [module for module in part.modules() if isinstance(module, nn.Conv1d | nn.Conv2d)]


def field(layers):
    """The receptive field by the recurrence r + (taps - 1) * stride so far, of the convolutions as they are."""
    seen, stride = 1, 1
    for layer in layers:
        seen += (layer.kernel_size[0] - 1) * stride
        stride *= layer.stride[0]
    return seen


@pytest.mark.parametrize(("layers", "seen"), [(0, 1), (1, 16), (2, 34), (3, 70)])
@pytest.mark.parametrize("axes", [(128, 96), (160,)])
def test_a_patch_sees_as_much_as_published(layers, seen, axes):
    critic = made(PatchCritic, Grid((1, *axes)), dim=1, layers=layers, norm="none")
    with torch.no_grad():
        for layer in convolutions(critic):
            layer.weight.abs_()
    x = torch.ones(1, 1, *axes, dtype=torch.float64, requires_grad=True)
    ((scores, maps),) = critic.judge(x)
    middle = maps[-1][(0, 0, *(length // 2 for length in maps[-1].shape[2:]))]
    (slope,) = torch.autograd.grad(middle, x)
    for axis in range(len(axes)):
        others = [other for other in range(len(axes)) if other != axis]
        sums = slope[0, 0].abs().sum(others) if others else slope[0, 0].abs()
        assert int((sums > 0).sum()) == seen == field(convolutions(critic))
    assert scores.shape == (1, maps[-1][0].numel())


def test_published_patches():
    with torch.device("meta"):
        critic = PatchCritic(Grid((3, 256, 256)), norm="none")
        scores = critic(torch.empty(2, 3, 256, 256))
    layers = [(layer.out_channels, layer.stride[0]) for layer in convolutions(critic)]
    assert layers == [(64, 2), (128, 2), (256, 2), (512, 1), (1, 1)]
    assert scores.shape == (2, 30 * 30)
    widths = [3, 64, 128, 256, 512, 1]
    assert size(critic) == sum(convolution(4, *pair) for pair in itertools.pairwise(widths))


def test_single_places_are_published_too():
    critic = made(PatchCritic, Grid((6, 16, 16)), layers=0, norm="none")
    assert [layer.out_channels for layer in convolutions(critic)] == [64, 128, 1]
    assert critic(numbers(Grid((6, 16, 16)))).shape == (3, 256)


def test_norms_of_patches():
    x = numbers(PICTURE)
    plain, normed = (made(PatchCritic, PICTURE, dim=4, norm=norm) for norm in ("none", "instance"))
    layers = convolutions(normed)
    assert [layer.bias is None for layer in layers] == [False, True, True, True, False]
    first = functional.leaky_relu(functional.conv2d(x, layers[0].weight, layers[0].bias, 2, 1), 0.2)
    second = functional.conv2d(first, layers[1].weight, None, 2, 1)
    mean, var = second.mean((2, 3), keepdim=True), second.var((2, 3), correction=0, keepdim=True)
    maps = normed.judge(x)[0][1]
    torch.testing.assert_close(maps[0], first)
    torch.testing.assert_close(maps[1], functional.leaky_relu((second - mean) / (var + 1e-5).sqrt(), 0.2))
    assert plain.judge(x)[0][1][0].shape == (3, 4, 32, 24)
    for layer in convolutions(made(PatchCritic, PICTURE, dim=4, norm="spectral")):
        assert torch.linalg.matrix_norm(layer.weight.flatten(1), 2).item() == pytest.approx(1, abs=1e-3)


def test_features_of_the_whole_are_means_of_the_last_map_but_one():
    critic, x = made(PatchCritic, PICTURE, dim=2, layers=2), numbers(PICTURE)
    scores, features = critic.read(x)
    ((wanted, maps),) = critic.judge(x)
    assert torch.equal(scores, wanted)
    torch.testing.assert_close(features, maps[-2].mean((2, 3)))
    assert critic.width == 8


def test_scales_are_critics_of_their_own_on_halved_copies():
    critic, x = made(MultiScalePatchCritic, PICTURE, dim=2, layers=1, norm="none"), numbers(PICTURE)
    judgements = critic.judge(x)
    assert len(judgements) == 3
    for scale, (part, (scores, maps)) in enumerate(zip(critic.parts, judgements, strict=True)):
        if scale:  # means over 3 x 3 every 2, of what lies inside
            ones = functional.pad(torch.ones_like(x), (1, 1, 1, 1)).unfold(2, 3, 2).unfold(3, 3, 2).sum((4, 5))
            x = functional.pad(x, (1, 1, 1, 1)).unfold(2, 3, 2).unfold(3, 3, 2).sum((4, 5)) / ones
        torch.testing.assert_close(scores, part(x)[0])
        assert len(maps) == 3
    weights = [convolutions(part)[0].weight for part in critic.parts]
    assert not torch.equal(weights[0], weights[1])
    assert critic.read(numbers(PICTURE))[1].shape == (3, critic.width)


def test_published_stargan_critic():
    with torch.device("meta"):
        critic = StarGANCritic(Grid((3, 128, 128)))
        scores, features = critic.read(torch.empty(2, 3, 128, 128))
    assert scores.shape == (2, 4)
    assert features.shape == (2, critic.width) == (2, 2048 * 2 * 2)
    widths = [3, 64, 128, 256, 512, 1024, 2048]
    published = sum(convolution(4, *pair) for pair in itertools.pairwise(widths))
    published += convolution(3, 2048, 1, bias=False)
    assert size(critic) == published
    classes = convolution(2, 2048, 5, bias=False)  # a linear head on the features is the convolution over the map
    assert published + classes == 44_762_048  # as the authors' program prints it


def test_a_head_on_the_whole_map_is_the_published_convolution():
    spec = Grid((1, 16, 16))
    critic, x = made(StarGANCritic, spec, dim=2, layers=2), numbers(spec)
    weight = numbers(Grid((critic.width,)), n=5, seed=1)
    ((_, maps),) = critic.judge(x)
    assert maps[-2].shape == (3, 4, 4, 4)
    wanted = functional.conv2d(maps[-2], weight.view(5, 4, 4, 4)).flatten(1)
    torch.testing.assert_close(critic.features(x) @ weight.T, wanted)


def test_what_cannot_be_built():
    with pytest.raises(UserError, match=r"patch: samples of shape \[7\] are neither signals nor pictures"):
        PatchCritic(Grid((7,)))
    with pytest.raises(
        UserError, match=r"3 layers of stride 2 are too many for 16 x 64; set layers = 2, .* at least 32"
    ):
        PatchCritic(Grid((2, 16, 64)))
    with pytest.raises(
        UserError, match=r"multi-scale-patch, scale 3: 3 layers .* too many for 16 x 16; set layers = 2"
    ):
        MultiScalePatchCritic(Grid((3, 64, 64)))
    with pytest.raises(UserError, match=r"stargan: 24 x 24 cannot be halved 6 times; .* 64 x 64, or set layers = 3"):
        StarGANCritic(Grid((3, 24, 24)))
