"""Random walks of one graph: gansuite's walker against NetGAN's sampler and against plain Python lists.

    python benchmarks/walks.py [--graph cora_ml_lcc.npz] [--batches 128 2048 32768] [--length 16] [--rounds 9]

(a) ours: all walks a step at a time; (b) netgan: what NetGAN's code does, restated, compiled by numba: walk by walk, at
each step all neighbours are weighed, whatever p and q are, and which of them the last node had too is looked up in a
set that is made again for each; (c) numba: the same weighing without the sets, as one would write it today; (d) lists:
Python, with ``random``. Without a file the graph is a Barabási-Albert graph of Cora-ML's size. The tests hold our law
against the exact one. Ratios are of runs in turn in one process, by processor time: median and quartiles.
"""

from __future__ import annotations

import argparse
import collections
import itertools
import json
import random
import time
from collections.abc import Callable

import numba
import numpy as np
import torch
from timing import interleave, ratio

from gansuite.engine.rng import Rng
from gansuite_graph.csr import Csr
from gansuite_graph.data.one_graph import of_networkx, read
from gansuite_graph.walks.walker import Walker


@numba.njit
def netgan_walks(starts, targets, n, length, p, q, seed):
    """NetGAN's sampler in other words: one growing list of nodes, a set of the neighbours of the node before."""
    np.random.seed(seed)
    nodes, walk = len(starts) - 1, []
    for _ in range(n):
        walk.append(np.random.choice(nodes))
        known = {np.int64(-1)}
        for t in range(length - 1):
            some = targets[starts[walk[-1]] : starts[walk[-1] + 1]]
            if t == 0:
                walk.append(np.random.choice(some))
                known = set(some)
                continue
            shared = []
            for x in some:
                shared.append(int(x in set(known)))
            near = np.array(shared)
            back = some == walk[-2]
            weight = back / p + near + (1 - near - back) / q
            upto = np.cumsum(weight / np.sum(weight))
            walk.append(some[np.sum(1 - (upto > np.random.rand()))])
            known = set(some)
    return np.array(walk).reshape(n, length)


@numba.njit
def numba_walks(starts, targets, n, length, p, q, seed):
    """The same without sets."""
    np.random.seed(seed)
    nodes = len(starts) - 1
    walks = np.empty((n, length), np.int64)
    for i in range(n):
        at = np.random.randint(nodes)
        before, own = -1, targets[:0]
        walks[i, 0] = at
        for t in range(1, length):
            some = targets[starts[at] : starts[at + 1]]
            weight = np.ones(len(some))
            if before >= 0:
                for k in range(len(some)):
                    if some[k] == before:
                        weight[k] = 1 / p
                    elif not (own == some[k]).any():
                        weight[k] = 1 / q
            upto = np.cumsum(weight)
            before, own, at = at, some, some[np.searchsorted(upto, np.random.rand() * upto[-1], side="right")]
            walks[i, t] = at
    return walks


def list_walks(near: list[list[int]], sets: list[set[int]], n: int, length: int, p: float, q: float) -> list[list[int]]:
    """The same by hand."""
    walks = []
    for _ in range(n):
        walk = [random.randrange(len(near))]
        walk.append(random.choice(near[walk[0]]))
        while len(walk) < length:
            before, at = walk[-2], walk[-1]
            if p == q == 1:
                walk.append(random.choice(near[at]))
                continue
            weights = [1 / p if x == before else 1.0 if x in sets[before] else 1 / q for x in near[at]]
            walk.append(random.choices(near[at], weights)[0])
        walks.append(walk[:length])
    return walks


def graph_of(path: str | None) -> tuple[Csr, str]:
    """A file's graph, or one of Cora-ML's size."""
    if path is not None:
        return read(path).largest().csr, path
    import networkx as nx

    return of_networkx(nx.barabasi_albert_graph(2810, 3, seed=0)).csr, "Barabási-Albert, m = 3"


def variants(
    graph: Csr, n: int, length: int, p: float, q: float, calls: Callable[[], int]
) -> dict[str, Callable[[], object]]:
    """The four ways; each call is another batch."""
    walker, starts, targets = Walker(graph, p=p, q=q), graph.starts.numpy(), graph.targets.numpy()
    near = [targets[a:b].tolist() for a, b in itertools.pairwise(starts.tolist())]
    sets = [set(some) for some in near]
    return {
        "ours": lambda: walker.walks(n, length, Rng(0, "benchmark", index=calls())),
        "netgan": lambda: netgan_walks(starts, targets, n, length, p, q, calls()),
        "numba": lambda: numba_walks(starts, targets, n, length, p, q, calls()),
        "lists": lambda: list_walks(near, sets, n, length, p, q),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--graph")
    parser.add_argument("--batches", type=int, nargs="+", default=[128, 2048, 32_768])
    for name, value in (("length", 16), ("threads", 1), ("rounds", 9)):
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    random.seed(0)
    graph, name = graph_of(options.graph)
    calls, rows = itertools.count(), []
    for p, q in ((1.0, 1.0), (0.5, 2.0)):
        for n in options.batches:
            times = max(1, 2048 // n)  # batches in a measurement

            def many(run: Callable[[], object], times: int = times) -> Callable[[], None]:
                return lambda: collections.deque((run() for _ in range(times)), 0).clear()

            made = variants(graph, n, options.length, p, q, lambda: next(calls))
            seconds = interleave({k: many(run) for k, run in made.items()}, options.rounds, 1, time.process_time)
            row: dict[str, object] = {"p": p, "q": q, "batch": n}
            row |= {f"{k} ms": round(float(np.median(seconds[k])) / times * 1e3, 3) for k in made}
            row |= {
                f"{k} / ours": [round(x, 1) for x in ratio(seconds[k], seconds["ours"])] for k in made if k != "ours"
            }
            rows.append(row)
            if not options.json:
                print(json.dumps(row), flush=True)
    if options.json:
        print(json.dumps({"graph": name, "nodes": graph.nodes, "edges": graph.edges, "rows": rows}))


if __name__ == "__main__":
    main()
