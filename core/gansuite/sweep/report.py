"""The page and the files of a sweep."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import optuna
from markupsafe import Markup

from gansuite.errors import UserError
from gansuite.folders import write_text
from gansuite.plugins.wording import counted
from gansuite.studies.circumstances import circumstances
from gansuite.studies.page import Part, picture_html, table_html
from gansuite.studies.statistics import LEVEL, difference, told_from
from gansuite.studies.study import Findings, write
from gansuite.sweep.desk import Desk
from gansuite.sweep.plan import Plan
from gansuite.sweep.plots import against, best_of_k_curves
from gansuite.sweep.slots import pending, words_of
from gansuite.sweep.summary import Summary, spent, summarise
from gansuite.sweep.tables import all_trials, expected_best, other_metrics, parameters_of, settings_table, winners

TITLE = "Sweep"
BOUGHT, VARIED = "Expected best of k", "What the value goes with"


def write_report(folder: Path, command: str = "") -> Findings:
    """Write what the results of a sweep say into its folder: the files of a study, and ``trials.csv``.

    Raises:
        UserError: the folder cannot be written.
    """
    desk = Desk(folder)
    found = findings(desk.plan, desk, command)
    try:
        desk.write_lines()
        write_text(folder / "trials.csv", found.tables["Trials"].csv())
        write(TITLE, found, folder)
    except OSError as error:
        raise UserError(f"--out {folder}: cannot be written ({error.strerror}); name another folder") from error
    return found


def findings(plan: Plan, desk: Desk, command: str = "") -> Findings:
    """What a sweep shows, as far as it is done."""
    summaries = summarise(plan, desk)
    pictures = {BOUGHT: best_of_k_curves(plan, summaries)}
    pictures |= {
        f"Value over {name}".replace("/", " "): against(plan, summaries, name) for name in parameters_of(summaries)
    }
    tables = {
        BOUGHT: expected_best(plan, summaries),
        "Winners, all metrics": other_metrics(plan, summaries),
        VARIED: settings_table(summaries),
        "Trials": all_trials(plan, summaries),
    }
    failures = [
        f"{run.name} failed: {run.reason}"
        for each in summaries
        for run in (*each.trials, *each.finals)
        if not run.finished
    ]
    found = Findings(
        winners(plan, summaries),
        list(answer(plan, summaries)),
        data(plan, summaries),
        {name: picture for name, picture in pictures.items() if picture},
        failures,
        tables={name: table for name, table in tables.items() if table is not None},
        facts=facts(plan, summaries, command),
        asked=asked(plan),
        warnings=list(warnings(plan, desk, summaries)),
    )
    return replace(found, sections=sections(found))


def sections(found: Findings) -> list[Part]:
    """The page: the winners, what a budget buys, what the value goes with, then all that was run."""
    pictures = {name: picture_html(picture) for name, picture in found.pictures.items()}
    bought, varied = (
        Markup("").join(picture for name, picture in pictures.items() if (name == BOUGHT) == wanted)
        for wanted in (True, False)
    )
    tables = {name: table_html(name, table) for name, table in found.tables.items()}
    parts = {
        "Winners": table_html("Winners", found.table),
        BOUGHT: bought + tables[BOUGHT],
        VARIED: varied + tables[VARIED],
        **{name: table for name, table in tables.items() if name not in (BOUGHT, VARIED)},
    }
    return [Part(name, html) for name, html in parts.items()]


def asked(plan: Plan) -> list[str]:
    """What was searched, in two lines."""
    how = {"random": "Random search", "tpe": "Search by TPE"}[plan.search]
    first = " the first of which has the recipe's own values," if plan.defaults_first else ""
    spaces = "; ".join(f"{arm.name}: {space_of(arm.parameters)}" for arm in plan.arms)
    if len({space_of(arm.parameters) for arm in plan.arms}) == 1:
        spaces = f"every recipe: {space_of(plan.arms[0].parameters)}"
    several = len(plan.arms) > 1
    whose = f"each of {len(plan.arms)} recipes" if several else "".join(arm.name for arm in plan.arms)
    return [
        f"{how} for {plan.metric}: {counted(plan.trials, 'trial')} of {whose},{first} and the winner"
        f"{' of each' * several} again with {counted(plan.final_seeds, 'fresh seed')}.",
        f"Varied of {spaces}." + (f" Set in all runs: {', '.join(plan.set)}." if plan.set else ""),
        *judged(plan),
    ]


def space_of(parameters: Sequence[Any]) -> str:
    """A space in words."""
    told = []
    for each in parameters:
        ends = ", ".join(map(str, each.choices)) if each.choices is not None else f"{each.low:g} to {each.high:g}"
        told.append(f"{each.name} {'(log) ' * each.log}from {ends}")
    return ", ".join(told)


def judged(plan: Plan) -> Iterator[str]:
    """On which parts of the data trials were selected, and winners reported."""
    held = [arm.name for arm in plan.arms if arm.selection]
    apart = [arm.name for arm in plan.arms if not arm.selection]
    if held:
        whose = "" if not apart else f" of {', '.join(held)}"
        yield f"Trials{whose} were judged on the validation part of the data, the winners' fresh runs on its test part."
    if apart:
        whose = "" if not held else f" of {', '.join(apart)}"
        yield (
            f"The data{whose} have no validation and test parts of their own: trials were selected and winners reported"
            " on the same part."
        )


def warnings(plan: Plan, desk: Desk, summaries: Sequence[Summary]) -> Iterator[str]:
    """What a reader must know before he believes any of it."""
    left = pending(plan, desk)
    if left:
        yield f"The sweep goes on: {len(left)} runs or more are still to end, and nothing here is final."
    steps = {each.arm.name: spent(each)["steps"] for each in summaries}
    if len(set(steps.values())) > 1 or None in steps.values():
        told = ", ".join(f"{name} {count or 'various'}" for name, count in steps.items())
        yield f"Trials are equal in number and not in steps: {told}."
    if 0 < plan.final_seeds < 10:
        yield (
            f"With {counted(plan.final_seeds, 'fresh seed')} the intervals hold for values that are about normal, and"
            " cover less where some runs collapse; ten or more are better."
        )
    for each in summaries:
        if each.trials and each.winner is None:
            yield f"{each.arm.name}: no trial gave a value, so there is no winner."


def answer(plan: Plan, summaries: Sequence[Summary]) -> Iterator[str]:
    """Which recipe's winner is best, what the search had promised, and whether the budget changes the order."""
    for each in (each for each in summaries if each.winner is not None):
        best = each.winner
        assert best is not None and each.best is not None
        values = words_of(each.arm, best.factors)
        equal = sum(value == each.best for value in each.values)
        told = f"{each.arm.name}: of {counted(len(each.trials), 'trial')} number {best.factors['trial']} ({values})"
        told += f" is best, {plan.metric} {each.best:.3g}" + f" (the first of {equal} that share it)" * (equal > 1)
        yield f"{told}; over {counted(len(each.fresh), 'fresh seed')} {each.mean}." if each.fresh else f"{told}."
    sign = 1 if summaries[0].direction == "min" else -1
    ranked = sorted((each for each in summaries if each.mean), key=lambda each: sign * each.mean.value)  # pyright: ignore[reportOptionalMemberAccess]
    if len(ranked) > 1:
        first, second = ranked[:2]
        gap = difference(first.fresh, second.fresh)
        ahead = f"Over fresh seeds {first.arm.name} is ahead"
        if first.mean == second.mean or (gap is not None and gap.value == 0):
            yield f"Over fresh seeds {first.arm.name} and {second.arm.name} share the best mean."
        elif gap is None or gap.low is None or gap.high is None:
            yield f"{ahead}; with one seed each nothing is said about the next, {second.arm.name}."
        else:
            verdict = told_from(gap.low > 0 or gap.high < 0)
            yield (
                f"{ahead}, {verdict} the next, {second.arm.name}: difference {gap.value:.3g}, {LEVEL:.0%} interval"
                f" {gap.low:.3g} to {gap.high:.3g} (Welch; not corrected for the number of recipes)."
            )
    yield from by_budget(summaries, sign)


