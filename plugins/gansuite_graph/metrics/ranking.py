"""How well scores tell positives from negatives: ROC AUC and average precision, ties and all, and their bootstrap."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Int64

ROWS = 1 << 22
"""Numbers of a bootstrap held at a time."""


class Ranking:
    """m positives and k negatives by their scores.

        AUC = P(s⁺ > s⁻) + P(s⁺ = s⁻) / 2
        AP = Σ_s (R(s) - R(s + 1)) P(s),   over the different scores s from above, R and P recall and precision at s

    Ties are one step of both curves, in whatever order they came.

    Args:
        positive: scores [m].
        negative: scores [k].

    Source: Hanley & McNeil (1982) for the AUC; AP without interpolation, Manning et al. (2008), section 8.4.
    """

    def __init__(self, positive: Float[np.ndarray, " m"], negative: Float[np.ndarray, " k"]) -> None:
        scores = np.concatenate([positive, negative])
        values, place = np.unique(-scores, return_inverse=True)  # the first is the best
        self.levels = len(values)
        self.positive, self.negative = place[: len(positive)], place[len(positive) :]

    def of(self, positive: Int64[np.ndarray, "b m"], negative: Int64[np.ndarray, "b k"]) -> Float[np.ndarray, "b 2"]:
        """AUC and AP where each positive and each negative counts so many times."""
        hits, false = self.by_level(positive, self.positive), self.by_level(negative, self.negative)
        m, k = hits.sum(1, keepdims=True), false.sum(1, keepdims=True)
        worse = k - false.cumsum(1)
        auc = (hits * (worse + false / 2)).sum(1) / (m * k)[:, 0]
        found, all_ = hits.cumsum(1), (hits + false).cumsum(1)
        precision = found / np.maximum(all_, 1)
        return np.stack([auc, (hits * precision).sum(1) / m[:, 0]], 1)

    def by_level(self, counts: Int64[np.ndarray, "b m"], place: Int64[np.ndarray, " m"]) -> Float[np.ndarray, "b l"]:
        """Sums of the counts that share a score."""
        sums = np.zeros((len(counts), self.levels))
        order = np.argsort(place, kind="stable")
        levels, first = np.unique(place[order], return_index=True)
        sums[:, levels] = np.add.reduceat(counts[:, order], first, axis=1)
        return sums

    @property
    def values(self) -> tuple[float, float]:
        """AUC and AP."""
        ones = np.ones((1, len(self.positive)), np.int64), np.ones((1, len(self.negative)), np.int64)
        auc, ap = self.of(*ones)[0]
        return float(auc), float(ap)


def bootstrapped(ranking: Ranking, times: int, seed: int) -> Float[np.ndarray, "b 2"]:
    """AUC and AP in resamples of the positives and of the negatives."""
    m, k = len(ranking.positive), len(ranking.negative)
    rng = np.random.default_rng(seed)
    parts, rows = [], max(1, ROWS // (m + k))
    for first in range(0, times, rows):
        some = min(rows, times - first)
        counts = rng.multinomial(m, np.full(m, 1 / m), some), rng.multinomial(k, np.full(k, 1 / k), some)
        parts.append(ranking.of(*counts))
    return np.concatenate(parts)
