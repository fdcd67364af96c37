"""What the metrics of one graph make of models that are known, and what they cost.

    python benchmarks/what_network_metrics_see.py faults [--path cora_ml_lcc.npz]   # five seeds
    python benchmarks/what_network_metrics_see.py features                          # metrics of the core
    python benchmarks/what_network_metrics_see.py cost [--path cora_ml_lcc.npz]

Walkers: of the training graph itself (it knows every edge it was shown and no other), of the whole graph (an oracle
of what was held out), with a share of nodes that are any node at all, of a graph with the same degrees and edges drawn
anew, and of the graph in which friends of friends are friends.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import networkx as nx
import numpy as np
import torch

from gansuite.engine.rng import Rng
from gansuite.games.game import Game
from gansuite.metrics import frechet, kid
from gansuite.metrics.subject import Subject
from gansuite_graph.csr import Csr
from gansuite_graph.data.network import Network
from gansuite_graph.metrics.edge_overlap import EdgeOverlap
from gansuite_graph.metrics.graph_numbers import cliques, graph_numbers, path_length
from gansuite_graph.metrics.link_prediction import LinkPrediction
from gansuite_graph.metrics.network_statistics import NetworkStatistics
from gansuite_graph.walks.assembly import assembled
from gansuite_graph.walks.features import WalkFeatures
from gansuite_graph.walks.walker import Walker

SHOWN = ("edge-overlap", "edge-overlap/held-out", "edge-overlap/steps", "link-prediction/auc", "link-prediction/ap")
STATISTICS = ("largest-degree", "triangles", "gini", "assortativity", "transitivity", "path-length")


class Walking(Game):
    """Walks of a graph, each node with probability ``stray`` any node instead."""

    players: ClassVar[Mapping[str, str]] = {}

    def __init__(self, graph: Csr, data: Network, stray: float = 0.0) -> None:
        super().__init__(data.spec.space)
        self.spec, self.walker, self.stray = data.spec, Walker(graph), stray

    def sample(self, n: int, rng: Rng, condition: Any = None) -> torch.Tensor:
        x = self.walker.walks(n, self.spec.length, rng)
        anywhere = rng.integers(0, self.spec.nodes, x.numel()).view_as(x)
        return torch.where(rng.uniform(n, self.spec.length) < self.stray, anywhere, x)


def rewired(graph: Csr, seed: int) -> Csr:
    """The same degrees, edges anew."""
    found = nx.Graph(graph.edge_index().T.tolist())
    found.add_nodes_from(range(graph.nodes))
    nx.double_edge_swap(found, 10 * graph.edges, 10**7, seed=seed)
    return Csr.of_edges(torch.tensor(list(found.edges)).T, graph.nodes)


def closed(graph: Csr) -> Csr:
    """An edge wherever two nodes have a neighbour in common, or are neighbours."""
    two = nx.power(nx.Graph(graph.edge_index().T.tolist()), 2)
    return Csr.of_edges(torch.tensor(list(two.edges)).T, graph.nodes)


def faults(options: argparse.Namespace) -> None:
    metrics = (
        EdgeOverlap(transitions=options.transitions),
        LinkPrediction(transitions=5 * options.transitions),
        NetworkStatistics(transitions=options.transitions),
    )
    table: dict[str, dict[str, list[float]]] = {}
    for seed in range(5):
        data = Network(graph=None if options.path else "les-miserables", path=options.path, seed=seed)
        models = {
            "the graph learnt from": Walking(data.graph, data),
            "the whole graph": Walking(data.full, data),
            "10 % stray": Walking(data.graph, data, 0.1),
            "50 % stray": Walking(data.graph, data, 0.5),
            "the same degrees, edges anew": Walking(rewired(data.graph, seed), data),
            "friends of friends": Walking(closed(data.graph), data),
            "any nodes": Walking(data.graph, data, 1.0),
        }
        for name, game in models.items():
            subject = Subject(game, data, "test", 1000, torch.device("cpu"), seed=seed)
            for metric in metrics:
                metric.bind(data.spec)
                for each in metric(subject, seed=seed):
                    table.setdefault(name, {}).setdefault(each.name, []).append(each.value)
        for name, value in graph_numbers(data.graph).items():
            table.setdefault("(real)", {}).setdefault(f"network-statistics/{name}", []).append(value)
    for columns in (SHOWN, tuple(f"network-statistics/{name}" for name in STATISTICS)):
        print("\n| walks | " + " | ".join(columns) + " |\n|" + "---|" * (len(columns) + 1))
        for name, values in table.items():
            cells = [f"{np.mean(v):.3g} ± {np.std(v, ddof=1):.1g}" if (v := values.get(c)) else "" for c in columns]
            print(f"| {name} | {' | '.join(cells)} |", flush=True)


def features(options: argparse.Namespace) -> None:
    data = Network(graph=None if options.path else "les-miserables", path=options.path)
    extractor = WalkFeatures(data.spec)
    extractor.fit(data, torch.device("cpu"))

    def of(game: Walking, seed: int) -> torch.Tensor:
        return extractor(game.sample(1000, Rng(seed, "features")))

    real, floor = (of(Walking(data.graph, data), seed) for seed in (0, 1))
    for name, game in {
        "the graph learnt from": Walking(data.graph, data),
        "the whole graph": Walking(data.full, data),
        "1 % stray": Walking(data.graph, data, 0.01),
        "10 % stray": Walking(data.graph, data, 0.1),
        "the same degrees, edges anew": Walking(rewired(data.graph, 0), data),
        "any nodes": Walking(data.graph, data, 1.0),
    }.items():
        made = of(game, 2)
        print(f"| {name} | {frechet(real, made, floor=floor)} | {kid(real, made, floor=floor)} |", flush=True)


def seconds(call: Callable[[], object], times: int = 5) -> float:
    call()
    found = []
    for _ in range(times):
        began = time.process_time()
        call()
        found.append(time.process_time() - began)
    return float(np.median(found))


def cost(options: argparse.Namespace) -> None:
    data = Network(graph=None if options.path else "les-miserables", path=options.path)
    graph, full = data.graph, nx.Graph(data.graph.edge_index().T.tolist())
    metric = EdgeOverlap()
    metric.bind(data.spec)
    subject = Subject(Walking(graph, data), data, "test", 1000, torch.device("cpu"))
    steps = metric.drawn(subject)
    for name, call in {
        "100,000 transitions of the real walker": lambda: metric.drawn(subject),
        "assembly of one graph": lambda: assembled(steps, data.spec.edges, Rng(0)),
        "all statistics": lambda: graph_numbers(graph),
        "triangles and 4-cliques": lambda: cliques(graph),
        "path length": lambda: path_length(graph),
        "networkx: triangles": lambda: nx.triangles(full),
        "networkx: path length": lambda: nx.average_shortest_path_length(full),
    }.items():
        print(f"{name}: {seconds(call, 1 if name.startswith('networkx') else 5) * 1e3:.1f} ms", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("faults", "features", "cost"))
    parser.add_argument("--path")
    parser.add_argument("--transitions", type=int, default=20_000)
    asked = parser.parse_args()
    torch.set_num_threads(1)
    {"faults": faults, "features": features, "cost": cost}[asked.what](asked)
