"""How often intervals of shares of variance hold the truth: ``python benchmarks/variance_coverage.py``.

Two factors of two levels, 400 draws of runs for each line; what ``docs/studies.md`` says of the study
``cross-domain`` comes from here.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from gansuite.studies.variance import two_way

Draw = Callable[[np.random.Generator, tuple[int, ...]], NDArray[np.float64]]
DRAWS = 400
EFFECTS = {"none": (0.0, 0.0, 0.0), "one large": (1.0, 0.3, 0.3), "three": (3.0, 1.0, 0.5)}
ERRORS: dict[str, Draw] = {
    "normal": lambda rng, shape: rng.normal(size=shape),
    "log-normal": lambda rng, shape: (np.exp(rng.normal(size=shape)) - np.exp(0.5)) / np.sqrt((np.e - 1) * np.e),
}


def coverage(effects: tuple[float, float, float], n: int, draw: Draw, rng: np.random.Generator) -> NDArray[np.float64]:
    """Shares of the draws in which the intervals of the two factors, both, the runs and the gap hold the truth."""
    sign = np.array([1.0, -1.0])
    first, second, both = effects
    means = first * sign[:, None] + second * sign[None] + both * sign[:, None] * sign[None]
    squares = np.square([*effects, 1.0])
    truth = squares / squares.sum()
    hits = []
    for _ in range(DRAWS):
        found = two_way(means[..., None] + draw(rng, (2, 2, n)), reps=500, permutations=1, rng=rng)
        intervals = [*(source.share for source in found.sources), found.gap]
        values = [*truth, truth[0] - truth[1]]
        hits.append([i.low - 1e-9 <= value <= i.high + 1e-9 for i, value in zip(intervals, values, strict=True)])
    return np.mean(hits, axis=0)


def main() -> None:
    rng = np.random.default_rng(0)
    for kind, draw in ERRORS.items():
        for n in (3, 5, 10):
            for name, effects in EFFECTS.items():
                told = " ".join(f"{share:.2f}" for share in coverage(effects, n, draw, rng))
                print(f"{kind}, {n} runs, {name} effects: first, second, both, runs, gap {told}", flush=True)


if __name__ == "__main__":
    main()
