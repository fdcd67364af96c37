"""A table of a study: for people (Markdown), for spreadsheets (CSV) and for papers (LaTeX)."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from gansuite.metrics.estimate import Interval
from gansuite.studies.latex import tabular
from gansuite.studies.statistics import Mean

ABSENT = "-"
Value = Mean | Interval | str | float | int | bool | None


@dataclass(frozen=True)
class Table:
    """Rows of values under columns; what is not there is ``-``.

    ``notes`` stand below it, one line each.
    """

    columns: Sequence[str]
    rows: Sequence[Sequence[Value]]
    notes: Sequence[str] = field(default_factory=list)

    def texts(self) -> list[list[str]]:
        """The rows as a person reads them."""
        return [[text(value) for value in row] for row in self.rows]

    def markdown(self) -> str:
        """The table and its notes; columns are aligned, so that it is legible as it stands."""
        lines = [list(self.columns), *self.texts()]
        lines = [[cell.replace("|", "\\|") for cell in line] for line in lines]
        widths = [max(3, *map(len, column)) for column in zip(*lines, strict=True)]
        rule = [
            "-" * width if index == 0 else "-" * (width - 1) + ":" for index, width in enumerate(widths)
        ]  # numbers to the right
        told = [
            "| "
            + " | ".join(
                cell.ljust(width) if index == 0 else cell.rjust(width)
                for index, (cell, width) in enumerate(zip(line, widths, strict=True))
            )
            + " |"
            for line in (lines[0], rule, *lines[1:])
        ]
        notes = [f"\n{note}" for note in self.notes]
        return "\n".join([*told, *notes]) + "\n"

    def csv(self) -> str:
        """The same in full precision: a mean takes four columns, with its interval and n, an interval three."""
        buffer = io.StringIO()
        out = csv.writer(buffer, lineterminator="\n")
        widths = [max((WIDTHS.get(type(row[index]), 1) for row in self.rows), default=1) for index in self.indices]
        heads = [
            [column, f"{column} low", f"{column} high", f"{column} n"][:width]
            for column, width in zip(self.columns, widths, strict=True)
        ]
        out.writerow(itertools.chain(*heads))
        for row in self.rows:
            cells = [numbers(value) for value in row]
            padded = [cell + [None] * (width - len(cell)) for cell, width in zip(cells, widths, strict=True)]
            out.writerow(itertools.chain(*padded))
        return buffer.getvalue()

    def latex(self) -> str:
        """The same for a paper; see :func:`gansuite.studies.latex.tabular`."""
        return tabular(self)

    @property
    def indices(self) -> range:
        return range(len(self.columns))


WIDTHS = {Mean: 4, Interval: 3}


def numbers(value: Value) -> list[Any]:
    """What a value writes into a spreadsheet."""
    if isinstance(value, Mean):
        return [value.value, value.low, value.high, value.n]
    return [value.value, value.low, value.high] if isinstance(value, Interval) else [value]


def text(value: Value) -> str:
    """A value of a table in words."""
    if value is None:
        return ABSENT
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
