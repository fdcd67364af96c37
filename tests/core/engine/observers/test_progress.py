from __future__ import annotations

import io
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from gansuite.engine.observers.progress import Pace, Progress
from gansuite.metrics.estimate import Estimate, Interval

RUN: Any = SimpleNamespace(step=0, steps=100, dataset=SimpleNamespace(summary={}))
KAD = Estimate("kad", 0.5, 0.4, 0.6, 8, 8, "mmd", normalised=Interval(0.3, 0.2, 0.4))


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_pace_is_that_of_the_last_reports() -> None:
    clock = Clock()
    pace = Pace(clock)
    pace.mark(0)
    assert pace.rate is None
    assert pace.left(100) is None
    clock.now = 1000.0  # a slow beginning, e.g. a resume, is soon forgotten
    for step in range(10, 130, 10):
        clock.now += 5
        pace.mark(step)
    assert pace.rate == pytest.approx(2)
    assert pace.left(220) == pytest.approx(50)


def test_a_log_gets_a_line_every_few_seconds_and_one_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, stream = Clock(), io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    progress = Progress(every=10.0, clock=clock)
    progress.started(RUN)
    for step in range(1, 101):
        clock.now += 0.5
        progress.stepped(RUN, step, {"critic/cost": -1.25})
        if step == 50:
            progress.evaluated(RUN, step, [KAD])
    progress.finished(RUN)
    lines = stream.getvalue().splitlines()
    assert [line.split("  ")[0] for line in lines] == [
        "step 1/100", "step 21/100", "step 41/100", "step 50/100", "step 61/100", "step 81/100", "step 100/100",
    ]  # fmt: skip
    assert lines[1] == "step 21/100  2 steps/s  40 s left  critic/cost −1.25"
    assert lines[3] == "step 50/100  kad 0.5 [0.4, 0.6], normalised 0.3 [0.2, 0.4]"
    assert lines[4].endswith("kad normalised 0.3")


@pytest.mark.parametrize("end", ["finished", "failed"])
def test_a_terminal_gets_a_bar_and_its_cursor_back(end: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    stream, clock = Terminal(), Clock()
    monkeypatch.setattr(sys, "stderr", stream)
    progress = Progress(clock=clock)
    progress.started(RUN)
    clock.now = 5.0
    progress.stepped(RUN, 40, {"critic/cost": -1.25})
    progress.evaluated(RUN, 40, [KAD])
    progress.failed(RUN, KeyboardInterrupt()) if end == "failed" else progress.finished(RUN)
    text = stream.getvalue()
    for words in ("40/100", "8 steps/s  7.5 s left", "critic/cost −1.25", "kad 0.5 [0.4, 0.6]"):
        assert words in text
    assert text.count("\x1b[?25l") == text.count("\x1b[?25h") == 1  # the cursor was hidden, and is shown again


def test_what_became_of_the_files_is_told_once_and_first(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    data = SimpleNamespace(summary={"account": "412 files, 409 used; 3 skipped (3 silent)"})
    run: Any = SimpleNamespace(step=0, steps=2, dataset=data)
    progress = Progress()
    progress.started(run)
    progress.stepped(run, 2, {})
    assert stream.getvalue().splitlines()[0] == "data 412 files, 409 used; 3 skipped (3 silent)"
    assert stream.getvalue().count("412 files") == 1
