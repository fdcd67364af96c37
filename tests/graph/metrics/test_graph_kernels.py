"""Kernels and MMD² against scipy, a double loop and GraphRNN's printed values."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest
import torch
from scipy.spatial.distance import pdist
from scipy.stats import wasserstein_distance

from gansuite.metrics.jackknife import block_labels
from gansuite_graph.metrics.discrepancy import across, squared_mmd, within
from gansuite_graph.metrics.graph_sets import described, graphs_of
from gansuite_graph.metrics.kernels import RANGE, GraphKernel, KernelName, kernel_of

STATISTICS = ("degree", "clustering", "orbit", "spectrum")


def histograms(n: int, bins: int, seed: int = 0) -> torch.Tensor:
    return torch.from_numpy(np.random.default_rng(seed).dirichlet(np.full(bins, 0.3), n))


def gram(kernel: GraphKernel, x: torch.Tensor, y: torch.Tensor | None = None) -> np.ndarray:
    return kernel.values(kernel.embedded(x), kernel.embedded(x if y is None else y)).numpy()


def test_the_earth_movers_distance_is_that_of_scipy():
    """In bins for degrees and spectra; of clustering in shares of all bins."""
    x, y = histograms(8, 100), histograms(9, 100, 1)
    for statistic, unit in (("degree", 1), ("clustering", 100), ("spectrum", 1)):
        kernel, bins = kernel_of("gaussian-emd", statistic, x, sigma=1.7), np.arange(100) / unit
        for i, own in enumerate(gram(kernel, x, y)[0]):
            for j, value in enumerate(own):
                distance = wasserstein_distance(bins, bins, x[i].numpy(), y[j].numpy())
                assert value == pytest.approx(np.exp(-(distance**2) / (2 * 1.7**2)), rel=1e-12, abs=1e-300)
                ours = float((kernel.embedded(x[i : i + 1]) - kernel.embedded(y[j : j + 1])).abs().sum())
                assert ours == pytest.approx(distance, rel=1e-12)


def test_the_other_kernels():
    x, y = histograms(5, 20), histograms(6, 20, 1)
    tv = np.abs(x.numpy()[:, None] - y.numpy()).sum(2) / 2
    assert gram(kernel_of("gaussian-tv", "clustering", x), x, y)[0] == pytest.approx(np.exp(-(tv**2) / 0.02))
    assert gram(kernel_of("linear", "degree", x), x, y)[0] == pytest.approx(x.numpy() @ y.numpy().T)
    length = np.square(x.numpy()[:, None] - y.numpy()).sum(2)
    assert gram(kernel_of("rbf", "degree", x, sigma=0.3), x, y)[0] == pytest.approx(np.exp(-length / 0.18))
    orbits = kernel_of("gaussian-emd", "orbit", x)  # no histogram: plain Gaussian
    assert "orbits" in orbits.name and gram(orbits, x, y)[0] == pytest.approx(np.exp(-length / 1800))


def test_the_usual_bandwidths():
    x = histograms(5, 20)
    for name in ("gaussian-tv", "gaussian-emd"):
        assert [kernel_of(name, each, x).sigma for each in STATISTICS] == [(1.0,), (0.1,), (30.0,), (1.0,)]
    unit = np.sqrt(np.mean(pdist(x.numpy(), "sqeuclidean")))
    assert kernel_of("rbf", "degree", x).sigma == pytest.approx([unit * each for each in RANGE])
    assert kernel_of("rbf", "degree", x[:1].expand(4, -1)).sigma == RANGE  # all alike: no unit


def test_which_are_positive_definite():
    """Of those that are not, a Gram matrix shows it."""
    x = torch.cat([torch.eye(6), (torch.eye(6).unsqueeze(0) + torch.eye(6).unsqueeze(1)).flatten(0, 1) / 2]).double()
    for name in get_args(KernelName):
        kernel = kernel_of(name, "degree", x, sigma=0.7)
        assert kernel.positive_definite == (name in ("rbf", "linear"))
        least = min(np.linalg.eigvalsh(gram(kernel, rows)[0])[0] for rows in (x, histograms(60, 12)))
        assert (least > -1e-10) == kernel.positive_definite, name


def test_the_printed_values_of_graphrnn():
    """Two sets of two histograms each, Gaussian-EMD with σ = 1, V-statistic: .00247979 and .23332230."""
    sets = [torch.tensor(x, dtype=torch.float64) for x in (
        [[0.2, 0.8], [0.3, 0.7]], [[0.25, 0.75], [0.35, 0.65]], [[0.8, 0.2], [0.7, 0.3]]
    )]  # fmt: skip
    kernel, labels = kernel_of("gaussian-emd", "degree", sets[0]), torch.zeros(2, dtype=torch.int64)

    def value(x: torch.Tensor, y: torch.Tensor) -> float:
        own = [within(kernel, each, labels, "v-statistic").sum() / 4 for each in (x, y)]
        return float(sum(own) - across(kernel, x, y, labels, labels).sum() / 2)

    assert value(sets[0], sets[1]) == pytest.approx(0.00247979, abs=5e-9)
    assert value(sets[0], sets[2]) == pytest.approx(0.23332230, abs=5e-9)


@pytest.mark.parametrize("estimator", ["u-statistic", "v-statistic"])
@pytest.mark.parametrize("name", get_args(KernelName))
def test_is_the_double_loop_whole_and_without_each_block(name: KernelName, estimator, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("gansuite_graph.metrics.discrepancy.TILE", 50)  # a row or two at a time
    x, y = histograms(23, 15), histograms(17, 15, 1)
    a, b = block_labels(23, 5), block_labels(17, 5)
    kernel = kernel_of(name, "degree", x)
    sums = within(kernel, x, a, estimator), within(kernel, y, b, estimator), across(kernel, x, y, a, b)
    found = squared_mmd(*sums, a, b, estimator)

    def mean(k: np.ndarray) -> float:
        if estimator == "v-statistic":
            return k.mean()
        return (k.sum() - np.trace(k)) / (len(k) * (len(k) - 1))

    for block, value in zip([None, *range(5)], found, strict=True):
        p, q = (x, y) if block is None else (x[a != block], y[b != block])
        kernels = zip(gram(kernel, p), gram(kernel, q), gram(kernel, p, q), strict=True)
        assert value == pytest.approx(max(mean(pp) + mean(qq) - 2 * pq.mean() for pp, qq, pq in kernels), abs=1e-12)


def test_u_is_unbiased_and_v_is_not():
    """200 draws of two sets of one law: the mean of U is 0 within its error, that of V above it."""
    import networkx as nx

    rng = np.random.default_rng(0)
    graphs = [nx.gnp_random_graph(9, 0.4, seed=int(seed)) for seed in rng.integers(1 << 30, size=200 * 14)]
    labels = (torch.arange(6) // 3, torch.arange(8) // 4)
    rows = described(graphs_of(graphs, "graphs"), STATISTICS)
    for statistic in STATISTICS:
        kernel = kernel_of("gaussian-tv", statistic, rows[statistic])
        found = []
        for draw in rows[statistic].split(14):
            x, y = draw[:6], draw[6:]
            cross = across(kernel, x, y, *labels)
            for estimator in ("u-statistic", "v-statistic"):
                sums = within(kernel, x, labels[0], estimator), within(kernel, y, labels[1], estimator)
                found.append(squared_mmd(*sums, cross, *labels, estimator)[0])
        u, v = np.reshape(found, (200, 2)).T
        assert abs(u.mean()) < 4 * u.std() / np.sqrt(200), statistic
        assert v.mean() > 10 * v.std() / np.sqrt(200), statistic
        unequal = kernel.values(*[kernel.embedded(each) for each in (rows[statistic], rows[statistic])])[0]
        expected = (1 / 6 + 1 / 8) * (1 - (unequal.sum() - len(graphs)) / (len(graphs) * (len(graphs) - 1)))
        assert v.mean() == pytest.approx(float(expected), rel=0.25)
