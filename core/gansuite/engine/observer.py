"""What follows a run without changing it."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gansuite.metrics.estimate import Estimate

if TYPE_CHECKING:
    from gansuite.runs import Run


class Observer:
    """Base of observers: override what you want to hear of. Called on the first rank only."""

    def started(self, run: Run) -> None:
        """Before the first step (or the first after a resume)."""

    def stepped(self, run: Run, step: int, terms: Mapping[str, float]) -> None:
        """Every ``log_every`` steps, with the mean of each turn's terms since the last time."""

    def evaluated(self, run: Run, step: int, estimates: Sequence[Estimate]) -> None:
        """After metrics were measured."""

    def sampled(self, run: Run, step: int, samples: Any, folder: Path) -> None:
        """After samples were drawn and written."""

    def saved(self, run: Run, step: int, folder: Path) -> None:
        """After a checkpoint was completed."""

    def failed(self, run: Run, error: BaseException) -> None:
        """When an error or a signal ends the run."""

    def finished(self, run: Run) -> None:
        """After the last step, evaluation and report."""


class Observers(Observer):
    """Passes every event on; an observer that fails is told of and left out, and the run goes on without it."""

    def __init__(self, observers: Sequence[Observer]) -> None:
        self.observers = list(observers)

    def tell(self, event: str, *what: Any) -> None:
        for observer in list(self.observers):
            try:
                getattr(observer, event)(*what)
            except Exception as error:
                self.observers.remove(observer)
                reason = (str(error).splitlines() or [""])[0]
                name = f"{type(observer).__module__}.{type(observer).__qualname__}"
                warnings.warn(f"{name} follows no more: {event}: {type(error).__name__}: {reason}", stacklevel=3)

    def started(self, run: Run) -> None:
        self.tell("started", run)

    def stepped(self, run: Run, step: int, terms: Mapping[str, float]) -> None:
        self.tell("stepped", run, step, terms)

    def evaluated(self, run: Run, step: int, estimates: Sequence[Estimate]) -> None:
        self.tell("evaluated", run, step, estimates)

    def sampled(self, run: Run, step: int, samples: Any, folder: Path) -> None:
        self.tell("sampled", run, step, samples, folder)

    def saved(self, run: Run, step: int, folder: Path) -> None:
        self.tell("saved", run, step, folder)

    def failed(self, run: Run, error: BaseException) -> None:
        self.tell("failed", run, error)

    def finished(self, run: Run) -> None:
        self.tell("finished", run)
