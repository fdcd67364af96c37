"""Work that was interrupted, failed, or is done already."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from pathlib import Path

import pytest

from gansuite.errors import Interrupted
from gansuite.plugins import registry
from gansuite.studies import train
from gansuite.studies.cell import Cell, Result
from gansuite.studies.conduct import conduct
from gansuite.studies.grid import Grid, cells_of
from gansuite.studies.ledger import Ledger

SHORT = ["train.steps=6", "train.checkpoint_every=2"]


def cells(ring: str, seeds: int = 2, settings: tuple[str, ...] = ()) -> list[Cell]:
    return cells_of(Grid(recipes=[ring], seeds=seeds, set=[*SHORT, *settings]))


def numbers(results: list[Result]) -> list[tuple]:
    """What does not depend on when and how often a cell was begun."""
    assert [r.reason for r in results] == [None] * len(results)
    return [(r.cell, r.label, r.seed, r.status, r.metrics, r.record["steps"], r.record["folder"]) for r in results]


@pytest.fixture
def whole(ring: str, tmp_path: Path) -> list[tuple]:
    """The numbers of a study that nothing interrupted."""
    return numbers(conduct(cells(ring), tmp_path / "whole", jobs=1))


def test_a_line_a_run_with_all_that_is_asked_of_it(ring: str, whole: list[tuple], tmp_path: Path):
    lines = (tmp_path / "whole" / "results.jsonl").read_text().splitlines()
    rows = [json.loads(line) for line in lines]
    assert [(row["seed"], row["status"], row["reason"]) for row in rows] == [
        (0, "finished", None),
        (1, "finished", None),
    ]
    for row, cell in zip(rows, cells(ring), strict=True):
        assert row["cell"] == cell.identity
        assert 0 < row["cpu_seconds"] < 20
        assert {"gansuite", "python", "torch"} <= row["record"]["versions"].keys()
        assert row["record"]["steps"] == 6
        assert (row["metrics"]["kad"]["direction"], row["metrics"]["kad"]["n_fake"]) == ("min", 32)
        assert row["metrics"]["kad"]["low"] < row["metrics"]["kad"]["value"] < row["metrics"]["kad"]["high"]


@pytest.mark.parametrize("step", [1, 3])
def test_after_ctrl_c_it_goes_on_to_the_same_numbers(
    ring: str, whole: list[tuple], tmp_path: Path, step: int, monkeypatch: pytest.MonkeyPatch
):
    play = train.api.loop.report

    def interrupt(run, observer):
        play(run, observer)
        if run.recipe.seed == 1 and run.step == step:
            os.kill(os.getpid(), signal.SIGINT)

    with monkeypatch.context() as patch:
        patch.setattr(train.api.loop, "report", interrupt)
        with pytest.raises(Interrupted, match=r"1 of 2 runs finished in .*; the same command goes on") as caught:
            conduct(cells(ring), tmp_path / "cut", jobs=1)
    assert caught.value.exit_code == 130
    heard = []
    again = conduct(
        cells(ring), tmp_path / "cut", jobs=1, tell=lambda result, ended, n: heard.append((result.seed, ended, n))
    )
    assert numbers(again) == whole
    assert heard == [(1, 2, 2)]


def test_a_killed_run_goes_on_from_its_checkpoint(ring: str, whole: list[tuple], tmp_path: Path, monkeypatch):
    """What kill -9 leaves: no line, a run that still says "running", and checkpoints."""
    shutil.copytree(tmp_path / "whole", tmp_path / "cut")
    folder = next((tmp_path / "cut" / "runs").glob("*seed-1-*"))
    description = json.loads((folder / "run.json").read_text())
    (folder / "run.json").write_text(json.dumps(description | {"status": "running"}))
    shutil.rmtree(folder / "checkpoints" / "000006")
    ledger = tmp_path / "cut" / "results.jsonl"
    first, second = ledger.read_text().splitlines()
    ledger.write_text(f"{first}\n{second[:40]}")
    began = []
    monkeypatch.setattr(train.Clock, "started", lambda self, run: began.append(run.step), raising=False)
    assert numbers(conduct(cells(ring), tmp_path / "cut", jobs=1)) == whole
    assert began == [4]
    assert numbers(conduct(cells(ring), tmp_path / "cut", jobs=1)) == whole


def test_what_is_finished_is_not_run_again_even_where_its_line_is_lost(ring: str, whole, tmp_path: Path, monkeypatch):
    (tmp_path / "whole" / "results.jsonl").unlink()
    monkeypatch.setattr(train.api, "run", None)
    monkeypatch.setattr(train.api, "resume", None)
    again = conduct(cells(ring), tmp_path / "whole", jobs=1)
    assert numbers(again) == whole
    assert all(result.cpu_seconds > 0 for result in again)
    shutil.rmtree(tmp_path / "whole" / "runs")
    assert numbers(conduct(cells(ring), tmp_path / "whole", jobs=1)) == whole


def test_workers_give_the_numbers_of_this_process_and_a_dead_one_costs_its_cell_alone(
    ring: str, whole: list[tuple], tmp_path: Path
):
    (tmp_path / "deadly.py").write_text(
        "import os\nfrom gansuite.plugins import Component, hookimpl\n"
        "@hookimpl\ndef gansuite_components():\n"
        "    return [Component('observer', 'deadly', 'deadly:Deadly', 'kills')]\n"
        "class Deadly:\n    def __init__(self):\n        os.kill(os.getpid(), 9)\n"
    )
    files = registry.registry().host.files
    sys.modules.pop("toyring")
    registry.configure(files=[*files, tmp_path / "deadly.py"])
    deadly = cells_of(Grid(recipes=[ring], seeds=1, set=[*SHORT, "observers=['deadly/deadly']"]))
    bad, *good = conduct([*deadly, *cells(ring)], tmp_path / "pool", jobs=2)
    assert numbers(good) == whole
    assert bad.status == "failed" and bad.reason is not None
    assert bad.reason.startswith("its process ended by signal 9; ")


def test_equal_cells_are_run_once(ring: str, tmp_path: Path):
    Path("twin.toml").write_text(f'extends = "{ring}"\n')
    both = cells_of(Grid(recipes=[ring, "twin.toml"], set=SHORT))
    results = conduct(both, tmp_path / "twins", jobs=1)
    assert [result.label for result in results] == ["ring", "twin"]
    assert results[0].cell == results[1].cell
    assert len((tmp_path / "twins" / "results.jsonl").read_text().splitlines()) == 1
    assert len([path for path in (tmp_path / "twins" / "runs").iterdir() if path.is_dir()]) == 1


def test_a_cell_that_fails_is_told_and_tried_again_and_the_others_go_on(ring: str, tmp_path: Path):
    broken = cells(ring, 1, ("data.name=buggy",))
    results = conduct([*broken, *cells(ring, 1)], tmp_path / "some", jobs=1)
    assert [result.status for result in results] == ["failed", "finished"]
    assert results[0].reason == "KeyError: 'no such key'"
    heard = []
    conduct([*broken, *cells(ring, 1)], tmp_path / "some", jobs=1, tell=lambda result, *_: heard.append(result.status))
    assert heard == ["failed"]


def test_the_last_line_of_a_cell_counts_and_a_torn_one_does_not(tmp_path: Path):
    path = tmp_path / "results.jsonl"
    ledger = Ledger(path)
    ledger.add(Result("a", "row", 0, {}, "failed", "why"))
    ledger.add(Result("a", "row", 0, {}, "finished"))
    path.write_text(path.read_text() + '{"cell": "b", "lab')
    again = Ledger(path)
    assert again.finished == {"a"}
    again.add(Result("b", "row", 1, {}, "finished"))
    assert Ledger(path).finished == {"a", "b"}
