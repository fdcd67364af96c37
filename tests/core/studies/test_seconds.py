"""A budget of CPU time: the run ends, finished, at the step that uses it up, however often it was interrupted."""

from __future__ import annotations

import itertools
import json
import os
import signal
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

import gansuite
from gansuite.engine import loop
from gansuite.errors import Interrupted, UserError
from gansuite.recipes import read
from gansuite.studies.records import recorded

ROUND = 0.25
"""CPU-seconds of a round under the clock of these tests."""


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> itertools.count:
    """A clock that goes on by a quarter of a second whenever it is read."""
    ticks = itertools.count()
    monkeypatch.setattr(loop, "time", SimpleNamespace(thread_time=lambda: ROUND * next(ticks)))
    return ticks


def description(folder: str) -> dict:
    return json.loads(Path(folder, "run.json").read_text())


def test_the_run_ends_finished_where_the_budget_does(ring: str, clock: itertools.count):
    gansuite.run(ring, ["train.steps=50", "train.seconds=1.0"], out="r")
    told = description("r")
    assert (told["status"], told["step"], told["steps"], told["trained_seconds"]) == ("finished", 4, 50, 1.0)
    assert (Path("r") / "checkpoints" / "000004").is_dir() and (Path("r") / "samples" / "000004").is_dir()
    record = recorded(Path("r"))
    assert (record["steps"], record["planned"], record["trained_seconds"]) == (4, 50, 1.0)
    assert record["metrics"]["kad"]["value"] is not None


def test_steps_may_end_it_before(ring: str, clock: itertools.count):
    gansuite.run(ring, ["train.steps=3", "train.seconds=1.0"], out="r")
    assert (description("r")["step"], description("r")["trained_seconds"]) == (3, 0.75)


def test_what_was_spent_before_an_interruption_counts(ring: str, clock: itertools.count, monkeypatch):
    report: Callable = loop.report

    def interrupt(run, observer):
        report(run, observer)
        if run.step == 3:
            os.kill(os.getpid(), signal.SIGINT)

    words = ["train.steps=50", "train.seconds=1.5"]
    with monkeypatch.context() as patch:
        patch.setattr(loop, "report", interrupt)
        with pytest.raises(Interrupted, match="stopped at step 3 of 50"):
            gansuite.run(ring, words, out="r")
    gansuite.resume("r")
    assert (description("r")["step"], description("r")["trained_seconds"]) == (6, 1.5)


def test_a_finished_run_is_trained_no_further_unless_the_budget_is_raised(ring: str, clock: itertools.count):
    gansuite.run(ring, ["train.steps=50", "train.seconds=1.0"], out="r")
    gansuite.resume("r")
    assert description("r")["step"] == 4
    gansuite.resume("r", ["train.seconds=2.0"])
    assert (description("r")["step"], description("r")["trained_seconds"]) == (8, 2.0)


def test_without_a_budget_no_clock_is_read(ring: str, clock: itertools.count):
    gansuite.run(ring, out="r")
    assert next(clock) == 0
    assert description("r")["trained_seconds"] is None
    assert "seconds" not in read(ring).as_dict()["train"]


def test_the_clock_is_that_of_the_rounds_alone(ring: str):
    gansuite.run(ring, ["train.steps=1000000", "train.seconds=0.2", "train.log_every=1000000"], out="r")
    told = description("r")
    assert 0.2 <= told["trained_seconds"] < 0.7 and 1 < told["step"] < 10**6


def test_the_first_rank_decides_for_all():
    def over(rank: int, spent: float, flag: float) -> bool:
        """``flag`` is what the other rank says."""
        ranks = SimpleNamespace(world=2, rank=rank, average=lambda x: (x + flag) / 2)
        engine = SimpleNamespace(ranks=ranks, device=torch.device("cpu"))
        recipe = SimpleNamespace(train=SimpleNamespace(seconds=1.0))
        return loop.over_budget(SimpleNamespace(recipe=recipe, engine=engine, trained_seconds=spent))  # pyright: ignore

    assert over(0, 1.0, 0.0) and over(1, 0.5, 1.0)
    assert not over(0, 0.9, 0.0) and not over(1, 1.5, 0.0)


def test_what_is_no_budget(ring: str):
    for value in ("0", "-1", "nan", '"long"'):
        with pytest.raises(UserError, match=r"\[train\] seconds|--set train.seconds"):
            read(ring, [f"train.seconds={value}"])
