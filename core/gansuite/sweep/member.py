"""A process that works at a sweep: ``python -m gansuite.sweep.member SETTINGS``, or a job of a cluster."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any

from gansuite.errors import GansuiteError, Interrupted
from gansuite.plugins.registry import configure
from gansuite.plugins.wording import one_line
from gansuite.studies.conduct import one_thread, stoppable
from gansuite.sweep.report import write_report
from gansuite.sweep.work import Worker

STORAGE = "GANSUITE_SWEEP_STORAGE"
"""The variable that tells a member its storage: command lines are seen by all, and a URL may hold a password."""


def join(settings: dict[str, Any]) -> str | None:
    """Work at a sweep until nothing is left; whoever leaves last has written its page.

    Returns:
        What is wrong with the sweep, in one line.

    Raises:
        Interrupted, KeyboardInterrupt: a signal came; what was going on is saved and given back.
    """
    configure(installed=settings["installed"], files=[Path(file) for file in settings["files"]])
    folder = Path(settings["folder"])
    storage = settings.get("storage") or os.environ.get(STORAGE)
    with stoppable(), one_thread():
        try:
            Worker(folder, settings["device"], storage, settings["stale"]).work()
            if settings["reports"]:
                write_report(folder, settings["command"])
        except Interrupted:
            raise
        except GansuiteError as error:
            return one_line(error)
    return None


def main(settings: str) -> None:
    """Join, as long as the standard input is open: whoever started this process lives."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # which a script's job in the background has ignored
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever a run prints belongs to the log

    def watch() -> None:
        while os.read(0, 4096):  # not by sys.stdin, whose lock the interpreter wants at its end
            pass
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=watch, daemon=True).start()
    try:
        wrong = join(json.loads(settings))
        answers.write(json.dumps(wrong) + "\n")
        answers.flush()
    except (Interrupted, KeyboardInterrupt):
        return


if __name__ == "__main__":
    main(sys.argv[1])
