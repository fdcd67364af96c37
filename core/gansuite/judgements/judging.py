"""A sitting of a judge, and what the command says of judgements."""

from __future__ import annotations

import getpass
import threading
import webbrowser
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType

import numpy
import torch

from gansuite import __version__
from gansuite.engine.loop import signals
from gansuite.errors import Interrupted, UserError
from gansuite.judgements.asking import Uncertain
from gansuite.judgements.contestants import Contestant, gather
from gansuite.judgements.export import export
from gansuite.judgements.findings import TITLE, findings
from gansuite.judgements.measures import Measures
from gansuite.judgements.reading import read
from gansuite.judgements.record import Record
from gansuite.judgements.schedule import Schedule
from gansuite.judgements.server import Server
from gansuite.judgements.session import Session
from gansuite.plugins.wording import one_line
from gansuite.report.words import moment
from gansuite.studies.study import Findings, write

TICK = 0.1
"""Seconds between looks at whether a signal came."""


@dataclass(frozen=True)
class Asked:
    """What is to be judged.

    Args:
        folders: runs.
        real: whether held-out real samples play along.
        rounds: in all.
        seed: of pairs, sides and samples.
        question: None: the usual one.
        judge: None: who is logged in.
        uncertain: whether the pair is asked for whose choice is least foreseen.
        device: where samples are drawn.
        command: as it was typed.
    """

    folders: Sequence[str]
    real: bool = False
    rounds: int = 40
    seed: int = 0
    question: str | None = None
    judge: str | None = None
    uncertain: bool = False
    device: str = "auto"
    command: str = ""

    @property
    def words(self) -> str:
        """The question."""
        return one_line(self.question) if self.question else "Which is real?" if self.real else "Which is better?"

    @property
    def facts(self) -> dict[str, str]:
        """What stands at the end of the result's page."""
        versions = f"gansuite {__version__}, torch {torch.__version__}, numpy {numpy.__version__}"
        told = {"Command": self.command, "Date": moment(datetime.now().isoformat(timespec="minutes"))}
        return {name: text for name, text in {**told, "Versions": versions}.items() if text}

    def contestants(self) -> list[Contestant]:
        """Who is judged; see :func:`gansuite.judgements.contestants.gather`."""
        return gather(self.folders, real=self.real, device=self.device)


class Sitting:
    """One judge before one page, from its address to the result.

    Args:
        asked: what is to be judged.
        path: of the CSV file.
        port: of the page; 0: any.
        tell: called with lines of progress.

    Raises:
        UserError: the runs cannot be judged against each other, or the file or the port is not usable.
    """

    def __init__(self, asked: Asked, path: Path, *, port: int, tell: Callable[[str], object]) -> None:
        self.asked, self.contestants = asked, asked.contestants()
        self.tell, self.names = tell, [each.name for each in self.contestants]
        choose = Schedule(self.contestants, asked.seed)
        self.measures = Measures(self.contestants) if asked.uncertain else None
        self.record = Record(path)
        try:
            self.session = Session(
                self.contestants,
                self.record,
                Uncertain(choose, self.contestants, self.measures) if self.measures else choose,
                judge=one_line(asked.judge) if asked.judge else whoever(),
                rounds=asked.rounds,
                question=asked.words,
                ahead=not asked.uncertain,
            )
            self.server = Server(self.session, port)
        except BaseException:
            self.record.close()
            raise

    def __enter__(self) -> Sitting:
        self.server.begin()
        return self

    @property
    def address(self) -> str:
        return self.server.address

    @property
    def left(self) -> int:
        """Rounds that are not judged yet."""
        return max(0, self.session.rounds - len(self.session.own))

    def wait(self, browser: bool) -> None:
        """Until the judge ends.

        Raises:
            Interrupted: a signal came; what was judged is in the file.
        """
        if browser:
            threading.Thread(target=webbrowser.open, args=(self.address,), daemon=True).start()
        with signals() as caught:
            while not self.server.ended.wait(TICK):
                if caught:
                    raise Interrupted(
                        f"stopped after {len(self.session.own)} of {self.session.rounds} judgements, all in "
                        f"{self.record.path}; the same command goes on",
                        caught["signal"],
                    )
        if self.server.failure:
            raise self.server.failure

    def result(self, predict: bool) -> Findings | None:
        """What the file says now; also shown to the browser. None where nothing was judged."""
        if not self.record.judgements:
            return None
        if predict and self.measures is None:
            self.tell("predicting the choices from measures of the samples")
            self.measures = Measures(self.contestants)
        found = findings(
            self.record.judgements, measures=self.measures if predict else None, strict=False, facts=self.asked.facts
        )
        self.server.show_result(written(found, self.record.path.with_suffix("")))
        return found

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.server.end()
        self.session.close()
        self.record.close()


def told(asked: Asked, files: Sequence[str], columns: Mapping[str, str], *, predict: bool) -> Findings:
    """What files of judgements say; with the runs named, how well measures of the samples foretell them.

    Raises:
        UserError: a file cannot be read, holds no judgement, or contestants never met.
    """
    reading = read(files, columns)
    if not reading.judgements:
        why = f": {reading.skipped[0]}" if reading.skipped else ""
        raise UserError(f"{', '.join(files)}: there is no judgement in it{why}")
    measures = Measures(asked.contestants()) if predict and asked.folders else None
    return findings(reading.judgements, skipped=reading.skipped, measures=measures, facts=asked.facts)


def exported(asked: Asked, folder: Path) -> Path:
    """Write the pairs as files; returns the sheet to be filled."""
    contestants = asked.contestants()
    return export(contestants, Schedule(contestants, asked.seed), asked.rounds, asked.words, folder)


def written(found: Findings, folder: Path) -> Path:
    """Write the files of a result, and return its page.

    Raises:
        UserError: the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write(TITLE, found, folder)
    except OSError as error:
        raise UserError(f"{folder}: cannot be written ({error.strerror}); move the CSV file elsewhere") from error
    return folder / "report.html"


def whoever() -> str:
    """The name one is logged in with."""
    try:
        return one_line(getpass.getuser())
    except (OSError, KeyError):
        return "judge"
