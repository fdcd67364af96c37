"""Glicko-2: a rating with its deviation and volatility, after one rating period."""

from __future__ import annotations

import math

import numpy as np
from jaxtyping import Float

from gansuite.metrics.metric import MetricError

SCALE = 400 / math.log(10)  # points of Elo for a unit of log-odds
START, DEVIATION, VOLATILITY = 1500.0, 350.0, 0.06  # of a player nobody knows


def glicko2(
    rating: float,
    deviation: float,
    volatility: float,
    opponents: Float[np.ndarray, " n"],
    deviations: Float[np.ndarray, " n"],
    results: Float[np.ndarray, " n"],
    *,
    tau: float = 0.5,
) -> tuple[float, float, float]:
    """A player's rating, deviation and volatility after the games of one period, in points.

        v = 1 / sum g² E (1 - E),   d = v sum g (s - E),   mu' = mu + phi'² sum g (s - E)
        phi'² = 1 / (1 / (phi² + sigma'²) + 1 / v)

    with g = 1 / sqrt(1 + 3 phi_j² / pi²), E = 1 / (1 + exp(-g (mu - mu_j))) and sigma' the root of the paper's f.
    All games of a period count at once, so their order does not matter.

    Args:
        rating, deviation, volatility: before the period; 1500, 350 and 0.06 of a stranger.
        opponents: their ratings.
        deviations: their deviations.
        results: 1 for a win, 1/2 a draw, 0 a loss, or the share won.
        tau: how much volatility may change.

    Raises:
        MetricError: no games.

    Source: Glickman, "Example of the Glicko-2 system" (2013).
    """
    if not len(results):
        raise MetricError("glicko2: a period without games has nothing to rate by")
    mu, phi = (rating - START) / SCALE, deviation / SCALE
    g = 1 / np.sqrt(1 + 3 * (np.asarray(deviations) / SCALE) ** 2 / math.pi**2)
    expected = 1 / (1 + np.exp(-g * (mu - (np.asarray(opponents) - START) / SCALE)))
    v = 1 / float((g**2 * expected * (1 - expected)).sum())
    surprise = float((g * (np.asarray(results) - expected)).sum())
    sigma = settled(v * surprise, phi, v, volatility, tau)
    phi = 1 / math.sqrt(1 / (phi**2 + sigma**2) + 1 / v)
    return START + SCALE * (mu + phi**2 * surprise), SCALE * phi, sigma


def settled(d: float, phi: float, v: float, volatility: float, tau: float) -> float:
    """The new volatility, by the Illinois algorithm (step 5 of the paper)."""
    start = math.log(volatility**2)

    def f(x: float) -> float:
        e = math.exp(x)
        return e * (d * d - phi**2 - v - e) / (2 * (phi**2 + v + e) ** 2) - (x - start) / tau**2

    a, surplus = start, d * d - phi**2 - v
    b = math.log(surplus) if surplus > 0 else start - tau
    while surplus <= 0 and f(b) < 0:
        b -= tau
    fa, fb = f(a), f(b)
    while abs(b - a) > 1e-9:
        c = a + (a - b) * fa / (fb - fa)
        fc = f(c)
        a, fa = (b, fb) if fc * fb <= 0 else (a, fa / 2)
        b, fb = c, fc
    return math.exp(a / 2)
