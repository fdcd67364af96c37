"""The study in sentences, each filled from its statistics."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from gansuite.metrics.estimate import Interval
from gansuite.studies.cross_domain.scores import Domain
from gansuite.studies.cross_domain.tables import corrected
from gansuite.studies.statistics import Mean, mean
from gansuite.studies.variance import PERMUTATIONS, Analysis

QUESTION = (
    "How well do GANs model data that are not pictures, and is it the training or the networks that decides "
    "(Odena 2019, question 3)? Prior: perceptrons, or the domain's own networks. Training: plain, or the domain's "
    "technique."
)
ALPHA = 0.05
ENOUGH = 10
"""Runs a cell from which on the intervals are nearly what they say."""
COVERAGE = {3: (0.83, 0.80), 5: (0.88, 0.84)}
"""Of nominal 95 % intervals of shares, at so many runs a cell: the worst case of a factor and of the runs, for normal
scores; measured by ``benchmarks/variance_coverage.py``."""


def sentences(domains: Sequence[Domain]) -> Iterator[str]:
    """Over all domains which factor accounts for more; then each domain."""
    if domains:
        yield overall(domains)
        for domain, tests in zip(domains, corrected(domains), strict=True):
            yield about(domain, tests)


def overall(domains: Sequence[Domain]) -> str:
    """The third question's answer, as far as these runs go."""
    told = {domain.name: verdict(domain.analysis) for domain in domains}
    lists = [
        f"{words} in {', '.join(names)}"
        for side, words in (
            ("prior", "the prior accounts for more of the variance than the training"),
            ("training", "the training accounts for more than the prior"),
            ("", "neither is told from the other"),
        )
        if (names := [name for name, found in told.items() if found == side])
    ]
    runs = sum(domain.scores.size for domain in domains)
    return f"{'; '.join(lists)} ({runs} runs, {domains[0].n} a cell; 95 % intervals of the difference).".capitalize()


def verdict(analysis: Analysis) -> str:
    """Which factor's share is the larger beyond the interval of their difference; empty where neither is."""
    return "prior" if analysis.gap.low > 0 else "training" if analysis.gap.high < 0 else ""


def about(domain: Domain, tests: Sequence[float | None]) -> str:
    """The shares of a domain, what each factor's better level gains, and whether ranks say the same."""
    prior, training, both, runs = domain.analysis.sources
    parts = [
        f"the prior accounts for {percent(prior.share.value)} of the variance{interval(prior.share)}{p(tests[0])}",
        f"the training for {percent(training.share.value)}{interval(training.share)}{p(tests[1])}",
        f"their interaction for {percent(both.share.value)}{interval(both.share)}{p(tests[2])}",
        f"the runs of a cell for {percent(runs.share.value)}",
    ]
    means = {cell: mean(scores) for cell, scores in zip(domain.cells, rows(domain), strict=True)}
    best, worst = (choose(means, key=lambda cell: means[cell].value) for choose in (min, max))
    sentence = (
        f"{domain.name}: {', '.join(parts)} (n = {domain.n} a cell). Best is {' '.join(best)} with s = "
        f"{told(means[best])}, worst {' '.join(worst)} with {told(means[worst])}"
    )
    collapsed = int(domain.collapsed.sum())
    sentence += f"; {collapsed} of {domain.collapsed.size} runs are no better than the data's marginals" * bool(
        collapsed
    )
    if verdict(domain.of_ranks) != verdict(domain.analysis):
        other = verdict(domain.of_ranks)
        ranks = f"the {other} accounts for more" if other else "neither factor is told from the other"
        sentence += f". On ranks {ranks}"
    return f"{sentence}."


def rows(domain: Domain) -> list[list[float]]:
    """The scores of each cell."""
    return domain.scores.reshape(-1, domain.n).tolist()


def told(found: Mean) -> str:
    """A mean and its interval."""
    return f"{found.value:.2g}" if found.low is None else f"{found.value:.2g} [{found.low:.2g}, {found.high:.2g}]"


def percent(share: float) -> str:
    """A share in words."""
    return f"{100 * share:.0f} %"


def interval(share: Interval) -> str:
    """The ends of a share's interval, in percent."""
    return f" [{100 * share.low:.0f}, {100 * share.high:.0f}]"


def p(value: float | None) -> str:
    """A corrected p-value beside its share."""
    return "" if value is None else f" (p = {value:.2g})"


def warnings(domains: Sequence[Domain]) -> Iterator[str]:
    """What so few runs cannot show."""
    if not domains or domains[0].n >= ENOUGH:
        return
    n = domains[0].n
    at = max((size for size in COVERAGE if size <= n), default=min(COVERAGE))
    factor, own = COVERAGE[at]
    smallest = max(1 / (PERMUTATIONS + 1), 2 / math.comb(2 * n, n) ** 2)
    yield (
        f"Only {n} runs a cell. Measured on normal scores with {at} a cell, intervals of shares that say 95 % hold "
        f"the truth in {factor:.0%} of cases or more (factors) and {own:.0%} (runs); with long-tailed ones in 59 % and "
        f"45 %. The permutation test of a factor cannot give less than p = {smallest:.2g}, before Holm's correction "
        f"for {3 * len(domains)} tests. That a share is near 0 does not show that it is 0. What is found holds of "
        "these networks, sizes and budgets; one data set stands for each domain."
    )
