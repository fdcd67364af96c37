"""Critics of several scores: the published tables, the obvious layers, and what a score sees."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import torch
from torch import nn
from torch.nn import functional

from gansuite.errors import UserError
from gansuite_audio.networks.multi_period import MultiPeriodCritic
from gansuite_audio.networks.multi_scale import MultiScaleCritic
from gansuite_audio.spec import AudioSpec, SpectrogramSpec


def sound(length=2048, channels=1):
    return AudioSpec(16000, channels, length)


def picture(bins=64, frames=48, channels=2):
    return SpectrogramSpec(16000, channels, bins, frames)


def noise(spec, n=2, seed=0):
    return torch.randn(n, *spec.shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def made(kind, spec, **options):
    torch.manual_seed(0)
    return kind(spec, **options).double().eval()


def convolutions(part):
    return [module for module in part.modules() if isinstance(module, nn.Conv1d | nn.Conv2d)]


def free(part):
    """Numbers in the weights and biases of a part, without what normalisation adds."""
    return sum(each.weight.numel() + (0 if each.bias is None else each.bias.numel()) for each in convolutions(part))


# (in, out, taps, stride, groups) of github.com/jik876/hifi-gan, models.py
SCALE = [
    (1, 128, 15, 1, 1),
    (128, 128, 41, 2, 4),
    (128, 256, 41, 2, 16),
    (256, 512, 41, 4, 16),
    (512, 1024, 41, 4, 16),
    (1024, 1024, 41, 1, 16),
    (1024, 1024, 5, 1, 1),
    (1024, 1, 3, 1, 1),
]
PERIOD = [(1, 32, 5, 3), (32, 128, 5, 3), (128, 512, 5, 3), (512, 1024, 5, 3), (1024, 1024, 5, 1), (1024, 1, 3, 1)]


def test_published_scales():
    with torch.device("meta"):
        critic = MultiScaleCritic(sound(8192))
    assert len(critic.parts) == 3
    for part in critic.parts:
        found = [(c.in_channels, c.out_channels, *c.kernel_size, *c.stride, c.groups) for c in convolutions(part)]
        assert found == SCALE
        assert free(part) == sum(i // g * o * k + o for i, o, k, _, g in SCALE)
    names = [type(part.layers[0].parametrizations.weight[0]).__name__ for part in critic.parts]
    assert names == ["_SpectralNorm", "_WeightNorm", "_WeightNorm"]


def test_published_periods():
    with torch.device("meta"):
        critic = MultiPeriodCritic(sound(8192))
    assert [part.period for part in critic.parts] == [2, 3, 5, 7, 11]
    for part in critic.parts:
        found = [(c.in_channels, c.out_channels, c.kernel_size[0], c.stride[0]) for c in convolutions(part)]
        assert found == PERIOD
        assert all(c.kernel_size[1] == c.stride[1] == 1 and c.padding[1] == 0 for c in convolutions(part))
        assert free(part) == sum(i * o * k + o for i, o, k, _ in PERIOD)


def naive(part, x, convolve):
    """Every map of a part by torch's own layers, from the weights that are applied."""
    maps = []
    for layer in convolutions(part)[:-1]:
        options = {"stride": layer.stride, "padding": tuple(size // 2 for size in layer.kernel_size)}
        x = functional.leaky_relu(convolve(x, layer.weight, layer.bias, **options, groups=layer.groups), 0.1)
        maps.append(x)
    last = convolutions(part)[-1]
    return [*maps, convolve(x, last.weight, last.bias, padding=tuple(size // 2 for size in last.kernel_size))]


def agree(judgement, expected):
    scores, maps = judgement
    assert len(maps) == len(expected)
    for one, other in zip(maps, expected, strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=1e-10)
    torch.testing.assert_close(scores, expected[-1].flatten(1), rtol=0, atol=1e-10)


@pytest.mark.parametrize("channels", [1, 2])
def test_scales_are_the_obvious_layers_on_averages(channels):
    spec = sound(1000, channels)
    critic, x = made(MultiScaleCritic, spec, dim=4), noise(spec)
    for part, judgement in zip(critic.parts, critic.judge(x), strict=True):
        agree(judgement, naive(part, x, functional.conv1d))
        padded = functional.pad(x, (2, 2))
        x = padded.unfold(2, 4, 2).mean(3)  # four samples every two, zeros beyond the ends


@pytest.mark.parametrize("length", [1000, 2310])
def test_periods_are_the_obvious_layers_on_rows(length):
    spec = sound(length)
    critic, x = made(MultiPeriodCritic, spec, dim=2), noise(spec)
    for part, judgement in zip(critic.parts, critic.judge(x), strict=True):
        missing = -length % part.period
        rows = functional.pad(x, (0, missing), mode="reflect").view(2, 1, -1, part.period)
        assert torch.equal(part.folded(x), rows)
        agree(judgement, naive(part, rows, functional.conv2d))


def test_a_period_hears_only_its_own_column():
    spec = sound(1155)
    critic, x = made(MultiPeriodCritic, spec, dim=2), noise(spec)
    for part in critic.parts:
        y = x.clone()
        y[:, :, 4 % part.period :: part.period] += 1
        before, after = (part(each)[0].view(2, -1, part.period) for each in (x, y))
        changed = (before != after).any(1).any(0)
        assert changed.tolist() == [column == 4 % part.period for column in range(part.period)]


def test_weight_norm_and_spectral_norm():
    critic = made(MultiScaleCritic, sound(), dim=8)
    for layer in convolutions(critic.parts[0]):
        assert torch.linalg.matrix_norm(layer.weight.flatten(1), 2).item() == pytest.approx(1, abs=1e-3)
    layer = critic.parts[1].layers[1]
    with torch.no_grad():
        layer.parametrizations.weight.original1.mul_(7)  # its direction alone counts
    scores = critic.judge(noise(sound()))[1][0]
    with torch.no_grad():
        layer.parametrizations.weight.original1.div_(7)
    torch.testing.assert_close(scores, critic.judge(noise(sound()))[1][0])


CRITICS = [
    (MultiScaleCritic, sound(500, 2), {"dim": 4}),
    (MultiPeriodCritic, sound(500, 2), {"dim": 2}),
]


@pytest.mark.parametrize(("kind", "spec", "options"), CRITICS)
def test_scores_are_those_of_the_parts(kind, spec, options):
    critic, x = made(kind, spec, **options), noise(spec)
    assert critic.several
    judgements = critic.judge(x)
    assert torch.equal(critic(x), torch.cat([scores for scores, _ in judgements], 1))
    for scores, maps in judgements:
        assert torch.equal(scores, maps[-1].flatten(1))
        assert all(len(each) == 2 for each in maps)
    alone = critic.judge(x[:1])  # no sample knows of another
    for (scores, _), (one, _) in zip(judgements, alone, strict=True):
        torch.testing.assert_close(scores[:1], one)


def test_what_cannot_be_built():
    for kind, name in ((MultiScaleCritic, "multi-scale"), (MultiPeriodCritic, "multi-period")):
        with pytest.raises(UserError, match=f"{name}: samples of shape .* are no waveforms; leave"):
            kind(picture())
    with pytest.raises(UserError, match=r"each below the 7 samples"):
        MultiPeriodCritic(SimpleNamespace(shape=(1, 7)))
