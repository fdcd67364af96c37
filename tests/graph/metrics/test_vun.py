"""Validity, uniqueness and novelty counted by hand."""

from __future__ import annotations

from types import SimpleNamespace

import networkx as nx
import numpy as np
import pytest
import torch

from gansuite.errors import UserError
from gansuite.games.game import Game
from gansuite.metrics.models.points import share
from gansuite.metrics.subject import Subject
from gansuite.testing.given import Given
from gansuite_graph.metrics.vun import Vun
from gansuite_graph.spec import GraphSpec, WalkSpec

from .drawn_graphs import rows_of, shuffled

SPEC = GraphSpec(6)
PATHS = [nx.path_graph(n) for n in range(1, 7)]
CYCLES = [nx.cycle_graph(n) for n in range(3, 7)]
STARS = [nx.star_graph(n) for n in range(3, 6)]


def given(judge=None, **splits) -> Given:
    return Given(SPEC, judge, **{name: rows_of(SPEC, graphs) for name, graphs in splits.items()})


class Maker(Game):
    """Makes the given graphs in turn, each time in another order of the nodes."""

    players, turns = {}, ()

    def __init__(self, graphs):
        super().__init__(SPEC.space)
        self.rows = rows_of(SPEC, graphs)

    def sample(self, n, rng, condition=None):
        return shuffled(SPEC, self.rows[torch.arange(n) % len(self.rows)], 5)


def subject(graphs, dataset, n, split="test"):
    return Subject(Maker(graphs), dataset, split, n, torch.device("cpu"))


def connected_trees(x):
    """A judge that takes trees of any size for valid."""
    edges = (x[:, 6:] != 0).sum(1)
    return edges == (x[:, :6] != 0).sum(1) - 1


def metric() -> Vun:
    found = Vun()
    found.bind(SPEC)
    return found


def test_counts():
    data = given(SimpleNamespace(valid=connected_trees), train=PATHS[:4], test=[*STARS, PATHS[1]])
    # valid:   1               1               1          0          0          1
    # unique:  1               1               0          1          0          1
    # novel:   0               1               1          1          1          1
    made = [PATHS[2], STARS[0], STARS[0], CYCLES[0], CYCLES[0], STARS[1]]
    found = metric()(subject(made, data, 4), untrained=subject([CYCLES[0]], data, 4))
    values = {each.name: each.value for each in found}
    assert values == {"vun": 0.25, "vun/valid": 0.75, "vun/unique": 0.75, "vun/novel": 0.75}
    assert (found[0].low, found[0].high) == pytest.approx((share(1, 4).low, share(1, 4).high))
    assert [each.floor for each in found] == [0.75, 1.0, 1.0, 0.75]
    assert [each.untrained for each in found] == [0.0, 0.0, 0.25, 1.0]
    assert found[0].extras["training graphs"] == 4 and "warning" not in found[0].extras
    all_six = {e.name: e.value for e in metric()(subject(made, data, 6))}
    assert all_six == pytest.approx({"vun": 2 / 6, "vun/valid": 4 / 6, "vun/unique": 4 / 6, "vun/novel": 5 / 6})


def test_without_a_judge_validity_is_left_out_and_told():
    data = given(train=PATHS, test=STARS)
    found = metric()(subject([*STARS, *CYCLES], data, 7))
    assert [each.name for each in found] == ["vun", "vun/unique", "vun/novel"]
    assert found[0].value == 1.0 and "not judged" in found[0].extras["validity"]
    assert found[0].floor is None  # three held-out graphs are no match for seven


def test_undecided_pairs_are_told():
    steps = ((0, 1), (1, 0), (1, 1))
    cells = [(a, b, s) for a in range(4) for b in range(4) for s in steps]
    one = nx.Graph(((a, b), ((a + s[0]) % 4, (b + s[1]) % 4)) for a, b, s in cells)
    spec = GraphSpec(16)
    hasty = Vun(effort=1)
    hasty.bind(spec)
    x = rows_of(spec, [one, nx.line_graph(nx.complete_bipartite_graph(4, 4))])
    data = SimpleNamespace(fingerprint="x")
    assert hasty.verdicts(x, x[:0], data).undecided == 1


def test_training_hashes_are_those_of_the_data_at_hand():
    one, other = given(train=PATHS, test=STARS), given(train=STARS, test=PATHS)
    same = metric()
    values = [same(subject(PATHS, data, 3))[-1].value for data in (one, other, one)]
    assert values == [0.0, 1.0, 0.0]


@pytest.mark.parametrize("law", [np.full(500, 1 / 500), 0.9 ** np.arange(200), np.arange(1, 5001) ** -0.7])
def test_the_interval_of_uniqueness_covers_its_expectation(law):
    # The number of classes among n graphs is no binomial, and spreads less as a rule.
    rng, n, p = np.random.default_rng(0), 200, law / law.sum()
    truth = float((1 - (1 - p) ** n).sum() / n)
    counts = [len(np.unique(rng.choice(len(p), n, p=p))) for _ in range(300)]
    inside = [share(count, n).low <= truth <= share(count, n).high for count in counts]
    assert np.mean(inside) > 0.92


def test_walks_are_refused():
    with pytest.raises(UserError, match="vun judges whole graphs"):
        Vun().bind(WalkSpec(5, 4, 6))
