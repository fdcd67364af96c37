"""A judge at work: what is shown now, what was chosen, what was taken back."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from gansuite.judgements.contestants import Contestant
from gansuite.judgements.judgement import Judgement, Winner
from gansuite.judgements.record import Record
from gansuite.judgements.schedule import Pairing
from gansuite.report import Exhibit

Choose = Callable[[int, Sequence[Judgement]], Pairing]
"""What is to be judged in a round (from 0 on), after these judgements of the same judge."""


@dataclass(frozen=True)
class Shown:
    """The page of a round.

    Args:
        round: from 1.
        pairing: what is shown; no part of the page.
        left, right: the two samples as a person meets them.
    """

    round: int
    pairing: Pairing
    left: Exhibit
    right: Exhibit


class Session:
    """The rounds of one judge. Its methods may be called from any thread; samples are drawn in one of its own.

    Args:
        contestants: who is judged.
        record: where judgements go; this judge's earlier ones are there already, and count.
        choose: what is shown in a round.
        judge: who judges.
        rounds: in all, those of the record among them.
        question: what is asked.
        ahead: whether the next pair may be drawn before this one is judged.
    """

    def __init__(
        self,
        contestants: Sequence[Contestant],
        record: Record,
        choose: Choose,
        *,
        judge: str,
        rounds: int,
        question: str,
        ahead: bool = True,
    ) -> None:
        self.contestants, self.record, self.choose = contestants, record, choose
        self.judge, self.rounds, self.question, self.ahead = judge, rounds, question, ahead
        self.lock = threading.RLock()
        self.worker = ThreadPoolExecutor(1, "gansuite-judge")
        self.drawn: dict[int, Future[Shown]] = {}
        self.again: dict[int, Pairing] = {}
        self.since: dict[int, float] = {}

    @property
    def own(self) -> list[Judgement]:
        """What this judge has judged."""
        return [each for each in self.record.judgements if each.judge == self.judge]

    @property
    def round(self) -> int:
        """The round that is to be judged, from 1."""
        return len(self.own) + 1

    @property
    def done(self) -> bool:
        """Whether no round is left."""
        return self.round > self.rounds

    def current(self) -> Shown | None:
        """What is to be judged now; None when all is done. The next pair is drawn meanwhile."""
        with self.lock:
            if self.done:
                return None
            number = self.round
            future = self.asked(number)
        shown = future.result()
        with self.lock:
            if self.ahead and number < self.rounds:
                self.asked(number + 1)
            self.since[number] = time.monotonic()
        return shown

    def asked(self, number: int) -> Future[Shown]:
        """The round's pair, drawn or being drawn."""
        if number not in self.drawn:
            past = self.own
            self.drawn[number] = self.worker.submit(lambda: self.prepared(number, past))
        return self.drawn[number]

    def prepared(self, number: int, past: Sequence[Judgement]) -> Shown:
        pairing = self.again.get(number) or self.choose(number - 1, past)
        left, right = (
            self.contestants[who].exhibit(sample)
            for who, sample in ((pairing.left, pairing.left_sample), (pairing.right, pairing.right_sample))
        )
        return Shown(number, pairing, left, right)

    def answer(self, number: int, winner: Winner, seconds: Any = None) -> bool:
        """Note who won a round, if it is the one that is to be judged: an answer that comes twice counts once.

        ``seconds`` are what the page has measured; where that makes no sense, the time since the pair was handed out.
        """
        with self.lock:
            if self.done or number != self.round or number not in self.since:
                return False  # nothing was shown, or it was judged already
            pairing = self.drawn[number].result().pairing
            self.record.append(
                Judgement(
                    self.contestants[pairing.left].name,
                    self.contestants[pairing.right].name,
                    winner,
                    self.judge,
                    number,
                    self.measured(number, seconds),
                    str(pairing.left_sample),
                    str(pairing.right_sample),
                    self.question,
                    datetime.now(UTC).isoformat(timespec="seconds"),
                )
            )
            del self.drawn[number], self.since[number]
            return True

    def measured(self, number: int, seconds: Any) -> float:
        handed = time.monotonic() - self.since[number]
        try:
            told = float(seconds)
        except (TypeError, ValueError):
            told = math.nan
        return round(told if 0 <= told <= handed else handed, 3)

    def undo(self) -> bool:
        """Take back this judge's last choice; the same pair is shown again."""
        with self.lock:
            if not self.record.judgements or self.record.judgements[-1].judge != self.judge:
                return False
            last = self.record.undo()
            if last is None:
                return False
            names = [each.name for each in self.contestants]
            self.drawn.clear()
            self.since.clear()
            if {last.left, last.right} <= set(names) and last.left_sample.isdigit() and last.right_sample.isdigit():
                self.again[self.round] = Pairing(
                    names.index(last.left), names.index(last.right), int(last.left_sample), int(last.right_sample)
                )
            return True

    def close(self) -> None:
        """Draw no more."""
        self.worker.shutdown(wait=True, cancel_futures=True)
