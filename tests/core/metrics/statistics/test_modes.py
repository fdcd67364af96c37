"""The four numbers of mode collapse, counted by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from scipy.stats import binomtest

from gansuite.errors import UserError
from gansuite.metrics.statistics.modes import Modes, reverse_kl, wilson


class Line:
    """Modes at 0, 1, 2, ...; good within 0.1."""

    def __init__(self, *shares: float) -> None:
        self.shares = torch.tensor(shares)

    def modes(self, samples: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        mode = samples[:, 0].round().clamp(0, len(self.shares) - 1).long()
        return mode, (samples[:, 0] - mode).abs()

    def high_quality(self, samples: torch.Tensor) -> torch.Tensor:
        return self.modes(samples)[1] <= 0.1


def points(*counts: int, bad: int = 0) -> torch.Tensor:
    """So many good samples at each mode, and some between modes 0 and 1 that are nearest to 0."""
    places = [float(mode) for mode, count in enumerate(counts) for _ in range(count)]
    return torch.tensor([*places, *[0.4] * bad])[:, None]


def numbers(judge: Line, fake: torch.Tensor, **options: float) -> dict[str, float]:
    return {e.name: e.value for e in Modes(**options)(fake, fake, judge=judge)}


def test_counted_by_hand():
    judge = Line(0.25, 0.25, 0.25, 0.25)
    found = numbers(judge, points(60, 30, 2, 0, bad=8))
    assert found["modes"] == 3
    assert found["modes/high-quality"] == pytest.approx(0.92)
    q = np.array([60, 30, 2]) / 92
    assert found["modes/reverse-kl"] == pytest.approx(float((q * np.log(q * 4)).sum()))
    assert found["modes/balanced"] == 2  # a fifth of the fair 25 is 5
    assert numbers(judge, points(60, 30, 2, 0, bad=8), fair=0.08)["modes/balanced"] == 3


def test_a_mode_needs_a_good_sample_unless_all_count():
    judge = Line(0.5, 0.5)
    near = points(0, 50, bad=50)
    assert numbers(judge, near)["modes"] == 1
    every = numbers(judge, near, quality=False)
    assert every["modes"] == 2
    assert every["modes/reverse-kl"] == pytest.approx(0)
    assert every["modes/high-quality"] == 0.5


def test_balanced_is_held_against_all_samples_not_the_good_ones():
    judge = Line(0.5, 0.5)
    assert numbers(judge, points(6, 6, bad=88))["modes/balanced"] == 0


def test_unequal_shares_are_the_truth_that_is_aimed_at():
    judge = Line(0.9, 0.1)
    assert numbers(judge, points(90, 10))["modes/reverse-kl"] == pytest.approx(0, abs=1e-7)
    assert numbers(judge, points(50, 50))["modes/reverse-kl"] > 0.5


def test_nothing_good_is_the_worst():
    judge = Line(0.5, 0.3, 0.2)
    found = numbers(judge, points(0, 0, 0, bad=40))
    assert found["modes"] == found["modes/high-quality"] == found["modes/balanced"] == 0
    assert found["modes/reverse-kl"] == pytest.approx(math.log(5))
    rarest = numbers(judge, points(0, 0, 40))["modes/reverse-kl"]
    assert found["modes/reverse-kl"] == pytest.approx(rarest)


def test_floor_and_untrained_stand_beside():
    judge = Line(0.5, 0.5)
    real = points(50, 50)
    untrained = points(0, 0, bad=100)
    found = {e.name: e for e in Modes()(real, points(80, 20), judge=judge, floor=real, untrained=untrained)}
    assert (found["modes"].floor, found["modes"].untrained) == (2, 0)
    assert (found["modes/high-quality"].floor, found["modes/high-quality"].untrained) == (1, 0)
    kl = found["modes/reverse-kl"]
    assert (kl.floor, kl.untrained) == (pytest.approx(0), pytest.approx(math.log(2)))
    assert kl.normalised is not None
    assert kl.normalised.value == pytest.approx(kl.value / math.log(2))
    assert [found[name].direction for name in found] == ["max", "max", "min", "max"]


def test_intervals_cover():
    """Reverse KL of uneven modes and share of good ones: the truth lies in about 95 of 100 intervals."""
    judge, law = Line(0.25, 0.25, 0.25, 0.25), np.array([0.4, 0.3, 0.15, 0.05, 0.1])
    q = law[:4] / law[:4].sum()
    truth = {"modes/reverse-kl": float((q * np.log(4 * q)).sum()), "modes/high-quality": 0.9}
    draws = np.random.default_rng(0).multinomial(1000, law, 300)
    hits = dict.fromkeys(truth, 0)
    for seed, (*counts, bad) in enumerate(draws.tolist()):
        x = points(*counts, bad=bad)
        for each in Modes()(x, x, judge=judge, seed=seed):  # sorted by mode: the seed shuffles the blocks
            if each.name in truth:
                hits[each.name] += each.low <= truth[each.name] <= each.high
    assert all(0.91 <= count / 300 <= 0.985 for count in hits.values()), hits


@pytest.mark.parametrize(("hits", "n"), [(0, 20), (1, 20), (17, 20), (20, 20), (2400, 2500)])
def test_wilson_is_scipys(hits: int, n: int):
    low, high = wilson(torch.tensor([hits]), n)
    known = binomtest(hits, n).proportion_ci(0.95, "wilson")
    assert float(low) / n == pytest.approx(known.low, abs=1e-9)
    assert float(high) / n == pytest.approx(known.high, abs=1e-9)


def test_permuting_the_samples_changes_no_value():
    judge, x = Line(0.5, 0.3, 0.2), points(40, 35, 5, bad=20)
    shuffled = x[torch.randperm(len(x), generator=torch.Generator().manual_seed(1))]
    assert numbers(judge, x) == numbers(judge, shuffled)


def test_reverse_kl_of_one_mode_is_the_log_of_its_number():
    assert reverse_kl(torch.tensor([7, 0, 0, 0]), torch.full([4], 0.25)) == pytest.approx(math.log(4))


def test_a_judge_without_modes_is_told():
    with pytest.raises(UserError, match="counts no modes"):
        Modes()(points(5), points(5), judge=object())  # pyright: ignore[reportArgumentType]
