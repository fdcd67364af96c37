"""PSNR and SSIM of translations against their counterparts."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy import stats

from gansuite.errors import UserError
from gansuite.metrics.metric import MetricError
from gansuite.metrics.models.psnr import Psnr

from .tiny_domains import Two, lit, no_translator, picture, shifted, subject_of

ONE = torch.ones(1, dtype=torch.int64)


def right(x):
    return lit(x, ONE.expand(len(x)))


def test_closed_forms():
    """A step of d everywhere is 20 lg (2 / d); a perfect answer is capped; SSIM 1."""
    psnr, ssim = Psnr()(subject_of(lambda x: right(x) + 0.02))
    assert (psnr.name, ssim.name) == ("psnr", "psnr/ssim")
    assert psnr.value == pytest.approx(40.0, abs=1e-4) and psnr.high - psnr.low < 1e-3
    assert (psnr.direction, psnr.n_real, psnr.ideal) == ("max", 48, None)
    perfect = Psnr()(subject_of(right))
    assert [each.value for each in perfect] == [100.0, pytest.approx(1.0, abs=1e-5)]
    half, _ = Psnr(bounds=(0.0, 1.0))(subject_of(lambda x: right(x) + 0.02))
    assert half.value == pytest.approx(20 * np.log10(1 / 0.02), abs=1e-4)


def test_the_sources_stand_beside_it():
    """Two lit corners are each wrong by 1 less the level: the translator that leaves one as it is wins 10 lg 2 dB."""
    psnr, ssim = Psnr()(subject_of(lambda x: torch.where(lit(x, ONE.expand(len(x))) == 1, 1.0, x)))
    index = subject_of(right).items(48, "test")
    level = 0.25 * (index % 3 - 1)
    source = (10 * (4 / (2 * (1 - level) ** 2 / 16)).log10()).numpy()
    assert psnr.extras["source"] == pytest.approx(source.mean(), abs=1e-4)
    low, high = stats.t.interval(0.95, 47, source.mean(), stats.sem(source))
    assert psnr.extras["source_interval"] == pytest.approx([low, high], abs=1e-3)
    assert psnr.extras["gain"] == pytest.approx(10 * np.log10(2), abs=1e-4)
    assert psnr.value == pytest.approx(source.mean() + 10 * np.log10(2), abs=1e-4)
    low, high = psnr.extras["gain_interval"]
    assert high - low < 1e-3  # item by item, although the items differ
    assert ssim.extras["gain"] > 0


def test_by_torchmetrics():
    metrics = pytest.importorskip("torchmetrics.functional.image")
    draw = torch.Generator().manual_seed(0)
    y = torch.rand(9, 3, 24, 20, generator=draw) * 2 - 1
    made = (y + 0.3 * torch.randn(y.shape, generator=draw)).clamp(-1, 1)
    found = Psnr().compared(y, made)
    expected = metrics.peak_signal_noise_ratio(made, y, data_range=2.0, dim=(1, 2, 3), reduction="none")
    assert found[""] == pytest.approx(expected.numpy(), rel=1e-5)
    ssim = metrics.structural_similarity_index_measure
    full = ssim((made + 1) / 2, (y + 1) / 2, data_range=1.0, reduction="none", return_full_image=True)[1]
    within = full[..., 5:-5, 5:-5].flatten(1).mean(1)  # without its reflected border
    assert found["ssim"] == pytest.approx(within.numpy(), abs=2e-5)
    assert set(Psnr().compared(y[:, :, 0], made[:, :, 0])) == {""}  # of what is no picture no similarity


def test_the_untrained_model_and_one_and_the_same_rows():
    psnr, _ = Psnr()(subject_of(lambda x: right(x) + 0.02), untrained=subject_of(lambda x: right(x) + 0.2))
    assert psnr.untrained == pytest.approx(20.0, abs=1e-4) and psnr.normalised is None
    again = Psnr()(subject_of(lambda x: right(x) + 0.02), seed=3)[0]
    assert again.value == psnr.value


def test_what_it_cannot_compare():
    psnr = Psnr()
    with pytest.raises(MetricError, match="psnr: the data has no pairs of numbers to compare; set paired = true"):
        psnr(subject_of(right, Two(paired=False)))
    with pytest.raises(UserError, match="metric psnr: the game Game translates nothing; leave the metric out"):
        psnr(no_translator())
    with pytest.raises(UserError, match="the game Game translates nothing"):
        psnr.check(no_translator().game)
    with pytest.raises(MetricError, match=r"translations \[48, 1, 2, 2\] are not of their counterparts' shape"):
        psnr(subject_of(lambda x: x[:, :, :2, :2]))
    with pytest.raises(MetricError, match="psnr: 3 held-out items are too few: give at least 4"):
        psnr(subject_of(right, n=3))
    with pytest.raises(UserError, match="the first must be below the second"):
        Psnr(bounds=(1.0, 1.0))


def test_the_fakes_are_what_they_say():
    x = picture(torch.tensor([0, 1, 2]), torch.tensor([0, 1, 3]))
    assert torch.equal(lit(x, torch.tensor([1, 1, 1])), picture(torch.tensor([0, 1, 2]), torch.tensor([1, 1, 1])))
    assert torch.equal(shifted(x, 1), picture(torch.tensor([1, 2, 0]), torch.tensor([0, 1, 3])))
