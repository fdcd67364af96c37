"""``gansuite compare``: recipes over seeds and domains, beside what their papers report."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from gansuite.errors import UserError
from gansuite.recipes import read
from gansuite.recipes.tables import Published
from gansuite.report.view import Section
from gansuite.studies.cell import Cell, Result
from gansuite.studies.comparison import page, primary, words
from gansuite.studies.comparison.budget import Budget
from gansuite.studies.comparison.data import data_of
from gansuite.studies.comparison.rows import Row
from gansuite.studies.comparison.seen import Seen, see
from gansuite.studies.comparison.tasks import Place, arms_of, places_of
from gansuite.studies.comparison.vary import parse_path, parse_vary
from gansuite.studies.grid import Grid, cells_of
from gansuite.studies.study import Findings, Study


class Comparison(Study):
    """Recipes, times ``vary``, times seeds 0 to ``seeds`` - 1.

    Args:
        recipes: files or names.
        seeds: runs of each; a run's seed takes the place of the recipe's.
        vary: settings with several values, ``"players.generator.width=64,128"``: all their combinations are run.
        settings: settings of all runs, ``"train.steps=2000"``.
        metrics: whose normalised value is a run's score, the first that a task's runs have; without any, the first that
            all runs have.
        budgets: what every run may spend, ``"steps=2000"``, ``"seconds=60"``, ``"parameters=100000"``.
    """

    title = "Comparison"

    def __init__(
        self,
        recipes: Sequence[str],
        seeds: int = 5,
        vary: Sequence[str] = (),
        settings: Sequence[str] = (),
        metrics: Sequence[str] = (),
        budgets: Sequence[str] = (),
    ) -> None:
        self.recipes = list(dict.fromkeys(map(str, recipes)))
        for setting in [*settings, *vary]:
            if parse_path(setting) == "seed":
                raise UserError(f"{setting}: the seeds of a comparison are 0 to N - 1: give --seeds N")
        self.metrics = list(dict.fromkeys(metrics))
        self.budget = Budget.parse(budgets, [*settings, *vary])
        settings = [*settings, *self.budget.settings]
        self._seen: tuple[Sequence[Result], Seen] | None = None
        self.grid = Grid(recipes=self.recipes, seeds=seeds, set=settings, factors=dict(map(parse_vary, vary)))

    @property
    def folder(self) -> Path:
        """Where it is kept by default: the same for the same recipes and settings, so that a later call goes on."""
        asked = json.dumps([sorted(self.recipes), self.grid.set, self.grid.factors])
        return Path("runs") / f"compare-{hashlib.blake2b(asked.encode(), digest_size=4).hexdigest()}"

    @cached_property
    def work(self) -> list[Cell]:
        """All cells, with the recipes as they are when they are first asked for."""
        return cells_of(self.grid)

    @cached_property
    def published(self) -> dict[str, Published | None]:
        """What each recipe's paper reports."""
        return {source: read(source).published for source in self.recipes}

    @cached_property
    def places(self) -> dict[str, Place]:
        """Task and method of each row, by its label."""
        return places_of(self.work)

    def cells(self) -> list[Cell]:
        arms = arms_of(self.work)
        primary.check(arms, self.places, self.metrics)
        self.budget.check(arms)
        assert self.published.keys() == set(self.recipes)  # read now: a file may be moved while the runs go on
        return self.work

    def rows(self, results: Sequence[Result]) -> list[Row]:
        """The results by row, in the order of the grid, with the figures of each recipe."""
        grouped: dict[str, list[Result]] = {}
        for result in results:
            grouped.setdefault(result.label, []).append(result)
        return [
            Row(
                label,
                runs,
                self.published[runs[0].factors["recipe"]],
                self.places[label].task,
                self.places[label].method,
            )
            for label, runs in grouped.items()
        ]

    def findings(self, results: Sequence[Result]) -> Findings:
        seen = self.seen(results)
        (_, first), *others = seen.tables.items()
        pictures = {each.name: each.picture for each in seen.tasks if each.picture}
        return Findings(
            first,
            [*seen.answer, *seen.failures],
            data_of(seen, self.grid.seeds, self.budget.words),
            pictures if len(seen.tasks) > 1 else dict(zip(["Metrics"], pictures.values(), strict=False)),
            seen.failures,
            dict(others),
            facts=self.facts(seen),
            asked=self.asked(seen),
            warnings=self.warnings(seen),
        )

    def sections(self, found: Findings, results: Sequence[Result], folder: Path) -> Sequence[Section]:
        seen = self.seen(results)
        tasks = [
            page.Task(each.name, each.table, each.runs, each.metric, each.picture, list(each.sentences.values()))
            for each in seen.tasks
        ]
        return page.sections(
            folder,
            tasks,
            seen.scores,
            seen.joint,
            across_tables=seen.across,
            reliability=seen.reliability,
            why_not=seen.why_not,
        )

    def seen(self, results: Sequence[Result]) -> Seen:
        """What the results show."""
        if self._seen is None or self._seen[0] is not results:
            self._seen = results, see(self.rows(results), self.metrics)
        return self._seen[1]

    def asked(self, seen: Seen) -> list[str]:
        """What was compared, in two lines."""
        factors = [f"{name} = {', '.join(map(str, levels))}" for name, levels in self.grid.factors.items()]
        tasks = f" on {len(seen.tasks)} tasks ({', '.join(each.name for each in seen.tasks)})" * (len(seen.tasks) > 1)
        budget = f"; budget of a run: {self.budget.words}" if self.budget.limits else "; no equal budget was asked for"
        options = [*(f"varied: {each}" for each in factors), *(f"set: {each}" for each in self.grid.set)]
        first = f"{', '.join(self.recipes)}{tasks}, seeds 0 to {(self.grid.seeds or 1) - 1}{budget}."
        return [first, "; ".join(options)] if options else [first]

    def warnings(self, seen: Seen) -> list[str]:
        """What a reader must know first: what the intervals are worth, and what was not equal."""
        fewest = min(len(row.runs) for row in seen.rows)
        worth = words.worth(fewest)
        metrics = {each.name: each.metric for each in seen.tasks if each.metric}
        told = [
            *([worth] if worth else []),
            *words.uneven(seen.rows, metrics),
            *words.unequal_words(seen.rows),
            *self.budget.broken(seen.rows),
        ]
        return [*told, *(seen.scores.notes if seen.scores else ())]

    def facts(self, seen: Seen) -> dict[str, str]:
        """How it came about, besides what every study tells."""
        scored = ", ".join(f"{each.name}: {each.metric}" for each in seen.tasks if each.metric)
        score = {"Score": f"normalised value of {scored}"} if scored else {}
        return {"Recipes": ", ".join(self.recipes), "Budget": self.budget.words or "none asked for", **score}
