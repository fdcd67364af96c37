"""``results.jsonl``: one line for every cell that ended, so that no finished one is done again."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path

from gansuite.studies.cell import Result

KEYS = {field.name for field in fields(Result)}


class Ledger:
    """The results of a study's folder, by the identity of their cells."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.results: dict[str, Result] = {}
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        self.torn = not text.endswith("\n") and text != ""
        for line in text.splitlines():
            try:
                row = json.loads(line)
                result = Result(**{key: row[key] for key in KEYS})
            except (ValueError, KeyError, TypeError):  # a line that a power cut left half written
                continue
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
