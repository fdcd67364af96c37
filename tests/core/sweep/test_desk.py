"""The folder of a sweep: files written once, and who may join."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from gansuite.errors import UserError
from gansuite.studies.ledger import Ledger
from gansuite.sweep.desk import Desk, hidden, once
from gansuite.sweep.plan import Plan
from gansuite.sweep.slots import Slot
from gansuite.sweep.space import Range

from .sweep_fakes import result_of

MakePlan = Callable[..., Plan]


def test_of_many_writers_one_is_first_and_all_read_it(tmp_path: Path) -> None:
    gate = threading.Barrier(12)

    def write(index: int) -> tuple[bool, int]:
        gate.wait()
        return once(tmp_path / "x.json", index), json.loads((tmp_path / "x.json").read_text())

    with ThreadPoolExecutor(12) as pool:
        found = list(pool.map(write, range(12)))
    assert sum(first for first, _ in found) == 1
    assert {value for _, value in found} == {next(index for index, (first, _) in enumerate(found) if first)}
    assert [path.name for path in tmp_path.iterdir()] == ["x.json"]


def test_a_result_is_kept_once_and_the_lines_are_those_of_every_study(plan: MakePlan, tmp_path: Path) -> None:
    made = plan()
    desk = Desk(tmp_path / "desk")
    desk.open(made)
    slot = Slot(made.arms[0], 0)
    result = result_of(slot.cell(made, {}), 0.25)
    assert desk.end(slot.name, result) and not desk.end(slot.name, result_of(slot.cell(made, {}), 0.5))
    desk.write_lines()
    assert Ledger(tmp_path / "desk/results.jsonl").results == {result.cell: result}
    assert Desk(desk.folder).ended() == {slot.name: result}


def test_the_same_call_joins_and_a_later_one_may_ask_for_more(plan: MakePlan, tmp_path: Path) -> None:
    desk = Desk(tmp_path / "desk")
    assert desk.open(plan()) == plan()
    assert desk.open(plan(trials=9)) == plan(trials=9) == Desk(desk.folder).plan
    with pytest.raises(UserError, match="has trials = 9 already, which cannot become 4, only more"):
        desk.open(plan())


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"seed": 3}, "seed was 0 and is 3"),
        ({"search": "tpe"}, 'search was "random" and is "tpe"'),
        ({"metric": "kid"}, 'metric was "kad" and is "kid"'),
        ({"recipes": None}, "recipes was"),
        ({"set": ["train.steps=9"]}, "train.steps was 3 and is 9"),
        ({"space": {"width": Range(of=["players.generator.width"], low=2, high=5)}}, "[space] lr was"),
    ],
)
def test_a_folder_of_another_sweep_says_what_differs(
    plan: MakePlan, ring: str, tmp_path: Path, more: dict[str, Any], words: str
) -> None:
    both = {"set": ["metrics=[{name='kad', n=32},{name='kid', n=32}]"]}
    Desk(tmp_path / "desk").open(plan(**both))
    more = {key: [ring] if key == "recipes" else value for key, value in more.items()}
    more["set"] = [*both["set"], *more.get("set", [])]
    with pytest.raises(UserError) as caught:
        Desk(tmp_path / "desk").open(plan(**more))
    line = str(caught.value)
    assert "belongs to another sweep: " in line and "name another folder" in line and "\n" not in line
    assert words in line or (words.startswith("train.steps") and "set was" in line), line


def test_what_is_no_sweep(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"no sweep \(it has no sweep.json\)"):
        _ = Desk(tmp_path).plan
    (tmp_path / "sweep.json").write_text("{")
    with pytest.raises(UserError, match=r"sweep.json cannot be read"):
        _ = Desk(tmp_path).plan


def test_a_folder_that_cannot_be_written(plan: MakePlan, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match=r"--out .*file: cannot be written"):
        Desk(tmp_path / "file").open(plan())


def test_a_storage_is_remembered_without_its_password(plan: MakePlan, tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    url = "postgresql://me:secret@host/db"
    assert desk.storage(url) == url
    assert "secret" not in (tmp_path / "storage").read_text()
    assert desk.storage(url) == url
    for other in (None, "sqlite:///x.db"):
        with pytest.raises(UserError, match=r"are in postgresql://me:\*\*\*@host/db; give the same"):
            desk.storage(other)
    plain = Desk(tmp_path / "plain")
    plain.folder.mkdir()
    assert (plain.storage("sqlite:///x.db"), plain.storage(None)) == ("sqlite:///x.db",) * 2
    none = Desk(tmp_path / "none")
    none.folder.mkdir()
    assert (none.storage(None), none.storage(None)) == (None, None)
    with pytest.raises(UserError, match="are in its journal"):
        none.storage("sqlite:///x.db")


def test_passwords_are_hidden() -> None:
    assert hidden("postgresql://me:a:b@c@host/db") == "postgresql://me:***@host/db"
    assert hidden("sqlite:///x.db") == "sqlite:///x.db"
