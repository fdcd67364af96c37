"""Covers of graphs by algebra, against trying them all."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from gansuite_graph.molecules.matching import PRIME, coverable, regular


def by_trying(bonds: np.ndarray, must: frozenset[int], may: frozenset[int]) -> bool:
    """Whether ``must`` can be covered: the first of them with each of its partners, and so on."""
    if not must:
        return True
    i = min(must)
    return any(by_trying(bonds, must - {i, j}, may - {i, j}) for j in may - {i} if bonds[i, j])


@pytest.mark.parametrize("density", [0.2, 0.35, 0.6])
def test_covers_of_random_graphs(density):
    rng = np.random.default_rng(int(100 * density))
    n, size = 600, 7
    upper = np.triu(rng.random((n, size, size)) < density, 1)
    bonds = upper | upper.transpose(0, 2, 1)
    may = rng.random((n, size)) < 0.85
    must = may & (rng.random((n, size)) < 0.7)
    found = coverable(torch.from_numpy(bonds), torch.from_numpy(must), torch.from_numpy(may))
    truth = [
        by_trying(b, frozenset(np.flatnonzero(m).tolist()), frozenset(np.flatnonzero(a).tolist()))
        for b, m, a in zip(bonds, must, may, strict=True)
    ]
    assert found.tolist() == truth
    assert 0.05 < np.mean(truth) < 0.95


def test_rings_of_carbon():
    for size in range(3, 13):
        ring = torch.zeros(1, size, size, dtype=torch.bool)
        i = torch.arange(size)
        ring[0, i, (i + 1) % size] = ring[0, (i + 1) % size, i] = True
        every = torch.ones(1, size, dtype=torch.bool)
        assert coverable(ring, every, every).item() == (size % 2 == 0)
        one_may = every.clone()
        one_may[0, 0] = False
        assert coverable(ring, one_may, every).item()  # the one that may is left out, or is not


def test_inverses_against_determinants():
    rng = np.random.default_rng(0)
    matrices = rng.integers(-2, 3, (500, 5, 5))
    truth = np.abs(np.linalg.det(matrices)).round() != 0
    assert (~truth).sum() > 10
    found = regular(torch.from_numpy(matrices).remainder(PRIME))
    assert found.tolist() == truth.tolist()
