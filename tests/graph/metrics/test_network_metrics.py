"""Metrics of one graph on models that are known: the real walker, one that strays, one that knows what was held out."""

from __future__ import annotations

import copy
import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch
from scipy.stats import norm

from gansuite.metrics.metric import Metric, MetricError
from gansuite_graph.data.network import Network
from gansuite_graph.metrics.edge_overlap import EdgeOverlap
from gansuite_graph.metrics.graph_numbers import graph_numbers
from gansuite_graph.metrics.link_prediction import LinkPrediction, baselines
from gansuite_graph.metrics.network_statistics import NetworkStatistics
from gansuite_graph.metrics.ranking import Ranking
from gansuite_graph.spec import GraphSpec
from gansuite_graph.walks.assembly import Transitions
from gansuite_graph.walks.features import WalkFeatures, bucket

from . import walking_games as games


@pytest.fixture(scope="module")
def data() -> Network:
    return Network(graph="les-miserables", length=8, walks=2000, held_out={"valid": 0.1, "test": 0.1})


def bound(metric: Any, data: Network) -> Any:
    metric.bind(data.spec)
    assert isinstance(metric, Metric)
    return metric


def by_name(found):
    return {each.name.split("/", 1)[1] if "/" in each.name else "": each for each in found}


def test_statistics_of_the_real_walker_are_the_floor(data):
    metric = bound(NetworkStatistics(transitions=4000, graphs=6), data)
    real, stray = (games.subject(games.Walking(data.graph, data.spec, share), data) for share in (0.0, 1.0))
    found = by_name(metric(real, untrained=stray))
    truth = graph_numbers(data.graph)
    assert set(found) == set(truth)
    for name, each in found.items():
        assert each.ideal == truth[name] and each.name == f"network-statistics/{name}"
        assert each.low <= each.value <= each.high
    triangles = found["triangles"]
    floor = triangles.extras["walks of the real graph"]
    assert triangles.value == pytest.approx(floor, rel=0.1) and floor < truth["triangles"] * 1.001
    assert triangles.untrained < 0.7 * triangles.value
    assert triangles.normalised.value < 0.3 < 1
    assert found["mean-degree"].value == truth["mean-degree"]
    assert found["mean-degree"].normalised is None  # every graph has as many edges


def test_overlap(data):
    metric = bound(EdgeOverlap(transitions=4000, graphs=4), data)
    real, stray = (games.subject(games.Walking(data.graph, data.spec, share), data) for share in (0.0, 1.0))
    found = by_name(metric(real, untrained=stray))
    assert set(found) == {"", "held-out", "steps"}
    assert found["steps"].value == 1.0 and found["held-out"].direction == "max"
    share = 2 * data.graph.edges / 77**2  # of steps to any node that follow an edge
    assert found["steps"].untrained == pytest.approx(share, rel=0.1)
    assert found["held-out"].value == 0.0
    assert (
        found[""].value == pytest.approx(found[""].extras["walks of the real graph"], abs=0.02)
        and found[""].value > 0.9
    )
    assert all(each.ideal is each.normalised is None for each in found.values())
    chance = found[""].extras["by chance"]
    assert chance == pytest.approx(data.graph.edges / (77 * 76 / 2))
    assert found[""].untrained == pytest.approx(chance, abs=0.05)


def test_overlap_by_hand(data):
    """A walker of the whole graph: overlap and held-out share from its own assembled graphs."""
    metric = bound(EdgeOverlap(transitions=700, graphs=3), data)
    subject = games.subject(games.Walking(data.full, data.spec, 0.3), data)
    found = by_name(metric(subject))
    rows = []
    for i in range(3):
        steps = metric.drawn(subject, i)
        assert steps.steps == 700
        edges = {tuple(edge) for edge in metric.put_together(steps, subject, i).T.tolist()}
        train, held = (
            {tuple(sorted(edge)) for edge in each.T.tolist()}
            for each in (data.graph.edge_index(), data.held_out("test")[0])
        )
        pairs = steps.pairs.T.tolist()
        on = sum(int(c) for pair, c in zip(pairs, steps.counts.tolist(), strict=True) if tuple(pair) in train)
        rows.append((len(edges & train) / len(train), len(edges & held) / len(held), on / 700))
    expected = np.mean(rows, 0)
    assert [found[part].value for part in ("", "held-out", "steps")] == pytest.approx(expected.tolist())
    assert len({tuple(row) for row in rows}) == 3
    first, second = (metric.drawn(subject, i) for i in (0, 1))  # each graph has walks of its own
    assert not (torch.equal(first.keys, second.keys) and torch.equal(first.counts, second.counts))


