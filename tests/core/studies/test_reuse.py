"""Runs from elsewhere, lines that are no results, and lines that an older gansuite wrote."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import gansuite
from gansuite.errors import UserError
from gansuite.studies import train
from gansuite.studies.cell import Cell, Result, folder_of
from gansuite.studies.conduct import conduct
from gansuite.studies.grid import Grid, cells_of
from gansuite.studies.ledger import Ledger

SHORT = ["train.steps=4", "train.checkpoint_every=2"]


def cells(ring: str, seeds: int = 2, settings: tuple[str, ...] = ()) -> list[Cell]:
    return cells_of(Grid(recipes=[ring], seeds=seeds, set=[*SHORT, *settings]))


@pytest.fixture
def no_training(monkeypatch: pytest.MonkeyPatch):
    """Whatever trains now, fails."""
    monkeypatch.setattr(train.api, "run", None)
    monkeypatch.setattr(train.api, "resume", None)


@pytest.fixture
def whole(ring: str, tmp_path: Path) -> list[Result]:
    return conduct(cells(ring), tmp_path / "whole", jobs=1)


def test_a_line_has_all_that_a_page_needs(whole: list[Result]):
    record, kad = whole[0].record, whole[0].metrics["kad"]
    assert {"value", "low", "high", "direction", "floor", "untrained", "ideal", "normalised"} <= kad.keys()
    assert kad["normalised"]["low"] < kad["normalised"]["value"] < kad["normalised"]["high"]
    assert (kad["n_real"], kad["n_fake"]) == (32, 32) and kad["extractor"] and kad["reference"]
    assert (record["plugin"], record["fingerprint"]) == ("toyring", "ring")
    assert record["parameters"].keys() == {"generator", "critic"}
    assert (record["steps"], record["planned"], record["batch_size"]) == (4, 4, 4)
    assert (record["moves"], record["draws"]) == ({"critic": 1, "generator": 1}, {"critic": 4, "generator": 4})
    assert record["trained_seconds"] is None and record["device"] == "cpu"
    assert whole[0].cpu_seconds > 0 and whole[0].seconds > 0 and whole[0].form == train.FORM


def test_finished_runs_of_equal_recipes_are_taken(ring: str, whole: list[Result], tmp_path: Path, no_training: None):
    said = []
    Path("other.toml").write_text(f'extends = "{ring}"\nname = "other"\n')  # a name makes no other recipe
    again = conduct(
        cells("other.toml"),
        tmp_path / "new",
        jobs=1,
        reuse=[tmp_path / "whole"],
        say=lambda line, kind: said.append((line, kind)),
    )
    assert [each.metrics for each in again] == [each.metrics for each in whole]
    assert [each.cpu_seconds for each in again] == [each.cpu_seconds for each in whole]
    for old, new in zip(whole, again, strict=True):
        place = (tmp_path / "whole" / "runs" / old.record["folder"]).resolve()
        assert new.record["reused"] == str(place) == str(folder_of(new, tmp_path / "new"))
        assert folder_of(old, tmp_path / "whole").resolve() == place
    assert (f"--reuse {tmp_path / 'whole'}: 2 finished runs of equal recipes taken from there", "") in said
    assert conduct(cells("other.toml"), tmp_path / "new", jobs=1) == again  # and kept as lines


def test_a_plain_run_is_taken_though_nobody_counted_its_time(ring: str, tmp_path: Path, monkeypatch):
    gansuite.run(ring, [*SHORT, "seed=1"], out=tmp_path / "plain")
    gansuite.run(ring, [*SHORT, "seed=1", "game.objective=minimax"], out=tmp_path / "unlike")
    ran = []
    run = train.api.run
    monkeypatch.setattr(train.api, "run", lambda recipe, **how: (ran.append(recipe.seed), run(recipe, **how))[1])
    first, second = conduct(cells(ring), tmp_path / "new", jobs=1, reuse=[tmp_path / "unlike", tmp_path / "plain"])
    assert ran == [0]
    assert (second.record["reused"], second.cpu_seconds) == (str((tmp_path / "plain").resolve()), 0)
    assert "reused" not in first.record and first.cpu_seconds > 0


def test_what_is_not_finished_or_not_readable_is_not_taken(ring: str, whole: list[Result], tmp_path: Path):
    first, second = (tmp_path / "whole" / "runs" / each.record["folder"] for each in whole)
    description = json.loads((first / "run.json").read_text())
    (first / "run.json").write_text(json.dumps(description | {"status": "interrupted"}))
    (second / "recipe.toml").write_text("no such = [recipe")
    said = []
    again = conduct(
        cells(ring), tmp_path / "new", jobs=1, reuse=[tmp_path / "whole"], say=lambda line, kind: said.append(line)
    )
    assert said == [f"--reuse {tmp_path / 'whole'}: no run of these recipes"]
    assert all("reused" not in each.record for each in again)
    with pytest.raises(UserError, match="--reuse nowhere: there is no such folder"):
        conduct(cells(ring), tmp_path / "other", jobs=1, reuse=[Path("nowhere")])


def test_damaged_lines_are_skipped_and_said(ring: str, whole: list[Result], tmp_path: Path, no_training: None):
    ledger = tmp_path / "whole" / "results.jsonl"
    good = ledger.read_bytes()
    row = json.loads(good.splitlines()[0])
    wrong_types = "\n".join(json.dumps(row | {"metrics": each}) for each in ([], ["kad"], {"kad": 3})).encode()
    ledger.write_bytes(
        b'{"cell": "half\n' + b"\xff\xfe not text\n" + b'["a list"]\n3\n\n' + good + wrong_types + b"\n{"
    )
    assert Ledger(ledger).skipped == 8
    said = []
    again = conduct(cells(ring), tmp_path / "whole", jobs=1, say=lambda line, kind: said.append((line, kind)))
    assert again == whole
    assert said == [(f"{ledger}: 8 lines skipped, for they cannot be read", "warning")]


def test_lines_of_an_older_form_are_read_again_from_the_runs_and_said_once(
    ring: str, whole: list[Result], tmp_path: Path, no_training: None
):
    ledger = tmp_path / "whole" / "results.jsonl"
    rows = [json.loads(line) for line in ledger.read_text().splitlines()]
    for row in rows:
        del row["form"]
        row["record"] = {"steps": 4}
    ledger.write_text("".join(json.dumps(row) + "\n" for row in rows))
    said = []

    def again() -> list[Result]:
        said.clear()
        return conduct(cells(ring), tmp_path / "whole", jobs=1, say=lambda line, kind: said.append((line, kind)))

    assert again() == whole
    assert said == [(f"{ledger}: 2 lines of an older form skipped; the runs are read again", "warning")]
    assert again() == whole and said == []


def test_what_goes_on_says_how_much_is_left(ring: str, whole: list[Result], tmp_path: Path):
    said = []
    conduct(cells(ring, 3), tmp_path / "whole", jobs=1, say=lambda line, kind: said.append((line, kind)))
    assert said == [(f"going on in {tmp_path / 'whole'}: 2 of 3 runs are finished, 1 left", "")]


def test_a_study_without_a_form_keeps_its_old_lines(tmp_path: Path):
    cell = Cell("gansuite.studies.circumstances:circumstances", {}, "x")
    old = Result(cell.identity, "x", None, {}, "finished")
    row = {key: value for key, value in old.as_dict().items() if key != "form"}
    (tmp_path / "results.jsonl").write_text(json.dumps(row) + "\n")
    assert conduct([cell], tmp_path, jobs=1) == [old]
    shutil.rmtree(tmp_path / "runs")
