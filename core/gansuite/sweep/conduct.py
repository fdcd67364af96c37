"""A sweep from the first claim to its page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from gansuite.errors import Interrupted
from gansuite.studies.cell import Result
from gansuite.studies.conduct import Stopped, Tell, cores, stoppable
from gansuite.studies.study import Findings
from gansuite.sweep.claims import STALE
from gansuite.sweep.desk import Desk
from gansuite.sweep.launchers import LAUNCHERS, Launch
from gansuite.sweep.plan import Plan
from gansuite.sweep.report import write_report
from gansuite.sweep.search import Search
from gansuite.sweep.work import catch_up


def sweep(
    folder: Path,
    plan: Plan | None = None,
    *,
    launcher: str = "local",
    jobs: int | None = None,
    device: str = "auto",
    storage: str | None = None,
    stale: float = STALE,
    options: Mapping[str, Any] | None = None,
    command: str = "",
    tell: Tell = lambda result, ended, count: None,
) -> Findings | list[str]:
    """Begin a sweep, or join the one of a folder, and work at it until its end.

    Args:
        folder: of the sweep; all of its workers see it.
        plan: what is asked for; None: what the folder's sweep is.
        launcher: "local": processes of this machine; "slurm": jobs, which are submitted and not waited for.
        jobs: workers; by default as many as there are cores, and one job of Slurm.
        device: as for ``gansuite.run``.
        storage: any Optuna storage; None: a journal in the folder.
        stale: seconds without a beat after which a worker is taken for dead.
        options: of the scheduler.
        command: as it was typed, for the page.
        tell: hears of every run that ends, by whomever it was done.

    Returns:
        What was found, or the numbers of the jobs.

    Raises:
        UserError: the folder, the storage or the sweep is not usable.
        RunError: workers cannot be started.
        Interrupted: a signal came; what was going on is saved and given back.
    """
    desk = Desk(folder)
    plan = desk.plan if plan is None else desk.open(plan)
    storage = desk.storage(storage)
    catch_up(plan, desk, Search(plan, folder, storage))
    launch = Launch(
        folder,
        jobs or (1 if launcher == "slurm" else cores()),
        device,
        storage,
        stale,
        command,
        listener(desk, plan, tell),
        options or {},
    )
    try:
        with stoppable():
            numbers = LAUNCHERS[launcher](launch)
    except (Interrupted, Stopped) as error:
        desk.write_lines()
        count, whole = len(desk.ended()), runs_of(plan)
        raise Interrupted(
            f"stopped with {count} of {whole} runs ended in {folder}; the same command, or"
            f" gansuite sweep --join {folder}, goes on from there",
            error.signal,
        ) from error
    return write_report(folder, command) if numbers is None else list(numbers)


def runs_of(plan: Plan) -> int:
    """The runs that a sweep owes."""
    return len(plan.arms) * (plan.trials + plan.final_seeds)


def listener(desk: Desk, plan: Plan, tell: Tell) -> Callable[[], None]:
    """Tells of what has ended since the last call; what had before is not told."""
    heard = set(desk.ended())

    def look() -> None:
        ended: Mapping[str, Result] = desk.ended()
        for name in sorted(ended.keys() - heard):
            heard.add(name)
            tell(ended[name], len(heard), runs_of(plan))

    return look
