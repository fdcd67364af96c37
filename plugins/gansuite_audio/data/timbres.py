"""Synthetic timbres: the level, the rise and the decay of each harmonic of a note."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float64

HARMONICS = 40
K = np.arange(1.0, HARMONICS + 1)  # numbers of the harmonics
DRAWBARS = (1, 2, 3, 4, 6, 8)

TimbreName = Literal["sine", "organ", "brass", "reed", "plucked", "struck"]
Hertz = Float64[np.ndarray, "n 1"]
Draws = Float64[np.ndarray, "n 3"]


@dataclass(frozen=True)
class Partials:
    """The harmonics of n notes, as they sound in (1 - e^{-t/rise}) level e^{-decay t}."""

    level: Float64[np.ndarray, "n k"]
    rise: Float64[np.ndarray, "n k"]
    """Seconds."""
    decay: Float64[np.ndarray, "n k"]
    """1/s."""


def partials(level: np.ndarray, rise: np.ndarray, decay: np.ndarray) -> Partials:
    """The three laws, each spread over all notes and harmonics."""
    return Partials(*(np.array(each) for each in np.broadcast_arrays(level, rise, decay)))


def between(low: float, high: float, u: np.ndarray) -> Float64[np.ndarray, "n 1"]:
    """Low to high as u [n] goes from 0 to 1, in equal ratios."""
    return (low * (high / low) ** u)[:, None]


def sine(f: Hertz, u: Draws) -> Partials:
    """The fundamental alone."""
    return partials(1.0 * (K == 1), between(0.005, 0.03, u[:, 1]), between(0.2, 0.8, u[:, 2]))


def organ(f: Hertz, u: Draws) -> Partials:
    """Harmonics 1, 2, 3, 4, 6 and 8, held: a_k = b^{ln k}."""
    return partials(np.isin(K, DRAWBARS) * between(0.3, 0.9, u[:, 0]) ** np.log(K), between(0.01, 0.03, u[:, 1]), 0 * f)


def brass(f: Hertz, u: Draws) -> Partials:
    """All harmonics up to a brightness, the higher ones entering later: a_k = e^{-k/b}, τ_k = τ √k."""
    return partials(np.exp(-K / between(4.0, 10.0, u[:, 0])), between(0.015, 0.04, u[:, 1]) * np.sqrt(K), 0.2 + 0 * f)


def reed(f: Hertz, u: Draws) -> Partials:
    """Odd harmonics, as of a closed pipe, and hardly any even ones: a_k = k^{-b}, a twentieth of it."""
    return partials(
        np.where(K % 2 == 1, 1, 0.05) / K ** between(0.8, 1.3, u[:, 0]), between(0.01, 0.04, u[:, 1]), 0 * f
    )


def plucked(f: Hertz, u: Draws) -> Partials:
    """A string plucked at β of its length: a_k = |sin πβk|/k, d_k = d (1 + (kf/1.5 kHz)²): high ones are lost first."""
    level = np.abs(np.sin(np.pi * between(0.1, 0.4, u[:, 0]) * K)) / K
    return partials(level, 0.001 + 0 * f, between(1.0, 3.0, u[:, 2]) * (1 + (K * f / 1500) ** 2))


def struck(f: Hertz, u: Draws) -> Partials:
    """A soft hammer: a_k = e^{-k/b}; d_k = d √k."""
    return partials(np.exp(-K / between(1.0, 3.0, u[:, 0])), 0.002 + 0 * f, between(1.5, 4.0, u[:, 2]) * np.sqrt(K))


TIMBRES: Mapping[str, Callable[[Hertz, Draws], Partials]] = {
    each.__name__: each for each in (sine, organ, brass, reed, plucked, struck)
}
