"""MAUVE and the frontier integral: closed forms, the authors' package on the same histograms, and known laws."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys

import numpy as np
import pytest
import torch
from scipy.integrate import quad
from scipy.special import beta

from gansuite.metrics import MetricError
from gansuite.metrics.jackknife import block_labels
from gansuite.metrics.statistics.divergence_frontier import (
    Mauve,
    frontier,
    frontier_area,
    frontier_integral,
    mauve,
    principal,
)


def cloud(n, seed, shift=0.0, d=8):
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(n, d, generator=generator, dtype=torch.float64) / torch.arange(1, d + 1).sqrt()
    x[:, 0] += shift
    return x


def test_disjoint_and_equal():
    """Disjoint: x = (1 - λ)^c, y = λ^c, so that the area is c B(c + 1, c); equal: 1, and not less for ties."""
    assert frontier_area([1, 0], [0, 1], points=100_001) == pytest.approx(5 * beta(6, 5), rel=1e-6)
    assert frontier_area([1, 0], [0, 1], 2.0, 100_001) == pytest.approx(2 * beta(3, 2), rel=1e-6)
    assert frontier_area([1, 0], [0, 1]) == pytest.approx(0.00407, abs=1e-5)
    for p in ([0.5, 0.5], [0.3, 0.0, 0.7]):
        assert frontier_area(p, p) == pytest.approx(1, abs=1e-12)
        assert frontier_integral(p, p) == pytest.approx(0, abs=1e-12)
    assert frontier_integral([1, 0], [0, 1]) == 1


def test_integral_is_what_it_is_called():
    """2 ∫ λ KL(p ‖ r) + (1 - λ) KL(q ‖ r) dλ by quadrature, with bins that one side lacks and one that both share."""
    p, q = np.array([0.4, 0.3, 0.2, 0.1, 0.0]), np.array([0.1, 0.3, 0.0, 0.5, 0.1])

    def kl(a, r):
        return sum(x * np.log(x / y) for x, y in zip(a, r, strict=True) if x > 0)

    def integrand(share):
        r = share * p + (1 - share) * q
        return 2 * (share * kl(p, r) + (1 - share) * kl(q, r))

    assert frontier_integral(p, q) == pytest.approx(quad(integrand, 0, 1)[0], abs=1e-7)


def test_frontier_by_hand():
    """At λ = 1/2 of (1/2, 1/2) and (1, 0): KL(q ‖ r) = log 4/3, KL(p ‖ r) = log 2 - 1/2 log 3."""
    x, y = frontier([0.5, 0.5], [1, 0], 2.0)
    assert (x[13], y[13]) == pytest.approx((np.exp(-2 * np.log(4 / 3)), np.exp(-2 * (np.log(2) - np.log(3) / 2))))
    assert (x[0], y[0], x[-1], y[-1]) == (1, 0, 0, 1)
    mirrored = frontier([1, 0], [0.5, 0.5], 2.0)
    assert mirrored[0][::-1] == pytest.approx(y) and mirrored[1][::-1] == pytest.approx(x)


def test_the_authors_package(tmp_path):
    """Their numbers on the histograms that they found (a process of its own: its imports warn)."""
    if importlib.util.find_spec("mauve") is None or importlib.util.find_spec("faiss") is None:
        pytest.skip("mauve-text is not installed")
    np.save(tmp_path / "p.npy", cloud(400, 0).numpy() + 1)
    np.save(tmp_path / "q.npy", cloud(400, 1, 0.6).numpy() + 1)
    code = (
        "import json, sys, numpy as np, mauve; p, q = (np.load(f'{sys.argv[1]}/{s}.npy') for s in 'pq')\n"
        "o = mauve.compute_mauve(p_features=p, q_features=q, num_buckets=40, verbose=False)\n"
        "print(json.dumps([list(map(float, o.p_hist)), list(map(float, o.q_hist)), float(o.mauve),"
        " float(o.frontier_integral), float(o.mauve_star), float(o.frontier_integral_star)]))"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, str(tmp_path)], capture_output=True, text=True, check=True
    )
    p, q, area, integral, area_star, integral_star = json.loads(done.stdout.splitlines()[-1])
    assert frontier_area(p, q) == pytest.approx(area, abs=1e-12)
    assert frontier_integral(p, q) == pytest.approx(integral, abs=1e-12)
    smooth = [(np.array(h) * 400 + 0.5) / (400 + 20) for h in (p, q)]
    assert frontier_area(*smooth) == pytest.approx(area_star, abs=1e-12)
    assert frontier_integral(*smooth) == pytest.approx(integral_star, abs=1e-12)
    ours = mauve(cloud(400, 0) + 1, cloud(400, 1, 0.6) + 1)  # with another k-means, from another start
    assert ours["mauve"].value == pytest.approx(area, abs=0.06)
    assert ours["integral"].value == pytest.approx(integral, abs=0.03)


def test_histograms_and_their_smoothing():
    table = torch.tensor([[3, 0, 1], [1, 2, 1]])
    plain, smooth = Mauve().histograms(table), Mauve(smoothing="krichevsky-trofimov").histograms(table)
    assert plain.tolist() == [[4 / 8, 2 / 8, 2 / 8], [1 / 4, 2 / 4, 1 / 4], [3 / 4, 0, 1 / 4]]
    assert smooth[2] == pytest.approx([3.5 / 5.5, 0.5 / 5.5, 1.5 / 5.5])


def test_principal_directions_hold_the_share():
    x = cloud(500, 0) + 1
    unit = x / x.norm(dim=1, keepdim=True)
    centred = unit - unit.mean(0)
    values = torch.linalg.svdvals(centred).square()
    kept = int((values.cumsum(0) / values.sum() < 0.9).sum()) + 1
    found = principal(x, 0.9)
    assert found.shape == (500, kept)
    assert float(found.square().sum()) == pytest.approx(float(values[:kept].sum()))
    assert principal(3 * x, 0.9).abs() == pytest.approx(found.abs(), abs=1e-9)  # the length does not matter
    assert principal(x, 1.0).shape == (500, 8)


def test_sees_a_shift_and_not_the_same_law():
    values = [mauve(cloud(400, 0), cloud(400, 1, shift), floor=cloud(400, 2)) for shift in (0.0, 1.0, 2.0)]
    same, some, far = (each["mauve"] for each in values)
    assert same.value > 0.9 > some.value > far.value
    assert same.floor == some.floor and same.low < (same.floor or 0) < same.high
    assert values[0]["integral"].value < values[1]["integral"].value < values[2]["integral"].value
    assert some.extras == {"buckets": 40, "scale": 5.0, "smoothing": "none"}


def test_interval_leaves_blocks_out_and_covers():
    labels, metric = block_labels(100), Mauve(buckets=8, runs=2)
    found = [metric(cloud(100, 2 * i), cloud(100, 2 * i + 1, 0.7))[0] for i in range(60)]
    mean = np.mean([each.value for each in found])
    assert np.mean([each.low <= mean <= each.high for each in found]) >= 0.8
    table = metric.table({"rows": cloud(100, 0)}, cloud(100, 1), labels, 0)
    assert table.shape == (11, 2) and len(np.unique(table[:, 0])) > 5
    assert metric.table({"rows": cloud(100, 0)}, cloud(100, 1), None, 0)[0] == pytest.approx(table[0])


def test_refuses():
    with pytest.raises(MetricError, match="same buckets"):
        frontier_area([1.0], [0.5, 0.5])
    with pytest.raises(MetricError, match="does not sum to 1"):
        frontier_area([1.0, 1.0], [0.5, 0.5])
    with pytest.raises(MetricError, match="too few"):
        mauve(cloud(10, 0), cloud(10, 1), buckets=20)
