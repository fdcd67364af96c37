"""The discrepancy: its classifier against scipy, its value against divergences that are known."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from scipy.optimize import minimize

from gansuite.metrics.metric import MetricError
from gansuite_graph.metrics.logistic import logits
from gansuite_graph.metrics.polygraph import PolyGraph, bits
from gansuite_graph.spec import GraphSpec, WalkSpec

PAIR = GraphSpec(2)
SMALL = GraphSpec(12)


def pairs(n: int, p: float, seed: int) -> torch.Tensor:
    """Graphs of two nodes that are joined with probability p."""
    joined = torch.rand(n, 1, generator=torch.Generator().manual_seed(seed)) < p
    return torch.cat([torch.ones(n, 2), joined.float()], 1)


def random_graphs(n: int, p: float, seed: int) -> torch.Tensor:
    edges = torch.rand(n, SMALL.pairs, generator=torch.Generator().manual_seed(seed)) < p
    return torch.cat([torch.ones(n, SMALL.nodes), edges.float()], 1)


def metric(spec: GraphSpec, *names: str) -> PolyGraph:
    found = PolyGraph(descriptors=names) if names else PolyGraph()
    found.bind(spec)
    return found


def entropy(p: float) -> float:
    return -p * math.log2(p) - (1 - p) * math.log2(1 - p)


def test_the_regression_is_scipys_minimum():
    rng = np.random.default_rng(0)
    x, constant = rng.standard_normal((80, 4)) * [1, 5, 0.1, 1] + [0, 3, 0, 1], np.full((80, 1), 7.0)
    x = np.concatenate([x, constant], 1)
    y = (x[:, 0] + rng.standard_normal(80) > 0).astype(float)
    spread = x.std(0)
    z = (x - x.mean(0)) / np.where(spread > 1e-9, spread, 1)

    def cost(w):
        s = z @ w[:-1] + w[-1]
        return np.logaddexp(0, s).sum() - s @ y + 2.5 / 2 * (w[:-1] ** 2).sum()

    best = minimize(cost, np.zeros(6), method="BFGS", options={"gtol": 1e-9}).x
    found = logits(*(torch.from_numpy(each) for each in (x, y, x)), 2.5)
    assert np.abs(found.numpy() - (z @ best[:-1] + best[-1])).max() < 1e-5


def test_it_is_sure_where_laws_do_not_meet():
    x = torch.cat([torch.full((500, 1), 0.0), torch.full((500, 1), 1.0)]).double()
    y = torch.cat([torch.zeros(500), torch.ones(500)]).double()
    assert torch.sigmoid(logits(x, y, x[-1:], 1.0)).item() > 0.99


@pytest.mark.parametrize(("p", "q"), [(0.8, 0.2), (0.5, 0.1), (0.9, 0.6)])
def test_a_divergence_that_is_known(p: float, q: float):
    truth = math.sqrt(entropy((p + q) / 2) - (entropy(p) + entropy(q)) / 2)
    values, widths, inside = [], [], 0
    for seed in range(20):
        found = metric(PAIR, "degree")(pairs(1000, p, 2 * seed), pairs(1000, q, 2 * seed + 1), seed=seed)[0]
        values.append(found.value**2)
        widths.append((found.high**2 - found.low**2) / 2)
        inside += found.low <= truth <= found.high
    error = np.std(values, ddof=1) / math.sqrt(20)
    assert truth**2 - 0.01 - 3 * error < np.mean(values) < truth**2 + 3 * error  # a lower bound, and nearly tight
    assert inside >= 16
    assert 0.6 < np.mean(widths) / (2.26 * np.std(values, ddof=1)) < 1.6  # Student's quantile for ten blocks


def test_equal_laws_are_near_0_without_bias_upwards():
    bounds = []
    for seed in range(10):
        found = metric(SMALL)(random_graphs(200, 0.3, 2 * seed), random_graphs(200, 0.3, 2 * seed + 1), seed=seed)
        assert found[0].value < 0.25 and found[0].low == 0.0
        bounds.append(found[0].extras["bound"])
        assert found[0].value == math.sqrt(max(bounds[-1], 0))  # what is below 0 is shown as 0, and told
    assert np.mean(bounds) < 2 * np.std(bounds, ddof=1) / math.sqrt(10)
    assert min(bounds) < 0


def test_laws_that_do_not_meet_are_near_1():
    found = metric(SMALL)(random_graphs(200, 0.05, 0), random_graphs(200, 0.9, 1))
    assert [each.name.partition("/")[2] for each in found] == ["", "degree", "clustering", "orbit", "spectrum", "gin"]
    assert all(each.value > 0.97 for each in found) and found[0].high <= 1


def test_the_descriptor_that_tells_is_chosen():
    # As many edges at every node, and triangles or none: prism and K_{3,3}.
    six = GraphSpec(6)
    i, j = torch.triu_indices(6, 6, 1)
    prism = torch.tensor([[0, 1], [1, 2], [0, 2], [3, 4], [4, 5], [3, 5], [0, 3], [1, 4], [2, 5]])
    bipartite = torch.cartesian_prod(torch.arange(3), torch.arange(3, 6))
    rows = []
    for edges in (prism, bipartite):
        a = torch.zeros(6, 6)
        a[edges[:, 0], edges[:, 1]] = a[edges[:, 1], edges[:, 0]] = 1
        rows.append(torch.cat([torch.ones(6), a[i, j]]).expand(64, -1))
    whole, degree, clustering = metric(six, "degree", "clustering")(*rows)
    assert whole.extras["descriptor"] == "clustering" and whole.value == clustering.value > 0.95
    assert degree.value == 0


def test_floor_untrained_and_the_normalised_value():
    sets = [random_graphs(200, p, k) for k, p in enumerate((0.3, 0.4, 0.3, 0.8))]
    found = metric(SMALL, "degree")(sets[0], sets[1], floor=sets[2], untrained=sets[3])[0]
    assert found.floor < 0.3 < found.value < found.untrained and found.untrained > 0.9
    scaled = found.normalised
    assert scaled is not None and 0 <= scaled.low <= scaled.value <= scaled.high
    assert scaled.value == pytest.approx(found.value / found.untrained, abs=0.1)


def test_the_judged_half_has_no_part_in_the_classifier():
    x, y = (torch.randn(40, 60, generator=torch.Generator().manual_seed(s)).double() for s in (0, 1))
    order = torch.randperm(40, generator=torch.Generator().manual_seed(2))
    within, beyond = (bits(x, y, order[:20], rows, 1.0).mean() for rows in (order[:20], order[20:]))
    assert within > 0.5 > 0 > beyond  # 60 features of 40 rows: learnt by heart, and of no use


def test_it_refuses():
    with pytest.raises(MetricError, match="polygraph compares whole graphs"):
        PolyGraph().bind(WalkSpec(5, 4, 6))
    with pytest.raises(MetricError, match="descriptors are some of degree, clustering"):
        PolyGraph(descriptors=())
    with pytest.raises(MetricError, match="too few"):
        metric(PAIR)(pairs(20, 0.5, 0), pairs(20, 0.5, 1))
