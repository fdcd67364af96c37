"""The study in tables and pictures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from markupsafe import Markup

from gansuite.report.view import Section
from gansuite.studies.across import holm
from gansuite.studies.comparison.spent import evaluations
from gansuite.studies.cross_domain.scores import PRIMARY, SECOND, Domain
from gansuite.studies.evaluation.heat_map import heat_map
from gansuite.studies.page import picture_html, table_html
from gansuite.studies.picture import Dots, dot_plot
from gansuite.studies.statistics import LEVEL, Mean, mean
from gansuite.studies.study import Findings
from gansuite.studies.table import Table, Value
from gansuite.studies.variance import Analysis

SOURCES = ("prior", "training", "interaction", "runs")
"""The two factors, their interaction, and what differs between the runs of a cell."""


def corrected(domains: Sequence[Domain]) -> list[list[float | None]]:
    """P-values of the permutation tests, prior, training, interaction of each domain, Holm over all of them."""
    raw = [source.p for domain in domains for source in domain.analysis.sources[:3]]
    known = iter(holm([p for p in raw if p is not None]))
    found = [None if p is None else next(known) for p in raw]
    return [found[3 * i : 3 * i + 3] for i in range(len(domains))]


def shares(domains: Sequence[Domain], notes: Sequence[str] = ()) -> Table:
    """A row a domain: what each source accounts for, and whether that is more than chance."""
    rows: list[list[Value]] = [
        [
            domain.name,
            *(source.share for source in domain.analysis.sources),
            domain.analysis.gap,
            *tests,
            domain.n,
        ]
        for domain, tests in zip(domains, corrected(domains), strict=True)
    ]
    columns = ["", *SOURCES, "prior - training", "p prior", "p training", "p interaction", "n"]
    told = [
        f"Shares of variance (omega squared) of log(1 + s) and their {LEVEL:.0%} bootstrap intervals within the cells; "
        "s is the normalised Fréchet distance: 0 real samples, 1 samples with the data's marginals and nothing else. "
        f"p: permutation tests, Holm over all {3 * len(domains)}. n: runs a cell."
    ]
    return Table(columns, rows, [*told, *notes])


def cells(domains: Sequence[Domain]) -> Table:
    """A row a cell: its scores, and what it spent."""
    rows: list[list[Value]] = []
    for domain in domains:
        coverage = domain.normalised(SECOND)
        for index, cell in enumerate(domain.cells):
            place = np.unravel_index(index, domain.scores.shape[:2])
            runs = [run for run in domain.runs[cell] if run.finished]
            sizes = [run.record.get("parameters") or {} for run in runs]
            spent = [sum(evaluations(run).values()) for run in runs]
            rows.append(
                [
                    " ".join((domain.name, *cell)),
                    mean(domain.scores[place].tolist()),
                    mean_of(coverage[place]),
                    f"{int(domain.collapsed[place].sum())} of {domain.n}",
                    *(sizes[0].get(player) if sizes else None for player in ("generator", "critic")),
                    round(sum(spent) / len(spent)) if spent else None,
                    mean([run.cpu_seconds for run in runs]) if runs else None,
                ]
            )
    told = [
        f"Mean over the runs ± half the {LEVEL:.0%} interval (Student). s: normalised {PRIMARY}, a failed run at the "
        f"worst of its domain; coverage: normalised {SECOND}, of finished runs. For both, 0 is real and 1 the "
        "data's marginals. collapsed: failed, or s no less than 1. samples: those that both players' gradients "
        "were taken on."
    ]
    columns = ["", "s", "coverage", "collapsed", "generator", "critic", "samples", "CPU-s"]
    return Table(columns, rows, told)


def sources(domains: Sequence[Domain]) -> Table:
    """The tables of the analyses of variance in full, of log(1 + s) and of ranks."""
    rows: list[list[Value]] = [
        [f"{domain.name} {kind}: {s.name}", s.squares, s.freedom, s.f, s.p, s.p_normal, s.eta, s.share]
        for domain in domains
        for kind, analysis in kinds(domain).items()
        for s in analysis.sources
    ]
    told = [
        "SS: sum of squares; df: degrees of freedom; F: ratio of mean squares; p: by permutation and by the F "
        "distribution, neither corrected for the number of tests; eta squared: the share in these very runs; omega "
        "squared: what it estimates of runs to come, negative values as 0."
    ]
    return Table(["", "SS", "df", "F", "p", "p (F)", "eta²", "omega²"], rows, told)


def kinds(domain: Domain) -> dict[str, Analysis]:
    """Both analyses of a domain."""
    return {"log(1 + s)": domain.analysis, "ranks": domain.of_ranks}


def mean_of(values: np.ndarray) -> Mean | None:
    """The mean of those values that are there."""
    known = values[np.isfinite(values)].tolist()
    return mean(known) if known else None


def heat(domains: Sequence[Domain]) -> str:
    """Domains by sources, the share in each place."""
    found = {
        (domain.name, name): (source.share.value, f"{source.share.value:.2f}".lstrip("0"))
        for domain in domains
        for name, source in zip(SOURCES, domain.analysis.sources, strict=True)
    }
    return heat_map([domain.name for domain in domains], SOURCES, found, "share of variance of log(1 + s)")


def dots(domains: Sequence[Domain]) -> str:
    """A panel a domain: every run's score, and the mean of each cell with its interval."""
    labels = [" ".join(cell) for cell in domains[0].cells]
    panels = [
        Dots(domain.name, [(row, mean(row), None) for row in domain.scores.reshape(-1, domain.n).tolist()])
        for domain in domains
    ]
    return dot_plot(labels, panels)


def others(domains: Sequence[Domain]) -> dict[str, Table]:
    """The further tables."""
    return {"Cells": cells(domains), "Analysis of variance": sources(domains)}


def pictures(domains: Sequence[Domain]) -> dict[str, str]:
    """Both pictures."""
    return {"Shares of variance": heat(domains), "Scores": dots(domains)}


def sections(found: Findings) -> list[Section]:
    """The page: each picture above the table of its numbers."""
    shown, (scores, analysis) = found.pictures, found.tables.values()
    tables = {"Shares of variance": found.table, "Scores": scores, "Analysis of variance": analysis}
    return [
        Section(title, (picture_html(shown[title]) if title in shown else Markup()) + table_html(title, table))
        for title, table in tables.items()
    ]


def as_dict(domain: Domain) -> dict[str, Any]:
    """A domain for scripts."""
    return {
        "domain": domain.name,
        "n": domain.n,
        "ends": {metric: domain.ends(metric) for metric in (PRIMARY, SECOND)},
        "cells": [
            {"prior": prior, "training": training, "scores": scores, "collapsed": collapsed}
            for (prior, training), scores, collapsed in zip(
                domain.cells,
                domain.scores.reshape(-1, domain.n).tolist(),
                domain.collapsed.reshape(-1, domain.n).tolist(),
                strict=True,
            )
        ],
        "analyses": {kind: analysis.as_dict() for kind, analysis in kinds(domain).items()},
    }
