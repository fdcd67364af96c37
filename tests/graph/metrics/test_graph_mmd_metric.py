"""MMD² of graphs in a run: the same as the function's, for rows of a specification, with floor and interval."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest
import torch

from gansuite.engine.rng import Rng
from gansuite.metrics import MetricError
from gansuite.metrics.jackknife import block_labels
from gansuite.metrics.two_sample import Known
from gansuite_graph.metrics import mmd
from gansuite_graph.metrics.graph_mmd_metric import EVERY, GraphMmd
from gansuite_graph.metrics.kernels import KernelName
from gansuite_graph.spec import GraphSpec, WalkSpec

SPEC = GraphSpec(9, ("C", "N"), ("single", "double"))


def rows(n: int, rate: float, seed: int, spec: GraphSpec = SPEC) -> torch.Tensor:
    """Graphs of which a fifth of the nodes are missing, as a metric is given them."""
    rng = Rng(seed, "graphs")
    nodes = torch.where(rng.uniform(n, spec.nodes) < 0.2, 0, rng.integers(1, 3, n * spec.nodes).view(n, -1))
    pairs = torch.where(rng.uniform(n, spec.pairs) < rate, rng.integers(1, 3, n * spec.pairs).view(n, -1), 0)
    return spec.tidied(torch.cat([nodes, pairs], 1)).double()


def bound(**options) -> GraphMmd:
    metric = GraphMmd(**options)
    metric.bind(SPEC)
    return metric


@pytest.mark.parametrize("estimator", ["u-statistic", "v-statistic"])
@pytest.mark.parametrize("kernel", get_args(KernelName))
def test_is_the_function(kernel: KernelName, estimator):
    sets = {"real": (0.4, 0), "fake": (0.5, 1), "floor": (0.4, 2), "untrained": (0.9, 3)}
    given = {name: rows(40, *each) for name, each in sets.items()}
    dense = {name: SPEC.dense(x.long()) for name, x in given.items()}
    found = bound(kernel=kernel, estimator=estimator)(**given, seed=5)
    assert [each.name for each in found] == [f"graph-mmd/{statistic}" for statistic in EVERY]
    others = {"floor": dense["floor"], "untrained": dense["untrained"]}
    for statistic, each in zip(EVERY, found, strict=True):
        truth = mmd(dense["real"], dense["fake"], statistic, kernel, estimator, **others, seed=5)
        for name in ("value", "low", "high", "floor", "untrained"):
            assert getattr(each, name) == pytest.approx(getattr(truth, name), abs=1e-12), name
        assert each.method == truth.method and (each.n_real, each.n_fake) == (40, 40)
        assert each.extras["estimator"] == estimator and each.extras[f"kernel ({statistic})"] == truth.extras["kernel"]
        assert each.extras.get(f"sigma ({statistic})") == truth.extras.get("sigma")
        assert each.extras["positive_definite"] == (kernel in ("rbf", "linear"))


def test_sees_another_law_and_no_difference_where_there_is_none():
    real, same, other = rows(200, 0.4, 0), rows(200, 0.4, 1), rows(200, 0.7, 2)
    given = {"floor": rows(200, 0.4, 3), "untrained": rows(200, 1.0, 4)}
    for near, far in zip(bound()(real, same, **given), bound()(real, other, **given), strict=True):
        assert near.low < 0 < near.high and near.value < far.low, near
        assert far.normalised is not None and 0.02 < far.normalised.value < 1


def test_a_block_is_left_out_of_both_sets():
    real, fake, labels, metric = rows(30, 0.4, 0), rows(30, 0.6, 1), block_labels(30), bound(statistics=("orbit",))
    table = metric.table(metric.side(real, labels, 0), fake, labels, 0)
    assert table.shape == (11, 1)
    for b in (0, 7):
        part = metric.table(metric.side(real[labels != b], None, 0), fake[labels != b], None, 0)
        assert part.shape == (1, 1) and table[b + 1, 0] == pytest.approx(part[0, 0], abs=1e-12)


def test_what_an_evaluator_keeps_gives_the_same():
    real, fake, floor = rows(20, 0.4, 0), rows(20, 0.5, 1), rows(20, 0.4, 2)
    for kernel in get_args(KernelName):
        known = Known.of(bound(kernel=kernel).prepare(real, floor).tensors())  # by way of a file
        again = bound(kernel=kernel)(real, fake, floor=floor, known=known)
        assert again == bound(kernel=kernel)(real, fake, floor=floor)


def test_parts_and_many_graphs(monkeypatch: pytest.MonkeyPatch):
    real, fake = rows(50, 0.4, 0), rows(50, 0.5, 1)
    (only,) = bound(statistics=("spectrum", "spectrum"))(real, fake)
    whole = bound()(real, fake)
    assert only.value == whole[3].value
    monkeypatch.setattr("gansuite_graph.metrics.graph_mmd_metric.TOGETHER", 7)
    assert np.allclose([each.value for each in bound()(real, fake)], [each.value for each in whole], atol=1e-13)


def test_no_graphs_are_refused():
    with pytest.raises(MetricError, match="compares sets of graphs, and the samples are none: leave it out"):
        GraphMmd().bind(WalkSpec(nodes=5, length=3, edges=4))
    with pytest.raises(MetricError, match=r"call bind\(spec\) first"):
        GraphMmd()(rows(5, 0.4, 0), rows(5, 0.4, 1))
    empty = torch.zeros(8, *SPEC.shape, dtype=torch.float64)
    for each in bound()(rows(8, 0.4, 0), empty):  # a generator may do that: it must not end a run
        assert np.isfinite(each.value) and each.value > 0.01
