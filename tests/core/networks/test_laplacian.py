"""The Laplacian pyramid: exact whatever it is made of, and made as it says."""

from __future__ import annotations

import pytest
import torch

from gansuite.engine.rng import Rng
from gansuite.networks.laplacian import analysis, coarser, finer, lowpasses, synthesis

SHAPES = [(3, 2, 64), (3, 1, 16384), (3, 3, 32, 16)]


@pytest.mark.parametrize("shape", SHAPES)
def test_synthesis_undoes_analysis(shape):
    x = Rng(0, "x").uniform(*shape, low=-1.0)
    for levels in range(5):
        pyramid = analysis(x, levels)
        assert [each.shape[2] for each in pyramid] == [shape[2] >> k for k in range(levels + 1)]
        torch.testing.assert_close(synthesis(pyramid), x, rtol=0, atol=1e-6)


def test_down_is_the_mean_of_two_places_along_every_axis():
    assert coarser(torch.tensor([[[1.0, 3.0, -1.0, 0.0]]])).tolist() == [[[2.0, -0.5]]]
    x = Rng(0, "x").normal(2, 3, 4, 6)
    torch.testing.assert_close(coarser(x), x.view(2, 3, 2, 2, 3, 2).mean((3, 5)))


def test_up_is_linear_between_the_centres():
    x = torch.tensor([[[0.0, 4.0, -4.0]]])
    assert finer(x).tolist() == [[[0.0, 1.0, 3.0, 2.0, -2.0, -4.0]]]
    y = Rng(0, "y").normal(2, 3, 4, 5)
    rows = finer(y.permute(0, 3, 1, 2).flatten(0, 1)).view(2, 5, 3, 8).permute(0, 2, 3, 1)
    both = finer(rows.permute(0, 2, 1, 3).flatten(0, 1)).view(2, 8, 3, 10).permute(0, 2, 1, 3)
    torch.testing.assert_close(finer(y), both)


@pytest.mark.parametrize("shape", SHAPES)
def test_means_are_kept_constants_and_slopes_have_no_detail_and_the_range_is_that_of_the_data(shape):
    x = Rng(0, "x").uniform(*shape, low=-1.0)
    for down in lowpasses(x, 3):
        torch.testing.assert_close(down.flatten(2).mean(2), x.flatten(2).mean(2), rtol=0, atol=1e-6)
        torch.testing.assert_close(finer(down).flatten(2).mean(2), x.flatten(2).mean(2), rtol=0, atol=1e-6)
        assert finer(down).abs().max() <= 1
    assert analysis(torch.full(shape, 0.3), 2)[0].abs().max() < 1e-6
    slope = torch.arange(float(shape[-1])).div(shape[-1]).expand(shape)
    assert analysis(slope, 1)[0][..., 1:-1].abs().max() < 1e-6
