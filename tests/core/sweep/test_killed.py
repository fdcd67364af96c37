"""Real trainings in real processes: two workers and a killed one on one sweep."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from gansuite.errors import Interrupted, RunError
from gansuite.plugins import registry
from gansuite.studies import train
from gansuite.studies.cell import Result
from gansuite.studies.study import Findings
from gansuite.sweep import launchers
from gansuite.sweep.claims import Claims
from gansuite.sweep.conduct import sweep
from gansuite.sweep.desk import Desk
from gansuite.sweep.plan import Plan
from gansuite.sweep.space import Range
from gansuite.sweep.work import Worker

from .sweep_fakes import pretend

MakePlan = Callable[..., Plan]
SHORT = ["train.steps=6", "train.checkpoint_every=2"]
SPACE = {"lr": Range(of=["players.*.optimizer.lr"], low=1e-4, high=1e-1, log=True)}
DEADLY = """
import os
from pathlib import Path
from gansuite.engine.observer import Observer
from gansuite.plugins import Component, hookimpl

@hookimpl
def gansuite_components():
    return [Component("observer", "deadly", "kills_once:Deadly", "kills its process once")]

class Deadly(Observer):
    def __init__(self, *, mark: str):
        self.mark = Path(mark)

    def started(self, run):
        with self.mark.with_suffix(".began").open("a") as file:
            file.write(f"{run.recipe.seed} {run.step}\\n")

    def saved(self, run, step, folder):
        if step == 4 and run.recipe.seed == 1 and not self.mark.exists():
            self.mark.write_text(str(os.getpid()))
            os.kill(os.getpid(), 9)
"""


def numbers(folder: Path) -> dict[str, tuple]:
    """What does not depend on who did it, and when."""
    ended = Desk(folder).ended()
    return {name: (each.status, each.reason, each.cell, each.metrics, each.factors) for name, each in ended.items()}


@pytest.fixture
def deadly(ring: str, tmp_path: Path) -> Path:
    """A plugin whose observer kills the first process that comes to step 4 of trial 1."""
    (tmp_path / "kills_once.py").write_text(DEADLY)
    files = registry.registry().host.files
    for module in ("toyring", "kills_once"):
        sys.modules.pop(module, None)
    registry.configure(files=[*files, tmp_path / "kills_once.py"])
    return tmp_path / "killed"


def test_a_killed_workers_trial_is_taken_over_from_its_checkpoint_under_its_number(
    plan: MakePlan, ring: str, deadly: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    observer = f"observers=[{{name='kills_once/deadly', mark='{deadly}'}}]"
    made = plan([ring], SPACE, trials=3, final_seeds=1, set=[*SHORT, observer])
    folder = tmp_path / "sweep"
    Desk(folder).open(made)
    monkeypatch.setattr(launchers, "start", started := Start(launchers.start))
    heard: list[tuple[str, int]] = []
    found = sweep(folder, made, jobs=2, stale=1e4, tell=lambda result, ended, count: heard.append((result.name, ended)))
    assert isinstance(found, Findings)
    assert len(started.workers) == 3  # the third one took the killed one's place
    killed = int(deadly.read_text())
    assert killed in [worker.pid for worker in started.workers]
    assert -signal.SIGKILL in [worker.returncode for worker in started.workers]
    # Claimed twice, done once, from step 4 on.
    assert (folder / "claims/ring-00001.1").exists() and not (folder / "claims/ring-00001.2").exists()
    assert json.loads((folder / "claims/ring-00001.0").read_text())["process"] == killed
    assert Desk(folder).ended().keys() == {"ring-00000", "ring-00001", "ring-00002", *finals(folder)}
    assert len((folder / "results.jsonl").read_text().splitlines()) == 4
    began = deadly.with_suffix(".began").read_text().splitlines()
    assert sorted(line for line in began if int(line.split()[0]) < 3) == ["0 0", "1 0", "1 4", "2 0"]
    assert [ended for _, ended in heard] == [1, 2, 3, 4] and len({name for name, _ in heard}) == 4
    # The same numbers as one worker alone gets, undisturbed.
    sweep(tmp_path / "alone", made, jobs=1)
    assert numbers(folder) == numbers(tmp_path / "alone")


def finals(folder: Path) -> list[str]:
    found = [path.stem for path in (folder / "results").glob("*final*.json")]
    assert len(found) == 1
    return found


class Start:
    """Starts workers, and remembers them."""

    def __init__(self, start: Callable) -> None:
        self.start, self.workers = start, []

    def __call__(self, launch: launchers.Launch):
        self.workers.append(self.start(launch))
        return self.workers[-1]


def test_ctrl_c_gives_the_trial_back_and_the_next_call_goes_on_at_once(
    plan: MakePlan, ring: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, folder = plan([ring], SPACE, trials=2, final_seeds=0, set=SHORT), tmp_path / "sweep"
    play = train.api.loop.report

    def interrupt(run, observer):
        play(run, observer)
        if run.recipe.seed == 1 and run.step == 3:
            os.kill(os.getpid(), signal.SIGINT)

    with monkeypatch.context() as patch:
        patch.setattr(train.api.loop, "report", interrupt)
        with pytest.raises(Interrupted, match=r"stopped with 1 of 2 runs ended in .*--join .*goes on") as caught:
            sweep(folder, made, jobs=1, stale=1e4)
    assert caught.value.exit_code == 130
    began: list[int] = []
    monkeypatch.setattr(train.Clock, "started", lambda self, run: began.append(run.step), raising=False)
    sweep(folder, jobs=1, stale=1e4)
    assert began == [3]
    monkeypatch.undo()
    sweep(tmp_path / "alone", made, jobs=1)
    assert numbers(folder) == numbers(tmp_path / "alone")


def test_whoever_slept_leaves_the_trial_to_its_new_owner_and_goes_on(plan: MakePlan, ring: str, tmp_path: Path) -> None:
    """The process was stopped for so long that another one took trial 0 over; it wakes, and does trial 1."""
    made, folder = plan([ring], SPACE, trials=2, final_seeds=0), tmp_path / "sweep"
    desk, others = Desk(folder), []
    desk.open(made)

    def sleep(cell, root, device) -> Result:
        if cell.factors["trial"] == 0 and not others:
            while not others:
                os.utime(folder / "claims/ring-00000.0", (0, 0))
                others.extend(filter(None, [Claims(desk.claims).take("ring-00000")]))
            while True:  # until the heart beats, and finds itself without a claim
                signal.pause()
        return pretend(cell, root, device)

    worker = Worker(folder, play=sleep, stale=4.0, look=lambda: others[0].release())
    previous = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        worker.work()
    finally:
        signal.signal(signal.SIGINT, previous)
    assert sorted(desk.ended()) == ["ring-00000", "ring-00001"]
    assert (folder / "claims/ring-00000.2").exists()


def test_workers_that_die_before_they_begin_are_not_replaced_for_ever(
    plan: MakePlan, ring: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(launchers.sys, "executable", "/bin/false")
    with pytest.raises(RunError, match=r"workers die before they begin; .*workers.log may tell why"):
        sweep(tmp_path / "sweep", plan([ring], SPACE), jobs=2)
