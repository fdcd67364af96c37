"""How many edges the graph that is put together from walks has in common with the real one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Int64
from torch import Tensor

from gansuite.metrics.estimate import Estimate
from gansuite.metrics.models.points import of_points
from gansuite.metrics.subject import Subject

from ..walks.assembly import Transitions
from .assembling import OfGraphs, walker


class EdgeOverlap(OfGraphs):
    """Shares of edges in common, over graphs put together from the model's walks:

        edge-overlap            |Ê ∩ E| / |E|,  E the edges learnt from
        edge-overlap/held-out   |Ê ∩ H| / |H|,  H the edges held out of the split, if there are any
        edge-overlap/steps      steps of the walks that lead over an edge of E, of all steps

    A graph of chance has its density, a copy 1, and so have walks of the graph learnt from, if they are many. Between
    them more is not better, so nothing is ideal and no value normalised: a model that learnt the walks by heart has
    nothing to say of edges that it did not see, and ``held-out`` above chance is what speaks for it.

    Args:
        transitions: steps of walks for each graph.
        graphs: how many graphs.
        chunk: walks drawn at a time.

    Source: Bojchevski et al., NetGAN (2018), section 4.2.
    """

    name = "edge-overlap"
    direction = "target"
    meaning = "How many edges of the real graph stand in the one put together from walks: chance below, a copy at 1."

    def __call__(self, subject: Subject, *, untrained: Subject | None = None, seed: int = 0) -> Sequence[Estimate]:
        """Two or three estimates."""
        graph = walker(subject).graph
        sets = {"": graph.edge_index().cpu(), "held-out": subject.dataset.held_out(subject.split)[0].cpu()}  # pyright: ignore[reportAttributeAccessIssue]
        sets = {part: edges for part, edges in sets.items() if edges.shape[1]}
        made, floor = self.shares(subject, sets), self.shares(subject, sets, real=True)
        fresh = None if untrained is None else self.shares(untrained, sets)
        chance = graph.edges / (graph.nodes * (graph.nodes - 1) / 2)
        found = []
        for part, values in made.items():
            each = of_points(
                self,
                values,
                part,
                untrained=None if fresh is None else fresh[part],
                direction="max" if part == "held-out" else "target",
                seed=seed,
                method="mean; Student over assembled graphs",
                extras={"transitions": self.transitions, "by chance": chance, "split": subject.split}
                | {"walks of the real graph": float(floor[part].mean())},
            )
            found.append(each)
        return found

    def shares(
        self, subject: Subject, sets: dict[str, Int64[Tensor, "2 m"]], real: bool = False
    ) -> dict[str, np.ndarray]:
        """Each share of each graph."""
        rows = []
        for i in range(self.graphs):
            steps = self.drawn(subject, i, real)
            edges = Transitions.of(self.put_together(steps, subject, i).T, self.spec.nodes)
            row = {part: float((edges.over(wanted) > 0).double().mean()) for part, wanted in sets.items()}
            rows.append(row | {"steps": int(steps.over(sets[""]).sum()) / steps.steps})
        return {part: np.array([row[part] for row in rows]) for part in rows[0]}
