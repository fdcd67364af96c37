"""What metrics of graphs make of known faults: planar graphs of 24 to 32 nodes, spoilt; mean and deviation over seeds.

python benchmarks/what_graph_metrics_see.py            # values
python benchmarks/what_graph_metrics_see.py --cost     # seconds, one thread
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Mapping

import numpy as np
import torch
from scipy.spatial import Delaunay
from torch import Tensor

from gansuite.metrics import frechet, kad
from gansuite.metrics.features import features
from gansuite_graph.metrics.gin import Gin
from gansuite_graph.metrics.isomorphism import among, classes
from gansuite_graph.metrics.polygraph import PolyGraph
from gansuite_graph.spec import GraphSpec, pairs_of

SPEC = GraphSpec(32)


class Known:
    """Training graphs, as an extractor wants them that is fitted."""

    def __init__(self, x: Tensor) -> None:
        self.x = x

    def count(self, split: str) -> int:
        return len(self.x)

    def batch(self, split: str, index: Tensor, rng: None) -> dict[str, Tensor]:
        return {"data": self.x[index]}


def planar(n: int, seed: int, spec: GraphSpec = SPEC, least: int = 24) -> Tensor:
    """Delaunay triangulations of uniform points."""
    rng, (i, j) = np.random.default_rng(seed), pairs_of(spec.nodes)
    x = torch.zeros(n, *spec.shape, dtype=torch.int64)
    for row in x:
        m = int(rng.integers(least, spec.nodes + 1))
        faces = torch.from_numpy(Delaunay(rng.random((m, 2))).simplices).long()
        joined = torch.zeros(spec.nodes, spec.nodes, dtype=torch.int64)
        for a, b in ((0, 1), (1, 2), (2, 0)):
            joined[faces[:, a], faces[:, b]] = joined[faces[:, b], faces[:, a]] = 1
        row[:m], row[spec.nodes :] = 1, joined[i, j]
    return x


def moved(x: Tensor, share: float, generator: torch.Generator) -> Tensor:
    """Each edge taken away with a chance, and as many put where there were none."""
    spec, (i, j) = SPEC, pairs_of(SPEC.nodes)
    nodes, edges = x[:, : spec.nodes], x[:, spec.nodes :]
    gone = (torch.rand(edges.shape, generator=generator) < share) & (edges == 1)
    free = (edges == 0) & (nodes[:, i] == 1) & (nodes[:, j] == 1)
    rank = torch.rand(edges.shape, generator=generator).masked_fill(~free, 2.0).argsort(1).argsort(1)
    new = rank < gone.sum(1, keepdim=True)
    return torch.cat([nodes, edges - gone.long() + new.long()], 1)


def spoilt(x: Tensor, train: Tensor, generator: torch.Generator) -> dict[str, Tensor]:
    """Graphs by fault."""
    return {
        "none: other real graphs": x,
        "2 % of the edges moved": moved(x, 0.02, generator),
        "10 % of the edges moved": moved(x, 0.1, generator),
        "all edges moved": moved(x, 1.0, generator),
        "a quarter, four times": x[: len(x) // 4].repeat(4, 1),
        "half training graphs": torch.cat([x[: len(x) // 2], train[: len(x) // 2]]),
        "one graph": x[:1].expand(len(x), -1),
    }


def measures(train: Tensor) -> Mapping[str, Callable[[Tensor, Tensor], float]]:
    """Values of real and generated graphs."""
    gin, polygraph = Gin(SPEC), PolyGraph()
    gin.fit(Known(train))
    polygraph.bind(SPEC)

    def taken(x: Tensor) -> Tensor:
        return features(gin, lambda rows: x[rows], len(x))

    return {
        "`vun/unique`": lambda real, fake: float(classes(SPEC, fake).first().float().mean()),
        "`vun/novel`": lambda real, fake: 1 - float(among(SPEC, train, fake)[0].float().mean()),
        "`polygraph`": lambda real, fake: polygraph(real.float(), fake.float())[0].value,
        "`frechet` on `gin`": lambda real, fake: frechet(taken(real), taken(fake)).value,
        "1000 × `kad` on `gin`": lambda real, fake: 1000 * kad(taken(real), taken(fake)).value,
    }


def cost(n: int) -> None:
    """Seconds of each part at 32 and 64 nodes."""
    torch.set_num_threads(1)
    for spec in (SPEC, GraphSpec(64)):
        x, y = planar(n, 0, spec, spec.nodes), planar(n, 1, spec, spec.nodes)
        gin, polygraph = Gin(spec), PolyGraph()
        polygraph.bind(spec)
        for name, act in {
            "classes": lambda spec=spec, x=x: classes(spec, x),
            "among as many": lambda spec=spec, x=x, y=y: among(spec, y, x),
            "gin": lambda gin=gin, x=x: features(gin, lambda rows: x[rows], len(x)),
            "polygraph": lambda polygraph=polygraph, x=x, y=y: polygraph(x.float(), y.float()),
        }.items():
            act()
            seconds = []
            for _ in range(3):
                start = time.process_time()
                act()
                seconds.append(time.process_time() - start)
            print(f"{n} graphs of {spec.nodes} nodes: {name} {min(seconds):.3f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--n", type=int, default=500)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--cost", action="store_true")
    options = parser.parse_args()
    if options.cost:
        return cost(options.n)
    rows: dict[str, list[list[float]]] = {}
    metrics: Mapping[str, Callable[[Tensor, Tensor], float]] = {}
    for seed in range(options.seeds):
        train, real, fake = (planar(options.n, 3 * seed + part) for part in range(3))
        metrics = measures(train)
        for fault, x in spoilt(fake, train, torch.Generator().manual_seed(seed)).items():
            rows.setdefault(fault, []).append([metric(real, x) for metric in metrics.values()])
    print(f"| fault | {' | '.join(metrics)} |\n|---|{'---|' * len(metrics)}")
    for fault, values in rows.items():
        mean, deviation = np.mean(values, 0), np.std(values, 0, ddof=1)
        cells = (f"{m:.3g} ± {s:.1g}" for m, s in zip(mean, deviation, strict=True))
        print(f"| {fault} | {' | '.join(cells)} |")
    return None


if __name__ == "__main__":
    main()
