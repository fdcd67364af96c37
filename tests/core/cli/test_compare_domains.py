"""``gansuite compare`` over several tasks, with budgets, with runs from elsewhere, and what it refuses."""

from __future__ import annotations

import csv
import json
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

HERE = Path(__file__).parent
RING = str(HERE / "ring.toml")
PLUGIN = ("--plugin", str(HERE / "toyring.py"))
Cli = Callable[..., Any]

BOTH = ("ring.toml", "small.toml")
VARIED = ("--vary", "game.objective=hinge,minimax")
FEW = ("--seeds", "2", "--jobs", "1", "--set", "train.steps=2", "--out", "c")


@pytest.fixture
def tasks(toy: Cli) -> None:
    """Two tasks of one domain, as files that may be moved."""
    Path("ring.toml").write_text(f'extends = "{RING}"\n')
    Path("small.toml").write_text(f'extends = "{RING}"\n[data]\ncount = 256\n')


@pytest.mark.usefixtures("tasks")
def test_across_two_tasks(toy: Cli):
    words = ("compare", *BOTH, *VARIED, *FEW)
    done = toy(*words)
    assert done.code == 0, done.err
    assert "Over 2 tasks (ring, small; score: normalised kad), objective=" in done.out
    assert "Only 2 runs of a method on a task." in done.out
    titles = [line for line in done.out.splitlines() if line in ("Pairs of methods", "Scores", "ring", "small", "Cost")]
    assert titles == ["Pairs of methods", "Scores", "ring", "small"]
    for name in ("table", "pairs-of-methods", "scores", "ring", "small", "reliability", "cost"):
        assert Path(f"c/tables/{name}.tex").read_text().count("\\begin{tabular}") == 1
        assert len(list(csv.reader(Path(f"c/tables/{name}.csv").read_text().splitlines()))) >= 2
    page = Path("c/report.html").read_text()
    assert shlex.join(["gansuite", *words, *PLUGIN]) in page
    data = json.loads(Path("c/table.json").read_text())
    scores = {(each["method"], each["task"]): each["scores"] for each in data["scores"]["runs"]}
    assert scores.keys() == {(f"objective={m}", t) for m in ("hinge", "minimax") for t in ("ring", "small")}
    for task in ("ring", "small"):
        rows = [row for row in data["rows"] if row["task"] == task]
        found = [run["metrics"]["kad"] for row in rows for run in row["runs"]]
        ends = [(each["floor"], each["untrained"]) for each in found if each["normalised"] is not None]
        floor, untrained = np.median(ends, axis=0)  # one scale a task, whatever a run began with
        expected = [(each["value"] - floor) / (untrained - floor) for each in found]
        assert [each for row in rows for each in scores[row["method"], task]] == pytest.approx(expected)
    gap = np.mean([max(each, 0) for t in ("ring", "small") for each in scores["objective=hinge", t]])
    assert data["across"][0]["gap"]["value"] == pytest.approx(gap)
    files = [*Path("c/tables").iterdir(), *Path("c").glob("*.json"), *Path("c").glob("*.md")]
    before = {path: path.read_bytes() for path in files}
    again = toy(*words)
    assert (again.code, again.err, len(before)) == (0, "", 17)
    assert {path: path.read_bytes() for path in files} == before


@pytest.mark.usefixtures("tasks")
def test_a_recipe_that_is_moved_while_the_runs_go_on_does_no_harm(toy: Cli, monkeypatch: pytest.MonkeyPatch):
    from gansuite.studies import study

    conduct = study.conduct

    def moving(*given: Any, **how: Any) -> Any:
        results = conduct(*given, **how)
        Path("ring.toml").rename("elsewhere.toml")
        return results

    monkeypatch.setattr(study, "conduct", moving)
    done = toy("compare", *BOTH, *FEW, "--seeds", "1")
    assert done.code == 0, done.err
    assert "No table across the tasks: no method was run on two of them" in done.out


@pytest.mark.usefixtures("tasks")
def test_a_damaged_line_is_skipped_and_said_here_and_on_the_page(toy: Cli):
    assert toy("compare", "ring.toml", *FEW).code == 0
    ledger = Path("c/results.jsonl")
    first, second = ledger.read_text().splitlines()
    ledger.write_text(f"{first[:30]}\n{second}\n")
    done = toy("compare", "ring.toml", *FEW)
    assert done.code == 0
    assert done.err.splitlines()[0] == "warning: c/results.jsonl: 1 line skipped, for it cannot be read"
    assert "1 line skipped, for it cannot be read" in Path("c/report.html").read_text()


