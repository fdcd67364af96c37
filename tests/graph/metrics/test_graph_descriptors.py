"""Descriptors against networkx and numpy, bin by bin; whatever the order, the room and the types."""

from __future__ import annotations

from typing import Any

import networkx as nx
import numpy as np
import pytest
import torch

from gansuite_graph.dense import Dense
from gansuite_graph.metrics.descriptors import (
    DESCRIPTORS,
    binned,
    clustering_coefficients,
    descriptor_of,
    laplacian_spectrum,
)
from gansuite_graph.metrics.graph_sets import Graphs, batches_of, described, graphs_of

SAMPLES: list[Any] = [
    *nx.graph_atlas_g()[1::5],
    nx.karate_club_graph(),
    nx.complete_bipartite_graph(3, 3),
    nx.erdos_renyi_graph(40, 0.1, seed=0),
    nx.empty_graph(6),
    nx.random_geometric_graph(64, 0.2, seed=1),
]


@pytest.fixture(scope="module")
def dense() -> Dense:
    return one_batch(SAMPLES)


def one_batch(graphs: list[Any]) -> Dense:
    read = graphs_of(graphs, "graphs")
    assert isinstance(read, Graphs)
    return read.dense(np.arange(len(graphs)), max(map(len, graphs)))


def test_degrees(dense: Dense):
    for own, graph in zip(DESCRIPTORS["degree"](dense), SAMPLES, strict=True):
        truth = np.array(nx.degree_histogram(graph)) / len(graph)
        assert np.array_equal(own[: len(truth)], truth) and not own[len(truth) :].any()


def test_clustering(dense: Dense):
    rows = zip(clustering_coefficients(dense), DESCRIPTORS["clustering"](dense), SAMPLES, strict=True)
    for coefficients, histogram, graph in rows:
        truth = list(nx.clustering(graph).values())  # pyright: ignore[reportAttributeAccessIssue]
        assert np.array_equal(coefficients[: len(graph)], truth)
        assert np.array_equal(histogram, np.histogram(truth, 100, (0, 1))[0] / len(graph))


def test_spectra(dense: Dense):
    rows = zip(laplacian_spectrum(dense), DESCRIPTORS["spectrum"](dense), SAMPLES, strict=True)
    for values, histogram, graph in rows:
        truth = np.linalg.eigvalsh(nx.normalized_laplacian_matrix(graph, weight=None).toarray())
        assert values[: len(graph)] == pytest.approx(truth, abs=1e-13)
        assert values[len(graph) :].isnan().all()
        counts = np.histogram(truth.clip(-1e-5, 2), 200, (-1e-5, 2))[0]
        assert np.array_equal(histogram, counts / len(graph))


def test_the_spectra_of_known_graphs():
    """A complete graph has n / (n - 1), a square 0, 1, 1 and 2, a lone node 0; 2 is counted however rounded."""
    dense = one_batch([nx.complete_graph(6), nx.cycle_graph(4), nx.complete_bipartite_graph(3, 4), nx.empty_graph(1)])
    found = laplacian_spectrum(dense)
    assert found[0, :6] == pytest.approx([0, *[6 / 5] * 5], abs=1e-14)
    assert found[1, :4] == pytest.approx([0, 1, 1, 2], abs=1e-14)
    assert found[3, 0] == 0
    histograms = DESCRIPTORS["spectrum"](dense)
    assert histograms.sum(1) == pytest.approx(np.ones(4))
    assert histograms[1, -1] == 1 / 4 and histograms[2, -1] == 1 / 7


def test_the_bins_are_those_of_numpy():
    values = np.array([k / m for m in range(1, 60) for k in range(m + 1)])
    for low, high, bins in ((0.0, 1.0, 100), (-1e-5, 2.0, 200), (0.0, 1.0, 7)):
        edges = np.linspace(low, high, bins + 1)
        for x in (values, edges):
            found = binned(torch.from_numpy(x)[None], low, high, bins)[0]
            assert np.array_equal(np.bincount(found, minlength=bins), np.histogram(x, bins, (low, high))[0])


def test_orbits_are_means_over_the_nodes_that_are_there(dense: Dense):
    found = DESCRIPTORS["orbit"](dense)
    for own, graph in zip(found, SAMPLES, strict=True):
        assert float(own[0]) == pytest.approx(2 * graph.number_of_edges() / len(graph), abs=1e-12)
        triangles = sum(nx.triangles(graph).values())  # pyright: ignore[reportAttributeAccessIssue]
        assert float(own[3]) == pytest.approx(triangles / len(graph), abs=1e-12)


@pytest.mark.parametrize("statistic", DESCRIPTORS)
def test_order_room_and_types_change_nothing(dense: Dense, statistic: str):
    """Nodes in any order, with missing ones between them, and any split of the edges over types."""
    generator, describe = torch.Generator().manual_seed(0), DESCRIPTORS[statistic]
    room = torch.nn.functional.pad
    shares = torch.rand(dense.adjacency.shape, generator=generator) < 0.5
    shares = shares.triu() | shares.triu().transpose(1, 2)
    edges = torch.stack([dense.adjacency * shares, dense.adjacency * ~shares], 1)
    roomy = Dense(room(dense.nodes, (0, 0, 0, 9)), room(edges, (0, 9, 0, 9)), room(dense.mask, (0, 9)))
    order = torch.rand(roomy.mask.shape, generator=generator).argsort(1)
    expected, found = describe(dense), describe(roomy.permuted(order))
    assert torch.equal(found[:, expected.shape[1] :], torch.zeros_like(found[:, expected.shape[1] :]))
    assert torch.allclose(found[:, : expected.shape[1]], expected, atol=1e-12)


@pytest.mark.parametrize("statistic", DESCRIPTORS)
def test_sets_are_described_in_their_order_whatever_the_batches(statistic: str, monkeypatch: pytest.MonkeyPatch):
    read, expected = graphs_of(SAMPLES, "graphs"), DESCRIPTORS[statistic](one_batch(SAMPLES))
    monkeypatch.setattr("gansuite_graph.metrics.graph_sets.BUDGET", 2000)  # many batches of like size
    assert torch.allclose(described(read, [statistic])[statistic], expected, atol=1e-12)
    generator = torch.Generator().manual_seed(0)
    mixed = one_batch(SAMPLES).permuted(torch.rand(len(SAMPLES), 64, generator=generator).argsort(1))
    assert torch.allclose(described(mixed, [statistic])[statistic], expected, atol=1e-12)
    assert [batch.mask.shape[1] for _, batch in batches_of(mixed)][:2] == [64, 40]


def test_an_empty_graph_is_described_as_a_lone_node():
    dense = Dense(torch.zeros(2, 3, 1), torch.zeros(2, 1, 3, 3), torch.tensor([[0.0, 0.0, 0.0], [0.0, 1.0, 0.0]]))
    for describe in DESCRIPTORS.values():
        nothing, one = describe(dense)
        assert torch.equal(nothing, one) and nothing.isfinite().all()
    assert not dense.mask[0].any()


def test_another_number_of_bins(dense: Dense):
    assert descriptor_of("clustering", 7)(dense).shape == (len(SAMPLES), 7)
    assert descriptor_of("spectrum", 50)(dense).shape == (len(SAMPLES), 50)
    assert descriptor_of("orbit", 7)(dense).shape == (len(SAMPLES), 15)
