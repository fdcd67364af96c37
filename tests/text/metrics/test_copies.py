"""Copies of the training set and repetitions, counted by hand."""

from __future__ import annotations

import pytest
import torch

from gansuite.games.game import Game
from gansuite.metrics.models.points import share
from gansuite.metrics.subject import Subject
from gansuite.testing.given import Given
from gansuite_text.metrics.copies import Copies, found_in, numbered, repetition
from gansuite_text.spec import TextSpec

SPEC = TextSpec(vocabulary=50, length=3)


class Writer(Game):
    """Writes the given texts in turn."""

    players, turns = {}, ()

    def __init__(self, texts):
        super().__init__(SPEC.space)
        self.texts = texts

    def sample(self, n, rng, condition=None):
        return self.texts[torch.arange(n) % len(self.texts)]


def subject(texts, dataset, n, split="test"):
    return Subject(Writer(texts), dataset, split, n, torch.device("cpu"))


def rows(*starts):
    return torch.tensor([[s, s + 1, 0] for s in starts])


def test_counts():
    dataset = Given(SPEC, train=rows(2, 4, 6, 8, 10, 12), test=rows(2, 20, 22, 24, 26, 28, 20, 32))
    texts = torch.cat([rows(4, 4, 6, 30, 30, 30, 34), torch.tensor([[8, 9, 7]])])  # the last differs by one token
    metric = Copies()
    metric.bind(SPEC)
    copies, repeated = metric(subject(texts, dataset, 8), untrained=subject(rows(40, 42), dataset, 8))
    assert (copies.value, copies.low, copies.high) == pytest.approx((3 / 8, share(3, 8).low, share(3, 8).high))
    assert (copies.floor, copies.untrained, copies.extras["training texts"]) == (1 / 8, 0.0, 6)
    assert (repeated.name, repeated.value, repeated.floor) == ("copies/repeated", pytest.approx(3 / 8), 1 / 8)
    assert repeated.untrained == pytest.approx(6 / 8) and 0 <= repeated.low < repeated.value < repeated.high <= 1


def test_what_lies_behind_the_end_is_not_compared():
    dataset = Given(SPEC, train=rows(2, 4), test=rows(6, 8, 10, 12))
    metric = Copies()
    metric.bind(SPEC)
    messy = torch.tensor([[2, 0, 9], [2, 3, 0]])
    copies, repeated = metric(subject(messy, dataset, 4))
    assert copies.value == 0.5 and repeated.value == 0.5
    same = metric(subject(torch.tensor([[7, 0, 9], [7, 0, 5]]), dataset, 4))[1]
    assert same.value == 0.75


def test_parts():
    x = rows(2, 4, 2)
    assert numbered(x)[0] == numbered(x)[2] != numbered(x)[1]
    assert found_in(rows(4, 6), x).tolist() == [False, True, False]
    assert repetition(x) == pytest.approx(1 / 3)
