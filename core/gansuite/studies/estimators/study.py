"""``gansuite study estimators``: what a gradient through a discrete sample costs in bias, variance and evaluations."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

from annotated_types import Ge, Le

from gansuite.errors import UserError
from gansuite.plugins.wording import did_you_mean, show
from gansuite.studies.cell import Cell, Result
from gansuite.studies.estimators.lineup import Entrant, entrants
from gansuite.studies.estimators.measure import PROBLEMS, made
from gansuite.studies.grid import Factors, cells_of, read_grid
from gansuite.studies.picture import Dots, dot_plot
from gansuite.studies.statistics import Mean
from gansuite.studies.study import Findings, Study
from gansuite.studies.table import Table, Value


class Estimators(Study):
    """Estimators side by side at one state of problems that are small enough to be summed over.

    ∇ E f(x) is known exactly. For each estimator: relative bias ‖E ĝ - ∇‖ / ‖∇‖, cosine of its mean and ∇, total
    variance, variance times evaluations of the cost (what a budget of critic evaluations buys), and CPU time. The
    problems: ``categorical`` (three choices of five, 125 samples), ``binary`` (five of two), ``density-ratio`` (minus
    a ratio of laws, whose gradient is maximum likelihood's) and ``sequence`` (five tokens of four, each after its own
    beginning, 1,024 sequences). Relaxed costs are the same function at points of the simplex.

    Args:
        problem: one of them, or several with commas between; absent: all.
        estimators: names, with commas between; absent: all that are installed.
        draws: samples for each estimator; one that compares k of them makes a k-th as many estimates.
    """

    title = "Gradient estimators"

    def __init__(
        self,
        scale: str,
        *,
        problem: str | None = None,
        estimators: str | None = None,
        draws: Annotated[int, Ge(400), Le(10**9)] | None = None,
    ) -> None:
        self.scale, self.draws = scale, draws
        self.problems = names(problem, "--problem")
        self.chosen = names(estimators, "--estimators")
        for name in self.problems or ():
            if name not in PROBLEMS:
                raise UserError(f"--problem {show(name)}: no such problem{did_you_mean(name, PROBLEMS)}")

    def cells(self) -> list[Cell]:
        given: Factors = {}
        if self.problems:
            given["problem"] = [*self.problems]
        if self.draws:
            given["draws"] = [self.draws]
        places = [
            cell
            for grid in read_grid(Path(__file__).with_name("estimators.toml"), self.scale)
            for cell in cells_of(grid.model_copy(update={"factors": {**grid.factors, **given}}))
        ]
        lineup = list(entrants(self.chosen))
        found = [cell_of(place, each) for place in places for each in lineup if fits(place, each)]
        if not found:
            raise UserError(
                f"--estimators {', '.join(self.chosen or [])}: none of them fits the problem; leave out --problem"
            )
        return found

    def findings(self, results: Sequence[Result]) -> Findings:
        failures = [f"{result.label} failed: {result.reason}" for result in results if not result.finished]
        done = [result for result in results if result.finished]
        data = [record(result) for result in done]
        pictures = {
            name: picture([each for each in done if each.factors["problem"] == name])
            for name in dict.fromkeys(str(each.factors["problem"]) for each in done)
        }
        return Findings(tabulate(done, failures), [*answer(done), *failures], data, pictures, failures)


def names(words: str | None, place: str) -> list[str] | None:
    """``a,b`` as names.

    Raises:
        UserError: there is none.
    """
    if words is None:
        return None
    found = [word.strip() for word in words.split(",") if word.strip()]
    if not found:
        raise UserError(f"{place} {show(words)} names nothing")
    return found


def fits(place: Cell, each: Entrant) -> bool:
    """Whether an estimator can be asked at a problem."""
    problem = place.arguments["problem"]
    if each.only and problem not in each.only:
        return False
    return made(each.table).needs <= PROBLEMS[problem].offers


def cell_of(place: Cell, each: Entrant) -> Cell:
    """The cell of an estimator at a problem."""
    arguments = {**place.arguments, "estimator": dict(each.table), "samples": each.samples, "credit": each.credit}
    factors = {"problem": place.arguments["problem"], "estimator": each.label}
    return Cell(place.task, arguments, f"{factors['problem']}: {each.label}", factors)


def read(result: Result, name: str) -> Mean:
    """A metric of a cell."""
    return Mean(**result.metrics[name])


def record(result: Result) -> dict[str, Any]:
    """A cell for scripts."""
    return {**result.factors, **result.metrics, **result.record}


def tabulate(results: Sequence[Result], failures: Sequence[str]) -> Table:
    """A row an estimator at a problem."""
    rows: list[list[Value]] = [
        [
            result.label,
            result.record["unbiased"],
            round(result.record["evaluations"], 2),
            read(result, "bias"),
            read(result, "cosine"),
            read(result, "variance"),
            read(result, "cost"),
            round(result.record["milliseconds"], 2),
        ]
        for result in results
    ]
    sizes = {str(each.factors["problem"]): each.record["gradient"] for each in results}
    estimates = [each.record["estimates"] for each in results]
    notes = [
        "Relative bias is what is left after the noise of the mean is subtracted; intervals are jackknives over 20 "
        f"blocks of n = {min(estimates, default=0)} to {max(estimates, default=0)} estimates. Norms of the gradients: "
        f"{', '.join(f'{name} {norm:.4f}' for name, norm in sizes.items())}. CPU ms: of 1,000 estimates, by batches."
    ]
    columns = ["", "unbiased", "evaluations", "relative bias", "cosine", "variance", "variance x evaluations", "CPU ms"]
    return Table(columns, rows, [*notes, *failures])


def answer(results: Sequence[Result]) -> Iterator[str]:
    """For each problem: is what is called unbiased unbiased; what is quietest for its price; what is least biased."""
    for problem in dict.fromkeys(str(each.factors["problem"]) for each in results):
        group = [each for each in results if each.factors["problem"] == problem and not each.record["told"]]
        honest = [each for each in group if each.record["unbiased"]]
        wrong = [each for each in honest if (read(each, "bias").low or 0.0) > 0]
        if honest:
            best = min(honest, key=lambda each: read(each, "cost").value)
            sentence = f"{problem}: of {len(honest)} estimators without bias by their theory "
            told = [f"{each.factors['estimator']} {read(each, 'bias')}" for each in wrong]
            sentence += f"{len(wrong)} show one at 95 % ({', '.join(told)})" if wrong else "none shows any at 95 %"
            yield (
                f"{sentence}. For its evaluations {best.factors['estimator']} is the quietest: variance x evaluations "
                f"{read(best, 'cost')} (n = {best.record['estimates']})."
            )
        biased = [each for each in group if not each.record["unbiased"]]
        if biased:
            least = min(biased, key=lambda each: read(each, "bias").value)
            yield (
                f"{problem}: of {len(biased)} biased ones {least.factors['estimator']} has the least relative bias, "
                f"{read(least, 'bias')}, at the variance {read(least, 'variance')} (n = {least.record['estimates']})."
            )


def picture(results: Sequence[Result]) -> str:
    """Bias, cosine and variance for each evaluation, a line an estimator."""
    panels = [
        Dots("relative bias", [((), read(each, "bias"), None) for each in results]),
        Dots("cosine with the gradient", [((), read(each, "cosine"), None) for each in results]),
        Dots("log10 variance x evaluations", [((), logarithm(read(each, "cost")), None) for each in results]),
    ]
    return dot_plot([str(each.factors["estimator"]) for each in results], panels)


def logarithm(found: Mean) -> Mean | None:
    """log10 of a mean and its interval; None where there is no noise, or no evaluation."""
    if found.low is None or found.high is None or found.low <= 0:
        return None
    return Mean(found.n, *(math.log10(x) for x in (found.value, found.low, found.high)))
