"""The tables of a sweep."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gansuite.metrics.estimate import Interval
from gansuite.studies.comparison.rows import ARROWS
from gansuite.studies.statistics import LEVEL, mean
from gansuite.studies.table import Table, Value
from gansuite.sweep.plan import Plan
from gansuite.sweep.slots import short
from gansuite.sweep.summary import Summary, association, spent, value_of

BUDGETS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)


def winners(plan: Plan, summaries: Sequence[Summary]) -> Table:
    """A row a recipe: what the search found, and what that is worth over fresh seeds."""
    names = parameters_of(summaries)
    arrow = ARROWS[summaries[0].direction]
    parts = {(arm.selection, arm.report) for arm in plan.arms}
    on = [f" on {part}" if len(parts) == 1 and part else "" for part in next(iter(parts))]
    values = [f"its trial's {plan.metric}{on[0]}{arrow}", f"over fresh seeds{on[1]}{arrow}"]
    columns = ["winner of", *values, "seeds", "trials", "failed", "trial", *names, "CPU-s"]
    rows: list[list[Value]] = []
    for each in summaries:
        best = each.winner
        drawn: list[Value] = [None if best is None else shown(best.factors.get(name)) for name in names]
        number = None if best is None else best.factors["trial"]
        head: list[Value] = [each.arm.name, each.best, each.mean, len(each.finals)]
        rows.append([*head, len(each.trials), sum(each.failed), number, *drawn, spent(each)["cpu_seconds"]])
    notes = [
        "The trial's value is the best of all trials of its recipe: it was selected by that value, so it is optimistic,"
        " and more so the more trials there were.",
        f"Over fresh seeds: the winner's values run again with seeds that no trial used, mean ± half the {LEVEL:.0%}"
        " interval (Student). It was not selected by these, so it is without that bias.",
    ]
    if any(map(any, (each.failed for each in summaries))):
        notes.append(
            "Failed trials are spent. In what follows they count with the worst value that any run of the sweep, or its"
            " untrained generator, had."
        )
    return Table(columns, rows, notes)


def expected_best(plan: Plan, summaries: Sequence[Summary]) -> Table:
    """The expected best of k, at some k."""
    known = [each for each in summaries if each.curve is not None]
    most = max((len(each.values) for each in known), default=0)
    ks = [k for k in BUDGETS if k < most] + [most] * (most > 0)
    rows: list[list[Value]] = []
    for k in ks:
        row: list[Value] = [k]
        for each in known:
            curve = each.curve
            # A curve over many trials has not every k; the nearest below is a search that is a little shorter.
            index = -1 if curve is None else int(curve.k.searchsorted(k, side="right")) - 1
            row.append(
                None
                if curve is None or k > len(each.values)
                else Interval(float(curve.value[index]), float(curve.low[index]), float(curve.high[index]))
            )
        rows.append(row)
    notes = [
        f"Expected best {plan.metric} of k of a recipe's trials, over all subsets of k, with {LEVEL:.0%} intervals"
        " (bootstrap over trials), which are too narrow where k is near the number of trials.",
    ]
    if plan.search == "tpe":
        notes.append(
            "Trials of TPE are not independent: for k < n this is what a subset of them gives, and no search of k."
        )
    return Table(["k", *(each.arm.name for each in known)], rows, notes)


def settings_table(summaries: Sequence[Summary]) -> Table:
    """What the value goes with."""
    rows: list[list[Value]] = []
    for each in summaries:
        for parameter in each.arm.parameters:
            found = association(each, parameter)
            kind = "choice" if parameter.choices is not None else "log range" if parameter.log else "range"
            told = "ε²" if parameter.choices is not None else "ρ"
            values: list[Value] = [None, None] if found is None else [found[0], found[1]]
            options = ", ".join(parameter.of)
            rows.append([each.arm.name, parameter.name, options, kind, told, *values, len(each.values)])
    return Table(
        ["recipe", "varied", "options", "kind", "measure", "association", "p", "trials"],
        rows,
        [
            "ρ: Spearman's correlation of the option with the value; ε²: the share of the variance of the values' ranks"
            " between choices (Kruskal-Wallis H / (n - 1)). Each looks at one option alone, the others as they"
            " were drawn; p is not corrected for their number.",
        ],
    )


def other_metrics(plan: Plan, summaries: Sequence[Summary]) -> Table | None:
    """Everything that the winners' runs measured."""
    runs = [run for each in summaries for run in each.finals if run.finished]
    found = {name: each for run in runs for name, each in run.metrics.items()}
    if not runs:
        return None
    rows: list[list[Value]] = []
    for each in summaries:
        finished = [run for run in each.finals if run.finished]
        row: list[Value] = [each.arm.name]
        for name in found:
            values = [run.metrics[name]["value"] for run in finished if name in run.metrics]
            values = [value for value in values if value is not None]
            row.append(mean(values) if values else None)
        rows.append([*row, f"{len(finished)} of {len(each.finals)}"])
    columns = [name + ARROWS.get(each.get("direction") or "", "") for name, each in found.items()]
    notes = [f"Mean over the winner's finished runs with fresh seeds ± half the {LEVEL:.0%} interval (Student)."]
    return Table(["winner of", *columns, "finished"], rows, notes)


def all_trials(plan: Plan, summaries: Sequence[Summary]) -> Table:
    """A row a run."""
    names = parameters_of(summaries)
    columns = ["recipe", "phase", "trial", "seed", *names, plan.metric, "status", "reason", "steps", "CPU-s", "folder"]
    rows = [
        [
            each.arm.name,
            run.factors["phase"],
            run.factors["trial"],
            run.seed,
            *(shown(run.factors.get(name)) for name in names),
            value_of(plan, run),
            run.status,
            run.reason,
            run.record.get("steps"),
            run.cpu_seconds,
            run.record.get("folder"),
        ]
        for each in summaries
        for run in (*each.trials, *each.finals)
    ]
    return Table(columns, rows)


def parameters_of(summaries: Sequence[Summary]) -> list[str]:
    """The names of all that is varied in any recipe."""
    return list(dict.fromkeys(parameter.name for each in summaries for parameter in each.arm.parameters))


def shown(value: Any) -> Value:
    """A drawn value as a table has it: numbers are numbers."""
    return value if isinstance(value, bool | int | float | None) else short(value)
