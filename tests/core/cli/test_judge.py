"""``gansuite judge`` as it is typed."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from pathlib import Path

import pytest

VOTES = "winner,loser\n" + "ring,other\n" * 12


def test_a_file_of_votes_is_told_of_and_its_page_written(cli, tmp_path: Path) -> None:
    (tmp_path / "votes.csv").write_text(VOTES + "ring\n")
    done = cli("judge", "--read", "votes.csv")
    assert done.code == 0 and done.err == ""
    assert "| ring " in done.out and "ring never lost to the others" in done.out
    assert "1 lines were skipped: votes.csv line 14: a contestant has no name" in done.out
    assert done.out.endswith("votes/report.html\n")
    page = (tmp_path / "votes" / "report.html").read_text()
    assert "ring is preferred to other" in page and "gansuite judge --read votes.csv" in page
    assert {path.name for path in (tmp_path / "votes" / "tables").glob("*.tex")} >= {"pairs.tex", "judges.tex"}
    found = json.loads(cli("judge", "--read", "votes.csv", "--json").out)
    assert found["contestants"]["ring"]["strength"]["high"] is None and found["judgements"] == 12


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ((), "error: name a RUN and --against another, or --read a file of judgements"),
        (("ring",), "error: one run alone has nothing to be judged against; add --against RUN2, or --real"),
        (("ring", "--against", "none"), "error: none: no such folder; runs are usually under"),
        (("ring", "--against", "./ring"), "error: ring is named twice; a run cannot be judged against itself"),
        (("--read", "none.csv"), "error: none.csv: cannot be read (No such file or directory)"),
        (("--read", "votes.csv", "--out", "x.csv"), "error: --read judges nothing; leave --out and --export out"),
        (("--read", "votes.csv", "--columns", "winner"), "error: --columns winner: write OURS=THEIRS"),
        (("--read", "votes.csv", "--columns", "won=winner"), "error: --columns won=winner: there is no column won"),
        (("ring", "--real", "-n", "0"), "error: Invalid value for '-n'"),
    ],
)
def test_a_mistake_is_told_in_a_line(toy, run: Path, tmp_path: Path, words: tuple[str, ...], line: str) -> None:
    (tmp_path / "votes.csv").write_text(VOTES)
    done = toy("judge", *words)
    assert done.code == 2 and done.line.startswith(line), done.err


def test_ctrl_c_ends_it_and_loses_nothing(toy, run: Path) -> None:
    def interrupt() -> None:
        while not (run / "judgements.csv").exists():
            time.sleep(0.05)
        time.sleep(1)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt, daemon=True).start()
    done = toy("judge", str(run), "--real", "--no-browser")
    assert done.code == 130
    first, address, last = done.err.splitlines()
    assert first.startswith("judging ring, real into ") and address.startswith("http://127.0.0.1:")
    assert last.startswith("stopped after 0 of 40 judgements") and last.endswith("the same command goes on")
    assert (run / "judgements.csv").read_text().startswith("judge,round,left,right,winner")
