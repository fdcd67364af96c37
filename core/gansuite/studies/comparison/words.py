"""What a comparison says in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from gansuite.studies.comparison.joint import Aggregate, Pair, best
from gansuite.studies.comparison.rows import ARROWS, Row
from gansuite.studies.comparison.scores import Scores
from gansuite.studies.comparison.spent import unequal
from gansuite.studies.intervals import wilson
from gansuite.studies.statistics import LEVEL, difference, told_from

ENOUGH = 10
"""Runs of a method on a task from which on the intervals over runs are nearly what they say."""
COVERAGE = {3: (0.95, 0.77, 0.81), 5: (0.94, 0.84, 0.89), 10: (0.95, 0.90, 0.93)}
"""Of nominal 95 % intervals of normal scores, at so many runs: Student's mean, a bootstrapped mean, the IQM of four
tasks; measured by ``benchmarks/interval_coverage.py``."""


def answer(rows: Sequence[Row], names: Sequence[str], directions: Mapping[str, str]) -> Iterator[str]:
    """For each metric the best row, and whether the next one can be told from it."""
    for name in names:
        known = [(found, row) for row in rows if (found := row.mean(name)) is not None]
        if directions.get(name) not in ARROWS or len(known) < 2:
            continue
        known.sort(key=lambda pair: pair[0].value, reverse=directions[name] == "max")
        (first, best), (_, second) = known[:2]
        best_word = "highest" if directions[name] == "max" else "lowest"
        tied = [row.label for found, row in known if found.value == first.value]
        if len(tied) > 1:
            yield f"{name}: {', '.join(tied)} share the {best_word} mean, {first.value:.3g}."
            continue
        sentence = f"{name}: {best.label} has the {best_word} mean, {first} (n = {first.n})"
        gap = difference(best.values(name), second.values(name))
        if gap is None or gap.low is None or gap.high is None:
            yield f"{sentence}; with one run each nothing is said about the next, {second.label}."
            continue
        verdict = told_from(gap.low > 0 or gap.high < 0)
        yield (
            f"{sentence}, {verdict} the next, {second.label}: difference {gap.value:.3g}, {LEVEL:.0%} interval"
            f" {gap.low:.3g} to {gap.high:.3g} (Welch)."
        )


def across_words(scores: Scores, found: Sequence[Aggregate], pairs: Sequence[Pair]) -> Iterator[str]:
    """Which method is best over the tasks, whether it is told from the next, and what collapsed."""
    first, *rest = best(found)
    n = scores.share_collapsed(first.method)[1]
    metrics = dict.fromkeys(scores.metrics.values())
    place = f"Over {len(scores.tasks)} tasks ({', '.join(scores.tasks)}; score: normalised {', '.join(metrics)})"
    if not rest:
        yield f"{place}, {first.method} has an IQM of {first.iqm} ({n} runs)."
    else:
        second = rest[0].method
        pair = next(each for each in pairs if {each.first, each.second} == {first.method, second})
        forwards = pair.first == first.method
        chance = pair.chance.value if forwards else 1 - pair.chance.value
        verdict = told_from(pair.told_apart)
        family = f", Holm over {len(pairs)} pairs" if len(pairs) > 1 else ""
        yield (
            f"{place}, {first.method} has the lowest IQM, {first.iqm} ({n} runs), {verdict} the next, {second},"
            f" {rest[0].iqm}: p = {pair.corrected:.2g} (exchange test{family}); a run of it is better than one of"
            f" {second} with probability {chance:.2g}."
        )
    hits = {method: scores.share_collapsed(method) for method in scores.methods}
    told = [f"{method} {k} of {n} {share(k, n)}" for method, (k, n) in hits.items() if k]
    total = sum(n for _, n in hits.values())
    yield f"Collapsed: {', '.join(told)}." if told else f"None of {total} runs collapsed."


def share(hits: int, n: int) -> str:
    """Wilson's interval of a share."""
    found = wilson(hits, n)
    return f"[{found.low:.2f}, {found.high:.2f}]"


def worth(n: int) -> str:
    """What the intervals of ``n`` runs of a method on a task are worth; empty where they are enough."""
    if n >= ENOUGH:
        return ""
    if n == 1:
        return "One run of a method on a task: nothing is known of what another seed would give."
    at = max((size for size in COVERAGE if size <= n), default=min(COVERAGE))
    student, bootstrapped, iqm = (f"{share:.0%}" for share in COVERAGE[at])
    return (
        f"Only {n} runs of a method on a task. Measured on normal scores with {at} runs, a {LEVEL:.0%} interval holds"
        f" the truth in {student} of cases (Student's, of a mean), in {bootstrapped} (bootstrap, of a mean), in {iqm}"
        f" (bootstrap, of the IQM of four tasks); in fewer where runs collapse{' or are fewer' * (n < at)}. Publish"
        f" with {ENOUGH} seeds or more; to see an effect of one deviation between runs takes about 17."
    )


def no_joint(scores: Scores | None, tasks: int) -> str:
    """Why there is no table across the tasks, and what would make one; empty where there is but one task."""
    if tasks < 2:
        return ""
    if scores is None:
        return (
            "No table across the tasks: their runs have no metric with a normalised value in common; name the one of"
            " each task that scores its runs with --metric."
        )
    return (
        "No table across the tasks: no method was run on two of them that all such methods share. Methods are known by"
        " what is varied: give one recipe a task and vary the rest, as --vary game.objective=hinge,wasserstein."
    )


def unequal_words(rows: Sequence[Row]) -> Iterator[str]:
    """What the methods did not spend alike, task by task."""
    for task in dict.fromkeys(row.task for row in rows):
        told = unequal([row for row in rows if row.task == task])
        if told:
            yield f"Not equal between the methods on {task}: {'; '.join(told)}."


def uneven(rows: Sequence[Row], metrics: Mapping[str, str]) -> Iterator[str]:
    """What makes scores of one task not comparable: other sizes, features, real samples or data at equal seeds."""
    whats = {"n_fake": "numbers of samples", "extractor": "extractors", "reference": "real samples"}
    for task, metric in metrics.items():
        runs = [run for row in rows if row.task == task for run in row.finished]
        found: dict[tuple[str, int | None], set[str]] = {}
        for run in runs:
            for key in whats:
                value = run.metrics.get(metric, {}).get(key)
                found.setdefault((key, run.seed), set()).update(() if value is None else {str(value)})
        for key, words in whats.items():
            several = next((values for (of, _), values in found.items() if of == key and len(values) > 1), None)
            if several:
                names = ", ".join(sorted(several))
                yield f"{task}: {metric} was taken with different {words} ({names}): not comparable."
        prints = {str(run.record.get("fingerprint")) for run in runs}
        if len(prints) > 1:
            yield f"{task}: the runs were trained on different data ({len(prints)} fingerprints): not comparable."
