"""The class of each file: from its folder, its name, or a table."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from pathlib import Path

from gansuite.errors import UserError

PATTERNS = {
    "sc09": r"(?:^|/)([A-Za-z]+)_[^/]+$",  # Zero_004ae714_nohash_0.wav
    "speech-commands": r"([^/]+)/[^/]+_nohash_\d+\.\w+$",  # zero/004ae714_nohash_0.wav
    "fsdd": r"(?:^|/)(\d+)_[^/_]+_\d+\.\w+$",  # 0_george_12.wav
}
FILE_COLUMNS = ("file", "filename", "file_name", "path", "name")
LABEL_COLUMNS = ("label", "class", "category", "target")


def from_folders(names: Sequence[str]) -> dict[str, str]:
    """The folder that holds each file; files directly in the root have none."""
    return {name: name.split("/")[-2] for name in names if "/" in name}


def from_names(names: Sequence[str], pattern: str) -> dict[str, str]:
    """What a regular expression finds in each relative name: its group ``label``, or its first group.

    Args:
        pattern: a regular expression, or the name of a known one: ``sc09``, ``speech-commands``, ``fsdd``.
    """
    try:
        expression = re.compile(PATTERNS.get(pattern, pattern))
    except re.error as error:
        raise UserError(f"label_pattern = {pattern!r}: {error}; known names: {', '.join(PATTERNS)}") from error
    if not expression.groups:
        raise UserError(f"label_pattern = {pattern!r}: put the label in a group, e.g. '^([a-z]+)_'")
    group = "label" if "label" in expression.groupindex else 1
    matches = {name: expression.search(name) for name in names}
    return {name: match[group] for name, match in matches.items() if match and match[group]}


def from_csv(table: Path) -> dict[str, str]:
    """The rows of a CSV file whose header has a column for the file and one for its label.

    Raises:
        UserError: the table is missing, no text, or lacks the columns.
    """
    place = f"csv = '{table}'"
    try:
        with table.open(newline="", encoding="utf-8-sig") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UserError(f"{place}: cannot be read ({error}); expected a CSV file with a header") from error
    header = list(rows[0]) if rows else []
    file_column = next((name for name in FILE_COLUMNS if name in header), None)
    label_column = next((name for name in LABEL_COLUMNS if name in header), None)
    if file_column is None or label_column is None:
        wanted = f"one of {', '.join(FILE_COLUMNS)} and one of {', '.join(LABEL_COLUMNS)}"
        raise UserError(f"{place}: the header has {', '.join(map(str, header)) or 'nothing'}; expected {wanted}")
    pairs = ((row[file_column], row[label_column]) for row in rows)
    return {file.replace("\\", "/"): label for file, label in pairs if file and label}
