"""Single graphs and walks for a person."""

from __future__ import annotations

from typing import Any

import numpy as np

from gansuite.testing.contracts import PresenterContract
from gansuite_graph.presenter import GraphPresenter
from gansuite_graph.spec import GraphSpec, WalkSpec


class TestGraphs(PresenterContract):
    def make(self) -> Any:
        return GraphPresenter(GraphSpec(4))

    def samples(self, n: int) -> Any:
        return np.random.default_rng(0).integers(1, 2, (n, 10))


class TestWalks(PresenterContract):
    def make(self) -> Any:
        return GraphPresenter(WalkSpec(5, 3, 4))

    def samples(self, n: int) -> Any:
        return np.random.default_rng(0).integers(0, 5, (n, 3))


def test_its_size_is_told() -> None:
    full, relaxed = np.ones((1, 6), np.int64), np.zeros((1, 6, 2), np.float32)
    relaxed[..., 1] = 1
    for samples in (full, relaxed):
        assert GraphPresenter(GraphSpec(3))(samples)[0].words == "3 nodes, 3 edges"


def test_a_walk_is_the_row_of_its_nodes() -> None:
    assert "3 – 0 – 4" in GraphPresenter(WalkSpec(5, 3, 4))(np.array([[3, 0, 4]]))[0].html
