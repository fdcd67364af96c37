"""What 95 % intervals over few training runs are worth: how often they hold the truth, measured on made-up scores.

    python benchmarks/interval_coverage.py

Scores of a run are drawn from a normal law, from a log-normal one, and from a normal one of which 15 % of the runs
collapse (score 1). A "mean" is that of one task (Student's t, and the bootstrap), the other rows are over four, as
a comparison across domains has them. 1,000 comparisons a figure; its standard error is below 0.016.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from gansuite.studies.across import (
    bootstrap,
    exchange_test,
    iqm_of,
    mean_of,
    median_of,
    probability_of_improvement,
)
from gansuite.studies.statistics import mean

COMPARISONS, TASKS, SIZES = 1000, 4, (3, 5, 10, 20)
Law = Callable[[np.random.Generator, tuple[int, ...]], NDArray]


def collapsing(rng: np.random.Generator, shape: tuple[int, ...]) -> NDArray:
    """Normal scores, of which 15 % are 1 or a little more."""
    usual = rng.normal(0.2, 0.05, shape)
    return np.where(rng.random(shape) < 0.15, 1 + 0.01 * rng.random(shape), usual)


LAWS: dict[str, Law] = {
    "normal": lambda rng, shape: rng.normal(0.2, 0.05, shape),
    "log-normal": lambda rng, shape: 0.1 * rng.lognormal(0.0, 1.0, shape),
    "15 % collapse": collapsing,
}


def samples(law: Law, rng: np.random.Generator, n: int) -> Sequence[NDArray]:
    """The scores of a method on tasks that differ in how hard they are."""
    return [law(rng, (n,)) + shift for shift in np.linspace(0.0, 0.3, TASKS)]


def coverage(law: Law, n: int) -> dict[str, float]:
    """How often each interval holds the truth; of the exchange test, how often it finds nothing where nothing is."""
    rng = np.random.default_rng(0)
    many = samples(law, rng, 400_000)
    truths = {"IQM": iqm_of(many), "median of means": median_of(many)}
    truth = float(law(rng, (4_000_000,)).mean())
    hits: dict[str, list[bool]] = {}

    def note(name: str, low: float | None, high: float | None, true: float) -> None:
        assert low is not None and high is not None
        hits.setdefault(name, []).append(low <= true <= high)

    for _ in range(COMPARISONS):
        one = law(rng, (n,))
        student = mean(one.tolist())
        note("mean, Student", student.low, student.high, truth)
        found = bootstrap(mean_of, [one], rng=rng)
        note("mean, bootstrap", found.low, found.high, truth)
        first, second = samples(law, rng, n), samples(law, rng, n)
        for name, statistic in (("IQM", iqm_of), ("median of means", median_of)):
            found = bootstrap(statistic, first, rng=rng)
            note(name, found.low, found.high, float(truths[name]))
        found = probability_of_improvement(first, second, paired=True, rng=rng)
        note("P(improvement)", found.low, found.high, 0.5)
        hits.setdefault("exchange test", []).append(exchange_test(first, second, paired=True, reps=999, rng=rng) > 0.05)
    return {name: float(np.mean(each)) for name, each in hits.items()}


def main() -> None:
    for name, law in LAWS.items():
        table = {n: coverage(law, n) for n in SIZES}
        print(f"\n{name}: runs of a method and a task: {', '.join(map(str, SIZES))}")
        for row in table[SIZES[0]]:
            print(f"  {row:<18}", "  ".join(f"{table[n][row]:.3f}" for n in SIZES), flush=True)


if __name__ == "__main__":
    main()
