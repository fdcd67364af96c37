"""Who meets whom, on which side."""

from __future__ import annotations

from collections import Counter

import pytest

from gansuite.judgements.schedule import Schedule


def met(contestants, rounds: int, seed: int = 0) -> list[tuple[int, int]]:
    schedule = Schedule(contestants, seed)
    return [(pair.left, pair.right) for pair in map(schedule, range(rounds))]


@pytest.mark.parametrize("rounds", [1, 5, 12, 40])
def test_pairs_and_sides_are_balanced(contestants, rounds: int) -> None:
    pairs = met(contestants, rounds)
    counts = Counter(frozenset(pair) for pair in pairs)
    assert all(len(pair) == 2 for pair in counts)
    assert max(counts.values()) - min(counts.values() if len(counts) == 3 else [0]) <= 1
    for pair, count in counts.items():
        left = sum(each[0] == min(pair) for each in pairs if frozenset(each) == pair)
        assert abs(2 * left - count) <= 2  # of every four meetings two


def test_every_four_meetings_are_two_a_side_in_an_order_by_chance(contestants) -> None:
    sides = [left for left, _ in met(contestants[:2], 4000)]
    blocks = [tuple(sides[i : i + 4]) for i in range(0, 4000, 4)]
    assert all(sum(block) == 2 for block in blocks)
    counts = Counter(blocks)
    assert len(counts) == 6 and all(abs(n - 1000 / 6) < 5 * (1000 * 5 / 36) ** 0.5 for n in counts.values())


def test_the_order_is_by_chance_and_a_function_of_the_seed(contestants) -> None:
    assert met(contestants, 30) == met(contestants, 30) != met(contestants, 30, seed=1)
    first = Counter(frozenset(pair) for pair in met(contestants, 900)[::3])
    assert all(abs(n - 100) < 5 * (300 * 2 / 9) ** 0.5 for n in first.values())


def test_samples_are_those_of_the_round(contestants) -> None:
    pair = Schedule(contestants, 3)(7)
    assert (pair.left_sample, pair.right_sample) == (307, 307)
