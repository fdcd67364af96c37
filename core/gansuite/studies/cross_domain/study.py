"""``gansuite study cross-domain``: is it the training technique, or what the networks take for granted of the data?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

from annotated_types import Ge, Gt, Le

from gansuite.errors import UserError
from gansuite.plugins.wording import did_you_mean, one_line, show
from gansuite.report.view import Section
from gansuite.studies.cell import Cell, Result
from gansuite.studies.cross_domain import answer, tables
from gansuite.studies.cross_domain.scores import FACTORS, domains_of
from gansuite.studies.grid import Grid, cells_of, read_grid
from gansuite.studies.study import Findings, Study

MARGINALS = "gansuite.studies.cross_domain.marginals:measure"
FOREVER = 10**8
"""Rounds that a budget of seconds ends before."""


class CrossDomain(Study):
    """A factorial of two priors and two ways of training in four domains, and the shares of variance of each.

    The prior is ``generic``, perceptrons over the flattened sample, or ``domain``: convolutions over time, residual
    convolutions over characters, exchangeable nodes, DCGAN. The training is ``plain``, the non-saturating game without
    any penalty, or the domain's ``technique``. All cells of a domain have the same data, the same optimisers, about as
    many parameters, and gradients of as many samples.

    Args:
        domains: audio, text, graph, image, with commas between; absent: all whose plugins are there.
        seeds: runs of each cell; absent: as the scale has it.
        seconds: CPU-seconds of training that every run may take, in the place of equal numbers of gradients.

    Source: the third question of Odena, Open questions about generative adversarial networks (2019).
    """

    title = "Training technique or implicit prior?"

    def __init__(
        self,
        scale: str,
        *,
        domains: str | None = None,
        seeds: Annotated[int, Ge(2), Le(10_000)] | None = None,
        seconds: Annotated[float, Gt(0), Le(10**7)] | None = None,
    ) -> None:
        self.seeds, self.seconds, self.notes = seeds, seconds, list[str]()
        self.grids = {domain_of(grid): grid for grid in read_grid(Path(__file__).with_name("cross-domain.toml"), scale)}
        self.chosen = None if domains is None else [name for name in map(str.strip, domains.split(",")) if name]
        if self.chosen is not None and not self.chosen:
            raise UserError(f"--domains {show(domains)} names nothing; there are {', '.join(self.grids)}")
        for name in self.chosen or ():
            if name not in self.grids:
                raise UserError(f"--domains {show(name)}: no such domain{did_you_mean(name, self.grids)}")

    def cells(self) -> list[Cell]:
        found = []
        for domain in self.chosen or self.grids:
            try:
                found += self.cells_in(domain)
            except UserError as error:
                if self.chosen:
                    raise
                self.notes.append(f"{domain} is left out: {one_line(error)}")
        if not found:
            raise UserError(f"study cross-domain: {'; '.join(self.notes)}")
        return found

    def cells_in(self, domain: str) -> list[Cell]:
        """The reference of a domain, and its runs."""
        grid = self.grids[domain]
        if self.seconds is not None:
            timed = [f"train.seconds={self.seconds}", f"train.steps={FOREVER}"]
            grid = grid.model_copy(update={"factors": {**grid.factors, "budget": {"seconds": timed}}})
        runs = cells_of(grid.model_copy(update={"seeds": self.seeds or grid.seeds}))
        told = [{"domain": domain, **{name: run.factors[name] for name in FACTORS}} for run in runs]
        first = {**runs[0].arguments["recipe"], "seed": 0}
        return [
            Cell(MARGINALS, {"recipe": first}, f"{domain} marginals", {"domain": domain}),
            *(
                replace(run, label=" ".join(map(str, each.values())), factors=each)
                for run, each in zip(runs, told, strict=True)
            ),
        ]

    def findings(self, results: Sequence[Result]) -> Findings:
        failures = [f"{result.name} failed: {result.reason}" for result in results if not result.finished]
        domains = domains_of(results)
        budget = "gradients on as many samples" if self.seconds is None else f"{self.seconds:g} CPU-seconds of training"
        data = {"budget": budget, "domains": [tables.as_dict(each) for each in domains], "notes": self.notes}
        return Findings(
            tables.shares(domains, self.notes),
            [*answer.sentences(domains), *failures],
            data,
            tables.pictures(domains) if domains else {},
            failures,
            tables.others(domains),
            facts={"Budget of a run": budget},
            asked=[answer.QUESTION],
            warnings=list(answer.warnings(domains)),
        )

    def sections(self, found: Findings, results: Sequence[Result], folder: Path) -> Sequence[Section]:
        return tables.sections(found)


def domain_of(grid: Grid) -> str:
    """The domain of a block: the plugin before its recipe's name."""
    return grid.recipes[0].partition("/")[0]
