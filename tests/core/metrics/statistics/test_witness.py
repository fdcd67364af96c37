"""The witness complex and its holes against their definitions, ranks over Z2, and gudhi."""

from __future__ import annotations

import itertools
import sys

import numpy as np
import pytest

from gansuite.metrics.statistics.compiling import compiled
from gansuite.metrics.statistics.persistence import cycles, hole_bars, living_times
from gansuite.metrics.statistics.witness import Complex, least_relaxations, witness_complex


def distances(x, y):
    return np.sqrt(((x[:, None] - y) ** 2).sum(-1))


def cloud(kind, n, rng):
    angle = rng.uniform(0, 2 * np.pi, n)
    if kind == "circle":
        return np.stack([np.cos(angle), np.sin(angle)], 1) + rng.normal(0, 0.05, (n, 2))
    if kind == "disc":
        return np.sqrt(rng.uniform(0, 1, n))[:, None] * np.stack([np.cos(angle), np.sin(angle)], 1)
    if kind == "quarter":
        return np.stack([np.cos(angle / 4), np.sin(angle / 4)], 1) + rng.normal(0, 0.05, (n, 2))
    return rng.uniform(0, 1, (n, 20)) if kind == "cube" else rng.normal(size=(n, 100))


def by_definition(table, alpha):
    """Relaxation of every simplex of up to three landmarks: least over witnesses, raised to its faces'."""
    found = {}
    for size in (1, 2, 3):
        for simplex in itertools.combinations(range(len(table)), size):
            inside = table[list(simplex)].max(0)
            outside = np.delete(table, simplex, 0).min(0) if len(table) > size else np.full_like(inside, np.inf)
            faces = [found.get(face, np.inf) for face in itertools.combinations(simplex, size - 1) if face]
            own = np.where(inside - alpha <= outside, np.maximum(inside - outside, 0), np.inf).min()
            value = max([own, *faces])
            if np.isfinite(value):
                found[simplex] = value
    return found


def as_simplices(grown):
    edges = [tuple(sorted(pair)) for pair in grown.ends.T.tolist()]
    found = dict(zip(edges, grown.edges, strict=True))
    for face, value in zip(grown.faces.T.tolist(), grown.triangles, strict=True):
        corners = {corner for edge in face for corner in edges[edge]}
        assert len(corners) == 3
        found[tuple(sorted(corners))] = value
    return found


@pytest.mark.parametrize(("landmarks", "witnesses", "alpha"), [(9, 12, 0.25), (9, 400, 0.1), (4, 3, 2.0), (2, 5, 0.5)])
def test_simplices_are_those_of_the_definition(landmarks, witnesses, alpha):
    rng = np.random.default_rng(landmarks + witnesses)
    table = distances(rng.uniform(size=(landmarks, 2)), rng.uniform(size=(witnesses, 2)))
    truth = by_definition(table, alpha)
    found = as_simplices(witness_complex(table, np.arange(landmarks), alpha))
    assert found == {simplex: value for simplex, value in truth.items() if len(simplex) > 1}
    assert any(len(simplex) == 3 for simplex in found) == (landmarks > 2)


def rank(matrix):
    """Rank over Z2 by elimination."""
    rows, found = [int("".join(map(str, row)), 2) for row in matrix.astype(int).tolist()], 0
    while rows:
        pivot = rows.pop()
        if pivot:
            found += 1
            low = pivot & -pivot
            rows = [row ^ pivot if row & low else row for row in rows]
    return found


