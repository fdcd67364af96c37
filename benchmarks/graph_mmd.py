"""MMD² of all four statistics between two sets of graphs: seconds, and how often that of a loop over pairs.

    python benchmarks/graph_mmd.py [--graphs 1024] [--nodes 64] [--rounds 5] [--few 48] [--threads 1] [--json]

The graphs are Delaunay triangulations of as many points by chance, 32 to ``--nodes`` of them (planar), and two
communities of half the nodes each (sbm). The loop is the usual one: networkx's histograms graph by graph, and a kernel
of numpy arrays for every pair; it is timed on a few graphs and told for all of them. networkx counts no orbits, so
of these it has the kernel alone. Processor seconds, so that a busy machine does not count.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from itertools import combinations

import networkx as nx
import numpy as np
import torch
from scipy.spatial import Delaunay
from timing import interleave

from gansuite_graph.metrics import mmd
from gansuite_graph.metrics.graph_sets import described, graphs_of
from gansuite_graph.metrics.kernels import SIGMA

STATISTICS = ("degree", "clustering", "orbit", "spectrum")


def planar(nodes: int, rng: np.random.Generator) -> nx.Graph:
    """A Delaunay triangulation."""
    n = int(rng.integers(nodes // 2, nodes + 1))
    triangles = Delaunay(rng.random((n, 2))).simplices
    return nx.Graph((int(u), int(v)) for three in triangles for u, v in combinations(three, 2))


def sbm(nodes: int, rng: np.random.Generator) -> nx.Graph:
    """Two communities."""
    half = int(rng.integers(nodes // 4, nodes // 2 + 1))
    rates = np.kron([[0.3, 0.02], [0.02, 0.3]], np.ones((half, half)))
    return nx.from_numpy_array(np.triu(rng.random((2 * half, 2 * half)) < rates, 1))


def histograms(graph: nx.Graph) -> dict[str, np.ndarray]:
    """What networkx knows of a graph."""
    spectrum = np.linalg.eigvalsh(nx.normalized_laplacian_matrix(graph).toarray())
    found = {
        "degree": np.array(nx.degree_histogram(graph)),
        "clustering": np.histogram(list(nx.clustering(graph).values()), 100, (0, 1))[0],  # pyright: ignore
        "spectrum": np.histogram(spectrum, 200, (-1e-5, 2))[0],
    }
    return {name: x / x.sum() for name, x in found.items()}


def kernel(x: np.ndarray, y: np.ndarray, sigma: float) -> float:
    """Gaussian over total variation, of two histograms that may differ in length."""
    width = max(len(x), len(y))
    x, y = np.pad(x, (0, width - len(x))), np.pad(y, (0, width - len(y)))
    return float(np.exp(-((np.abs(x - y).sum() / 2) ** 2) / (2 * sigma**2)))


def theirs(real: list[nx.Graph], generated: list[nx.Graph], few: int) -> dict[str, float]:
    """Seconds of the loop for whole sets, from a few graphs of each: of histograms, and of kernels."""
    began = time.process_time()
    x, y = ([histograms(graph) for graph in graphs[:few]] for graphs in (real, generated))
    described_in = (time.process_time() - began) / (2 * few) * (len(real) + len(generated))
    for rows, graphs in ((x, real), (y, generated)):
        orbits = described(graphs_of(graphs[: max(few, 4)], "graphs"), ["orbit"])["orbit"]
        for row, means in zip(rows, orbits.numpy(), strict=False):
            row["orbit"] = means
    began = time.process_time()
    for name in STATISTICS:
        for a, b in ((x, x), (y, y), (x, y)):
            for one in a:
                for other in b:
                    kernel(one[name], other[name], SIGMA[name])
    pairs = len(real) ** 2 + len(generated) ** 2 + len(real) * len(generated)
    return {"histograms_s": described_in, "kernels_s": (time.process_time() - began) / (3 * few**2) * pairs}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--graphs", type=int, default=1024, help="graphs in each set")
    parser.add_argument("--nodes", type=int, default=64, help="most nodes of a graph")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--few", type=int, default=48, help="graphs of each set that the loop is timed on")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    makers: dict[str, Callable[[int, np.random.Generator], nx.Graph]] = {"planar": planar, "sbm": sbm}
    table = {}
    for name, make in makers.items():
        rng = np.random.default_rng(0)
        real, generated = ([make(options.nodes, rng) for _ in range(options.graphs)] for _ in range(2))
        runs: dict[str, Callable[[], object]] = {
            statistic: lambda s=statistic, x=real, y=generated: mmd(x, y, s)  # pyright: ignore[reportArgumentType]
            for statistic in STATISTICS
        }
        seconds = interleave(runs, options.rounds, warmup=1, clock=time.process_time)  # pyright: ignore[reportArgumentType]
        ours = {statistic: statistics.median(seconds[statistic]) for statistic in STATISTICS}
        loop = theirs(real, generated, options.few)
        table[name] = {**{f"{each}_s": value for each, value in ours.items()}, "all_s": sum(ours.values()), **loop}
        table[name]["ratio"] = sum(loop.values()) / table[name]["all_s"]
    if options.json:
        print(json.dumps(table))
        return
    print(f"2 x {options.graphs} graphs, {options.nodes // 2} to {options.nodes} nodes, {options.threads} threads")
    for name, row in table.items():
        ours = ", ".join(f"{each} {row[f'{each}_s']:.2f} s" for each in STATISTICS)
        print(
            f"{name:8s} {ours}: all {row['all_s']:.2f} s with their intervals; networkx's histograms "
            f"{row['histograms_s']:.0f} s and a loop over pairs {row['kernels_s']:.0f} s: {row['ratio']:.0f} times"
        )


if __name__ == "__main__":
    main()
