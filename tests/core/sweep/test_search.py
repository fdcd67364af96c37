"""How values are drawn and remembered: ranges, TPE, storages that are lost, broken or out of reach."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable
from pathlib import Path

import optuna
import pytest

from gansuite.errors import UserError
from gansuite.sweep.desk import Desk
from gansuite.sweep.plan import Plan
from gansuite.sweep.search import TRIAL, Search
from gansuite.sweep.slots import trials_of
from gansuite.sweep.work import Worker, catch_up

from .sweep_fakes import pretend

MakePlan = Callable[..., Plan]


def begin(folder: Path, plan: Plan) -> Desk:
    desk = Desk(folder)
    desk.open(plan)
    return desk


def work(folder: Path) -> None:
    Worker(folder, play=pretend).work()


def test_draws_lie_in_their_ranges_uniform_in_the_logarithm(plan: MakePlan, ring: str, tmp_path: Path) -> None:
    made = plan([ring])
    search = Search(made, tmp_path)
    draws = [search.draw(made.arms[0], number) for number in range(1, 121)]
    rates = sorted(draw["lr"] for draw in draws)
    assert rates[0] >= 1e-4 and rates[-1] <= 1e-1
    assert 2e-3 < rates[60] < 5e-3  # the geometric mean of the ends is 3.2e-3
    assert {draw["width"] for draw in draws} == set(range(2, 10))
    assert {draw["objective"] for draw in draws} == {"hinge", "minimax"}


def test_tpe_learns_from_what_it_is_told(plan: MakePlan, ring: str, tmp_path: Path) -> None:
    """With each of 24 seeds the median of the later distances was below .7 of that of the ten that start at random."""
    made = plan([ring], trials=40, final_seeds=0, search="tpe")
    desk = begin(tmp_path / "tpe", made)
    work(desk.folder)
    trials = trials_of(made, desk, made.arms[0])[1:]
    far = [abs(math.log(trial.factors["lr"] / 0.01)) for trial in trials]
    assert statistics.median(far[20:]) < 0.8 * statistics.median(far[:10])


def test_the_samplers_memory_may_be_lost_and_is_filled_anew(plan: MakePlan, ring: str, tmp_path: Path) -> None:
    made = plan([ring], trials=4, final_seeds=0, search="tpe")
    desk = begin(tmp_path / "lost", plan([ring], trials=3, final_seeds=0, search="tpe"))
    work(desk.folder)
    journal = desk.folder / "optuna.log"
    lines = journal.read_text().splitlines()
    journal.write_text("\n".join([*lines[:2], lines[2][:20], *lines[3:]]) + "\n")
    begin(desk.folder, made)
    with pytest.raises(UserError, match=r"optuna.log: a line is broken .*delete the file"):
        work(desk.folder)
    journal.unlink()
    catch_up(made, desk, Search(made, desk.folder))
    catch_up(made, desk, Search(made, desk.folder))  # what is known is not told again
    work(desk.folder)
    study = Search(made, desk.folder).studies["ring"]
    assert {trial.user_attrs[TRIAL]: trial.value for trial in study.trials} == {
        trial.factors["trial"]: trial.metrics["kad"]["value"] for trial in trials_of(made, desk, made.arms[0])
    }


@pytest.mark.parametrize(
    ("storage", "words"),
    [
        ("sqlite:////no/such/folder/x.db", "unable to open database file"),
        ("nonsense", "cannot be used"),
        ("nosuchdb://user:secret@host/db", "nosuchdb"),
    ],
)
def test_a_storage_that_cannot_be_reached(plan: MakePlan, tmp_path: Path, storage: str, words: str) -> None:
    with pytest.raises(UserError) as caught:
        Search(plan(), tmp_path, storage)
    line = str(caught.value)
    assert words in line and "\n" not in line and "secret" not in line and line.startswith("--storage")


def test_any_storage_of_optuna_serves(plan: MakePlan, ring: str, tmp_path: Path) -> None:
    made = plan([ring], trials=3, final_seeds=0)
    url = f"sqlite:///{tmp_path}/x.db"
    desk = begin(tmp_path / "sqlite", made)
    Worker(desk.folder, storage=url, play=pretend).work()
    assert not (desk.folder / "optuna.log").exists()
    study = optuna.load_study(study_name=f"gansuite-{made.identity}-ring", storage=url)
    assert len(study.trials) == 3
