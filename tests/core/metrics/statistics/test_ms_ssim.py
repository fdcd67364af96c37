"""Structural similarity against torchmetrics and the figure of compare_gan's test, and the interval over pairs."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch

import gansuite.metrics.statistics.structural_similarity as module
from gansuite.metrics import MetricError, ms_ssim
from gansuite.metrics.statistics.structural_similarity import WEIGHTS, MsSsim, neighbours, similarities


def uniform(*shape, seed=0, dtype=torch.float64):
    return torch.rand(*shape, generator=torch.Generator().manual_seed(seed), dtype=dtype)


def by_torchmetrics(x, y, weights):
    """The product of its contrasts and, at the last scale, its full image, where the window lies within the sample."""
    from torchmetrics.functional.image import structural_similarity_index_measure as ssim

    product = torch.ones(len(x), dtype=x.dtype)
    for weight in weights[:-1]:
        contrast = ssim(x, y, data_range=1.0, reduction="none", return_contrast_sensitivity=True)[1]
        product *= contrast.clamp_min(0) ** weight
        x, y = torch.nn.functional.avg_pool2d(x, 2), torch.nn.functional.avg_pool2d(y, 2)
    full = ssim(x, y, data_range=1.0, reduction="none", return_full_image=True)[1]
    return product * full[..., 5:-5, 5:-5].flatten(1).mean(1) ** weights[-1]


@pytest.mark.parametrize(("side", "scales"), [(177, 5), (175, 4), (64, 3), (24, 2), (13, 1)])
def test_equals_torchmetrics_within_the_sample(side, scales):
    x = uniform(3, 2, side, side + 9)
    y = (x + uniform(3, 2, side, side + 9, seed=1)) / 2
    weights = np.array(WEIGHTS[:scales]) / (1 if scales == 5 else sum(WEIGHTS[:scales]))
    truth = by_torchmetrics(x, y, weights.tolist())
    np.testing.assert_allclose(similarities(x, y, scales), truth, rtol=1e-12)
    np.testing.assert_allclose(similarities(x.float(), y.float(), scales), truth, rtol=2e-5)
    assert module.room(x) == scales


def test_is_torchmetrics_but_for_the_reflected_border_of_its_last_scale():
    from torchmetrics.functional.image import multiscale_structural_similarity_index_measure as whole

    x, y = uniform(2, 3, 180, 180), uniform(2, 3, 180, 180, seed=1)
    y = (x + y) / 2
    np.testing.assert_allclose(similarities(x, y, 5), whole(x, y, data_range=1.0, reduction="none"), atol=3e-3)


def test_compare_gans_vector():
    """Images of 1, .7 and 0 with range 255, all pairs: .989989 ± .001, windows shrunk to fit five scales at 64."""
    images = torch.tensor([1, 0.7, 0]).view(3, 1, 1, 1).expand(3, 3, 64, 64) / 255
    pairs = [similarities(images[i : i + 1], images[j : j + 1], 5) for i, j in itertools.combinations(range(3), 2)]
    assert float(torch.stack(pairs).mean()) == pytest.approx(0.989989, abs=5e-6)


def test_a_window_shrinks_with_the_sample_by_hand():
    """Eight wide, its deviation 1.5 * 8 / 11: one window, so one place."""
    x, y = uniform(1, 1, 8, 8)[0, 0].numpy(), uniform(1, 1, 8, 8, seed=1)[0, 0].numpy()
    y = (x + y) / 2
    window = np.exp(-0.5 * ((np.arange(8) - 3.5) * 11 / 12) ** 2)
    window = np.outer(window, window) / window.sum() ** 2
    a, b = (window * x).sum(), (window * y).sum()
    both, one, other = ((window * u).sum() for u in ((x - a) * (y - b), (x - a) ** 2, (y - b) ** 2))
    truth = (2 * a * b + 1e-4) / (a * a + b * b + 1e-4) * (2 * both + 9e-4) / (one + other + 9e-4)
    found = similarities(*(torch.from_numpy(each)[None, None] for each in (x, y)), 1)
    assert float(found) == pytest.approx(truth, rel=1e-12)


def test_a_signal_is_an_image_that_changes_along_one_side():
    x, y = uniform(4, 2, 200), uniform(4, 2, 200, seed=1) / 2
    wide = [each[:, :, None].expand(4, 2, 200, 200) for each in (x, y)]
    np.testing.assert_allclose(similarities(x, y, 5), similarities(*wide, 5), rtol=1e-10)
    turned = [each.transpose(2, 3) for each in wide]
    np.testing.assert_allclose(similarities(x, y, 5), similarities(*turned, 5), rtol=1e-10)


def test_one_for_equal_samples_and_falls_with_noise():
    x = uniform(6, 1, 64, 64)
    assert similarities(x, x, 3).tolist() == [1] * 6
    collapsed = ms_ssim(x[:1].expand(6, 1, 64, 64).float())
    assert (collapsed.value, collapsed.low, collapsed.high) == (1, 1, 1)
    falling = [
        float(similarities(x, (1 - a) * x + a * uniform(6, 1, 64, 64, seed=1), 3).mean()) for a in (0, 0.3, 0.6, 1)
    ]
    assert falling == sorted(falling, reverse=True) and falling[-1] < 0.1


def test_each_sample_meets_its_neighbours(monkeypatch):
    x = uniform(7, 1, 20, 20)
    truth = torch.stack([similarities(x, x.roll(-k, 0), 1) for k in (1, 2, 3)], 1)
    np.testing.assert_array_equal(neighbours(x, 3, 1), truth)
    monkeypatch.setattr(module, "TILE", 3 * 400)
    np.testing.assert_array_equal(neighbours(x, 3, 1), truth)


def test_all_pairs_are_taken_where_they_are_asked_for():
    x = uniform(9, 1, 20, 20)
    pairs = [float(similarities(x[i : i + 1], x[j : j + 1], 1)) for i, j in itertools.combinations(range(9), 2)]
    assert ms_ssim(x, pairs=36, bounds=(0.0, 1.0)).value == pytest.approx(np.mean(pairs))
    assert ms_ssim(x, pairs=10**6, bounds=(0.0, 1.0)).value == pytest.approx(np.mean(pairs))


def test_the_interval_leaves_out_every_pair_of_a_left_out_sample():
    """With all pairs, the jackknife of a U-statistic: from the mean of each sample's pairs, by hand."""
    n = 9  # each sample is a block
    x = uniform(n, 1, 20, 20)
    each = {pair: float(similarities(x[[pair[0]]], x[[pair[1]]], 1)) for pair in itertools.combinations(range(n), 2)}
    without = np.array([np.mean([v for pair, v in each.items() if i not in pair]) for i in range(n)])
    error = np.sqrt((n - 1) / n * ((without - without.mean()) ** 2).sum())
    found = ms_ssim(x, pairs=36, bounds=(0.0, 1.0))
    assert found.high - found.value == pytest.approx(2.306004 * error)


