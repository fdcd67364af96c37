"""The class of each file: from its folder, its name, or a table."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Sequence
from pathlib import Path

from gansuite.errors import UserError

from .pitch import midi_of, pitch_in

PATTERNS = {
    "sc09": r"(?:^|/)([A-Za-z]+)_[^/]+$",  # Zero_004ae714_nohash_0.wav
    "speech-commands": r"([^/]+)/[^/]+_nohash_\d+\.\w+$",  # zero/004ae714_nohash_0.wav
    "fsdd": r"(?:^|/)(\d+)_[^/_]+_\d+\.\w+$",  # 0_george_12.wav
    # bass_electronic_018-022-100.wav: family, source and number of the instrument, pitch, velocity
    "nsynth-family": r"(?:^|/)(\w+)_[a-z]+_\d{3}-\d{3}-\d{3}\.\w+$",
    "nsynth-source": r"_([a-z]+)_\d{3}-\d{3}-\d{3}\.\w+$",
    "nsynth-instrument": r"(?:^|/)(\w+_\d{3})-\d{3}-\d{3}\.\w+$",
    "nsynth-pitch": r"\d{3}-(\d{3})-\d{3}\.\w+$",
    "nsynth-velocity": r"\d{3}-\d{3}-(\d{3})\.\w+$",
}
FILE_COLUMNS = ("file", "filename", "file_name", "path", "name")
LABEL_COLUMNS = ("label", "class", "category", "target")
PITCH_COLUMNS = ("pitch", "note", "midi", *LABEL_COLUMNS)
EXAMPLES = "examples.json"  # NSynth's table, beside the folder of the sounds


def from_folders(names: Sequence[str]) -> dict[str, str]:
    """The folder that holds each file; files directly in the root have none."""
    return {name: name.split("/")[-2] for name in names if "/" in name}


def from_names(names: Sequence[str], pattern: str) -> dict[str, str]:
    """What a regular expression finds in each relative name: its group ``label``, or its first group.

    Args:
        pattern: a regular expression, or the name of one in ``PATTERNS``.
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


def from_table(names: Sequence[str], table: Path, columns: Sequence[str]) -> dict[str, str]:
    """The first of ``columns`` that a CSV file has, or a JSON file such as NSynth's ``examples.json``."""
    return from_json(names, table, columns) if table.suffix.lower() == ".json" else from_csv(table, columns)


def from_csv(table: Path, columns: Sequence[str] = LABEL_COLUMNS) -> dict[str, str]:
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
    label_column = next((name for name in columns if name in header), None)
    if file_column is None or label_column is None:
        wanted = f"one of {', '.join(FILE_COLUMNS)} and one of {', '.join(columns)}"
        raise UserError(f"{place}: the header has {', '.join(map(str, header)) or 'nothing'}; expected {wanted}")
    pairs = ((row[file_column], row[label_column]) for row in rows)
    return {file.replace("\\", "/"): label for file, label in pairs if file and label}


def from_json(names: Sequence[str], table: Path, columns: Sequence[str]) -> dict[str, str]:
    """The label of each file in a JSON object whose keys are names without ending and whose values are objects.

    Raises:
        UserError: the table is missing, or no such object, or its entries lack the field.
    """
    place = f"csv = '{table}'"
    try:
        entries = json.loads(table.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UserError(f"{place}: cannot be read ({error}); expected an object for each file") from error
    if not isinstance(entries, dict) or not all(isinstance(entry, dict) for entry in entries.values()):
        raise UserError(f"{place}: expected an object for each file, as in NSynth's {EXAMPLES}")
    fields = dict.fromkeys(field for entry in entries.values() for field in entry)
    column = next((name for name in columns if name in fields), None)
    if column is None:
        raise UserError(f"{place}: no field is called {' or '.join(columns)}; set column to one of {', '.join(fields)}")
    found = {name: entries.get(name.rpartition("/")[2].rpartition(".")[0], {}).get(column) for name in names}
    return {name: str(label) for name, label in found.items() if label is not None}


def pitches(names: Sequence[str], root: Path) -> dict[str, str]:
    """The MIDI number of each file as its name tells it, or NSynth's tables in the root or in its folders."""
    found = {name: str(pitch) for name in names if (pitch := pitch_in(name)) is not None}
    tables = sorted([*root.glob(EXAMPLES), *root.glob(f"*/{EXAMPLES}")]) if len(found) < len(names) else []
    for table in tables:
        found = from_json(names, table, PITCH_COLUMNS[:1]) | found
    return found


def as_pitches(labels: dict[str, str]) -> dict[str, str]:
    """The labels that are notes, by number or by name, as MIDI numbers."""
    numbers = {name: midi_of(label.strip()) for name, label in labels.items()}
    return {name: str(number) for name, number in numbers.items() if number is not None}