def test_relaxed_walks_are_their_likeliest_nodes(data):
    metric = bound(EdgeOverlap(transitions=700, graphs=2), data)
    hard, soft = (games.subject(games.Walking(data.graph, data.spec, 0.2, relaxed), data) for relaxed in (False, True))
    assert [each.value for each in metric(hard)] == [each.value for each in metric(soft)]


def test_link_prediction_by_transitions(data):
    metric = bound(LinkPrediction(transitions=20_000, resamples=200), data)
    knows, train = (games.subject(games.Walking(graph, data.spec), data) for graph in (data.full, data.graph))
    found = by_name(metric(knows, untrained=train))
    assert found["auc"].value == found["ap"].value == 1.0  # every held-out edge was walked, and no pair without one
    assert found["auc"].untrained == 0.5 and found["ap"].untrained == 0.5  # no walk of the training graph steps there
    assert found["auc"].normalised is None and found["auc"].ideal == 1.0
    assert (found["auc"].low, found["auc"].high) == (1.0, 1.0)
    edges, others = data.held_out("test")
    counts = metric.drawn(knows)
    expected = Ranking(counts.over(edges).double().numpy(), counts.over(others).double().numpy()).values
    assert (found["auc"].value, found["ap"].value) == expected


def test_link_prediction_by_the_models_own_scores(data):
    scoring = games.subject(games.Scoring(data.full, data.spec), data)
    for scores, how in (("auto", "of the model"), ("model", "of the model"), ("transitions", "500 transitions")):
        found = bound(LinkPrediction(transitions=500, scores=scores, resamples=100), data)(scoring)
        assert found[0].extras["scores"] == how and (how == "500 transitions" or found[0].value == 1.0)
    stray = games.subject(games.Walking(data.full, data.spec, 0.9), data)
    found = by_name(bound(LinkPrediction(transitions=4000, resamples=500), data)(stray))
    assert found["auc"].low < found["auc"].value < found["auc"].high < 1
    with pytest.raises(MetricError, match="scores no pairs"):
        bound(LinkPrediction(scores="model"), data)(stray)


def test_intervals_of_link_prediction_are_as_wide_as_they_should_be():
    """Against Hanley and McNeil's standard error for two normal laws."""
    rng = np.random.default_rng(0)
    data = Network(graph="les-miserables", held_out={"test": 0.5})
    pairs = torch.cat(data.held_out("test"), 1)
    m = pairs.shape[1] // 2
    values = torch.from_numpy(np.concatenate([rng.normal(size=m) + 1.5, rng.normal(size=m)]))
    game = games.Walking(data.graph, data.spec)
    game.link_scores = lambda asked: values
    found = by_name(bound(LinkPrediction(), data)(games.subject(game, data)))["auc"]
    a = float(norm.cdf(1.5 / math.sqrt(2)))
    q1, q2 = a / (2 - a), 2 * a * a / (1 + a)
    error = math.sqrt((a * (1 - a) + (m - 1) * (q1 - a * a) + (m - 1) * (q2 - a * a)) / (m * m))
    assert found.high - found.low == pytest.approx(2 * 1.96 * error, rel=0.25)
    assert abs(found.value - a) < 3 * error and found.n_real == m


def test_what_needs_no_model(data):
    pairs = torch.cat(data.held_out("test"), 1)
    m = pairs.shape[1] // 2
    near = [
        set(data.graph.targets[a:b].tolist())
        for a, b in zip(data.graph.starts[:-1], data.graph.starts[1:], strict=True)
    ]
    common = np.array([float(len(near[u] & near[v])) for u, v in pairs.T.tolist()])
    product = np.array([float(len(near[u]) * len(near[v])) for u, v in pairs.T.tolist()])
    found = baselines(data.graph, pairs)
    assert found["common neighbours"].values == Ranking(common[:m], common[m:]).values
    assert found["product of degrees"].values == Ranking(product[:m], product[m:]).values
    metric = bound(LinkPrediction(transitions=500, resamples=100), data)
    told = metric(games.subject(games.Walking(data.graph, data.spec), data))[0].extras
    assert (
        told["common neighbours"] == pytest.approx(found["common neighbours"].values[0])
        and told["common neighbours"] > 0.8
    )


