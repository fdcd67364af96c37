"""``gansuite compare``: one table over recipes and seeds, and every way to ask for it wrongly."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

HERE = Path(__file__).parent
RING = str(HERE / "ring.toml")
PLUGIN = ("--plugin", str(HERE / "toyring.py"))
Cli = Callable[..., Any]

MORE = {"budget", "scores", "across", "pairs", "why_not_across"}
FEW = ("--seeds", "3", "--jobs", "1", "--set", "train.steps=2")
PAPER = """
extends = "{ring}"
[published]
source = "A paper, table 1"
values = {{ kad = [0.1, 0.02], "modes/reverse-kl" = 0.07 }}
"""


@pytest.fixture
def paper(tmp_path: Path) -> str:
    path = tmp_path / "paper.toml"
    path.write_text(PAPER.format(ring=RING))
    return str(path)


def test_json_has_means_intervals_runs_and_published_figures(toy: Cli, paper: str):
    done = toy("compare", RING, paper, *FEW, "--out", "c", "--json")
    assert done.code == 0, done.err
    found = json.loads(done.out)
    assert {"folder", "seeds", "level", "metrics", "directions", "rows"} | MORE == found.keys()
    assert (found["folder"], found["seeds"], found["level"]) == ("c", 3, 0.95)
    assert found["metrics"] == ["kad", "modes/reverse-kl"]
    assert found["directions"] == {"kad": "min"}
    ring, twin = found["rows"]
    assert [ring["label"], twin["label"]] == ["ring", "paper"]
    assert (ring["published"], ring["n"], [run["seed"] for run in ring["runs"]]) == (None, 3, [0, 1, 2])
    assert twin["published"] == {"source": "A paper, table 1", "values": {"kad": [0.1, 0.02], "modes/reverse-kl": 0.07}}
    assert ring["metrics"] == twin["metrics"]
    assert ring["metrics"]["modes/reverse-kl"] is None
    kad = ring["metrics"]["kad"]
    assert kad["values"] == [run["metrics"]["kad"]["value"] for run in ring["runs"]]
    low, high = stats.t.interval(0.95, 2, np.mean(kad["values"]), stats.sem(kad["values"]))
    assert (kad["n"], kad["value"]) == (3, pytest.approx(np.mean(kad["values"])))
    assert (kad["low"], kad["high"]) == (pytest.approx(low), pytest.approx(high))
    assert json.loads(Path("c/table.json").read_text()) == {k: v for k, v in found.items() if k != "folder"}


def test_the_table_stands_beside_the_published_figures(toy: Cli, paper: str):
    done = toy("compare", RING, paper, *FEW, "--out", "c")
    assert done.code == 0, done.err
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in done.out.splitlines() if "|" in line]
    assert lines[0] == ["", "kad ↓", "modes/reverse-kl", "steps", "CPU-s", "runs"]
    assert [line[0] for line in lines[2:]] == ["ring", "paper", "published: A paper, table 1"]
    assert [lines[2][2], *lines[4][1:]] == ["-", "0.1 ± 0.02", "0.07", "-", "-", "-"]
    assert (lines[2][3], lines[2][5]) == ("2", "3")
    assert "±" in lines[2][1]
    assert f"kad: ring, paper share the lowest mean, {lines[2][1].split()[0]}." in done.out
    assert done.err.count("\n") == 3  # a line a run; the twin's runs are the ring's
    assert Path("c/table.md").read_text() in done.out
    for name in ("table.csv", "answer.md", "plot.svg", "report.html", "results.jsonl"):
        assert Path("c", name).stat().st_size > 40
    assert Path("c/plot.svg").read_text().startswith('<svg xmlns="http://www.w3.org/2000/svg"')
    page = Path("c/report.html").read_text()
    assert "A paper, table 1" in page and "http" not in page.replace("http-equiv", "")


def test_varied_options_make_rows_and_more_seeds_only_new_runs(toy: Cli):
    words = ("compare", RING, "--jobs", "1", "--set", "train.steps=2", "--vary", "players.generator.width=2,3")
    assert toy(*words, "--seeds", "1").code == 0
    done = toy(*words, "--seeds", "2", "--json")
    assert done.code == 0
    found = json.loads(done.out)
    before, first, _ = done.err.splitlines()
    assert before == f"going on in {found['folder']}: 2 of 4 runs are finished, 2 left"
    assert first.startswith("[3/4] ")
    assert [row["label"] for row in found["rows"]] == ["width=2", "width=3"]
    assert found["rows"][1]["factors"] == {"recipe": RING, "players.generator.width": "3"}
    assert found["folder"].startswith("runs/compare-")


def test_a_run_that_fails_is_in_the_table_and_in_the_exit_code(toy: Cli):
    done = toy("compare", RING, "--vary", "data.name=ring,buggy", *FEW, "--out", "c")
    assert done.code == 1
    own = done.out.partition("\nbuggy\n\n")[2].partition("\n\n")[0]
    assert [cell.strip() for cell in own.splitlines()[2].split("|")] == ["", "ring", "-", "-", "0 of 3", ""]
    assert "name=buggy seed 2 failed: KeyError: 'no such key'" in done.out
    last = done.err.splitlines()[-1]
    assert last == "error: name=buggy seed 0 failed: KeyError: 'no such key' (and 2 more); the same command tries again"


def test_a_metric_of_one_recipe_alone_is_absent_from_the_other(toy: Cli, tmp_path: Path):
    (tmp_path / "two.toml").write_text(f'extends = "{RING}"\nmetrics = [{{name = "frechet", n = 32}}]\n')
    done = toy("compare", RING, "two.toml", *FEW, "--json")
    assert done.code == 0, done.err
    found = json.loads(done.out)
    assert found["metrics"] == ["kad", "frechet"]
    assert [[row["metrics"][name] is None for name in found["metrics"]] for row in found["rows"]] == [
        [False, True],
        [True, False],
    ]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("no-such",), 'no such recipe "no-such"'),
        (("no-such.toml",), "no-such.toml: there is no such recipe file"),
        ((RING, "--seeds", "0"), "Invalid value for '--seeds': 0 is not in the range"),
        ((RING, "--jobs", "0"), "Invalid value for '--jobs'"),
        ((), "Missing argument 'RECIPE...'"),
        ((RING, "--vary", "train.steps"), "--vary train.steps: write it as table.option=VALUE,VALUE"),
        ((RING, "--vary", "train.steps=1,,2"), "--vary train.steps=1,,2: write it as"),
        ((RING, "--vary", "train.stpes=1,2"), "[train] has no option 'stpes'; did you mean 'steps'?"),
        ((RING, "--vary", "seed=1,2"), "seed=1,2: the seeds of a comparison are 0 to N - 1: give --seeds N"),
        ((RING, "--set", "seed=1"), "seed=1: the seeds of a comparison are 0 to N - 1"),
        ((RING, "--vary", "train.steps=0,1"), "[train] steps = 0: Input should be greater than 0"),
        ((RING, "--out", RING), "cannot be written (Not a directory)"),
    ],
)
def test_what_is_asked_wrongly_is_told_in_one_line(toy: Cli, words: tuple[str, ...], told: str):
    done = toy("compare", *words)
    assert done.code == 2
    assert told in done.line
    assert not Path("runs").exists()


def test_ctrl_c_saves_what_the_workers_are_at(toy: Cli):
    words = ["compare", RING, "--seeds", "2", "--set", "train.steps=5000", "--out", "c"]
    command = [sys.executable, "-m", "gansuite", *words, "--jobs", "2", *PLUGIN]
    process = subprocess.Popen(command, env={**os.environ}, stderr=subprocess.PIPE, text=True, start_new_session=True)
    deadline = time.monotonic() + 90
    while len(list(Path("c").glob("runs/*/metrics.jsonl"))) < 2 and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=90)
    assert process.returncode == 130
    assert err == "stopped with 0 of 2 runs finished in c; the same command goes on from there\n"
    saved = [int(path.name) for path in Path("c").glob("runs/*/checkpoints/[0-9]*")]
    assert len(saved) >= 2 and max(saved) < 5000
    done = toy(*words, "--jobs", "1", "--json")
    assert done.code == 0
    assert [run["record"]["steps"] for run in json.loads(done.out)["rows"][0]["runs"]] == [5000, 5000]
