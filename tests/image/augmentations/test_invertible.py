"""What a critic may be shown: elements of groups, with laws whose maps can be undone while p < 1."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
import torch
from scipy.spatial.transform import Rotation

from gansuite.engine.rng import Rng
from gansuite.inputs.adaptive_augmentation import AdaptiveAugmentation
from gansuite.spaces import TensorSpace
from gansuite_image.augmentations.invertible import OPERATIONS, operations
from gansuite_image.spec import ImageSpec

N = 30_000


def matrix(name: str, orbit: torch.Tensor, p: float) -> torch.Tensor:
    """The map on laws, counted from the operation itself on the orbit of one picture."""
    spec = ImageSpec(channels=orbit.shape[1], height=orbit.shape[2], width=orbit.shape[3])
    ada = AdaptiveAugmentation(operations=[name])
    ada.operations = {name: OPERATIONS[name]}
    ada.p.fill_(p)
    rows = []
    for start in range(len(orbit)):
        x = orbit[start].expand(N, *spec.shape)
        moved = ada.samples(x, True, TensorSpace(), Rng(start, name), 0)
        hits = [(moved == each).flatten(1).all(1).double().mean() for each in orbit]
        rows.append(torch.stack(hits))
    return torch.stack(rows)


@pytest.mark.parametrize("p", [0.3, 0.8])
@pytest.mark.parametrize("name", ["flip", "rotation", "half-turn", "luma-flip"])
def test_uniform_over_a_group_the_map_has_the_eigenvalues_1_and_1_minus_p(p, name):
    x = torch.arange(18.0).view(1, 2, 3, 3)[:, :, :, : 2 if name == "half-turn" else 3]
    colour = torch.tensor([1.0, 2.0, 3.0]).view(1, 3, 1, 1)
    orbit = {
        "flip": [x, x.flip(3)],
        "rotation": [x.rot90(k, (2, 3)) for k in range(4)],
        "half-turn": [x, x.rot90(2, (2, 3))],
        "luma-flip": [colour, colour - 4],  # the mean, 2, becomes -2
    }[name]
    k = len(orbit)
    counted = matrix("rotation" if name == "half-turn" else name, torch.cat(orbit), p)
    expected = (1 - p) * torch.eye(k, dtype=torch.float64) + p / k
    torch.testing.assert_close(counted, expected, atol=5 * 0.5 / N**0.5, rtol=0)


@pytest.mark.parametrize("side", [5, 16, 48])
def test_translations_have_a_triangular_law_round_the_edges_with_no_negative_eigenvalue(side):
    most, n = max(round(side / 16), 1), N // 5
    place = torch.full((n, 1, side, side + 1), -1.0)
    place[:, :, 0, 0] = 1
    y = OPERATIONS["translation"](place, Rng(0))
    assert ((y == 1).sum((1, 2, 3)) == 1).all()
    rows, columns = y.amax(3)[:, 0].argmax(1), y.amax(2)[:, 0].argmax(1)
    law = torch.zeros(side, dtype=torch.float64)
    for a, b in itertools.product(range(-most, most + 1), repeat=2):
        law[(a + b) % side] += (2 * most + 1) ** -2
    counted = torch.bincount(rows, minlength=side) / n
    torch.testing.assert_close(counted.double(), law, atol=5 * 0.5 / n**0.5, rtol=0)
    assert abs(np.corrcoef(rows.numpy(), columns.numpy())[0, 1]) < 5 / n**0.5 and columns.max() == side
    for p in (0.5, 0.8, 0.99):
        eigenvalues = 1 - p + p * torch.fft.fft(law)
        assert eigenvalues.imag.abs().max() < 1e-12 and eigenvalues.real.min() > 1 - p - 1e-12
    # One uniform number alone would not do: its map cannot be undone at some p < 1.
    alone = torch.zeros(48, dtype=torch.float64)
    alone[torch.arange(-6, 7) % 48] = 1 / 13
    assert (1 - 0.9 + 0.9 * torch.fft.fft(alone).real).min() < 0


def test_hues_turn_about_grey_by_uniform_angles():
    colour = torch.tensor([0.9, -0.3, 0.1])
    y = OPERATIONS["hue"](colour.view(1, 3, 1, 1).expand(N, 3, 1, 1), Rng(0))[:, :, 0, 0].double()
    axis = np.ones(3) / math.sqrt(3)
    flat, radius = y - y.mean(1, keepdim=True), (colour - colour.mean()).double()
    assert torch.allclose(y.mean(1), colour.double().mean().expand(N), atol=1e-6)
    assert torch.allclose(flat.norm(dim=1), radius.norm().expand(N), atol=1e-6)
    across = torch.from_numpy(np.cross(axis, radius.numpy()))
    angle = torch.atan2(flat @ across, flat @ radius)
    moments = torch.stack([f(k * angle).mean() for k in (1, 2, 3) for f in (torch.sin, torch.cos)])
    assert (moments.abs() < 4 / (2 * N) ** 0.5).all()
    some = Rotation.from_rotvec(angle[:50, None].numpy() * axis).apply(np.tile(colour.numpy(), (50, 1)))
    assert np.abs(some - y[:50].numpy()).max() < 1e-5


def test_brightness_contrast_and_saturation_have_their_laws():
    x = torch.tensor([0.5, -0.25, 0.375]).view(1, 3, 1, 1).expand(N, 3, 2, 2)
    moved = OPERATIONS["brightness"](x, Rng(0)) - x
    assert torch.allclose(moved, moved[:, :1, :1, :1].expand_as(moved), atol=1e-6)
    assert float(moved[:, 0, 0, 0].std()) == pytest.approx(0.2, rel=0.02) and abs(float(moved.mean())) < 0.005
    octaves = (OPERATIONS["contrast"](x, Rng(0)) / x).log2()
    assert torch.allclose(octaves, octaves[:, :1, :1, :1].expand_as(octaves), atol=1e-5)
    assert float(octaves[:, 0, 0, 0].std()) == pytest.approx(0.5, rel=0.02) and abs(float(octaves.mean())) < 0.012
    y = OPERATIONS["saturation"](x, Rng(0))
    assert torch.allclose(y.mean(1), x.mean(1), atol=1e-5)
    octaves = ((y - y.mean(1, keepdim=True)) / (x - x.mean(1, keepdim=True))).log2()
    assert torch.allclose(octaves, octaves[:, :1, :1, :1].expand_as(octaves), atol=1e-3)
    assert float(octaves[:, 0, 0, 0].std()) == pytest.approx(1, rel=0.02) and abs(float(octaves.mean())) < 0.025


@pytest.mark.parametrize("name", ["brightness", "contrast", "luma-flip", "hue", "saturation"])
def test_opacity_stays_and_colours_are_those_without_it(name):
    x = torch.randn(20, 4, 3, 3, generator=torch.Generator().manual_seed(0))
    y = OPERATIONS[name](x, Rng(1))
    assert torch.equal(y[:, 3], x[:, 3]) and torch.equal(y[:, :3], OPERATIONS[name](x[:, :3], Rng(1)))


def test_operations_are_those_that_mean_something_for_the_channels():
    def names(channels: int) -> list[str]:
        return list(operations(ImageSpec(channels=channels, height=4, width=4)))

    pixels = ["flip", "rotation", "translation"]
    assert names(1) == [*pixels, "brightness", "contrast", "sign"] and names(7) == pixels
    assert names(3) == names(4) == [*pixels, "brightness", "contrast", "luma-flip", "hue", "saturation"]


@pytest.mark.parametrize("name", OPERATIONS)
@pytest.mark.parametrize("spec", [(3, 6, 6), (3, 4, 6)], ids=["square", "wide"])
def test_operations_keep_shapes_have_gradients_and_are_functions_of_the_rng(name, spec):
    x = torch.randn(40, *spec, generator=torch.Generator().manual_seed(0)).requires_grad_()
    y = OPERATIONS[name](x, Rng(0))
    assert y.shape == x.shape and not torch.equal(y, x) and torch.equal(y, OPERATIONS[name](x, Rng(0)))
    (gradient,) = torch.autograd.grad(y.square().sum(), x)
    assert gradient.isfinite().all() and (gradient != 0).all()
    halves = [OPERATIONS[name](x[20 * rank : 20 * rank + 20], Rng(2, shard=(rank, 2))) for rank in range(2)]
    assert torch.allclose(torch.cat(halves), OPERATIONS[name](x, Rng(2)), atol=1e-6)
    assert OPERATIONS[name](torch.empty(4, *spec, device="meta"), Rng(0, device="meta")).shape == (4, *spec)
