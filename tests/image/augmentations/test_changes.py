"""Changes of pictures against scipy, numpy and the laws they are drawn from."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.ndimage
import torch

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite_image.augmentations.blur import Blur
from gansuite_image.augmentations.contrast import Contrast
from gansuite_image.augmentations.crop import Crop
from gansuite_image.augmentations.flip import Flip
from gansuite_image.augmentations.levels import Levels
from gansuite_image.augmentations.mask import Mask
from gansuite_image.augmentations.negative import Negative
from gansuite_image.augmentations.noise import Noise
from gansuite_image.augmentations.rotate import Rotate
from gansuite_image.augmentations.shift import Shift
from gansuite_image.augmentations.shrink import Shrink
from gansuite_image.augmentations.thicken import Thicken
from gansuite_image.spec import ImageSpec

N = 300
SPEC = ImageSpec(channels=2, height=8, width=12)
SQUARE = ImageSpec(channels=2, height=8, width=8)
RANDOM: dict[str, Callable[..., Any]] = {
    "noise": lambda **how: Noise(sd=(0.1, 0.5), **how),
    "flip": Flip,
    "upside-down": lambda **how: Flip(axis="vertical", **how),
    "shift": lambda **how: Shift(pixels=2, **how),
    "shift-edge": lambda **how: Shift(pixels=2, fill="edge", **how),
    "shift-circular": lambda **how: Shift(pixels=2, fill="circular", **how),
    "rotate": Rotate,
    "half-turn": lambda **how: Rotate(degrees=180.0, **how),
    "crop": Crop,
    "thicken": Thicken,
    "blur": lambda **how: Blur(sd=(0.5, 1.5), **how),
    "mask": Mask,
    "mask-pixels": lambda **how: Mask(shape="pixels", **how),
    "negative": Negative,
    "contrast": lambda **how: Contrast(brightness=(-0.2, 0.2), **how),
}


def pictures(n: int = N, spec: ImageSpec = SPEC) -> torch.Tensor:
    return torch.rand(n, *spec.shape, generator=torch.Generator().manual_seed(3)) * 2 - 1


def made(change: Any, spec: ImageSpec = SPEC) -> Any:
    change.bind(spec)
    return change


def uniform(values: torch.Tensor, low: float, high: float) -> bool:
    """Kolmogorov's test at 1 %."""
    n = len(values)
    return bool(((values.sort().values - low) / (high - low) - (torch.arange(n) + 0.5) / n).abs().max() < 1.63 / n**0.5)


# ------------------------------------------------------------------------------------------------------------ each kind


def test_noise_is_normal_with_the_deviation_that_was_asked_for():
    x = pictures(200)
    noise = (Noise(sd=0.3)(x, Rng(0)) - x).flatten()
    assert abs(float(noise.std()) / 0.3 - 1) < 0.02 and abs(float(noise.mean())) < 0.01
    assert abs(float((noise / 0.3).pow(4).mean()) - 3) < 0.15
    spread = (Noise(sd=(0.1, 0.5))(pictures(2000), Rng(0)) - pictures(2000)).flatten(1).std(1)
    assert abs(float(spread.mean()) - 0.3) < 0.01 and spread.min() < 0.13 and spread.max() > 0.45
    assert Noise(sd=2.0)(x, Rng(0)).abs().max() > 2 and Noise(sd=2.0, clamp=True)(x, Rng(0)).abs().max() == 1


@pytest.mark.parametrize(("axis", "place"), [("horizontal", -1), ("vertical", -2)])
def test_half_of_the_pictures_are_mirrored(axis, place):
    x = pictures()
    y = Flip(axis=axis)(x, Rng(0))
    turned = (y == x.flip(place)).flatten(1).all(1)
    assert torch.equal(y[~turned], x[~turned]) and abs(float(turned.float().mean()) - 0.5) < 0.1
    assert torch.equal(Flip(axis=axis, probability=1.0)(x, Rng(0)), x.flip(place))