@pytest.mark.usefixtures("tasks")
def test_budgets_hold_and_are_stated(toy: Cli):
    words = ("compare", "ring.toml", "--seeds", "2", "--jobs", "1", "--out", "c")
    done = toy(*words, "--budget", "steps=3", "--json")
    assert done.code == 0, done.err
    found = json.loads(done.out)
    assert found["budget"] == "3 steps"
    assert [run["record"]["steps"] for run in found["rows"][0]["runs"]] == [3, 3]
    done = toy(*words, "--seeds", "1", "--set", "train.steps=4", "--budget", "seconds=1000")
    assert "Budget not used up: 1 of 1 runs of ring ended by [train] steps after" in done.out
    assert "1000 CPU-seconds of training on one thread" in Path("c/report.html").read_text()


@pytest.mark.usefixtures("tasks")
def test_runs_from_elsewhere_are_taken_and_said(toy: Cli):
    assert toy("compare", "small.toml", *FEW).code == 0
    done = toy("compare", "small.toml", *FEW[:-1], "d", "--reuse", "c")
    assert (done.code, done.err) == (0, "--reuse c: 2 finished runs of equal recipes taken from there\n")
    assert str(Path("c/runs").resolve()) in Path("d/report.html").read_text()
    assert not any(path.is_dir() for path in Path("d/runs").iterdir())


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            ("ring.toml", "--metric", "kid"),
            "--metric kid: not all recipes of toyring measure it; name one of each task",
        ),
        (("ring.toml", "--budget", "flops=3"), '--budget flops=3: there is no budget of "flops"'),
        (
            ("ring.toml", "--budget", "steps=0"),
            "--budget steps=0: write it as AXIS=NUMBER, such as --budget steps=2000",
        ),
        (("ring.toml", "--budget", "steps=3", "--set", "train.steps=2"), "train.steps=2: --budget steps=3 sets it for"),
        (("ring.toml", "--budget", "parameters=7"), "--budget parameters=7: not within 5%: ring "),
        (
            (*BOTH[:1], "frechet.toml", *VARIED),
            "the tasks have no metric in common (ring: kad; frechet: frechet); name",
        ),
        ((*BOTH[:1], "none.toml", *VARIED), "the tasks have no metric in common (ring: kad; none: none); name the one"),
    ],
)
@pytest.mark.usefixtures("tasks")
def test_what_is_asked_wrongly_is_told_before_any_run(toy: Cli, words: tuple[str, ...], told: str):
    metric = 'metrics = [{name = "frechet", n = 32}]'
    Path("frechet.toml").write_text(f'extends = "{RING}"\n{metric}\n[data]\ncount = 256\n')
    Path("none.toml").write_text(f'extends = "{RING}"\nmetrics = []\n[data]\ncount = 256\n')
    done = toy("compare", *words)
    assert done.code == 2
    assert told in done.line
    assert not Path("runs").exists()


@pytest.mark.usefixtures("tasks")
def test_no_folder_to_reuse(toy: Cli):
    done = toy("compare", "ring.toml", *FEW, "--reuse", "nowhere")
    assert (done.code, done.line) == (
        2,
        "error: --reuse nowhere: there is no such folder; name one that holds finished runs",
    )


@pytest.mark.usefixtures("tasks")
def test_an_interrupted_comparison_goes_on_and_its_log_says_so(toy: Cli):
    Path("small.toml").write_text(Path("small.toml").read_text() + "[train]\nsteps = 2000\n")
    words = ["compare", *BOTH, "--seeds", "1", "--jobs", "1", "--out", "c"]
    command = [sys.executable, "-m", "gansuite", *words, *PLUGIN]
    process = subprocess.Popen(command, env={**os.environ}, stderr=subprocess.PIPE, text=True, start_new_session=True)
    deadline = time.monotonic() + 400
    while not Path("c/results.jsonl").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    while len(list(Path("c").glob("runs/*/metrics.jsonl"))) < 2 and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=200)
    assert process.returncode == 130, err
    assert err.splitlines()[-1] == "stopped with 1 of 2 runs finished in c; the same command goes on from there"
    done = toy(*words)
    assert done.code == 0, done.err
    assert done.err.splitlines()[0] == "going on in c: 1 of 2 runs are finished, 1 left"
    assert done.err.splitlines()[1].startswith("[2/2] small seed 0: kad ")
