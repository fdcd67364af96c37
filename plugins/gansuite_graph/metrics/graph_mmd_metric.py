"""MMD² of graph statistics as a metric of a run: with the same between real graphs beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import numpy as np
import torch
from annotated_types import Gt, MinLen
from jaxtyping import Float, Int64
from torch import Tensor

from gansuite.metrics.metric import MetricError
from gansuite.metrics.two_sample import Part, Side, TwoSample

from ..spec import GraphSpec
from .comparison import Comparison, whole
from .discrepancy import EstimatorName
from .graph_mmd import method_of
from .graph_sets import alike, described
from .kernels import KernelName, StatisticName

TOGETHER = 512  # graphs made dense at a time
EVERY: tuple[StatisticName, ...] = ("degree", "clustering", "orbit", "spectrum")


class GraphMmd(TwoSample):
    """Squared maximum mean discrepancy between generated and held-out graphs, ``graph-mmd/degree`` and so on.

    See :func:`gansuite_graph.metrics.mmd` for formula, statistics, kernels and bandwidths. An edge counts by its
    presence, whatever its type. A graph without nodes counts as one of a single node.

    Args:
        statistics: which statistics to compare.
        kernel: ``gaussian-tv`` (GRAN, SPECTRE, DiGress), ``gaussian-emd`` (GraphRNN), ``rbf`` or ``linear``.
        estimator: ``u-statistic``, without bias, or ``v-statistic``, that of published tables.
        sigma: bandwidth of all statistics; None: the usual one of each.

    Source: You et al., GraphRNN (2018); Liao et al., GRAN (2019).
    """

    name = "graph-mmd"
    needs = "samples"
    centre = False
    meaning = (
        "How far degrees, clustering, small subgraphs and spectra of generated graphs are from those of real ones."
    )
    bound: GraphSpec | None = None

    def __init__(
        self,
        *,
        statistics: Annotated[tuple[StatisticName, ...], MinLen(1)] = EVERY,
        kernel: KernelName = "gaussian-tv",
        estimator: EstimatorName = "u-statistic",
        sigma: Annotated[float, Gt(0)] | None = None,
    ) -> None:
        self.comparisons = {each: Comparison(each, kernel, estimator, sigma) for each in dict.fromkeys(statistics)}
        self.parts = tuple(Part(each) for each in self.comparisons)
        self.method = method_of(kernel, estimator)

    def bind(self, spec: Any) -> None:
        """Tell the metric how rows are graphs.

        Raises:
            MetricError: the samples are no graphs.
        """
        if not isinstance(spec, GraphSpec):
            raise MetricError(f"{self.name} compares sets of graphs, and the samples are none: leave it out")
        self.bound = spec

    def rows(self, x: Float[Tensor, "n c"]) -> dict[str, Tensor]:
        """The descriptors of graphs that came as features."""
        if self.bound is None:
            raise MetricError(f"{self.name} does not know how rows are graphs: call bind(spec) first")
        parts = [described(self.bound.dense(part.long()), self.comparisons) for part in x.split(TOGETHER)]
        return {
            statistic: torch.cat(alike(*(part[statistic] for part in parts))).to(x.device) for statistic in parts[0]
        }

    def side(self, real: Float[Tensor, "n d"], labels: Int64[Tensor, " n"] | None, seed: int) -> Side:
        """The descriptors of real graphs, and the sums of the kernel among them, by statistic."""
        blocks, rows, found = whole(labels, len(real)), self.rows(real), {}
        for statistic, comparison in self.comparisons.items():
            own = comparison.side(rows[statistic], blocks)
            found |= {f"{statistic}.{name}": x for name, x in own.items()}
        return found

    def table(
        self, side: Side, other: Float[Tensor, "n d"], labels: Int64[Tensor, " n"] | None, seed: int
    ) -> np.ndarray:
        """MMD² of each statistic; a block is left out of both sets."""
        blocks, rows, columns = whole(labels, len(other)), self.rows(other), []
        for statistic, comparison in self.comparisons.items():
            columns.append(comparison.values(own(side, statistic), rows[statistic], blocks))
        return np.stack(columns, 1)

    def extras(self, side: Side, table: np.ndarray) -> Mapping[str, Any]:
        """What the numbers depend on: kernel, σ and bins of each statistic."""
        found: dict[str, Any] = {}
        for statistic, comparison in self.comparisons.items():
            for name, value in comparison.told(side[f"{statistic}.rows"]).items():
                if name in ("sigma", "bins", "kernel"):
                    found[f"{name} ({statistic})"] = value
                elif name != "statistic":
                    found[name] = value
        return found


def own(side: Side, statistic: str) -> Side:
    """What of the real side belongs to one statistic."""
    return {name.partition(".")[2]: x for name, x in side.items() if name.startswith(f"{statistic}.")}