@pytest.mark.parametrize("seed", range(4))
def test_open_holes_are_the_betti_numbers_of_ranks(seed):
    """beta_1 = edges - rank of the edges' boundary - rank of the triangles' boundary, at every relaxation."""
    rng = np.random.default_rng(seed)
    n = 14
    pairs = np.array(list(itertools.combinations(range(n), 2)))
    edges = np.sort(rng.uniform(size=len(pairs)).round(2 + seed // 2 * 3))  # with ties, and without
    ends = rng.permutation(pairs).T
    number = {tuple(sorted(pair)): e for e, pair in enumerate(ends.T.tolist())}
    faces = np.array(
        [[number[pair] for pair in itertools.combinations(s, 2)] for s in itertools.combinations(range(n), 3)]
    ).T
    triangles = edges[faces].max(0) + rng.choice([0.0, 0.3], size=faces.shape[1])
    order = np.argsort(triangles)[: faces.shape[1] * 2 // 3]
    faces, triangles = faces[:, order], triangles[order]
    bars = hole_bars(Complex(ends, edges, faces, triangles))
    assert (bars[:, 0] < bars[:, 1]).all() and (np.diff(bars[:, 0]) >= 0).all()
    for at in np.unique(np.concatenate([edges[::7], triangles[::29], [0.5, 2.0]])):
        e, t = (edges <= at).sum(), (triangles <= at).sum()
        first = np.zeros((e, n), dtype=int)
        first[np.arange(e)[:, None], ends.T[:e]] = 1
        second = np.zeros((t, len(edges)), dtype=int)
        second[np.arange(t)[:, None], faces.T[:t]] = 1
        betti = e - rank(first) - rank(second) if e else 0
        assert ((bars[:, 0] <= at) & (bars[:, 1] > at)).sum() == betti


def test_a_square_opens_a_hole_and_its_diagonal_closes_it():
    ends, edges = np.array([[0, 1, 2, 0, 0], [1, 2, 3, 3, 2]]), np.array([0.0, 0.1, 0.2, 0.3, 0.5])
    faces = np.array([[0, 2], [1, 3], [4, 4]])
    assert hole_bars(Complex(ends, edges, faces, np.array([0.6, 0.9]))).tolist() == [[0.3, 0.9], [0.5, 0.6]]
    assert hole_bars(Complex(ends, edges, faces[:, :1], np.array([0.6]))).tolist() == [[0.3, np.inf], [0.5, 0.6]]
    assert hole_bars(Complex(ends, edges, faces[:, :1], np.array([0.5]))).tolist() == [[0.3, np.inf]]
    assert hole_bars(Complex(ends[:, :3], edges[:3], faces[:, :0], edges[:0])).shape == (0, 2)


def test_living_times_by_hand():
    bars = np.array([[0.2, 0.6], [0.4, np.inf]])
    np.testing.assert_allclose(living_times(bars, 0.8, 4), [0.25, 0.5, 0.25, 0.0], atol=1e-15)
    np.testing.assert_allclose(living_times(bars, 0.8, 2), [0.25, 0.5], atol=1e-15)
    assert living_times(bars[:0], 0.8, 3).tolist() == [1, 0, 0]


def of_gudhi(table, alpha, i_max=100):
    """Simplices, holes, and relative living times as by the authors' code over gudhi's complex."""
    import gudhi

    nearest = np.argsort(table, 0)
    rows = np.stack([nearest, np.take_along_axis(table, nearest, 0)], 2).transpose(1, 0, 2)
    tree = gudhi.WitnessComplex(rows).create_simplex_tree(max_alpha_square=alpha, limit_dimension=2)
    simplices = {tuple(sorted(simplex)): value for simplex, value in tree.get_filtration()}
    tree.persistence(homology_coeff_field=2)
    holes = tree.persistence_intervals_in_dimension(1).reshape(-1, 2)
    bars = np.minimum(holes, alpha)
    times = np.zeros(i_max)
    if len(bars) == 0:
        times[0] = 1
        return simplices, holes, times
    points = np.unique([0, alpha, *bars.flatten()])
    for low, high in itertools.pairwise(points):
        alive = int(((bars[:, 0] <= (low + high) / 2) & ((low + high) / 2 < bars[:, 1])).sum())
        if alive < i_max:
            times[alive] += high - low
    return simplices, holes, times / alpha


@pytest.mark.parametrize("gamma", [1 / 128, 1 / 8])
@pytest.mark.parametrize("kind", ["circle", "disc", "quarter", "cube", "gaussian"])
def test_equals_gudhi_to_the_last_bit(kind, gamma):
    rng = np.random.default_rng(0)
    for twice in (False, True):  # as in the authors' code, a landmark may be drawn twice
        x = cloud(kind, 400, rng)
        table = distances(x[rng.choice(400, 40, replace=twice)], x)
        alpha = gamma * table.max()
        simplices, holes, times = of_gudhi(table, alpha)
        grown = witness_complex(table, np.arange(40), alpha)
        assert as_simplices(grown) == {simplex: value for simplex, value in simplices.items() if len(simplex) > 1}
        assert sorted(hole_bars(grown).tolist()) == sorted(holes.tolist())
        assert np.abs(living_times(hole_bars(grown), alpha, 100) - times).max() == 0


def test_without_numba_the_same_code_gives_the_same_values(monkeypatch):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(600, 3))
    table = distances(x[:20], x)
    grown = witness_complex(table, np.arange(20), 0.5)
    given = (grown.ends, grown.edges, grown.faces, grown.triangles, 20)
    fast = [*compiled(least_relaxations)(table, np.arange(20), 0.5), *compiled(cycles)(*given)]
    compiled.cache_clear()
    monkeypatch.setitem(sys.modules, "numba", None)
    with pytest.warns(UserWarning, match=r"least_relaxations .* slower: pip install 'gansuite\[topology\]'"):
        slow = [*compiled(least_relaxations)(table, np.arange(20), 0.5)]
    with pytest.warns(UserWarning, match="cycles runs many times slower"):
        slow += compiled(cycles)(*given)
    compiled.cache_clear()
    assert compiled.cache_info().currsize == 0
    for a, b in zip(fast, slow, strict=True):
        np.testing.assert_array_equal(a, b)