@pytest.mark.parametrize("fill", ["blank", "edge", "circular"])
def test_shifts_are_whole_pixels_in_both_directions(fill):
    x, found = pictures(), []
    y = made(Shift(pixels=2, fill=fill))(x, Rng(0))
    mode = {"blank": "constant", "edge": "nearest", "circular": "grid-wrap"}[fill]
    for before, after in zip(x.numpy(), y.numpy(), strict=True):
        for down in range(-2, 3):
            for across in range(-2, 3):
                moved = scipy.ndimage.shift(before, (0, down, across), order=0, mode=mode, cval=-1)
                if np.array_equal(moved, after):
                    found.append((down, across))
    assert len(found) == N and len(set(found)) == 25 and np.abs(np.mean(found, 0)).max() < 0.3


@pytest.mark.parametrize("turns", [-1, 0, 1, 2, 3, 5])
def test_quarter_turns_are_exact_and_anticlockwise(turns):
    x = pictures(3)
    change = made(Rotate(degrees=90.0 * turns))
    y = change(x, Rng(0))
    assert np.array_equal(y.numpy(), np.rot90(x.numpy(), turns, (2, 3)))
    assert change.becomes(SPEC).shape == tuple(y.shape[1:])


def test_random_quarters_are_the_four_of_them():
    x = pictures(spec=SQUARE)
    y = made(Rotate(degrees="quarters"), SQUARE)(x, Rng(0))
    which = torch.stack([(y == x.rot90(k, (2, 3))).flatten(1).all(1) for k in range(4)], 1)
    assert which.sum(1).eq(1).all() and (which.double().mean(0) - 0.25).abs().max() < 0.09


@pytest.mark.parametrize("degrees", [30.0, -77.0, 200.0, 1.0])
@pytest.mark.parametrize(
    "spec", [SPEC, SQUARE, ImageSpec(channels=1, height=9, width=5)], ids=["wide", "square", "tall"]
)
def test_turns_are_those_of_scipy(degrees, spec):
    x = pictures(3, spec)
    y = made(Rotate(degrees=degrees), spec)(x, Rng(0))
    expected = scipy.ndimage.rotate(
        x.double().numpy(), degrees, (3, 2), reshape=False, order=1, mode="grid-constant", cval=-1
    )
    assert np.abs(y.numpy() - expected).max() < 1e-5


def test_angles_are_uniform_over_their_range():
    spec = ImageSpec(channels=1, height=33, width=33)
    x = torch.full((N, *spec.shape), -1.0)
    x[:, :, 16, 28] = 1  # a point 12 to the right, which goes up as angles grow
    y = made(Rotate(degrees=(-20.0, 60.0)), spec)(x, Rng(0)) + 1
    rows, columns = torch.arange(33.0) - 16, torch.arange(33.0) - 16
    up, across = -(y.sum(3)[:, 0] * rows).sum(1), (y.sum(2)[:, 0] * columns).sum(1)
    assert uniform(torch.rad2deg(torch.atan2(up, across)), -20, 60)


@pytest.mark.parametrize("element", ["cross", "square"])
@pytest.mark.parametrize("amount", [1.0, 2.0, -1.0, -3.0])
def test_thickening_is_grey_dilation_and_thinning_erosion(element, amount):
    x = pictures(3)
    square = np.ones((3, 3), bool)
    cross = scipy.ndimage.generate_binary_structure(2, 1)
    footprint = (cross if element == "cross" else square)[None, None]
    expected = x.numpy()
    step = scipy.ndimage.grey_dilation if amount > 0 else scipy.ndimage.grey_erosion
    for _ in range(int(abs(amount))):
        expected = step(expected, footprint=footprint)
    assert np.array_equal(Thicken(amount=amount, element=element)(x, Rng(0)).numpy(), expected)


def test_a_part_of_a_step_is_a_blend():
    x = pictures(3)
    one, two = (Thicken(amount=k)(x, Rng(0)) for k in (1.0, 2.0))
    assert torch.allclose(Thicken(amount=1.25)(x, Rng(0)), 0.75 * one + 0.25 * two, atol=1e-6)
    thin = Thicken(amount=-1.0)(x, Rng(0))
    assert torch.allclose(Thicken(amount=-0.4)(x, Rng(0)), 0.6 * x + 0.4 * thin, atol=1e-6)


@pytest.mark.parametrize("sd", [0.3, 1.0, 2.2])
def test_blur_is_scipys_gaussian(sd):
    x = pictures(3)
    expected = scipy.ndimage.gaussian_filter(x.double().numpy(), (0, 0, sd, sd), mode="nearest", truncate=4.0)
    assert np.abs(made(Blur(sd=sd))(x, Rng(0)).numpy() - expected).max() < 1e-5


