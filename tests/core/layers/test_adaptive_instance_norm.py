"""Adaptive instance norm: what comes out has the style's mean and deviation."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from gansuite.layers import AdaptiveInstanceNorm, instance_moments, restyled


@pytest.mark.parametrize("axes", [(50,), (9, 8)], ids=["signals", "pictures"])
def test_moments_are_the_style_s(axes):
    content, style = 3 + 2 * torch.randn(4, 6, *axes), -1 + 5 * torch.randn(4, 6, 70)
    result = restyled(content, *instance_moments(style)).flatten(2)
    torch.testing.assert_close(result.mean(2), style.mean(2), atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(result.std(2, correction=0), style.std(2, correction=0), atol=1e-4, rtol=1e-4)


def test_a_code_gives_the_moments_by_an_affine_map():
    layer, x, code = AdaptiveInstanceNorm(6, style=3), torch.randn(4, 6, 50), torch.randn(4, 3)
    result = layer(x, code)
    mean, deviation = layer.affine(code).chunk(2, 1)
    torch.testing.assert_close(result.mean(2), mean, atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(result.std(2, correction=0), deviation.abs(), atol=1e-4, rtol=1e-4)


def test_no_code_is_plain_instance_norm_at_the_start():
    layer, x = AdaptiveInstanceNorm(6, style=3), torch.randn(4, 6, 50)
    torch.testing.assert_close(layer(x, torch.zeros(4, 3)), functional.instance_norm(x))
