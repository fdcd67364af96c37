"""Shifts against the published construction: reflect pad on one side, then crop."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from gansuite_audio.networks.phase_shuffle import shift_batch, shift_rows


def published(x, shift):
    """chrisdonahue/wavegan, apply_phaseshuffle: pad max(s, 0) left and max(-s, 0) right, start at max(-s, 0)."""
    padded = functional.pad(x.transpose(1, 2), (max(shift, 0), max(-shift, 0)), mode="reflect")
    return padded[..., max(-shift, 0) :][..., : x.shape[1]].transpose(1, 2)


def derivatives(shift, x):
    x = x.clone().requires_grad_()
    y = shift(x)
    (first,) = torch.autograd.grad(y.pow(3).sum(), x, create_graph=True)
    return y, first, *torch.autograd.grad(first.square().sum(), x)


@pytest.mark.parametrize("shift", range(-3, 4))
def test_one_shift_for_all_rows(shift):
    x = torch.randn(3, 8, 2, generator=torch.Generator().manual_seed(0))
    ours = derivatives(lambda x: shift_batch(x, shift), x)
    for one, other in zip(ours, derivatives(lambda x: published(x, shift), x), strict=True):
        assert torch.equal(one, other)


def test_one_shift_per_row():
    x = torch.randn(7, 8, 2, generator=torch.Generator().manual_seed(0))
    shifts = torch.arange(-3, 4)
    rows = derivatives(lambda x: shift_rows(x, shifts), x)
    each = derivatives(lambda x: torch.cat([shift_batch(x[k : k + 1], k - 3) for k in range(7)]), x)
    for one, other in zip(rows, each, strict=True):
        assert torch.equal(one, other)
