"""What repeats in texts, counted by hand; and how seldom the alarms ring for nothing."""

from __future__ import annotations

import torch

from gansuite_text.repetition import Repetition, alarms, loops, repetition
from gansuite_text.spec import TextSpec

SPEC = TextSpec(9, 8)


def rows(*texts: str) -> torch.Tensor:
    return torch.tensor([[int(each) for each in text.ljust(8, "0")] for text in texts])


def test_a_loop_is_a_3_gram_that_stands_twice():
    x = rows("12312345", "12345678", "111", "1111", "121212", "12300123")
    assert loops(x, SPEC.mask(x)).tolist() == [1, 0, 0, 1, 1, 0]


def test_the_room_behind_an_end_repeats_nothing():
    x = rows("12", "1", "")
    assert repetition(x, SPEC.mask(x)) == Repetition(0.0, 0.0, 3)


def test_texts_that_stand_more_than_once():
    x = rows("123", "123", "45", "123", "6")
    assert repetition(x, SPEC.mask(x)).repeated == 0.4


def test_short_texts_cannot_loop():
    assert not loops(torch.ones(2, 3, dtype=torch.int64), torch.ones(2, 3, dtype=torch.bool)).any()


def test_alarms_ring_for_what_is_no_chance():
    assert not alarms(Repetition(0.03, 0.0, 500), Repetition(0.02, 0.0, 500))
    told = alarms(Repetition(0.3, 0.5, 500), Repetition(0.02, 0.0, 500))
    assert len(told) == 2 and told[0].startswith("30% of 500 generated texts repeat a 3-gram")
    false = sum(
        bool(alarms(Repetition(float(a), 0.0, 500), Repetition(float(b), 0.0, 500)))
        for a, b in torch.distributions.Binomial(500, torch.tensor(0.05)).sample((4000, 2)) / 500
    )
    assert false <= 4
