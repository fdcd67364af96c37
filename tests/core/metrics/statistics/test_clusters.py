"""k-means against scikit-learn, its own definition, and what is hard for it."""

from __future__ import annotations

import pytest
import torch

from gansuite.metrics.statistics.clusters import kmeans, means


def mixture(n, d, seed, modes=10):
    generator = torch.Generator().manual_seed(seed)
    centres = 2 * torch.randn(modes, d, generator=generator, dtype=torch.float64)
    rows = centres[torch.randint(modes, (n,), generator=generator)]
    return rows + torch.randn(n, d, generator=generator, dtype=torch.float64)


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def test_inertia_is_that_of_scikit_learn():
    from sklearn.cluster import KMeans

    for n, d, k in ((800, 2, 20), (800, 16, 10), (600, 8, 60)):
        x = mixture(n, d, d)
        ours = float(kmeans(x, k, seeded(), runs=6).inertia.min())
        theirs = min(KMeans(k, n_init=1, random_state=i).fit(x.numpy()).inertia_ for i in range(6))
        assert ours == pytest.approx(theirs, rel=0.03)


def test_labels_are_the_nearest_centre_and_inertia_their_sum():
    x = mixture(300, 3, 0) + 1e4
    found = kmeans(x, 7, seeded(), runs=2)
    for run in range(2):
        distance = torch.cdist(x, found.centres[run], compute_mode="donot_use_mm_for_euclid_dist")
        assert torch.equal(distance.argmin(1), found.labels[run])
        assert float(found.inertia[run]) == pytest.approx(float(distance.amin(1).square().sum()), rel=1e-4)
        mean = torch.stack([x[found.labels[run] == c].mean(0) for c in range(7)])
        assert (mean - found.centres[run]).abs().max() < 0.3  # it stops a little before it rests
    assert found.best == int(found.inertia.argmin())


def test_runs_differ_and_seeds_repeat():
    x = mixture(200, 2, 1)
    one, two = kmeans(x, 20, seeded(3), runs=3), kmeans(x, 20, seeded(3), runs=3)
    assert torch.equal(one.labels, two.labels) and len(one.inertia.unique()) == 3


def test_separated_modes_are_found_each_time():
    centres = 100 * torch.eye(8, dtype=torch.float64)
    x = centres.repeat(20, 1) + mixture(160, 8, 0, 1) * 0.01
    found = kmeans(x, 8, seeded(), runs=5)
    assert all(len(row.bincount()) == 8 and (row.bincount() == 20).all() for row in found.labels)


def test_an_empty_cluster_takes_the_farthest_row():
    x = torch.tensor([[0.0], [1.0], [10.0]])
    moved = means(x, torch.tensor([[[0.5], [99.0]]]))
    assert moved.tolist() == [[[pytest.approx(11 / 3)], [10.0]]]
    few = kmeans(torch.tensor([[0.0], [1.0]]).repeat(10, 1), 4, seeded())  # two things, four clusters
    assert float(few.inertia) == 0 and torch.isfinite(few.centres).all()
