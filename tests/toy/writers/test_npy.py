from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from gansuite.engine.rng import Rng
from gansuite_toy.panels.pictures import PICTURES
from gansuite_toy.spec import ImageSpec, OneHotSpec, PointsSpec, SignalSpec, TokensSpec, ToySpec
from gansuite_toy.writers.npy import NpyWriter

SPECS: dict[str, ToySpec] = {
    "scatter": PointsSpec(2),
    "density": PointsSpec(1, picture="density"),
    "curves": SignalSpec(picture="curves"),
    "images": ImageSpec(height=8, width=8, channels=3, picture="images"),
    "contours": SignalSpec(length=16, channels=2, picture="contours"),
    "strings": TokensSpec(vocabulary=2, length=4, tokens=("(", ")"), picture="strings"),
    "one-hot": OneHotSpec(vocabulary=3, length=4, picture="strings"),
}


@pytest.mark.parametrize("name", SPECS)
@pytest.mark.parametrize("n", [1, 40])
def test_numbers_come_back_and_the_picture_is_one(name: str, n: int, tmp_path: Path):
    spec = SPECS[name]
    x = Rng(0, "x").normal(n, *spec.shape) if name != "strings" else Rng(0, "x").integers(0, 2, 4 * n).view(n, 4)
    numbers, picture = NpyWriter(spec).write(x, tmp_path / "new", "a-")
    assert numbers.name == "a-samples.npy"
    np.testing.assert_array_equal(np.load(numbers), x.numpy())
    pixels = np.asarray(Image.open(picture).convert("L"))
    assert pixels.shape[0] > 200
    assert pixels.std() > 1  # something is drawn


def test_every_kind_of_picture_is_tried():
    assert {spec.picture for spec in SPECS.values()} == set(PICTURES)


def test_without_a_picture(tmp_path: Path):
    assert [path.suffix for path in NpyWriter(PointsSpec(2), picture=False).write(torch.zeros(3, 2), tmp_path)] == [
        ".npy"
    ]


def test_samples_of_a_generator_that_diverged_are_drawn_as_far_as_they_go(tmp_path: Path):
    x = torch.tensor([[0.0, 1.0], [torch.nan, torch.inf]])
    numbers, picture = NpyWriter(PointsSpec(2)).write(x, tmp_path)
    assert np.isnan(np.load(numbers)).any()
    assert picture.stat().st_size > 1000
