"""Judgements from CSV files: our own, filled sheets of ``--export``, and what other tools write."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from gansuite.errors import UserError
from gansuite.judgements.judgement import Judgement, Winner
from gansuite.plugins.wording import one_line, show

TIES = ("tie", "draw", "both", "equal", "neither", "0.5")
SIDES: Mapping[str, Winner] = {"left": "left", "right": "right", **dict.fromkeys(TIES, "tie")}
KNOWN = {each.name for each in fields(Judgement)} - {"sided"} | {"loser", "tie"}
KEY = "key.csv"
"""Beside a filled sheet of ``--export``: who made the files of each round."""


@dataclass
class Reading:
    """What files of judgements hold.

    Args:
        judgements: those that could be read, in their order.
        skipped: a line for each that could not, with its file and number.
    """

    judgements: list[Judgement] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)


class Bad(ValueError):
    """Why a line is no judgement."""


def read(paths: Sequence[str | Path], columns: Mapping[str, str] = {}) -> Reading:
    """Read judgements; a line that makes no sense is told and left out, and never ends the reading.

    Either the columns ``left``, ``right`` and ``winner`` (a side, a name, or "tie"), or ``winner`` and ``loser`` (with
    ``tie`` = 1 where neither won) must be there; all others of ``COLUMNS`` may be. Commas, semicolons or tabs part the
    columns, by the first line. A sheet without ``left`` and ``right`` finds them by its ``round`` in ``key.csv`` beside
    it.

    Args:
        paths: files, one after the other.
        columns: our name of a column to the name that the files have for it.

    Raises:
        UserError: a file cannot be read, or lacks a column.
    """
    for ours in columns:
        if ours not in KNOWN:
            raise UserError(f"--columns {ours}={columns[ours]}: there is no column {ours}; there is {told(KNOWN)}")
    found = Reading()
    for path in map(Path, paths):
        for number, judgement in lines_of(path, columns):
            if isinstance(judgement, Judgement):
                found.judgements.append(judgement)
            else:
                found.skipped.append(f"{path} line {number}: {judgement}")
    return found


def lines_of(path: Path, columns: Mapping[str, str]) -> Iterator[tuple[int, Judgement | str]]:
    """The number of each line and its judgement, or why it is none."""
    rows = table(path)
    head, ours = next(rows, (1, []))[1], {theirs: name for name, theirs in columns.items()}
    for theirs in columns.values():
        if theirs not in head:
            raise UserError(f"{path}: no column {show(theirs)}, which --columns names; there is {told(head)}")
    names = [ours.get(each, each if each not in columns else "") for each in head]
    key = keyed(path, names)
    for number, cells in rows:
        if not any(cells):
            continue
        if len(cells) > len(names):
            yield number, f"{len(cells)} values under {len(names)} columns"
            continue
        row = dict(zip(names, cells, strict=False))
        try:
            yield number, judged(row, key)
        except Bad as error:
            yield number, one_line(error)


def table(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The lines of a CSV file with their numbers, the head first.

    Raises:
        UserError: it cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8-sig", errors="replace")
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror}); give a CSV file of judgements") from error
    first = text.partition("\n")[0]
    comma = max(",;\t", key=first.count)
    lines = csv.reader(io.StringIO(text.replace("\0", "")), delimiter=comma)
    while True:
        try:
            cells = next(lines)
        except StopIteration:
            return
        except csv.Error as error:
            cells = [f"({error})"] * 100  # told as a line of too many values
        yield lines.line_num, [cell.strip() for cell in cells]


def keyed(path: Path, names: Sequence[str]) -> Mapping[int, Judgement] | None:
    """Who made the samples of each round, of a sheet that does not say it itself; None for one that does.

    Raises:
        UserError: the columns that a judgement needs are not there.
    """
    if "winner" in names and ({"left", "right"} <= set(names) or "loser" in names):
        return None
    key = path.with_name(KEY)
    if {"winner", "round"} <= set(names) and key.is_file() and path.name != KEY:
        rows = (each for _, each in lines_of(key, {}) if isinstance(each, Judgement))
        return {each.round: each for each in rows}
    missing = [name for name in ("left", "right", "winner") if name not in names]
    raise UserError(
        f"{path}: no column {' or '.join(missing)} (there is {told(names)}); give left, right, winner or winner, "
        f"loser, or name them as in --columns winner=preferred"
    )


def judged(row: Mapping[str, str], key: Mapping[int, Judgement] | None) -> Judgement:
    """The judgement of a line.

    Raises:
        Bad: it is none.
    """
    said = row.get("winner", "")
    found = Judgement("", "", "left", **more(row))
    if key is not None:
        if found.round not in key:
            raise Bad(f"round {row.get('round', '')!r} is not in {KEY}")
        known = key[found.round]
        found = replace(known, judge=found.judge, seconds=found.seconds, time=found.time or known.time)
    elif "loser" in row:
        found = replace(found, left=said, right=row["loser"], sided=False)
    else:
        found = replace(found, left=row.get("left", ""), right=row.get("right", ""))
    if not (found.left and found.right):
        raise Bad("a contestant has no name")
    if found.left == found.right:
        raise Bad(f"{show(found.left)} is judged against itself")
    tied = row.get("tie", "").casefold() in ("1", "true", "yes", "tie", "0.5")
    if "loser" in row and key is None:
        return replace(found, winner="tie" if tied else "left")
    return replace(found, winner="tie" if tied else side(said, found))


def side(said: str, found: Judgement) -> Winner:
    """Which side won: the one of the contestant's name, or the one that is named itself."""
    if said in (found.left, found.right):
        return "left" if said == found.left else "right"
    if said.casefold() not in SIDES:
        raise Bad(f"winner is {show(said)}, which is neither side, neither name, nor tie")
    return SIDES[said.casefold()]


def more(row: Mapping[str, str]) -> dict[str, Any]:
    """What a line says besides."""
    texts = {name: row[name] for name in ("left_sample", "right_sample", "question", "time") if row.get(name)}
    judge = {"judge": row["judge"]} if row.get("judge") else {}
    return {**texts, **judge, "round": int(number(row, "round") or 0), "seconds": number(row, "seconds")}


def number(row: Mapping[str, str], name: str) -> float | None:
    """A number of a line, if it is there."""
    if not row.get(name):
        return None
    try:
        value = float(row[name])
    except ValueError:
        value = math.nan
    if not 0 <= value < 1e9:
        raise Bad(f"{name} is {show(row[name])}, which is no number from 0 on")
    return value


def told(names: Iterable[str]) -> str:
    """Names of columns, in a line."""
    return one_line(", ".join(sorted(name for name in names if name)) or "none")
