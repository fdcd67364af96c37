"""A process that plays cells: one as a line of JSON on its standard input, its result as a line on standard output.

``python -m gansuite.studies.worker SETTINGS``, with the folder of the runs, the device and the plugins as JSON.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import sys
import threading
from collections.abc import Iterable
from pathlib import Path

from gansuite.errors import Interrupted
from gansuite.plugins.registry import configure
from gansuite.studies.cell import Cell, play


def main(settings: str) -> None:
    """Play what comes until the input ends, or a signal does it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # which whoever started the study may have had ignored
    given = json.loads(settings)
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever a run prints belongs to the log
    configure(installed=given["installed"], files=[Path(file) for file in given["files"]])
    orders: queue.Queue[str | None] = queue.Queue()
    busy, alone = threading.Event(), threading.Event()
    threading.Thread(target=listen, args=(sys.stdin, orders, busy, alone), daemon=True).start()
    try:
        for line in iter(orders.get, None):
            busy.set()
            if alone.is_set():  # looked at after busy was set, as the listener looks the other way round: one sees it
                return
            result = play(Cell(**json.loads(line)), Path(given["root"]), given["device"])
            busy.clear()
            answers.write(json.dumps(result.as_dict()) + "\n")
            answers.flush()
    except (Interrupted, KeyboardInterrupt):
        return


def listen(
    lines: Iterable[str], orders: queue.Queue[str | None], busy: threading.Event, alone: threading.Event
) -> None:
    """Take orders while one is carried out; when their giver is gone, what is going on is saved, as after Ctrl-C."""
    for line in lines:
        orders.put(line)
    alone.set()
    orders.put(None)
    if busy.is_set():
        os.kill(os.getpid(), signal.SIGINT)


if __name__ == "__main__":
    main(sys.argv[1])