def test_the_interval_covers_what_pairs_share():
    """Pairs share their samples' strength, so that intervals of independent pairs would be too narrow."""

    def draw(seed):
        generator = torch.Generator().manual_seed(seed)
        strength = torch.rand(40, 1, 1, generator=generator)
        return strength * torch.linspace(0, 1, 32) + 0.1 * torch.randn(40, 1, 32, generator=generator)

    found = [ms_ssim(draw(i), pairs=400, bounds=(-0.5, 1.5), seed=i) for i in range(200)]
    values = np.array([each.value for each in found])
    covered = np.mean([each.low <= values.mean() <= each.high for each in found])
    assert 0.9 <= covered <= 0.99
    assert np.mean([each.high - each.low for each in found]) / 2 / 2.262 == pytest.approx(values.std(), rel=0.25)


def test_in_a_run_real_samples_are_the_ideal_and_set_the_bounds():
    real, floor, noise = (
        uniform(20, 1, 32, 32).square(),
        uniform(20, 1, 32, 32, seed=1).square(),
        uniform(20, 1, 32, 32),
    )
    alike = real[:1] + 0.1 * noise
    found = MsSsim(pairs=60)(real, alike, floor=floor, untrained=noise)
    assert found.direction == "target" and found.value > found.floor
    assert found.extras["bounds"] == [float(real.min()), float(real.max())]
    assert found.ideal == found.extras["real"] == MsSsim(pairs=60)(real, real).value
    assert found.floor == pytest.approx(MsSsim(pairs=60)(real, floor).value)
    assert found.extras["scales"] == 2
    assert ms_ssim(2 * alike - 1).value == pytest.approx(ms_ssim(alike).value, rel=1e-5)


def test_bad_input_is_told():
    x = uniform(6, 1, 20, 20)
    for samples, line in (
        (x[0], "1 samples are too few"),
        (x[:3], "3 samples are too few: give at least 4"),
        (x / 0, "fake holds values that are not finite"),
        (torch.ones(6, 1, 20, 20), "all values are equal, so they have no range: set bounds"),
        (x.flatten(1), "give images"),
    ):
        with pytest.raises(MetricError, match=line):
            ms_ssim(samples)
    with pytest.raises(MetricError, match=r"floor has shape \[5, 1, 20, 20\] and fake \[6, "):
        ms_ssim(x, floor=x[:5])
