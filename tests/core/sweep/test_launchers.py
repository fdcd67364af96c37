"""Workers as jobs of a cluster, with a scheduler that only takes notes."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, ClassVar

import pytest

from gansuite.errors import UserError
from gansuite.sweep import member
from gansuite.sweep.conduct import sweep
from gansuite.sweep.desk import Desk
from gansuite.sweep.launchers import LAUNCHERS, parse_options
from gansuite.sweep.plan import Plan
from gansuite.sweep.work import Worker

from .sweep_fakes import pretend

MakePlan = Callable[..., Plan]


class AutoExecutor:
    """submitit's, as far as it is used."""

    made: ClassVar[list[AutoExecutor]] = []

    def __init__(self, folder: str) -> None:
        self.folder, self.parameters, self.jobs = folder, {}, []
        self.made.append(self)

    def update_parameters(self, **parameters: Any) -> None:
        if "slurm_nonsense" in parameters:
            raise NameError("Unknown argument 'slurm_nonsense'")
        self.parameters |= parameters

    def submit(self, function: Callable[..., Any], *given: Any) -> SimpleNamespace:
        self.jobs.append((function, given))
        return SimpleNamespace(job_id=str(1000 + len(self.jobs)))


@pytest.fixture
def submitit(monkeypatch: pytest.MonkeyPatch) -> type[AutoExecutor]:
    module = ModuleType("submitit")
    module.AutoExecutor = AutoExecutor  # pyright: ignore[reportAttributeAccessIssue]
    monkeypatch.setitem(sys.modules, "submitit", module)
    AutoExecutor.made.clear()
    return AutoExecutor


def test_jobs_are_workers_that_join_the_folder_and_the_last_one_writes_the_page(
    plan: MakePlan, ring: str, tmp_path: Path, submitit: type[AutoExecutor], monkeypatch: pytest.MonkeyPatch
) -> None:
    made, folder = plan([ring], trials=3, final_seeds=2), tmp_path / "sweep"
    options = parse_options("partition=gpu,mem_gb=16,timeout_min=120,gpus_per_node=1")
    numbers = sweep(folder, made, launcher="slurm", jobs=3, options=options, command="gansuite sweep ring")
    assert numbers == ["1001", "1002", "1003"]
    (executor,) = submitit.made
    assert executor.parameters == {
        "name": "sweep",
        "slurm_partition": "gpu",
        "mem_gb": 16,
        "timeout_min": 120,
        "gpus_per_node": 1,
    }
    assert Path(executor.folder) == folder / "slurm"
    monkeypatch.setattr(member, "Worker", lambda *given: Worker(*given, play=pretend))
    monkeypatch.setattr(member, "configure", lambda **which: None)
    for function, given in executor.jobs:
        assert function(*given) is None
    assert len(Desk(folder).ended()) == 5
    page = (folder / "report.html").read_text()
    assert "gansuite sweep ring" in page and "3 trials of ring" in page


def test_what_goes_wrong_in_a_job_is_its_result(
    plan: MakePlan, ring: str, tmp_path: Path, submitit: type[AutoExecutor], monkeypatch: pytest.MonkeyPatch
) -> None:
    sweep(tmp_path / "sweep", plan([ring]), launcher="slurm")
    ((function, given),) = submitit.made[0].jobs
    monkeypatch.setattr(member, "configure", lambda **which: None)
    (tmp_path / "sweep/sweep.json").write_text("{")
    assert "sweep.json cannot be read" in str(function(*given))


def test_without_submitit_one_line_says_how_to_get_it(
    plan: MakePlan, ring: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "submitit", None)
    with pytest.raises(UserError, match=r"needs submitit, .*: pip install 'gansuite\[slurm\]'"):
        sweep(tmp_path / "sweep", plan([ring]), launcher="slurm")


def test_an_option_that_the_scheduler_refuses(
    plan: MakePlan, ring: str, tmp_path: Path, submitit: type[AutoExecutor]
) -> None:
    with pytest.raises(UserError, match="--launcher slurm: Unknown argument 'slurm_nonsense'"):
        sweep(tmp_path / "sweep", plan([ring]), launcher="slurm", options={"nonsense": 1})


def test_options_as_typed() -> None:
    assert parse_options("") == {}
    assert parse_options("partition=gpu, mem_gb=16,constraint=a100") == {
        "partition": "gpu",
        "mem_gb": 16,
        "constraint": "a100",
    }
    for text in ("partition", "partition=", "=gpu", "a b=c"):
        with pytest.raises(UserError, match="write it as partition=gpu"):
            parse_options(text)
    assert set(LAUNCHERS) == {"local", "slurm"}


def test_with_submitit_itself_a_job_runs_here(plan: MakePlan, ring: str, tmp_path: Path) -> None:
    submitit = pytest.importorskip("submitit", reason="submitit is not installed")
    made, folder = plan([ring], trials=1, final_seeds=0, set=["train.steps=2"]), tmp_path / "sweep"
    Desk(folder).open(made)
    executor = submitit.AutoExecutor(folder=str(tmp_path / "jobs"), cluster="local")
    executor.update_parameters(timeout_min=5)
    assert callable(executor.submit)
