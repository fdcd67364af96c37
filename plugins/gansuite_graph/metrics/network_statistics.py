"""How the graph that is put together from walks compares with the real one, number by number."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gansuite.metrics.estimate import Estimate
from gansuite.metrics.models.points import of_points
from gansuite.metrics.subject import Subject

from ..csr import Csr
from .assembling import OfGraphs, walker
from .graph_numbers import graph_numbers


class NetworkStatistics(OfGraphs):
    """Statistics of graphs put together from the model's walks, ``network-statistics/triangles`` and so on.

    Each of ``graphs`` graphs has walks of its own and as many edges as were learnt from; the value is the mean, with
    Student's interval over the graphs. The ideal is the statistic of the graph learnt from; ``extras`` has what walks
    of that graph itself give, put together alike. A copy of the graph is perfect here: see ``edge-overlap`` beside it.

    Args:
        transitions: steps of walks for each graph.
        graphs: how many graphs.
        chunk: walks drawn at a time.

    Source: Bojchevski et al., NetGAN (2018), tables 2 and 6; see ``graph_numbers`` for the formulas.
    """

    name = "network-statistics"
    direction = "target"
    meaning = "Degrees, small subgraphs and distances in the graph put together from walks, beside the real one's."

    def __call__(self, subject: Subject, *, untrained: Subject | None = None, seed: int = 0) -> Sequence[Estimate]:
        """An estimate for each statistic."""
        truth = graph_numbers(walker(subject).graph)
        made, floor = self.numbers(subject), self.numbers(subject, real=True)
        fresh = None if untrained is None else self.numbers(untrained)
        extras = {"transitions": self.transitions, "unit": "the graph learnt from is the ideal"}
        found = []
        for name, ideal in truth.items():
            each = of_points(
                self,
                made[name],
                name,
                untrained=None if fresh is None else fresh[name],
                ideal=ideal,
                seed=seed,
                method="mean; Student over assembled graphs",
                extras=extras | {"real": ideal, "walks of the real graph": float(floor[name].mean())},
            )
            found.append(each)
        return found

    def numbers(self, subject: Subject, real: bool = False) -> dict[str, np.ndarray]:
        """Each statistic of each graph."""
        rows = []
        for i in range(self.graphs):
            edges = self.put_together(self.drawn(subject, i, real), subject, i)
            rows.append(graph_numbers(Csr.of_edges(edges, self.spec.nodes)))
        return {name: np.array([row[name] for row in rows]) for name in rows[0]}
