"""A file of judgements survives whatever happens to its judge."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from gansuite.errors import UserError
from gansuite.judgements.judgement import COLUMNS, Judgement
from gansuite.judgements.reading import read
from gansuite.judgements.record import Record

KILLED = """
import os, sys
from pathlib import Path
from gansuite.judgements.judgement import Judgement
from gansuite.judgements.record import Record
record = Record(Path(sys.argv[1]))
for round in (1, 2, 3):
    record.append(Judgement("a", "b", "left", "Ann", round, 0.5))
record.file.write(b"Ann,4,a,b,le")   # the next one, half written
record.file.flush()
os.kill(os.getpid(), 9)
"""


def judgement(round: int) -> Judgement:
    return Judgement(
        "a", "b", "right", "Ann", round, 1.5, "7", "8", 'Which "is" better,\u2003say?', "2026-11-28T19:00:00+00:00"
    )


def test_every_judgement_is_in_the_file_at_once(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "votes.csv"
    with Record(path) as record:
        for round in (1, 2):
            record.append(judgement(round))
            assert read([path]).judgements == [judgement(i) for i in range(1, round + 1)]
    assert path.read_text().splitlines()[0] == ",".join(COLUMNS)


def test_a_killed_judge_goes_on_where_he_was(tmp_path: Path) -> None:
    path = tmp_path / "votes.csv"
    done = subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False)
    assert done.returncode == -9 and path.read_bytes().endswith(b"Ann,4,a,b,le")
    with Record(path) as record:
        assert [each.round for each in record.judgements] == [1, 2, 3]
        record.append(judgement(4))
    assert [each.round for each in read([path]).judgements] == [1, 2, 3, 4] and not read([path]).skipped


def test_the_last_judgement_is_taken_back(tmp_path: Path) -> None:
    path = tmp_path / "votes.csv"
    with Record(path) as record:
        record.append(judgement(1))
        before = path.read_bytes()
        record.append(judgement(2))
        assert record.undo() == judgement(2) and path.read_bytes() == before
        record.append(judgement(3))
        assert [each.round for each in read([path]).judgements] == [1, 3]
        assert record.undo() == judgement(3) and record.undo() == judgement(1)
        assert record.undo() is None and path.read_text() == ",".join(COLUMNS) + "\n"


def test_a_line_of_somebody_elses_is_not_taken_back(tmp_path: Path) -> None:
    path = tmp_path / "votes.csv"
    path.write_text(",".join(COLUMNS) + "\n" + ",".join(judgement(1).row()[:3]) + "\n")
    with Record(path) as record:
        assert record.judgements == [] and record.undo() is None
    assert path.read_text().count("\n") == 2


def test_two_judges_do_not_write_into_one_file(tmp_path: Path) -> None:
    path = tmp_path / "votes.csv"
    with Record(path), pytest.raises(UserError, match="somebody is judging into this file; name another"):
        Record(path)
    Record(path).close()


def test_files_that_cannot_be_written_to(tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("left,right,winner\na,b,a\n")
    with pytest.raises(UserError, match="its columns are not those"):
        Record(tmp_path / "other.csv")
    assert (tmp_path / "other.csv").read_text() == "left,right,winner\na,b,a\n"
    with pytest.raises(UserError, match="cannot be written"):
        Record(tmp_path / "other.csv" / "x.csv")
