"""How the workers of a sweep are started: here, or by a cluster's scheduler."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gansuite.errors import RunError, UserError
from gansuite.plugins.registry import registry
from gansuite.plugins.wording import one_line, show
from gansuite.studies.conduct import one_thread
from gansuite.studies.pool import THREADS
from gansuite.sweep.claims import Claims
from gansuite.sweep.member import STORAGE, join
from gansuite.sweep.work import Worker

COMMON = ("name", "timeout_min", "mem_gb", "nodes", "cpus_per_task", "gpus_per_node", "tasks_per_node")
"""What submitit calls the same on every cluster; all else is Slurm's own."""


@dataclass(frozen=True)
class Launch:
    """What a launcher is told.

    Args:
        folder: of the sweep.
        jobs: workers.
        device: as for ``gansuite.run``.
        storage: of Optuna.
        stale: seconds without a beat after which a worker is taken for dead.
        command: as it was typed, for the page.
        look: called now and then while the workers are at it.
        options: of the scheduler.
    """

    folder: Path
    jobs: int
    device: str
    storage: str | None
    stale: float
    command: str = ""
    look: Callable[[], None] = lambda: None
    options: Mapping[str, Any] = field(default_factory=dict)

    def settings(self, **more: Any) -> dict[str, Any]:
        """The same for a member, as plain values."""
        host = registry().host
        return {
            "folder": str(self.folder.resolve()),
            "device": self.device,
            "stale": self.stale,
            "command": self.command,
            "installed": host.installed,
            "files": [str(Path(file).resolve()) for file in host.files],
            **more,
        }


def local(launch: Launch) -> None:
    """Workers on this machine, each on one thread; one alone is this process.

    One that dies is replaced, as long as any work was begun since the last death.

    Raises:
        UserError: the sweep is not right.
        RunError: workers die before they begin anything.
    """
    if launch.jobs == 1:
        with one_thread():
            Worker(launch.folder, launch.device, launch.storage, launch.stale, look=launch.look).work()
        return
    claims = Claims(launch.folder / "claims", launch.stale)
    workers = [start(launch) for _ in range(launch.jobs)]
    idle, begun = 0, len(claims.files())
    try:
        while workers:
            time.sleep(0.1)
            launch.look()
            for worker in [each for each in workers if each.poll() is not None]:
                workers.remove(worker)
                answer = leave(worker)
                if answer:
                    raise UserError(answer)
                if answer is None:
                    claims.bury(worker.pid)
                    now = len(claims.files())
                    idle, begun = (0 if now > begun else idle + 1), now
                    if idle >= launch.jobs:
                        raise RunError(f"workers die before they begin; {launch.folder / 'workers.log'} may tell why")
                    workers.append(start(launch))
    finally:
        for worker in workers:
            close(worker)
        for worker in workers:
            leave(worker)
    launch.look()


def start(launch: Launch) -> subprocess.Popen[str]:
    """A worker in a session of its own, so that Ctrl-C reaches it through us, once."""
    with (launch.folder / "workers.log").open("a") as log:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "gansuite.sweep.member", json.dumps(launch.settings(reports=False))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            env={**os.environ, **dict.fromkeys(THREADS, "1"), STORAGE: launch.storage or ""},
            text=True,
            start_new_session=True,
        )


def close(worker: subprocess.Popen[str]) -> None:
    """Tell a worker to save what it is at, and to leave."""
    assert worker.stdin
    with suppress(OSError):
        worker.stdin.close()


def leave(worker: subprocess.Popen[str]) -> str | None:
    """Wait for a worker's end: what is wrong with the sweep, or "" where nothing is; None where it died."""
    close(worker)
    assert worker.stdout
    answer = worker.stdout.read()
    worker.stdout.close()
    worker.wait()
    return (json.loads(answer) or "") if answer else None


def slurm(launch: Launch) -> list[str]:
    """Workers as jobs of Slurm, by submitit. They are submitted, and not waited for.

    Returns:
        The numbers of the jobs.

    Raises:
        UserError: submitit is not installed, or refuses an option.
    """
    try:
        import submitit  # pyright: ignore[reportMissingImports]
    except ImportError:
        raise UserError(
            "--launcher slurm needs submitit, which is not installed: pip install 'gansuite[slurm]'"
        ) from None
    executor = submitit.AutoExecutor(folder=str(launch.folder / "slurm"))
    options = {"name": launch.folder.name, **launch.options}
    try:
        executor.update_parameters(**{key if key in COMMON else f"slurm_{key}": options[key] for key in options})
        settings = launch.settings(reports=True, storage=launch.storage)
        return [str(executor.submit(join, settings).job_id) for _ in range(launch.jobs)]
    except Exception as error:
        raise UserError(f"--launcher slurm: {one_line(error)}") from error


LAUNCHERS: Mapping[str, Callable[[Launch], Sequence[str] | None]] = {"local": local, "slurm": slurm}


def parse_options(text: str) -> dict[str, Any]:
    """``"partition=gpu,mem_gb=16"``.

    Raises:
        UserError: a part has no ``=``.
    """
    found: dict[str, Any] = {}
    for part in filter(None, text.split(",")):
        key, equals, value = (word.strip() for word in part.partition("="))
        if not equals or not key.isidentifier() or not value:
            raise UserError(f"--slurm {show(text)}: write it as partition=gpu,mem_gb=16,timeout_min=120")
        found[key] = int(value) if value.isdecimal() else value
    return found
