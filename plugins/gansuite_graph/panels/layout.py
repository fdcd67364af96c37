"""Where the nodes of a drawing stand: neighbours near each other, one component beside the other."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import networkx as nx

SPRINGS = 100
"""Nodes from which the cheaper layout is taken."""
FLAT = 30
"""Nodes up to which a drawing without crossings is preferred to an even one."""


def layout(graph: nx.Graph, seed: int = 0) -> np.ndarray:
    """Places of the nodes 0 ... n - 1 as [n, 2] within the unit square, a function of the graph and the seed.

    Each component by Kamada & Kawai's (1989) springs between all its nodes, as long as their distance in the graph,
    beginning with a drawing without crossings where there is one; if a small one ends with crossings that need not be,
    by Tutte's (1963) rubber bands. Beyond 100 nodes by Fruchterman & Reingold's (1991) springs between neighbours.
    """
    import networkx as nx

    parts = sorted((sorted(part) for part in nx.connected_components(graph)), key=lambda part: (-len(part), part))
    boxes = [framed(component(graph.subgraph(part), seed)) for part in parts]
    found = np.full((graph.number_of_nodes(), 2), 0.5)
    for part, place in zip(parts, packed(boxes), strict=True):
        found[part] = place
    if not len(found):
        return found
    low, high = found.min(0), found.max(0)
    return 0.5 + (found - (low + high) / 2) / max(float((high - low).max()), 1e-9)


def component(graph: nx.Graph, seed: int) -> np.ndarray:
    """A connected graph, its longest direction from left to right; neighbours about 1 apart."""
    import networkx as nx

    order = sorted(graph)
    if len(order) < 3:
        return np.array([[float(i), 0.0] for i in range(len(order))])
    if len(order) > SPRINGS:
        places = nx.spring_layout(graph, seed=seed, iterations=100)
    else:
        flat, embedding = nx.check_planarity(graph)
        start = nx.planar_layout(embedding) if flat else nx.circular_layout(graph)
        places = nx.kamada_kawai_layout(graph, pos=start)
        if flat and len(order) <= FLAT and crossings(graph, places):
            stretched = rubber_bands(graph, embedding)
            places = stretched if spread(stretched) > 0.03 and not crossings(graph, stretched) else places
    x = np.array([places[i] for i in order])
    x = x - x.mean(0)
    x = x @ np.linalg.svd(x, full_matrices=False)[2].T
    lengths = [np.linalg.norm(x[order.index(u)] - x[order.index(v)]) for u, v in graph.edges]
    return x / max(float(np.median(lengths)), 1e-9)


def rubber_bands(graph: nx.Graph, embedding: nx.PlanarEmbedding) -> dict[int, np.ndarray]:
    """The longest face as a regular polygon, and every other node in the middle of its neighbours."""
    faces, seen = [], set()
    for u, v in embedding.edges:
        if (u, v) not in seen:
            faces.append(embedding.traverse_face(u, v, mark_half_edges=seen))
    rim = list(dict.fromkeys(max(faces, key=len)))
    turn = 2 * np.pi * np.arange(len(rim)) / len(rim)
    places = dict(zip(rim, np.stack([np.cos(turn), np.sin(turn)], 1), strict=True))
    inner = [node for node in sorted(graph) if node not in places]
    number = {node: i for i, node in enumerate(inner)}
    matrix, pull = np.zeros((len(inner), len(inner))), np.zeros((len(inner), 2))
    for i, node in enumerate(inner):
        matrix[i, i] = graph.degree[node]
        for other in graph[node]:
            if other in number:
                matrix[i, number[other]] = -1
            else:
                pull[i] += places[other]
    return places | dict(zip(inner, np.linalg.solve(matrix, pull), strict=True))


def spread(places: Mapping[int, np.ndarray]) -> float:
    """The least distance of two nodes."""
    x = np.stack(list(places.values()))
    return float((np.linalg.norm(x[:, None] - x, axis=2) + 9 * np.eye(len(x))).min())


def crossings(graph: nx.Graph, places: Mapping[int, np.ndarray]) -> int:
    """How many pairs of edges without a common node cross."""
    u, v = (np.array([places[edge[k]] for edge in graph.edges]) for k in (0, 1))
    ends = np.array(graph.edges)
    apart = (ends[:, None, :, None] != ends[None, :, None, :]).all((2, 3))

    def side(p: np.ndarray) -> np.ndarray:  # of edge i, on which point j lies
        along, to = v - u, p[None] - u[:, None]
        return np.sign(np.round(along[:, None, 0] * to[..., 1] - along[:, None, 1] * to[..., 0], 9))

    split = side(u) * side(v) < 0
    return int((split & split.T & apart).sum()) // 2


def framed(x: np.ndarray) -> np.ndarray:
    """The component with its lower left corner half an edge from the origin."""
    return x - x.min(0) + 0.5


def packed(boxes: list[np.ndarray]) -> list[np.ndarray]:
    """Components in rows, the larger first, about as wide as high."""
    sizes = [x.max(0) + 0.5 for x in boxes]
    width = max([math.sqrt(sum(float(w * h) for w, h in sizes)) * 1.1, *(float(w) for w, _ in sizes), 1e-9])
    placed, left, bottom, tall = [], 0.0, 0.0, 0.0
    for x, (w, h) in zip(boxes, sizes, strict=True):
        if left and left + w > width + 1e-9:
            left, bottom, tall = 0.0, bottom + tall, 0.0
        placed.append(x + np.array([left, bottom]))
        left, tall = left + float(w), max(tall, float(h))
    return placed
