"""Toy samples for a person."""

from __future__ import annotations

from typing import Any

import numpy as np

from gansuite.testing.contracts import PresenterContract
from gansuite_toy.presenter import CLOUD, ToyPresenter
from gansuite_toy.spec import ImageSpec, PointsSpec, TokensSpec


class TestPoints(PresenterContract):
    def make(self) -> Any:
        return ToyPresenter(PointsSpec())

    def samples(self, n: int) -> Any:
        return np.random.default_rng(0).normal(size=(n, 2)).astype(np.float32)


class TestStrings(PresenterContract):
    def make(self) -> Any:
        return ToyPresenter(TokensSpec(vocabulary=2, length=4, tokens=("<", "&"), picture="strings"))

    def samples(self, n: int) -> Any:
        return np.random.default_rng(0).integers(0, 2, (n, 4))


def test_points_are_shown_as_a_cloud_and_pictures_one_by_one() -> None:
    assert ToyPresenter(PointsSpec()).together == CLOUD
    assert ToyPresenter(ImageSpec(picture="images")).together == 1


def test_strings_are_shown_and_not_obeyed() -> None:
    shown = TestStrings().make()(np.array([[0, 1, 0, 0]]))[0].html
    assert shown == '<p class="string">&lt;&amp;&lt;&lt;</p>'
