"""``results.jsonl``: one line for every cell that ended, so that no finished one is done again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from gansuite.studies.cell import Result

KEYS = {field.name for field in fields(Result)} - {"form"}


class Ledger:
    """The results of a study's folder, by the identity of their cells.

    ``skipped`` is the number of lines that are no results: half written at a power cut, or damaged.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.results: dict[str, Result] = {}
        self.skipped = 0
        text = path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
        self.torn = not text.endswith("\n") and text != ""
        for line in filter(str.strip, text.split("\n")):
            try:
                result = result_of(json.loads(line))
            except (ValueError, KeyError, TypeError):
                self.skipped += 1
            else:
                self.results[result.cell] = result

    @property
    def finished(self) -> set[str]:
        """The cells whose work is done."""
        return {key for key, result in self.results.items() if result.finished}

    def add(self, result: Result) -> None:
        """Write a line; the last one of a cell counts."""
        self.results[result.cell] = result
        with self.path.open("a", encoding="utf-8") as file:
            file.write(("\n" if self.torn else "") + json.dumps(result.as_dict()) + "\n")
        self.torn = False


def result_of(row: Mapping[str, Any]) -> Result:
    """The result that a line holds.

    Raises:
        ValueError, KeyError, TypeError: it holds none.
    """
    result = Result(**{key: row[key] for key in KEYS}, form=row.get("form", 0))
    tables = (result.factors, result.record, result.metrics)
    texts = (result.cell, result.label, result.status)
    numbers = (result.cpu_seconds, result.seconds, result.form)
    if not (
        all(isinstance(each, Mapping) for each in tables)
        and all(isinstance(each, Mapping) for each in result.metrics.values())
        and all(isinstance(each, str) for each in texts)
        and all(isinstance(each, int | float) for each in numbers)
    ):
        raise TypeError("a key of the line holds what it cannot hold")
    return result
