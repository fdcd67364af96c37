"""Pixel norm: mean square one at each place, whatever goes in."""

from __future__ import annotations

import pytest
import torch

from gansuite.layers import PixelNorm


@pytest.mark.parametrize("axes", [(), (5,), (3, 2)], ids=["latents", "signals", "pictures"])
def test_mean_square_over_channels_is_one(axes):
    x = 100 * torch.randn(4, 16, *axes)
    result = PixelNorm(16)(x)
    torch.testing.assert_close(result.square().mean(1), torch.ones(4, *axes))
    torch.testing.assert_close(result * x.norm(dim=1, keepdim=True), x * result.norm(dim=1, keepdim=True))


def test_half_precision_does_not_overflow():
    x = torch.full((2, 8), 1000.0, dtype=torch.float16)
    assert PixelNorm(8)(x).dtype == torch.float16
    torch.testing.assert_close(PixelNorm(8)(x), torch.ones(2, 8, dtype=torch.float16))


def test_silence_stays_silent_and_wrong_channels_are_refused():
    assert torch.equal(PixelNorm(3)(torch.zeros(2, 3)), torch.zeros(2, 3))
    with pytest.raises(ValueError, match="4 channels where the pixel norm was made for 3"):
        PixelNorm(3)(torch.zeros(2, 4))
