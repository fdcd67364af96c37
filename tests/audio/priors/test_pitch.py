"""Latents with a pitch: their law, and the way between two of them."""

from __future__ import annotations

import pytest
import torch

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.priors.walk import walk
from gansuite.testing.contracts import PriorContract
from gansuite_audio.priors.pitch import Pitch


class TestPitch(PriorContract):
    def make(self) -> Pitch:
        return Pitch(None, size=8, low=60, high=71)


def test_published_size():
    assert Pitch(None).size == 256 + 61


def test_law():
    prior, n = Pitch(None, size=4, low=60, high=71, scale=2.0), 12000
    z = prior.sample(n, Rng(0, "z"))
    assert z.shape == (n, 16)
    free, pitch = z.split([4, 12], 1)
    assert torch.equal(pitch.sum(1), torch.ones(n))
    assert set(pitch.unique().tolist()) == {0.0, 1.0}
    deviation = (n * (1 / 12) * (11 / 12)) ** 0.5
    assert (pitch.sum(0) - n / 12).abs().max() < 4 * deviation  # 12 counts, each normal: p < 1e-3
    assert free.mean().abs() < 4 * 2 / (4 * n) ** 0.5
    assert free.std().item() == pytest.approx(2, rel=4 / (2 * 4 * n) ** 0.5)
    # The pitch tells nothing of the rest.
    assert torch.corrcoef(torch.cat([free, pitch], 1).T)[:4, 4:].abs().max() < 5 / n**0.5


def test_the_way_keeps_a_pitch():
    prior = Pitch(None, size=8, low=60, high=71)
    drawn = prior.sample(40, Rng(0, "z"))
    other = int((drawn[:, 8:] != drawn[0, 8:]).any(1).nonzero()[0])
    corners = drawn[[0, other]]
    way = walk(prior, corners, 10)
    assert torch.equal(way[0], corners[0])
    assert torch.equal(way[-1], corners[1])
    assert [row.tolist() for row in way[:, 8:]] == [corners[0, 8:].tolist()] * 5 + [corners[1, 8:].tolist()] * 6
    a, b = corners[:, :8]
    half = torch.acos(torch.dot(a, b) / (a.norm() * b.norm())) / 2
    torch.testing.assert_close(way[5, :8], (a + b) / (2 * torch.cos(half)))  # the arc, not the line


def test_one_pitch_and_none():
    z = Pitch(None, size=2, low=60, high=60).sample(3, Rng(0, "z"))
    assert torch.equal(z[:, 2], torch.ones(3))
    with pytest.raises(UserError, match="low = 61 must not be above high = 60"):
        Pitch(None, low=61, high=60)
