"""A study: a question, the cells that bear on it, and what is read off their results."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from markupsafe import Markup

from gansuite import __version__
from gansuite.errors import UserError
from gansuite.folders import write_text
from gansuite.report.page import environment
from gansuite.studies.cell import Cell, Result
from gansuite.studies.conduct import Tell, conduct
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
    """

    table: Table
    answer: Sequence[str]
    data: Any
    pictures: Mapping[str, str] = field(default_factory=dict)
    failures: Sequence[str] = ()


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


def perform(
    study: Study,
    folder: Path,
    *,
    jobs: int | None = None,
    device: str = "auto",
    tell: Tell = lambda result, ended, count: None,
) -> Findings:
    """Do what is left of a study, and write its files.

    They are ``table.md``, ``table.csv``, ``table.json``, ``plot.svg``, ``answer.md`` and ``report.html``.

    Raises:
        UserError: the study's settings, or the folder, are not usable.
        Interrupted: a signal came; the same call goes on.
    """
    found = study.findings(conduct(study.cells(), folder, jobs=jobs, device=device, tell=tell))
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
    write_text(folder / "answer.md", "".join(f"{sentence}\n\n" for sentence in found.answer).rstrip("\n") + "\n")
    for index, (name, picture) in enumerate(found.pictures.items()):
        write_text(folder / (f"{name}.svg" if index else "plot.svg"), standalone(picture))
    page = (
        environment()
        .get_template("study.html")
        .render(
            title=title,
            answer=found.answer,
            table=found.table,
            pictures={name: Markup(picture) for name, picture in found.pictures.items()},  # our own SVG
            gansuite=__version__,
        )
    )
    write_text(folder / "report.html", page)
