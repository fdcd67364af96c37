"""A study: a question, the cells that bear on it, and what is read off their results."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar

from gansuite.errors import UserError
from gansuite.folders import write_text
from gansuite.report.view import Section
from gansuite.studies.cell import Cell, Result
from gansuite.studies.circumstances import circumstances
from gansuite.studies.conduct import Say, Tell, conduct
from gansuite.studies.page import file_name, page
from gansuite.studies.picture import standalone
from gansuite.studies.table import Table


@dataclass(frozen=True)
class Findings:
    """What a study shows.

    Args:
        table: the numbers.
        answer: sentences, each filled from statistics with its n and interval.
        data: the same for scripts; what ``--json`` prints.
        pictures: inline ``<svg>`` by title; the first is ``plot.svg``, the others are files of their titles.
        failures: a line for every cell that failed.
        tables: further tables by title; each is a file of ``tables/``, as the first one is.
        sections: a study's own page; they show its tables and pictures, which else follow one another.
        facts: how the study was made, by name: told at the page's end.
        asked: what the study was about, in a line or two below its title.
        warnings: what a reader must know before he believes any of it.
    """

    table: Table
    answer: Sequence[str]
    data: Any
    pictures: Mapping[str, str] = field(default_factory=dict)
    failures: Sequence[str] = ()
    tables: Mapping[str, Table] = field(default_factory=dict)
    sections: Sequence[Section] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    asked: Sequence[str] = ()
    warnings: Sequence[str] = ()


class Study(ABC):
    """Base of studies. A subclass is a component of the kind "study": its options are keyword-only parameters.

    Class attributes:
        title: of the report.
        instant: whether the whole of it takes moments, so that ``--json`` answers without a folder.
    """

    title: ClassVar[str]
    instant: ClassVar[bool] = False

    @abstractmethod
    def cells(self) -> list[Cell]:
        """The work, at the scale that the study was made for.

        Raises:
            UserError: a recipe or a setting is not right.
        """

    @abstractmethod
    def findings(self, results: Sequence[Result]) -> Findings:
        """What the results say, those that failed among them; in the order of the cells."""

    def sections(self, found: Findings, results: Sequence[Result], folder: Path) -> Sequence[Section]:
        """Further parts of the page, for which the runs' folders (:func:`folder_of`) may be read; none by default."""
        return ()


def perform(
    study: Study,
    folder: Path,
    *,
    jobs: int | None = None,
    device: str = "auto",
    tell: Tell = lambda result, ended, count: None,
    say: Say = lambda line, kind: None,
    reuse: Sequence[Path] = (),
    command: str | None = None,
) -> Findings:
    """Do what is left of a study, and write its files.

    They are ``table.md``, ``table.csv``, ``table.json``, every table in ``tables/`` as CSV and LaTeX, ``plot.svg``,
    ``answer.md`` and ``report.html``.

    Args:
        study: what is asked.
        folder: of its files.
        jobs, device, tell, say, reuse: as for :func:`~gansuite.studies.conduct.conduct`.
        command: the line that was typed, for the page.

    Raises:
        UserError: the study's settings, or the folder, are not usable.
        Interrupted: a signal came; the same call goes on.
    """
    notes: list[str] = []

    def heard(line: str, kind: str) -> None:
        notes.append(line)
        say(line, kind)

    results = conduct(study.cells(), folder, jobs=jobs, device=device, tell=tell, say=heard, reuse=reuse)
    found = study.findings(results)
    told = {"Command": command} if command else {}
    found = replace(found, facts=told | dict(found.facts) | circumstances(results, notes))
    found = replace(found, sections=study.sections(found, results, folder))
    try:
        write(study.title, found, folder)
    except OSError as error:
        raise UserError(f"--out {folder}: cannot be written ({error.strerror}); name another folder") from error
    return found


def write(title: str, found: Findings, folder: Path) -> None:
    """The files of a study, each written aside and renamed."""
    write_text(folder / "table.md", found.table.markdown())
    write_text(folder / "table.csv", found.table.csv())
    write_text(folder / "table.json", json.dumps(found.data, indent=1) + "\n")
    sentences = [*found.answer, *found.warnings]
    write_text(folder / "answer.md", "".join(f"{sentence}\n\n" for sentence in sentences).rstrip("\n") + "\n")
    (folder / "tables").mkdir(exist_ok=True)
    for name, table in {"Table": found.table, **found.tables}.items():
        write_text(folder / "tables" / f"{file_name(name)}.csv", table.csv())
        write_text(folder / "tables" / f"{file_name(name)}.tex", table.latex())
    for index, (name, picture) in enumerate(found.pictures.items()):
        write_text(folder / (f"{name}.svg" if index else "plot.svg"), standalone(picture))
    write_text(folder / "report.html", page(title, found))
