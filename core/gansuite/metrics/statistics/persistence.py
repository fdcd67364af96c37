"""Holes that open and close while a complex grows: one-dimensional persistent homology over Z2."""

from __future__ import annotations

from typing import no_type_check

import numpy as np

from gansuite.metrics.statistics.compiling import compiled
from gansuite.metrics.statistics.witness import Complex

BITS = 62  # of an int64, so that no shift meets the sign


def hole_bars(grown: Complex) -> np.ndarray:
    """When each hole opens and closes, [k, 2], by opening; inf where it stays open. Those of length 0 are left out."""
    count = int(grown.ends.max(initial=-1)) + 1
    born, dead = compiled(cycles)(grown.ends, grown.edges, grown.faces, grown.triangles, count)
    return np.stack([born, dead], 1)[born < dead]


def living_times(bars: np.ndarray, alpha: float, i_max: int) -> np.ndarray:
    """Share of [0, alpha] during which exactly i holes are open, for i < i_max, [i_max].

    Source: Khrulkov & Oseledets 2018, eq. 2-3. No holes: all of the time 0 are open.
    """
    times = np.zeros(i_max)
    if len(bars) == 0:
        times[0] = 1.0
        return times
    born, dead = np.sort(bars[:, 0]), np.sort(np.minimum(bars[:, 1], alpha))
    points = np.unique(np.concatenate([born, dead, [0.0, alpha]]))
    middle = (points[:-1] + points[1:]) / 2
    alive = np.searchsorted(born, middle, "right") - np.searchsorted(dead, middle, "right")
    np.add.at(times, alive[alive < i_max], np.diff(points)[alive < i_max])
    return times / alpha


@no_type_check
def cycles(ends, edges, faces, triangles, count):
    """Birth and death of every cycle that an edge closes.

    Each edge is annotated with one bit for each living class of cocycles, those that are 1 on it. A triangle whose
    edges' bits do not cancel shows that the classes in what is left no longer are cocycles: the youngest dies, and is
    added to the others. A triangle whose bits cancel bounds nothing new, and costs three reads.

    Source: de Silva, Morozov & Vejdemo-Johansson, Discrete & Computational Geometry 45 (2011), algorithm 1; annotations
    as in Dey, Fan & Wang, Symposium on Computational Geometry (2014).
    """
    n = len(edges)
    parent = np.arange(count)
    born, dead = np.empty(n), np.full(n, np.inf)
    words = n // BITS + 1
    note, left = np.zeros((n, words), dtype=np.int64), np.zeros(words, dtype=np.int64)
    one = np.int64(1)
    found = alive = t = 0
    for e in range(n + 1):
        while t < len(triangles) and (e == n or triangles[t] < edges[e]):
            a, b, c, top = faces[0, t], faces[1, t], faces[2, t], -1
            if alive:
                for word in range(found // BITS + 1):
                    left[word] = note[a, word] ^ note[b, word] ^ note[c, word]
                    if left[word] != 0:
                        top = word
            if top >= 0:
                bit = 0
                while left[top] >> (bit + 1):
                    bit += 1
                dead[top * BITS + bit] = triangles[t]
                alive -= 1
                for other in range(e):
                    if (note[other, top] >> bit) & 1:
                        for word in range(top + 1):
                            note[other, word] ^= left[word]
            t += 1
        if e == n:
            break
        a, b = ends[0, e], ends[1, e]
        while parent[a] != a:
            parent[a] = parent[parent[a]]
            a = parent[a]
        while parent[b] != b:
            parent[b] = parent[parent[b]]
            b = parent[b]
        if a != b:
            parent[a] = b
        else:  # both ends were connected: the edge closes a cycle
            born[found] = edges[e]
            note[e, found // BITS] = one << (found % BITS)
            found += 1
            alive += 1
    return born[:found], dead[:found]
