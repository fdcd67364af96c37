"""A table of a study: for people (Markdown) and for spreadsheets (CSV)."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from gansuite.studies.statistics import Mean

ABSENT = "-"
Value = Mean | str | float | int | bool | None


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
        """The same in full precision: a mean takes four columns, with its interval and n."""
        wide = [any(isinstance(row[index], Mean) for row in self.rows) for index in range(len(self.columns))]
        buffer = io.StringIO()
        out = csv.writer(buffer, lineterminator="\n")
        head: list[str] = []
        for column, is_mean in zip(self.columns, wide, strict=True):
            head += [column, f"{column} low", f"{column} high", f"{column} n"] if is_mean else [column]
        out.writerow(head)
        for row in self.rows:
            cells: list[Any] = []
            for value, is_mean in zip(row, wide, strict=True):
                if isinstance(value, Mean):
                    cells += [value.value, value.low, value.high, value.n]
                else:
                    cells += [value, None, None, None] if is_mean else [value]
            out.writerow(cells)
        return buffer.getvalue()


def text(value: Value) -> str:
    """A value of a table in words."""
    if value is None:
        return ABSENT
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