def test_blurs_of_a_range_differ_and_keep_the_mean():
    spec = ImageSpec(channels=1, height=41, width=41)
    x = torch.zeros(N, *spec.shape)
    x[:, :, 20, 20] = 1
    y = made(Blur(sd=(1.0, 3.0)), spec)(x, Rng(0))
    variance = (y.sum(2)[:, 0] * (torch.arange(41.0) - 20).square()).sum(1)
    assert torch.allclose(y.sum((1, 2, 3)), torch.ones(N), atol=1e-5) and uniform(variance.sqrt(), 1, 3)


def test_holes_are_rectangles_of_the_share_that_was_asked_for_anywhere_or_in_the_middle():
    x = pictures()
    y = Mask(share=0.25, fill=0.5)(x, Rng(0))
    hole = (y != x).any(1)
    assert (y.masked_select(hole[:, None].expand_as(y)) == 0.5).all() and (hole.sum((1, 2)) == 4 * 6).all()
    assert (hole.any(2).sum(1) == 4).all() and (hole.any(1).sum(1) == 6).all()
    tops, lefts = hole.any(2).int().argmax(1), hole.any(1).int().argmax(1)
    assert set(tops.tolist()) == set(range(5)) and set(lefts.tolist()) == set(range(7))
    middle = (Mask(share=0.25, place="centre")(x, Rng(0)) != x).any(1)
    assert (middle == middle[:1]).all() and middle[0, 2:6, 3:9].all() and middle.sum() == N * 24


def test_single_pixels_are_blanked_in_all_channels_by_chance():
    x = pictures(1000)
    y = Mask(shape="pixels", share=0.3)(x, Rng(0))
    hole = y == 0
    assert torch.equal(hole[:, 0], hole[:, 1]) and abs(float(hole.float().mean()) - 0.3) < 0.01
    assert torch.equal(y[~hole], x[~hole])


def test_shrinking_takes_means_of_blocks():
    x = pictures(3)
    change = made(Shrink(factor=4))
    assert torch.allclose(change(x, Rng(0)), x.view(3, 2, 2, 4, 3, 4).mean((3, 5)), atol=1e-6)
    assert change.becomes(SPEC) == ImageSpec(channels=2, height=2, width=3)


def test_levels_are_one_hot_and_equally_wide():
    x = torch.linspace(-1, 1, 1001).view(1, 1, 1, -1)
    y = Levels(count=4)(x, Rng(0))
    assert torch.equal(y.sum(1), torch.ones(1, 1, 1001)) and y.unique().tolist() == [0, 1]
    expected = np.minimum((np.linspace(0, 4, 1001) + 1e-9).astype(int), 3)
    assert (y.argmax(1).flatten().numpy() != expected).sum() <= 3  # a rounding at each edge
    grey = Levels(count=2)(torch.tensor([-0.9, 0.2, 0.4]).view(1, 3, 1, 1), Rng(0))  # mean -.1
    assert grey.flatten().tolist() == [1, 0]
    assert Levels(count=4).becomes(SPEC).shape == (4, 8, 12)
    stored = torch.arange(256.0).view(1, 1, 16, 16) / 127.5 - 1  # a map of 256 labels as a picture of bytes holds it
    assert torch.equal(Levels(count=256)(stored, Rng(0)).argmax(1).flatten(), torch.arange(256))


def test_negative_and_contrast():
    x = pictures()
    assert torch.equal(Negative()(x, Rng(0)), -x)
    assert torch.allclose(Contrast(factor=2.0, brightness=0.25)(x, Rng(0)), (2 * x + 0.25).clamp(-1, 1))
    y = Contrast(factor=(0.2, 0.8), brightness=(-0.1, 0.1))(x, Rng(0)).flatten(1).double()
    flat = x.flatten(1).double()
    factor = ((y - y.mean(1, keepdim=True)) * flat).sum(1) / ((flat - flat.mean(1, keepdim=True)) * flat).sum(1)
    brightness = y.mean(1) - factor * flat.mean(1)
    assert uniform(factor, 0.2, 0.8) and uniform(brightness, -0.1, 0.1)


