"""The relaxed witness complex of a few landmarks, up to its triangles."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import no_type_check

import numpy as np

from gansuite.metrics.statistics.compiling import compiled

TILE = 512  # witnesses whose three nearest distances lie in the processor's first cache


@dataclass(frozen=True)
class Complex:
    """Edges and triangles in the order in which they appear.

    Args:
        ends: the two landmarks of each edge, [2, e].
        edges: relaxation at which each edge appears, ascending, [e].
        faces: the three edges of each triangle, by position in ``edges``, [3, t].
        triangles: relaxation at which each triangle appears, ascending, [t].
    """

    ends: np.ndarray
    edges: np.ndarray
    faces: np.ndarray
    triangles: np.ndarray


def witness_complex(distances: np.ndarray, chosen: np.ndarray, alpha: float) -> Complex:
    """The relaxed witness complex of landmarks, for relaxations of 0 to ``alpha``.

    A point w witnesses a set s of landmarks at relaxation a where none outside s is nearer to w, by more than a, than
    the farthest of s:

        a(s) = min_w max(0, max_{l in s} d(l, w) - min_{l not in s} d(l, w)),   raised to that of every face of s

    Args:
        distances: of each possible landmark to each witness, [p, n], float64.
        chosen: rows of ``distances`` that are the landmarks, [l].
        alpha: largest relaxation.

    Source: de Silva & Carlsson, Symposium on Point-Based Graphics (2004), section 2; values as in gudhi's
    ``WitnessComplex``, which takes un-squared distances just as well.
    """
    corners, sides = simplices(len(chosen))
    vertex, edge, triangle = compiled(least_relaxations)(distances, chosen, alpha)
    edge = np.maximum(edge, np.maximum(*vertex[corners]))
    order = np.argsort(edge)[: np.isfinite(edge).sum()]
    rank = np.empty(len(edge), dtype=np.int64)
    rank[order] = np.arange(len(order))
    seen = np.flatnonzero(np.isfinite(triangle))
    value = triangle[seen]
    for side in sides:
        value = np.maximum(value, edge[side[seen]])
    by_value = np.argsort(value)[: np.isfinite(value).sum()]
    return Complex(corners[:, order], edge[order], rank[sides[:, seen[by_value]]], value[by_value])


@lru_cache
def simplices(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Landmarks of each pair, and pairs of each triple, in the order of the combinatorial number system.

    The pair a < b has number b (b - 1) / 2 + a, and the triple a < b < c has c (c - 1) (c - 2) / 6 + b (b - 1) / 2 + a.
    """
    b, a = np.tril_indices(count, -1)
    third = np.arange(count).repeat(np.arange(count) * (np.arange(count) - 1) // 2)
    pair = np.concatenate([np.arange(c * (c - 1) // 2) for c in range(count)]) if count else third
    first, second = a[pair], b[pair]
    offset = third * (third - 1) // 2
    return np.stack([a, b]), np.stack([pair, offset + first, offset + second])


@no_type_check
def least_relaxations(distances, chosen, alpha):
    """Least relaxation of any witness for each landmark, pair and triple on its own; inf where all exceed ``alpha``."""
    count, n = len(chosen), distances.shape[1]
    pairs = np.arange(count) * (np.arange(count) - 1) // 2
    triples = pairs * (np.arange(count) - 2) // 3
    vertex = np.full(count, np.inf)
    edge = np.full(count * (count - 1) // 2, np.inf)
    triangle = np.full(count * (count - 1) * (count - 2) // 6, np.inf)
    first, second, third = np.empty(TILE), np.empty(TILE), np.empty(TILE)
    near, depth = np.empty((TILE, count), dtype=np.int64), np.empty(TILE, dtype=np.int64)
    landmark, d = np.empty(count, dtype=np.int64), np.empty(count)
    for start in range(0, n, TILE):
        width = min(TILE, n - start)
        first[:], second[:], third[:], depth[:] = np.inf, np.inf, np.inf, 0
        for i in range(count):  # the three smallest distances of each witness
            row = distances[chosen[i], start : start + width]
            for w in range(width):
                x = row[w]
                y = max(first[w], x)
                first[w] = min(first[w], x)
                z = max(second[w], y)
                second[w] = min(second[w], y)
                third[w] = min(third[w], z)
        for i in range(count):  # no other landmark is part of a triangle
            row = distances[chosen[i], start : start + width]
            for w in range(width):
                near[w, depth[w]] = i  # written over by the next one unless it counts: no branch to guess wrong
                depth[w] += row[w] - alpha <= third[w]
        for w in range(width):
            k = depth[w]
            for i in range(k):  # in order of distance
                new, at = distances[chosen[near[w, i]], start + w], i
                while at > 0 and d[at - 1] > new:
                    d[at], landmark[at] = d[at - 1], landmark[at - 1]
                    at -= 1
                d[at], landmark[at] = new, near[w, i]
            for p in range(k):  # the first distance that a simplex leaves out is what it is relaxed by
                if p > 0 and d[p] - alpha > d[0]:
                    break
                a = landmark[p]
                vertex[a] = min(vertex[a], d[p] - d[0])
                for q in range(p + 1, k):
                    b = landmark[q]
                    left = d[0] if p > 0 else d[1]
                    if q > 1 and d[q] - alpha > left:
                        break
                    low, high = min(a, b), max(a, b)
                    at = pairs[high] + low
                    edge[at] = min(edge[at], d[q] - left)
                    for r in range(q + 1, k):
                        if q == 1:
                            left = d[2]
                        if r > 2 and d[r] - alpha > left:
                            break
                        c = landmark[r]
                        if c > high:
                            at = triples[c] + pairs[high] + low
                        elif c > low:
                            at = triples[high] + pairs[c] + low
                        else:
                            at = triples[high] + pairs[low] + c
                        triangle[at] = min(triangle[at], d[r] - left)
    return vertex, edge, triangle
