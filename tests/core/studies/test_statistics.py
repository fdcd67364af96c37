"""Intervals over seeds, against scipy's own and against the coverage they promise."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from gansuite.studies.statistics import difference, mean


@pytest.mark.parametrize("n", [2, 3, 5, 20])
@pytest.mark.parametrize("level", [0.8, 0.95])
def test_interval_is_students(n: int, level: float):
    x = np.random.default_rng(n).normal(3, 2, n).tolist()
    found = mean(x, level)
    low, high = stats.t.interval(level, n - 1, loc=np.mean(x), scale=stats.sem(x))
    assert (found.n, found.value) == (n, pytest.approx(np.mean(x), rel=1e-12))
    assert (found.low, found.high) == (pytest.approx(low, rel=1e-9), pytest.approx(high, rel=1e-9))
    assert found.half == pytest.approx((high - low) / 2, rel=1e-9)


def test_interval_covers_what_it_promises():
    x = np.random.default_rng(0).normal(size=(4000, 4))
    inside = [(found := mean(row.tolist())).low <= 0 <= found.high for row in x]  # type: ignore[operator]
    assert 0.94 < np.mean(inside) < 0.96


def test_one_run_has_no_interval_and_equal_runs_have_a_point():
    assert (mean([2.0]).low, mean([2.0]).half, str(mean([2.0]))) == (None, None, "2")
    assert (mean([8.0, 8.0]).low, mean([8.0, 8.0]).high, str(mean([8.0, 8.0]))) == (8.0, 8.0, "8 ± 0")
    with pytest.raises(ValueError, match="no values"):
        mean([])


def test_difference_is_welchs():
    rng = np.random.default_rng(1)
    x, y = rng.normal(0, 1, 5).tolist(), rng.normal(1, 3, 8).tolist()
    truth = stats.ttest_ind(x, y, equal_var=False).confidence_interval(0.95)
    found = difference(x, y)
    assert found is not None
    assert found.value == pytest.approx(np.mean(x) - np.mean(y))
    assert (found.low, found.high) == (pytest.approx(truth.low, rel=1e-9), pytest.approx(truth.high, rel=1e-9))
    assert difference([1.0], y) is None
    sure = difference([8.0, 8.0], [7.0, 7.0])
    assert sure is not None and (sure.low, sure.high) == (1.0, 1.0)
