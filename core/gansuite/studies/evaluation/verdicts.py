"""What a metric makes of a corruption: does it notice, from which strength on, and does it call it worse?"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
from scipy import stats

from gansuite.studies.cell import Result

P = 0.01
Verdict = Literal["sees", "fooled", "blind", "refuses"]


@dataclass(frozen=True)
class Reading:
    """One number of a metric under one corruption of one data set.

    Args:
        data: the data set.
        part: the metric's number, ``metric`` or ``metric/part``.
        corruption: the corruption.
        n: samples a side.
        repeats: independent draws.
        strengths: of the corruption, above 0.
        spearman: rank correlation of the strength, 0 among them, with how bad the number is, over all repeats; None
            where the number never moves.
        threshold: the least strength from which on the repeats' values differ from those of fresh real samples
            (two-sided Mann-Whitney test, p < .01 at this strength and every greater one); None: at none.
        shift: how much worse the median is at the greatest strength, in deviations of the values of real samples.
        verdict: ``sees``: noticed, and called worse; ``fooled``: noticed, and called better; ``blind``: not noticed;
            ``refuses``: no value in most repeats of the greatest strength.
        null: mean value of fresh real samples.
        values: mean value at each strength.
    """

    data: str
    part: str
    corruption: str
    n: int
    repeats: int
    strengths: Sequence[float]
    spearman: float | None
    threshold: float | None
    shift: float | None
    verdict: Verdict
    null: float | None
    values: Sequence[float | None]

    def as_dict(self) -> dict[str, Any]:
        """Plain numbers for JSON."""
        return asdict(self)


def readings(results: Sequence[Result], strengths: Sequence[float]) -> Iterator[Reading]:
    """A reading for each data set, number and corruption, from the cells of ``measure``: one a repeat."""
    for data in dict.fromkeys(str(result.factors["data"]) for result in results):
        records = [result.record for result in results if result.factors["data"] == data]
        for part in dict.fromkeys(part for record in records for part in record["null"]):
            having = [record for record in records if part in record["null"]]
            null = np.array([record["null"][part] for record in having], dtype=float)
            about = having[0]["parts"][part]
            for corruption in dict.fromkeys(name for record in having for name in record["values"][part]):
                rows = [record["values"][part].get(corruption) for record in having]
                values = np.array([row or [math.nan] * len(strengths) for row in rows], dtype=float)
                yield reading(data, part, corruption, having[0]["n"], strengths, null, values, about)


def reading(
    data: str,
    part: str,
    corruption: str,
    n: int,
    strengths: Sequence[float],
    null: np.ndarray,
    values: np.ndarray,
    about: Mapping[str, Any],
) -> Reading:
    """What the values [repeats, strengths] say beside those of real samples, [repeats]."""
    bad = badness(np.column_stack([null, values]), about, null)
    usual = bad[:, 0]
    differs = [differ(null, column) for column in values.T]
    last = next((i for i in reversed(range(len(differs))) if not differs[i]), -1) + 1
    threshold = strengths[last] if last < len(strengths) else None
    rises = middle(bad[:, -1]) - middle(usual)
    deviation = float(np.std(usual[np.isfinite(usual)], ddof=1)) if np.isfinite(usual).sum() > 1 else 0.0
    verdict: Verdict = "blind" if threshold is None else "sees" if not rises < 0 else "fooled"
    if np.isnan(values[:, -1]).mean() > 0.5:
        threshold, verdict = None, "refuses"
    return Reading(
        data,
        part,
        corruption,
        n,
        len(null),
        list(strengths),
        correlation([0.0, *strengths], bad),
        threshold,
        rises / deviation if deviation > 0 and math.isfinite(rises) else None,
        verdict,
        plain(finite_mean(null)),
        [plain(finite_mean(column)) for column in values.T],
    )


def badness(values: np.ndarray, about: Mapping[str, Any], null: np.ndarray) -> np.ndarray:
    """Values turned so that more is worse: those to be maximised with their sign changed, those that have a target by
    their distance from it (from the mean of real samples where no ideal is known)."""
    if about["direction"] == "target":
        ideal = about["ideal"] if about["ideal"] is not None else finite_mean(null)
        return np.abs(values - ideal)
    return -values if about["direction"] == "max" else values


def differ(null: np.ndarray, values: np.ndarray) -> bool:
    """Whether two sets of values differ in place (Mann-Whitney, two-sided; infinite values count by their rank)."""
    null, values = null[~np.isnan(null)], values[~np.isnan(values)]
    if min(len(null), len(values)) < 2 or len(np.unique(np.concatenate([null, values]))) < 2:
        return False
    return bool(stats.mannwhitneyu(null, values).pvalue < P)


def correlation(strengths: Sequence[float], bad: np.ndarray) -> float | None:
    """Spearman's rank correlation of each column's strength with its values; None where one of them is constant."""
    s = np.broadcast_to(np.asarray(strengths), bad.shape)[~np.isnan(bad)]
    ranks = stats.rankdata(bad[~np.isnan(bad)])
    if len(ranks) < 3 or np.ptp(ranks) == 0 or np.ptp(s) == 0:
        return None
    return float(np.corrcoef(stats.rankdata(s), ranks)[0, 1])


def middle(values: np.ndarray) -> float:
    """The median of what is not missing, as a plain number: infinite values are values."""
    kept = values[~np.isnan(values)]
    return float(np.median(kept)) if len(kept) else math.nan


def finite_mean(values: np.ndarray) -> float:
    """The mean of what is finite; infinite, with its sign, or NaN where nothing is."""
    finite = values[np.isfinite(values)]
    return float(finite.mean()) if len(finite) else float(values[0]) if len(values) else math.nan


def plain(value: float) -> float | None:
    """A number for JSON."""
    return value if math.isfinite(value) else None
