"""How far two sets of graphs are apart in law, as a kernel sees one of their statistics."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, get_args

import torch

from gansuite.metrics.estimate import Estimate
from gansuite.metrics.jackknife import BLOCKS, block_labels, jackknife_of
from gansuite.metrics.metric import MetricError
from gansuite.metrics.two_sample import Part, as_estimate

from ..dense import Dense
from .comparison import Comparison
from .discrepancy import EstimatorName
from .graph_sets import Graphs, alike, described, graphs_of
from .kernels import KernelName, StatisticName

GraphSet = Iterable[Any] | Dense
"""A list of networkx or torch-geometric graphs, a torch-geometric batch, or a dense batch."""


def mmd(
    real: GraphSet,
    generated: GraphSet,
    statistic: StatisticName = "degree",
    kernel: KernelName = "gaussian-tv",
    estimator: EstimatorName = "u-statistic",
    *,
    floor: GraphSet | None = None,
    untrained: GraphSet | None = None,
    sigma: float | None = None,
    bins: int | None = None,
    seed: int = 0,
    level: float = 0.95,
) -> Estimate:
    """Squared maximum mean discrepancy of two sets of graphs in one statistic, with an interval.

        U  mean_{i≠j} k(x_i, x_j) + mean_{i≠j} k(y_i, y_j) - 2 mean_{i,j} k(x_i, y_j)
        V  the same with i = j among the pairs

    x_i is a graph's descriptor: the histogram of its degrees, that of its nodes' clustering coefficients (100 bins on
    [0, 1]), the mean over nodes of the counts of the 15 orbits of connected graphs on up to four nodes, or the
    histogram of the eigenvalues of its normalised Laplacian (200 bins on [-0.00001, 2]).

    The U-statistic is unbiased, and so may be negative; published tables have the V-statistic, which for two sets of
    one law is not 0 but about (1/n + 1/m)(1 - E k). Interval by the joint block jackknife (too wide by about 1.4
    where the laws are equal, as the statistic then degenerates). ``extras`` names kernel, σ, bins and estimator:
    values with different ones are not compared.

    Args:
        real: real graphs: networkx or torch-geometric ones, undirected. Of any sizes, and as many as you like, 4 at
            least. Loops, weights and parallel edges do not count (``extras["left out"]`` says so).
        generated: generated graphs; their number may differ.
        statistic: ``degree``, ``clustering``, ``orbit`` or ``spectrum``.
        kernel: ``gaussian-tv`` (GRAN, SPECTRE, DiGress), ``gaussian-emd`` (GraphRNN), ``rbf`` or ``linear``; see
            :func:`gansuite_graph.metrics.kernels.kernel_of` for their bandwidths.
        estimator: ``u-statistic`` or ``v-statistic``.
        floor: other real graphs; gives ``Estimate.floor``.
        untrained: graphs of an untrained generator; with ``floor`` gives ``normalised``.
        sigma: bandwidth in place of the usual one.
        bins: of ``clustering`` or ``spectrum``, in place of the usual number.
        seed: of the jackknife's blocks.
        level: of the interval.

    Raises:
        MetricError: fewer than 4 graphs, a directed graph, one above 4,096 nodes, or something that is no graph; or a
            name that is unknown.

    Source: Gretton et al., JMLR 13 (2012); as a metric of graphs You et al., GraphRNN (2018), with total variation
    Liao et al., GRAN (2019).
    """
    choose(statistic=(statistic, StatisticName), kernel=(kernel, KernelName), estimator=(estimator, EstimatorName))
    if (sigma is not None and not sigma > 0) or (bins is not None and not bins > 0):
        raise MetricError(f"mmd: sigma = {sigma} and bins = {bins}: give positive numbers, or leave them out")
    given = {"real": real, "generated": generated, "floor": floor, "untrained": untrained}
    sets = {name: graphs_of(x, name) for name, x in given.items() if x is not None}
    rows = dict(
        zip(sets, alike(*(described(each, [statistic], bins)[statistic] for each in sets.values())), strict=True)
    )
    blocks = min(BLOCKS, *map(len, rows.values()))
    labels = {name: block_labels(len(x), blocks, seed) for name, x in rows.items()}
    comparison = Comparison(statistic, kernel, estimator, sigma, bins)
    side = comparison.side(rows["real"], labels["real"])
    others = [name for name in rows if name != "real"]
    values = [comparison.values(side, rows[name], labels[name]) for name in others]
    # The blocks of sets of different sizes hold the same share of each, up to a row.
    pooled = torch.cat(list(labels.values()))
    jackknife = jackknife_of(lambda b: [each[0 if b is None else b + 1] for each in values], pooled, correct=False)
    left_out = {name: dict(each.left_out) for name, each in sets.items() if isinstance(each, Graphs) and each.left_out}
    extras = {**comparison.told(rows["real"]), **({"left out": left_out} if left_out else {})}
    names = ["fake", *others[1:]]
    found = as_estimate(
        Named(kernel, estimator), Part(statistic), jackknife, names, len(rows["real"]), seed, extras, level
    )
    return replace(found, n_fake=len(rows["generated"]))


class Named:
    """The name and the method of the estimates."""

    name = "graph-mmd"

    def __init__(self, kernel: str, estimator: str) -> None:
        self.method = method_of(kernel, estimator)


def method_of(kernel: str, estimator: str) -> str:
    """How a value came about."""
    return f"MMD², {kernel} kernel, {estimator}; block jackknife"


def choose(**given: tuple[str, Any]) -> None:
    """Refuse a name that is unknown."""
    for option, (value, names) in given.items():
        if value not in get_args(names):
            raise MetricError(f"mmd: {option} {value!r} is unknown: take one of {', '.join(get_args(names))}")
