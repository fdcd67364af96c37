"""Random directions against the law of the lengths that they keep."""

from __future__ import annotations

import math

import pytest
import torch
from scipy.stats import chi2, kstest

import gansuite.extractors.random_projection as module
from gansuite.extractors.random_projection import RandomProjection
from gansuite.metrics.features import Extractor


def normal(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("d", [3, 1024, 2500])
def test_squared_lengths_follow_their_law(d):
    """|Rx|² / |x|² is chi-squared / size over the draw of R, whatever x and its dimension."""
    x = normal(1, d)
    ratios = [float(RandomProjection(size=16, seed=s)(x).square().sum() / x.square().sum()) for s in range(200)]
    assert kstest([16 * ratio for ratio in ratios], chi2(16).cdf).pvalue > 0.01


def test_distances_are_kept_and_directions_are_apart():
    x = normal(40, 3000, seed=1)
    y = RandomProjection(size=400)(x)
    ratio = (torch.pdist(y) / torch.pdist(x)).square()
    assert abs(float(ratio.mean()) - 1) < 0.05 and float(ratio.std()) < 2 * math.sqrt(2 / 400)
    rows = torch.cat([RandomProjection(size=8).directions(block, x.device) for block in (0, 1)])
    assert kstest(rows.flatten().numpy(), "norm").pvalue > 0.01
    gram = rows @ rows.T / 8
    assert float((gram - torch.diag(gram.diagonal())).abs().max()) < 3  # no two numbers share their directions


def test_linear_in_the_samples_of_any_shape_and_kind():
    project, x, y = RandomProjection(size=5), normal(6, 2, 3, 4), normal(6, 2, 3, 4, seed=1)
    assert project(x).shape == (6, 5) and project(x).dtype == torch.float32
    assert torch.allclose(project(x + 2 * y), project(x) + 2 * project(y), atol=1e-5)
    assert torch.equal(project(x), project(x.flatten(1)))
    assert torch.equal(project(x[:, 0, 0, 0]), project(x[:, 0, 0, :1]))
    tokens = torch.randint(0, 9, (6, 20), generator=torch.Generator().manual_seed(0))
    assert torch.equal(project(tokens), project(tokens.double()))


def test_what_is_not_kept_is_drawn_again_alike(monkeypatch):
    x, size = normal(3, 2100), 7
    kept = RandomProjection(size=size)(x)
    monkeypatch.setattr(module, "KEPT", 0)
    project = RandomProjection(size=size)
    assert torch.equal(project(x), kept) and torch.equal(project(x), kept) and not project.kept
    short = project(x[:, :1500]) * math.sqrt(size)
    assert torch.allclose(
        short, x[:, :1500] @ torch.cat([project.directions(b, x.device) for b in (0, 1)])[:1500], atol=1e-4
    )


def test_seed_and_size_are_in_the_fingerprint_and_no_global_number_is_drawn():
    assert isinstance(RandomProjection(), Extractor)
    assert len({RandomProjection(size=s, seed=i).fingerprint for s in (2, 3) for i in (0, 1)}) == 4
    before, x = torch.random.get_rng_state(), normal(2, 3)
    assert not torch.equal(RandomProjection(seed=0)(x), RandomProjection(seed=1)(x))
    assert torch.equal(before, torch.random.get_rng_state())
