"""What a worker does: the next piece that nobody else is at, until nothing is left."""

from __future__ import annotations

import math
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from gansuite.errors import Interrupted
from gansuite.studies.cell import Cell, Result, play
from gansuite.sweep.claims import STALE, Claim, Claims
from gansuite.sweep.desk import Desk
from gansuite.sweep.plan import Plan
from gansuite.sweep.search import Search
from gansuite.sweep.slots import Slot, check_measured, loss, pending, relocated, trials_of

ATTEMPTS = 3
"""Workers that may die at one piece of work before it counts as failed."""

Play = Callable[[Cell, Path, str], Result]


@dataclass
class Worker:
    """One of the workers of a sweep.

    It takes the first slot without result that nobody is at, or whose worker is dead; its run goes on from its newest
    checkpoint. Where all that is left is in others' hands it waits, for they may die.

    Args:
        folder: of the sweep.
        device: as for ``gansuite.run``.
        storage: of Optuna; None: a journal in the folder.
        stale: seconds without a beat after which a worker is taken for dead.
        play: what does a cell.
        look: called whenever something may have ended.
    """

    folder: Path
    device: str = "auto"
    storage: str | None = None
    stale: float = STALE
    play: Play = play
    look: Callable[[], None] = lambda: None

    def work(self) -> None:
        """Work until every slot has its result.

        Raises:
            UserError: the folder or the storage cannot be used, or the runs do not measure what is searched for.
            Interrupted, KeyboardInterrupt: a signal came; what was going on is saved and given back.
        """
        desk = Desk(self.folder)
        plan, claims = desk.plan, Claims(desk.claims, self.stale)
        search = Search(plan, self.folder, self.storage)
        with closing(claims):
            while left := pending(plan, desk):
                for slot in left:
                    claim = claims.take(slot.name)
                    if claim is not None:
                        self.do(slot, claim, plan, desk, search)
                        break
                else:
                    time.sleep(min(1.0, self.stale / 4))
                self.look()
                plan = desk.plan  # which may have grown

    def do(self, slot: Slot, claim: Claim, plan: Plan, desk: Desk, search: Search) -> None:
        """Do a slot that was claimed."""
        try:
            with self.unless_lost(claim):
                if desk.has(slot.name):  # it ended between the look and the claim
                    return
                values = values_of(slot, desk, search)
                cell = slot.cell(plan, values)
                if claim.deaths >= ATTEMPTS:
                    reason = f"its worker died {claim.deaths} times"
                    result = Result(cell.identity, cell.label, cell.seed, cell.factors, "failed", reason)
                else:
                    result = relocated(self.play(cell, self.folder / "runs" / slot.arm.name, self.device), slot.arm)
                check_measured(plan, result)
                desk.end(slot.name, result)
                if slot.final is None:
                    remember([slot], plan, desk, search)
        except Lost:
            return
        finally:
            claim.release()

    @contextmanager
    def unless_lost(self, claim: Claim) -> Iterator[None]:
        """Beat while the work goes on; where it was taken over, end it here."""
        lost = threading.Event()

        def stop() -> None:
            lost.set()
            if threading.main_thread().is_alive():
                os.kill(os.getpid(), signal.SIGINT)

        try:
            with claim.kept(self.stale / 4, stop):
                yield
        except (Interrupted, KeyboardInterrupt):
            if lost.is_set():
                raise Lost from None
            raise


class Lost(Exception):
    """The work was taken over while this process slept."""


def values_of(slot: Slot, desk: Desk, search: Search) -> dict[str, object]:
    """The values of a slot: its own, drawn now if they never were; those of the winner for a final one."""
    name = Slot(slot.arm, slot.trial).name
    known = desk.drawn(name)
    return desk.draw(name, search.draw(slot.arm, slot.trial)) if known is None else known


def remember(slots: Sequence[Slot], plan: Plan, desk: Desk, search: Search) -> None:
    """Tell the sampler what came of trials of one recipe, where it does not know.

    One that failed is told at the worst value known, so that TPE keeps away from there.
    """
    ended = desk.ended()
    results = [ended[slot.name] for slot in slots]
    known = [each for each in (loss(plan, trial) for trial in trials_of(plan, desk, slots[0].arm)) if each < math.inf]
    told = {}
    for result in results:
        found = min(loss(plan, result), max(known, default=math.inf))
        if found < math.inf:
            told[result.factors["trial"]] = (result.factors, found)
    search.tell(slots[0].arm, told)


def catch_up(plan: Plan, desk: Desk, search: Search) -> None:
    """Tell the sampler of all trials that have ended: their workers may have died before they did, or it was lost."""
    for arm in plan.arms:
        slots = [slot for slot in (Slot(arm, number) for number in range(plan.trials)) if desk.has(slot.name)]
        if slots:
            remember(slots, plan, desk, search)
