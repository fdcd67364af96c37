"""The report's section of graphs: layouts, pictures in words, copies, alarms, whatever is there."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import networkx as nx
import numpy as np
import pytest
import torch
from markupsafe import escape

from gansuite.report import View
from gansuite_graph.listing import Listing
from gansuite_graph.panels.layout import layout
from gansuite_graph.panels.pictures import legend, picture
from gansuite_graph.panels.samples import SamplesPanel
from gansuite_graph.spec import GraphSpec, WalkSpec

SPEC = GraphSpec(4, ("C", "<O>"), ("single", "double"))
RUN = {"spec": SPEC.as_dict(), "step": 7}
#           nodes       01 02 03 12 13 23
PATH = [1, 1, 2, 0, 2, 0, 0, 1, 0, 0]
SAME = [0, 2, 1, 1, 0, 0, 0, 1, 0, 2]
OTHER = [1, 1, 2, 0, 1, 0, 0, 2, 0, 0]


def crossings(graph: nx.Graph, x: np.ndarray) -> int:
    def turn(a, b, c):
        return np.sign((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]))

    edges, found = list(graph.edges), 0
    for k, (a, b) in enumerate(edges):
        for c, d in edges[:k]:
            if len({a, b, c, d}) == 4:
                p, q, r, s = x[a], x[b], x[c], x[d]
                found += turn(p, q, r) != turn(p, q, s) and turn(r, s, p) != turn(r, s, q)
    return found


@pytest.mark.parametrize(
    "graph",
    [
        nx.cycle_graph(12),
        nx.convert_node_labels_to_integers(nx.grid_2d_graph(4, 5)),
        nx.balanced_tree(2, 3),
        nx.dodecahedral_graph(),
    ],
)
def test_what_can_be_drawn_without_crossings_is(graph: nx.Graph):
    x = layout(graph)
    assert crossings(graph, x) == 0
    assert x.min() >= -1e-9 and x.max() <= 1 + 1e-9
    apart = np.linalg.norm(x[:, None] - x, axis=2)[~np.eye(len(x), dtype=bool)]
    assert apart.min() > 0.04


@pytest.mark.parametrize("n", [1, 2, 3, 40, 150])
def test_layouts_are_functions_of_the_graph(n: int):
    graph = nx.gnp_random_graph(n, 0.05, seed=1)
    state = np.random.get_state()[1].copy()
    x = layout(graph)
    assert np.array_equal(x, layout(graph)) and np.isfinite(x).all() and x.shape == (n, 2)
    assert (np.random.get_state()[1] == state).all()
    assert len(np.unique(x.round(3), axis=0)) == n


def test_components_stand_apart():
    graph = nx.disjoint_union_all([nx.cycle_graph(6), nx.complete_graph(4), nx.path_graph(2), *[nx.empty_graph(1)] * 3])
    x = layout(graph)
    parts = [sorted(part) for part in nx.connected_components(graph)]
    for one in parts:
        for other in parts:
            if one < other:
                a, b = x[one], x[other]
                assert (a.max(0) < b.min(0)).any() or (b.max(0) < a.min(0)).any()


def test_a_picture_is_xml_that_says_what_it_shows():
    svg = picture(Listing([1, 2, 1], [(0, 1, 2), (1, 2, 1)]), SPEC.node_types, SPEC.edge_types, 'A "graph"')
    root = ElementTree.fromstring(svg)
    assert root.get("role") == "img" and root.get("aria-label") == 'A "graph": 3 nodes, 2 edges'
    lines = [path for path in root if path.get("class") == "e"]
    assert sum(path.get("d").count("L") for path in lines) == 3  # a single edge and a double one
    dots = {path.get("class"): path.get("d").count("h0") for path in root if path.get("class") != "e"}
    assert dots == {"n1": 2, "n2": 1}
    numbers = [float(each) for path in root for each in re.findall(r"[\d.]+", path.get("d"))]
    assert min(numbers) >= 0 and max(numbers) <= 100


def test_letters_stand_in_small_molecules():
    root = ElementTree.fromstring(picture(Listing([1, 2], [(0, 1, 1)]), ("C", "O"), ("single",)))
    assert [each.text for each in root if each.tag == "text"] == ["C", "O"]


def test_what_is_not_drawn_is_told():
    assert "no nodes" in picture(Listing([], []))
    assert "201 nodes, 0 edges: too large to be drawn" in picture(Listing([1] * 201, []))


def test_a_legend_where_there_are_types():
    assert legend(("node",), ("edge",)) == ""
    html = legend(SPEC.node_types, SPEC.edge_types)
    assert str(escape("<O>")) in html and html.count("<li>") == 4


def test_graphs_stand_beside_their_nearest_and_copies_are_called_so(tmp_path: Path):
    show = {"samples": np.array([PATH, PATH]), "neighbours": np.array([SAME, OTHER]), "real": np.array([PATH] * 9)}
    alarm = {
        "step": 7,
        "generated": {"repeated": 0.25, "copies": 0.5, "empty": 0.0, "n": 500},
        "real": {"repeated": 0.0, "copies": None, "empty": 0.0, "n": 500},
        "alarms": ["25% of 500 <b>graphs</b>"],
    }
    (tmp_path / "alarms.json").write_text(json.dumps(alarm))
    html = SamplesPanel()(View(tmp_path, run=RUN, showcase=show | {"distances": np.array([0.0, 0.25])})).html
    assert html.count('<span class="copy">copy</span>') == 1
    assert html.index("at 0 <span") < html.index("at 0.25<")
    assert html.count('role="img"') == 2 + 2 + 6 and "at step 7" in html
    assert "25% of 500 &lt;b&gt;graphs" in html and "25.0&nbsp;%" in html
    assert SamplesPanel(shown=1)(View(tmp_path, run=RUN, showcase=show)).html.count('class="pair"') == 1


def test_a_run_that_is_going_has_a_section(tmp_path: Path):
    assert "No graphs to show yet" in SamplesPanel()(View(tmp_path, run=RUN)).html
    assert not SamplesPanel()(View(tmp_path, run={"spec": WalkSpec(5, 4, 6).as_dict()})).html


def test_relaxed_or_untidy_rows_do_no_harm(tmp_path: Path):
    untidy = np.array([[1, 0, 0, 0, 2, 1, 0, 0, 0, 1]])
    html = SamplesPanel()(View(tmp_path, run=RUN, showcase={"samples": untidy})).html
    assert "1 node, 0 edges" in html
    assert torch.equal(SPEC.tidied(torch.from_numpy(untidy))[0, 4:], torch.zeros(6, dtype=torch.int64))
