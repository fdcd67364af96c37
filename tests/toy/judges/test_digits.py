"""The reader of stacked digits."""

from __future__ import annotations

import pytest
import torch

from gansuite.engine.rng import Rng
from gansuite_toy.judges.digits import DigitJudge

pytest.importorskip("sklearn")
from gansuite_toy.data.stacked_digits import StackedDigits, handwriting


def test_held_out_digits_are_read_rightly():
    """Left out one by one: 98.9 % rightly, 94 % good; the figures of the documentation."""
    images, labels = handwriting()
    judge = DigitJudge(images, labels)
    apart = torch.cdist(images, images).fill_diagonal_(torch.inf)
    digit, _, good = judge.vote(apart)
    assert float((digit == labels).double().mean()) == pytest.approx(0.989, abs=0.0006)
    assert float(good.double().mean()) == pytest.approx(0.936, abs=0.001)


def test_a_triple_is_its_number_and_its_share():
    data = StackedDigits(count=3000)
    judge = data.judge
    places = [int((judge.labels == digit).nonzero()[0]) for digit in (4, 0, 7)]
    stack = judge.images[places].reshape(1, -1)
    mode, distance = judge.modes(stack)
    assert mode.tolist() == [407]
    assert distance.tolist() == [0]
    assert judge.shares.shape == (1000,)
    share = torch.bincount(judge.labels) / len(judge.labels)
    assert float(judge.shares[407]) == pytest.approx(float(share[4] * share[0] * share[7]))


def test_noise_and_blends_are_no_digits():
    data = StackedDigits(count=2000, split={"train": 1.0})
    x = data.parts["train"]["data"].flatten(1)
    assert float(data.judge.high_quality(x).double().mean()) > 0.9
    assert not data.judge.high_quality(Rng(0, "noise").uniform(50, 192, low=-1.0)).any()
    assert float(data.judge.high_quality((x + x.roll(1, 0)) / 2).double().mean()) < 0.05


def test_the_nearest_breaks_a_tie():
    images = torch.tensor([[0.0], [1.0], [2.0]]).expand(3, 64) * 1.0
    judge = DigitJudge(images, torch.tensor([5, 6, 7]))
    assert judge.read(torch.full([1, 64], 1.9))[0].tolist() == [7]
