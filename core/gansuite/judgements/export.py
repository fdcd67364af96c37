"""Pairs as files, for another tool or for paper: who made which is in a file of its own."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gansuite.build import make_writer
from gansuite.errors import UserError
from gansuite.folders import write_text
from gansuite.judgements.contestants import Contestant, Trained
from gansuite.judgements.judgement import COLUMNS, Judgement
from gansuite.judgements.reading import KEY
from gansuite.judgements.schedule import Schedule
from gansuite.sampling.writing import Sheet, write

SHEET = "sheet.csv"


def export(contestants: Sequence[Contestant], schedule: Schedule, rounds: int, question: str, folder: Path) -> Path:
    """Write the samples of ``rounds`` rounds, a sheet to be filled, and the key; returns the sheet.

    ``001-left...`` and ``001-right...`` are the files of round 1, as the run's writer makes them. ``sheet.csv`` has a
    line a round with empty columns ``judge`` and ``winner`` ("left", "right" or "tie"); filled, it is read by
    ``gansuite judge --read``, which finds in ``key.csv`` beside it who made which.

    Raises:
        UserError: the folder is not empty, or cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise UserError(f"--export {folder}: the folder is not empty; name a new one")
        sheet: list[Sequence[str]] = [("round", "left_file", "right_file", "question", "judge", "winner")]
        key: list[Sequence[str]] = [COLUMNS]
        for number in range(1, rounds + 1):
            pair = schedule(number - 1)
            files = []
            for side, who, sample in (("left", pair.left, pair.left_sample), ("right", pair.right, pair.right_sample)):
                samples = contestants[who].draw(sample)
                written = write(writer_of(contestants[who]), Sheet([samples], f"{number:03d}-{side}-"), folder)
                files.append(" ".join(path.name for path in written))
            sheet.append([str(number), *files, question, "", ""])
            names = contestants[pair.left].name, contestants[pair.right].name
            samples = str(pair.left_sample), str(pair.right_sample)
            key.append(Judgement(*names, "tie", "", number, None, *samples, question).row())
        write_text(folder / KEY, as_csv(key))
        write_text(folder / SHEET, as_csv(sheet))
    except OSError as error:
        raise UserError(f"--export {folder}: cannot be written ({error.strerror}); name another folder") from error
    return folder / SHEET


def writer_of(contestant: Any) -> Any:
    """What writes a contestant's samples: real ones as those of their run."""
    run: Trained = contestant if isinstance(contestant, Trained) else contestant.run
    return make_writer(run.recipe, run.model.spec)


def as_csv(rows: Sequence[Sequence[str]]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows(rows)
    return buffer.getvalue()
