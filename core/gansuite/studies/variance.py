"""Two-way analysis of variance of training runs: how much of what differs between them each factor accounts for."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from jaxtyping import Float
from numpy.typing import NDArray
from scipy import stats

from gansuite.metrics.estimate import Interval
from gansuite.studies.statistics import LEVEL

PERMUTATIONS = 9999
REPEATS = 2000
Runs = Float[np.ndarray, "a b n"]


@dataclass(frozen=True)
class Source:
    """A line of the table: a factor, their interaction, or the runs of a cell among themselves.

    Args:
        name: of the source.
        squares: SS, its sum of squares.
        freedom: df, its degrees of freedom.
        eta: η² = SS / SS_total, the share in these very runs. Noise alone gives a factor about df / (abn - 1) of it.
        share: ω² and its bootstrap interval: the share in runs to come, without that bias; negative ones are 0.
        f: the ratio of mean squares; None for the runs, and where no two runs of a cell differ.
        p: of a permutation test that the source does nothing; None where there is no F.
        p_normal: of the F test, for runs with normal errors of equal variance; None likewise.
    """

    name: str
    squares: float
    freedom: int
    eta: float
    share: Interval
    f: float | None = None
    p: float | None = None
    p_normal: float | None = None


@dataclass(frozen=True)
class Analysis:
    """An analysis of variance.

    Args:
        sources: the two factors, their interaction and the runs, in this order.
        gap: ω² of the first factor minus that of the second, with its bootstrap interval.
        n: runs a cell.
    """

    sources: Sequence[Source]
    gap: Interval
    n: int

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def two_way(
    runs: Runs,
    names: Sequence[str] = ("first", "second"),
    *,
    reps: int = REPEATS,
    permutations: int = PERMUTATIONS,
    level: float = LEVEL,
    rng: np.random.Generator | None = None,
) -> Analysis:
    r"""The analysis of variance of a balanced design with two factors, fixed levels and n runs a cell.

    .. math::
        y_{ijk} = \mu + \alpha_i + \beta_j + \gamma_{ij} + e_{ijk}, \qquad
        \omega^2_A = \frac{SS_A - df_A\, MS_e}{SS_{total} + MS_e}

    and the same for B and the interaction; what remains of 1 is the runs' share. For normal errors numerator and
    denominator are unbiased up to the factor abn, so ω² estimates σ²_A / (σ²_A + σ²_B + σ²_AB + σ²_e) with
    σ²_A = Σ α_i² / a.

    **Interval.** A bootstrap within the cells: to each cell's mean are added n of its own deviations, by chance with
    repetition and times sqrt(n / (n - 1)), for drawn deviations are that much too small; percentiles of ω². Cells may
    differ in their spread. Where 95 % is asked for and errors are normal, it covers 83 to 98 % (factors) and 80 to
    84 % (runs) at n = 3, and 92 to 99 and 85 to 91 % at n = 10; with log-normal errors 59 and 45 % at worst, at n = 10
    hardly more (``benchmarks/variance_coverage.py``).

    **Permutation.** p is the share of permutations, the data among them, whose F is at least as large: for a factor
    the runs are permuted within each level of the other, which is exact where the factor does nothing at all; for the
    interaction the deviations from the additive model are permuted freely, which is approximate.

    Args:
        runs: [a, b, n] with n ≥ 2.
        names: of the factors.
        reps: bootstrap samples.
        permutations: drawn by chance; p is no less than 1 / (permutations + 1).
        level: of the intervals.
        rng: of both; by default seeded with 0.

    Returns:
        Shares are 0, and those of the runs 1, where all runs are alike.

    Raises:
        ValueError: a factor with one level, one run a cell, or a run that is not finite.

    Source: Fisher (1925); ω²: Hays (1963); permutations: Anderson & ter Braak, Permutation tests for multi-factorial
    analysis of variance (2003), sections 3.1 and 3.3.
    """
    a, b, n = runs.shape
    if min(a, b, n) < 2:
        raise ValueError(f"{a} x {b} levels with {n} runs each: an analysis of variance needs two of all three")
    y = np.asarray(runs, dtype=float)
    if not np.isfinite(y).all():
        raise ValueError("a run is not finite: give it the worst score")
    rng = rng or np.random.default_rng(0)
    squares, freedom, shares = sums(y), freedoms(y), omega(y)
    eta = squares / squares.sum() if squares.any() else shares
    drawn = omega(resampled(y, reps, rng))
    tests: list[tuple[float | None, float | None, float | None]] = [(None, None, None)] * 4
    if squares[3] > 0:
        f = ratios(y)
        tails = stats.f.sf(f, freedom[:3], freedom[3])
        tests[:3] = [(float(f[i]), p_value(y, i, permutations, rng), float(tails[i])) for i in range(3)]
    told = (*names, " x ".join(names), "runs")
    return Analysis(
        [
            Source(
                told[i],
                float(squares[i]),
                int(freedom[i]),
                float(eta[i]),
                spread(shares[i], drawn[:, i], level),
                *tests[i],
            )
            for i in range(4)
        ],
        spread(shares[0] - shares[1], drawn[:, 0] - drawn[:, 1], level),
        n,
    )


def spread(value: float, drawn: NDArray[Any], level: float) -> Interval:
    """A value between percentiles of its bootstrap, which it never lies outside of."""
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(value), float(min(low, value)), float(max(high, value)))


def sums(y: NDArray[Any]) -> NDArray[Any]:
    """Sums of squares [..., 4] of the factors, their interaction and the runs, for [..., a, b, n]."""
    y = y - y[..., :1, :1, :1]  # runs that are all alike are 0 now, and not what rounding makes of their mean
    y = y - y.mean((-3, -2, -1), keepdims=True)
    cell = y.mean(-1, keepdims=True)
    first, second = y.mean((-2, -1), keepdims=True), y.mean((-3, -1), keepdims=True)
    parts = (first, second, cell - first - second, y - cell)
    return np.stack([np.square(np.broadcast_to(part, y.shape)).sum((-3, -2, -1)) for part in parts], -1)


def freedoms(y: NDArray[Any]) -> NDArray[Any]:
    """Degrees of freedom of the same four."""
    a, b, n = y.shape[-3:]
    return np.array([a - 1, b - 1, (a - 1) * (b - 1), a * b * (n - 1)])


def omega(y: NDArray[Any]) -> NDArray[Any]:
    """ω² of the factors and the interaction, negative ones as 0, and what remains of 1 for the runs: [..., 4]."""
    squares, freedom = sums(y), freedoms(y)
    noise = squares[..., 3:] / freedom[3]
    whole = squares.sum(-1, keepdims=True) + noise
    shares = (squares[..., :3] - freedom[:3] * noise).clip(min=0.0) / np.where(whole > 0, whole, 1.0)
    return np.concatenate([shares, 1 - shares.sum(-1, keepdims=True)], -1)


def ratios(y: NDArray[Any]) -> NDArray[Any]:
    """F of the factors and the interaction, [..., 3]; where no two runs of a cell differ, 0 / 0 counts as 0."""
    means = sums(y) / freedoms(y)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.nan_to_num(means[..., :3] / means[..., 3:], nan=0.0, posinf=np.inf)


def resampled(y: NDArray[Any], reps: int, rng: np.random.Generator) -> NDArray[Any]:
    """Bootstrap samples [reps, a, b, n]: deviations within the cells, as large as deviations from the true means."""
    n = y.shape[-1]
    cell = y.mean(-1, keepdims=True)
    deviations = math.sqrt(n / (n - 1)) * np.broadcast_to(y - cell, (reps, *y.shape))
    return cell + np.take_along_axis(deviations, rng.integers(0, n, (reps, *y.shape)), -1)


def p_value(y: NDArray[Any], source: int, permutations: int, rng: np.random.Generator) -> float:
    """The share of permutations, the data among them, whose F of the source is at least as large."""
    found = ratios(permuted(y, source, permutations, rng))[:, source]
    reached = found >= ratios(y)[source] * (1 - 1e-9)  # equal ones, which rounding may put on either side
    return float((1 + reached.sum()) / (1 + permutations))


def permuted(y: NDArray[Any], source: int, permutations: int, rng: np.random.Generator) -> NDArray[Any]:
    """The runs [permutations, a, b, n] as they could have come were the source nothing."""
    if source == 2:
        additive = y.mean((-2, -1), keepdims=True) + y.mean((-3, -1), keepdims=True) - y.mean()
        rest = np.broadcast_to((y - additive).ravel(), (permutations, y.size))
        return additive + rng.permuted(rest, axis=1).reshape(permutations, *y.shape)
    within = np.moveaxis(y, 1 - source, 0)  # the other factor's levels in front; runs of different levels of ours mix
    rows = np.broadcast_to(within.reshape(len(within), -1), (permutations, len(within), within[0].size))
    return np.moveaxis(rng.permuted(rows, axis=2).reshape(permutations, *within.shape), 1, 2 - source)
