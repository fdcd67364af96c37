"""Descent on a quadratic has a known end."""

from __future__ import annotations

import torch

from gansuite.interpretation.inversion import Lowest, descend, polish

A = torch.tensor([[3.0, 1.0], [1.0, 2.0]]).double()
GOAL = torch.tensor([[1.0, -1.0], [0.5, 2.0], [0.0, 0.0]]).double()


def distance(u: torch.Tensor) -> torch.Tensor:
    return (((u - GOAL) @ A) * (u - GOAL)).sum(1) + 0.25


def test_both_ways_end_at_the_minimum_and_lbfgs_exactly() -> None:
    start = torch.full((3, 2), 3.0).double()
    near = descend(distance, start, steps=300, rate=0.1)
    torch.testing.assert_close(near.place, GOAL, atol=0.02, rtol=0)
    exact = polish(distance, near.place, steps=30)
    torch.testing.assert_close(exact.place, GOAL, atol=1e-8, rtol=0)
    torch.testing.assert_close(exact.value, torch.full((3,), 0.25).double())
    assert torch.equal(start, torch.full((3, 2), 3.0).double())  # nothing of the caller's is moved


def test_each_row_goes_its_own_way() -> None:
    start = torch.randn(3, 2, generator=torch.Generator().manual_seed(0)).double()
    every = descend(distance, start, steps=20, rate=0.1)
    (one,) = [
        descend(lambda u: (((u - GOAL[1:2]) @ A) * (u - GOAL[1:2])).sum(1) + 0.25, start[1:2], steps=20, rate=0.1)
    ]
    torch.testing.assert_close(every.place[1:2], one.place)


def test_the_lowest_point_of_a_path_is_kept_and_none_that_is_no_number() -> None:
    kept = Lowest(torch.zeros(3, 1))
    for value, place in (([3.0, 1.0, torch.nan], 1.0), ([2.0, 5.0, torch.nan], 2.0), ([9.0, 1.0, 4.0], 3.0)):
        kept.see(torch.tensor(value), torch.full((3, 1), place))
    assert kept.value.tolist() == [2, 1, 4] and kept.place.flatten().tolist() == [2, 1, 3]


def test_a_distance_of_nothing_does_not_move() -> None:
    assert torch.equal(descend(lambda u: torch.ones(2), torch.ones(2, 1), steps=3, rate=0.1).place, torch.ones(2, 1))
