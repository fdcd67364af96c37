"""The seeded random network: what it tells apart, and that it is the same everywhere."""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch

from gansuite.metrics import frechet, kad
from gansuite_image.metrics.random_cnn import RandomCNN
from gansuite_image.metrics.strides import strides_of
from gansuite_image.spec import ImageSpec

SPEC = ImageSpec(channels=1, height=8, width=8)


def digits():
    """Both halves of scikit-learn's digits in an order of their own, and the classes of the second."""
    sklearn = pytest.importorskip("sklearn.datasets")
    images, labels = sklearn.load_digits(return_X_y=True)
    order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(0))
    x = (torch.from_numpy(images).float().view(-1, 1, 8, 8) / 8 - 1)[order]
    return x[:800], x[800:1600], torch.from_numpy(labels)[order][800:1600]


def test_every_corruption_of_digits_is_farther_than_other_digits():
    real, x, y = digits()
    draw = torch.Generator().manual_seed(1)
    three = x[y == 3]
    mixed = torch.randperm(64, generator=draw)
    faults = {
        "noise": (x + 0.3 * torch.randn(x.shape, generator=draw)).clamp(-1, 1),
        "blurred": torch.nn.functional.avg_pool2d(x, 3, 1, 1),
        "one class": three[torch.arange(800) % len(three)],
        "a lost class": x[y != 3][torch.arange(800) % int((y != 3).sum())],
        "20 copies": x[torch.arange(800) % 20],
        "negative": -x,
        "turned": x.rot90(1, (2, 3)),
        "mirrored": x.flip(3),
        "a pixel aside": x.roll(1, 3),
        "shuffled pixels": x.flatten(2)[:, :, mixed].view_as(x),
    }
    extractor = RandomCNN(SPEC)
    features = extractor(real)
    for metric in (kad, frechet):
        same = metric(features, extractor(x))
        assert same.low < 0 < same.high
        for name, fault in faults.items():
            found = metric(features, extractor(fault))
            assert found.low > 0 and found.value > same.high, name


@pytest.mark.parametrize(
    ("height", "width", "strides"),
    [(8, 8, [2, 1, 1]), (12, 9, [2, 2, 1]), (28, 28, [2, 2, 2]), (64, 48, [2, 2, 2, 2]), (256, 256, [2] * 6)],
)
def test_pictures_of_any_size_have_as_many_features(height, width, strides):
    assert strides_of(height, width) == strides
    extractor = RandomCNN(ImageSpec(channels=3, height=height, width=width))
    x = torch.randn(3, 3, height, width, generator=torch.Generator().manual_seed(0))
    found = extractor(x)
    assert found.shape == (3, 256) and found.dtype == torch.float32
    assert bool((found.std(0) > 0).all())  # no feature is dead: the last maps vary over places too
    maps = extractor.layers(torch.cat([x, extractor.where.expand(3, -1, -1, -1)], 1))
    assert maps.shape[-2:].numel() > 4
    expected = torch.cat([maps.mean((2, 3)), maps.var((2, 3), correction=0).sqrt()], 1)
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-5)


def test_left_is_told_from_right_far_from_edges():
    """By the channels that hold row and column."""
    x = torch.full((2, 1, 8, 32), -1.0)
    x[0, :, :, 8:10], x[1, :, :, 22:24] = 1, 1
    extractor = RandomCNN(ImageSpec(channels=1, height=8, width=32))
    told = extractor(x).diff(dim=0).norm()
    extractor.where.zero_()
    assert told > 4 * extractor(x).diff(dim=0).norm()


def test_weights_are_a_function_of_the_seed_alone():
    before = torch.get_rng_state()
    extractor = RandomCNN(SPEC)
    assert torch.equal(torch.get_rng_state(), before) and not any(p.requires_grad for p in extractor.parameters())
    others = [RandomCNN(SPEC, seed=1), RandomCNN(SPEC, width=16), RandomCNN(SPEC.widened(3))]
    others.append(RandomCNN(ImageSpec(channels=1, height=16, width=8)))
    assert len({each.fingerprint for each in (extractor, *others)}) == 5
    first = extractor.layers[0].weight
    assert float(first.var()) == pytest.approx(2 / 27, rel=0.15)  # He: 2 / (9 inputs), of 3 channels


def test_another_process_has_the_same_fingerprint_and_features():
    code = (
        "import torch; torch.manual_seed(7)\n"
        "from gansuite_image.metrics.random_cnn import RandomCNN; from gansuite_image.spec import ImageSpec\n"
        "e = RandomCNN(ImageSpec(channels=1, height=8, width=8)); x = torch.linspace(-1, 1, 64).view(1, 1, 8, 8)\n"
        "print(e.fingerprint, e(x).double().sum().item().hex())"
    )
    out = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    extractor = RandomCNN(SPEC)
    x = torch.linspace(-1, 1, 64).view(1, 1, 8, 8)
    assert out == [extractor.fingerprint, extractor(x).double().sum().item().hex()]
