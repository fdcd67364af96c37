"""Single pictures for a person."""

from __future__ import annotations

from typing import Any

import numpy as np

from gansuite.testing.contracts import PresenterContract
from gansuite_image.panels.shown import source_of
from gansuite_image.presenter import ImagePresenter
from gansuite_image.spec import ImageSpec


class TestPictures(PresenterContract):
    def make(self) -> Any:
        return ImagePresenter(ImageSpec(channels=3, height=8, width=6))

    def samples(self, n: int) -> Any:
        return np.random.default_rng(0).uniform(-1, 1, (n, 3, 8, 6)).astype(np.float32)


def test_the_pixels_are_the_sample_s() -> None:
    (shown,) = ImagePresenter(ImageSpec(channels=1, height=2, width=3))(np.full((1, 1, 2, 3), 1.0, np.float32))
    assert source_of(np.full((2, 3, 1), 255, np.uint8)) in shown.html
    assert shown.words == "picture of 3 x 2 pixels"