def test_what_cannot_be_compared_is_told(data):
    for metric in (NetworkStatistics(), EdgeOverlap(), LinkPrediction()):
        with pytest.raises(MetricError, match=r"call bind\(spec\) first"):
            assert metric.spec
        with pytest.raises(MetricError, match="leave it out"):
            metric.bind(GraphSpec(4))
    whole = Network(graph="karate", held_out={})
    subject = games.subject(games.Walking(whole.graph, whole.spec), whole)
    with pytest.raises(MetricError, match="no edge is held out for test"):
        bound(LinkPrediction(), whole)(subject)
    assert set(by_name(bound(EdgeOverlap(transitions=300, graphs=2), whole)(subject))) == {"", "steps"}
    other = games.subject(games.Walking(whole.graph, whole.spec), copy.copy(whole))
    del other.dataset.walker
    with pytest.raises(MetricError, match="take the data set network"):
        bound(NetworkStatistics(), whole)(other)


def test_they_are_functions_of_the_seed(data):
    metric = bound(EdgeOverlap(transitions=500, graphs=2), data)
    game = games.Walking(data.full, data.spec, 0.4)
    one, same, other = (metric(games.subject(game, data, seed=seed))[0].value for seed in (0, 0, 1))
    assert one == same != other


def test_features_by_hand(data):
    extractor = WalkFeatures(data.spec, size=20, seed=1)
    x = data.batch("train", torch.arange(6), None)["data"]
    found = extractor(x)
    assert found.shape == (6, 20) and found.dtype == torch.float32
    nodes, pairs = extractor.directions
    for row, walk in zip(found, x.tolist(), strict=True):
        first = sum(nodes[node] for node in walk) / 8**0.5
        keys = torch.tensor([min(u, v) * 77 + max(u, v) for u, v in pairwise(walk)])
        then = sum(pairs[place] for place in bucket(keys).tolist()) / 7**0.5
        back = 2 * sum(a == b for a, b in zip(walk, walk[2:], strict=False)) / 6
        expected = torch.cat([first, then, torch.tensor([0.0, back])])
        torch.testing.assert_close(row, expected)
    soft = torch.nn.functional.one_hot(x, 77).float()
    assert torch.equal(extractor(soft), found)


def test_features_see_steps_that_no_edge_allows(data):
    extractor = WalkFeatures(data.spec)
    before = extractor.fingerprint
    extractor.fit(data, torch.device("cpu"))
    assert extractor.fingerprint not in (before, WalkFeatures(data.spec, seed=1).fingerprint)
    real = data.batch("train", torch.arange(50), None)["data"]
    wrong = real.clone()
    free = {tuple(edge) for edge in data.graph.edge_index().T.tolist()}
    u = int(wrong[0, 0])
    wrong[0, 1] = next(v for v in range(77) if v != u and (min(u, v), max(u, v)) not in free)
    on = extractor(real)[:, -2]
    assert (on == 2).all() and extractor(wrong)[0, -2] < 2
    pair = torch.tensor([[3, 5]])
    two = WalkFeatures(Network(graph="karate", length=2).spec)
    assert torch.equal(two(pair)[:, 63:], two(pair.flip(1))[:, 63:])  # an edge is the same from both its ends
    assert torch.equal(WalkFeatures(data.spec)(real), WalkFeatures(data.spec)(real))


def test_buckets():
    small = torch.arange(1 << 15)
    assert torch.equal(bucket(small), small)
    large = bucket(torch.arange(1 << 15, 1 << 18))
    counts = torch.bincount(large, minlength=1 << 15).double()
    assert int(large.min()) >= 0 and int(large.max()) < 1 << 15
    assert counts.var() / counts.mean() < 1.3  # as even as chance


def test_transitions_of_nothing():
    none = Transitions.of(torch.zeros(3, 4, dtype=torch.int64), 5)
    assert none.loops == 9 and none.steps == 9 and none.over(torch.tensor([[0], [1]])).tolist() == [0]