def by_budget(summaries: Sequence[Summary], sign: int) -> Iterator[str]:
    """The recipe with the best expected best, for every budget."""
    known = [each for each in summaries if each.curve is not None]
    if len(known) < 2:
        return
    curves = [each.curve for each in known if each.curve is not None]
    if len({len(curve.k) for curve in curves}) > 1:
        return
    losses = sign * np.stack([curve.value for curve in curves])
    names, best = np.array([each.arm.name for each in known]), np.isclose(losses, losses.min(0), rtol=1e-9)
    leaders = [" and ".join(names[at]) for at in best.T]
    changes = [at for at in range(len(leaders)) if at == 0 or leaders[at] != leaders[at - 1]]
    told = ", ".join(f"{leaders[at]} from k = {curves[0].k[at]}" for at in changes)
    yield f"Ahead by the expected best of k trials: {told if len(changes) > 1 else leaders[0] + ' at every k'}."


def facts(plan: Plan, summaries: Sequence[Summary], command: str) -> dict[str, str]:
    """How the sweep was made."""
    told = {"Command": command} if command else {}
    told |= {
        "Search": f"{plan.search}, seed {plan.seed}, Optuna {optuna.__version__}",
        "Budget": f"{plan.trials} trials of each recipe, failed ones too, and {plan.final_seeds} runs of its winner",
    }
    runs = [run for each in summaries for run in (*each.trials, *each.finals)]
    return told | circumstances(runs, [])


def data(plan: Plan, summaries: Sequence[Summary]) -> dict[str, Any]:
    """The same for scripts."""
    return {
        "metric": plan.metric,
        "search": plan.search,
        "trials": plan.trials,
        "final_seeds": plan.final_seeds,
        "recipes": [
            {
                "recipe": each.arm.source,
                "label": each.arm.name,
                "direction": each.direction,
                "selected_on": each.arm.selection,
                "reported_on": each.arm.report,
                "values": list(each.values),
                "failed": list(each.failed),
                "best_of_k": None
                if each.curve is None
                else {key: getattr(each.curve, key).tolist() for key in ("k", "value", "deviation", "low", "high")},
                "winner": None
                if each.winner is None
                else {
                    "trial": each.winner.factors["trial"],
                    "values": {
                        parameter.name: each.winner.factors.get(parameter.name) for parameter in each.arm.parameters
                    },
                    "value": each.best,
                    "settings": winning_settings(each),
                },
                "fresh": {"values": each.fresh, "mean": each.mean.as_dict() if each.mean else None},
                **spent(each),
            }
            for each in summaries
        ],
    }


def winning_settings(summary: Summary) -> list[str]:
    """``--set`` lines that make the recipe into its winner."""
    best = summary.winner
    known = {} if best is None else best.factors
    return [
        line
        for each in summary.arm.parameters
        if known.get(each.name) is not None
        for line in each.settings(known[each.name])
    ]