def test_a_crop_is_a_window_anywhere_enlarged():
    spec = ImageSpec(channels=2, height=40, width=60)
    rows = (torch.arange(40.0) + 0.5) / 40
    columns = (torch.arange(60.0) + 0.5) / 60
    x = torch.stack([rows[:, None].expand(40, 60), columns.expand(40, 60)]).expand(N, 2, 40, 60)  # each pixel its place
    y = made(Crop(share=0.75), spec)(x, Rng(0))
    for channel, axis, place in ((0, 1, rows), (1, 2, columns)):
        inner = y[:, channel].mean(3 - axis)[:, 5:-5]
        slope = inner.diff(dim=1) / place.diff()[0]
        assert torch.allclose(slope, torch.full_like(slope, 0.75), atol=1e-3)
        assert uniform(inner[:, 0] - 0.75 * place[5], 0, 0.25)
    assert y.min() >= 0 and y.max() <= 1


# ------------------------------------------------------------------------------------------------------------ all kinds


@pytest.mark.parametrize("kind", RANDOM)
def test_a_function_of_the_rng_that_changes_the_share_it_is_told(kind):
    x = pictures()
    y = made(RANDOM[kind](probability=0.3))(x, Rng(5))
    assert torch.equal(y, made(RANDOM[kind](probability=0.3))(x, Rng(5))) and y.shape == x.shape
    assert not torch.equal(y, made(RANDOM[kind](probability=0.3))(x, Rng(6)))
    assert abs(float((y != x).flatten(1).any(1).float().mean()) - 0.3) < 0.1
    assert (made(RANDOM[kind](probability=1.0))(x, Rng(5)) != x).flatten(1).any(1).float().mean() > 0.93


@pytest.mark.parametrize("kind", RANDOM)
def test_rows_on_two_ranks_are_those_of_one(kind):
    x, each = pictures(8), made(RANDOM[kind]())
    halves = [each(x[4 * rank : 4 * rank + 4], Rng(2, shard=(rank, 2))) for rank in range(2)]
    assert torch.allclose(torch.cat(halves), each(x, Rng(2)), atol=1e-6)


@pytest.mark.parametrize(
    "change",
    [*(each() for each in RANDOM.values()), Rotate(degrees="quarters"), Rotate(degrees=90.0), Shrink(), Levels()],
)
def test_every_kind_is_planned_on_the_meta_device_in_the_shape_it_becomes(change):
    made(change, SQUARE)
    x = torch.empty(5, *SQUARE.shape, device="meta")
    y = change(x, Rng(0, device="meta"))
    assert y.device.type == "meta" and tuple(y.shape) == (5, *change.becomes(SQUARE).shape)


# -------------------------------------------------------------------------------------------------------------- refused


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Noise(sd=(0.3, 0.1)), r"noise: sd = \[0.3, 0.1\]: write the smaller one first"),
        (lambda: Noise(sd=-0.1), r"noise: sd = -0.1 is below 0; choose a larger one"),
        (lambda: Blur(sd=0.01), r"blur: sd = 0.01 is below 0.1"),
        (lambda: made(Blur(sd=5.0)), r"blur: sd = 5 leaves nothing of 8 x 12; at most 4"),
        (lambda: made(Shift(pixels=8)), r"shift: pixels = 8 moves pictures out of sight; choose 1 to 7"),
        (
            lambda: made(Rotate(degrees="quarters")),
            r"rotate: pictures of 8 x 12 cannot be turned by 90 degrees at random",
        ),
        (lambda: made(Rotate(degrees=90.0, probability=0.5)), r"rotate: pictures of 8 x 12 cannot"),
        (lambda: made(Shrink(factor=3)), r"shrink: 8 x 12 is no multiple of factor = 3; the nearest size is 9 x 12"),
        (lambda: Thicken(amount=0.0), r"thicken: amount = 0 changes nothing"),
        (lambda: Contrast(factor=-1.0), r"contrast: factor = -1 is below 0"),
    ],
)
def test_what_cannot_be_is_told_in_one_line(make, message):
    with pytest.raises(UserError, match=message) as caught:
        make()
    assert "\n" not in str(caught.value)


def test_a_half_turn_may_be_random_where_a_quarter_may_not():
    assert made(Rotate(degrees=180.0, probability=0.5)).becomes(SPEC) == SPEC
    assert math.isclose(made(Rotate(degrees=-90.0)).becomes(SPEC).height, 12)
