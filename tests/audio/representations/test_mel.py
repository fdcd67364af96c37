"""Mel warps: triangles by a loop in numpy, interpolation by what it does to lines, and their ways back."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from gansuite_audio.representations.mel import from_mel, interpolation, triangles


def triangle_by_triangle(bins: int, rate: int) -> np.ndarray:
    """Engel et al.'s bands one after the other, [bands, bins]."""
    edges = 700 * (np.exp(np.linspace(0, np.log(1 + rate / 2 / 700), bins + 2)) - 1)
    frequency = np.arange(bins) * rate / 2 / (bins - 1)
    least, made = 1.5 * rate / 2 / bins, np.zeros((bins, bins))
    for band in range(bins):
        low, centre, high = edges[band : band + 3]
        if high - low < least:  # ends of equal ratio to 700 + centre, as far apart as asked
            ratio = (least + np.sqrt(least**2 + 4 * (700 + centre) ** 2)) / (2 * (700 + centre))
            low, high = (700 + centre) / ratio - 700, (700 + centre) * ratio - 700
        for i in range(1, bins):
            made[band, i] = np.interp(frequency[i], [low, centre, high], [0, 1, 0])
    return made


@pytest.mark.parametrize(("bins", "rate"), [(128, 8000), (256, 16000)])
def test_triangles(bins, rate) -> None:
    warp = triangles(bins, rate)
    np.testing.assert_allclose(warp.there.numpy(), triangle_by_triangle(bins, rate), atol=1e-9)
    assert (warp.there[1:].sum(1) > 0).all()  # none but the first falls between two bins


def test_the_way_back_of_triangles() -> None:
    warp = triangles(128, 8000)
    there = warp.there.numpy()
    overlap = there.T @ there
    truth = there.T / np.where(np.abs(overlap.sum(0)) > 1e-8, overlap.sum(0), 1)[:, None]
    np.testing.assert_allclose(warp.back.numpy(), truth, atol=1e-9)
    flat = from_mel(warp.there) @ warp.there @ torch.ones(128, dtype=torch.float64)
    torch.testing.assert_close(flat[1:-1], torch.ones(126, dtype=torch.float64))
    assert flat[[0, -1]].abs().max() < 1e-6  # the ends lie in no band


@pytest.mark.parametrize(
    ("bins", "rate", "places"), [(128, 8000, 512), (128, 16000, 512), (64, 48000, 256), (512, 96000, 4096)]
)
def test_interpolation_loses_nothing(bins, rate, places) -> None:
    warp = interpolation(bins, rate)
    assert warp.there.shape == (places, bins)
    torch.testing.assert_close(warp.back @ warp.there, torch.eye(bins, dtype=torch.float64), atol=1e-9, rtol=0)
    torch.testing.assert_close(warp.there.sum(1), torch.ones(places, dtype=torch.float64))
    assert warp.there.min() >= 0 and warp.back.abs().sum(1).max() < 5  # and errors do not grow much
    # A line stays a line, so where each place lies can be read from it: evenly in mel, from the first bin to the last.
    step = rate / 2 / bins
    found = warp.there.numpy() @ (step * np.arange(1, bins + 1))
    mel = 1127 * np.log1p(found / 700)
    np.testing.assert_allclose(mel, np.linspace(mel[0], mel[-1], places), rtol=1e-9)
    np.testing.assert_allclose(found[[0, -1]], [step, rate / 2], rtol=1e-9)
    assert np.diff(found).max() < 0.96 * step
