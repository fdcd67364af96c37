"""How far a run is: a bar on a terminal, lines in a log, from the same numbers."""

from __future__ import annotations

import sys
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from gansuite.engine.observer import Observer
from gansuite.metrics.estimate import Estimate
from gansuite.report.words import duration, number

if TYPE_CHECKING:
    from gansuite.runs import Run

REPORTS = 10  # the rate is that of the steps between this many reports


class Pace:
    """Steps a second over the last reports, and the seconds that are left at that rate."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self.marks: deque[tuple[float, int]] = deque(maxlen=REPORTS + 1)

    def mark(self, step: int) -> None:
        """Note that ``step`` steps are done now."""
        self.marks.append((self.clock(), step))

    @property
    def rate(self) -> float | None:
        """Steps a second, None before there are two marks."""
        if len(self.marks) < 2:
            return None
        (begin, first), (end, last) = self.marks[0], self.marks[-1]
        return (last - first) / (end - begin) if end > begin else None

    def left(self, steps: int) -> float | None:
        """Seconds until ``steps`` steps are done, None while the rate is unknown or 0."""
        return (steps - self.marks[-1][1]) / self.rate if self.rate else None


class Progress(Observer):
    """What became of the data's files; then step, rate, time left, the turns' terms and the last metric.

    All on standard error. The first line is the entry ``account`` of the data set's summary, where it has one.

    Args:
        every: least seconds between two lines in a log; a terminal's bar follows every report.
        clock: seconds from any fixed moment.
    """

    def __init__(self, *, every: float = 10.0, clock: Callable[[], float] = time.monotonic) -> None:
        self.every, self.clock = every, clock
        self.pace = Pace(clock)
        self.metric = ""
        self.written = -float("inf")
        self.bar: Bar | None = None

    def started(self, run: Run) -> None:
        self.pace.mark(run.step)
        if sys.stderr.isatty():
            self.bar = Bar(run.step, run.steps)
        if account := run.dataset.summary.get("account"):
            self.say(f"data {account}")

    def stepped(self, run: Run, step: int, terms: Mapping[str, float]) -> None:
        self.pace.mark(step)
        rate, left = self.pace.rate, self.pace.left(run.steps)
        speed = f"{number(rate)} steps/s" if rate else ""
        ends = f"{duration(left)} left" if left is not None else ""
        words = "  ".join(f"{name} {number(value)}" for name, value in terms.items())
        if self.bar:
            self.bar.show(step, f"{speed}  {ends}", "  ".join(filter(None, (words, self.metric))))
        elif self.clock() - self.written >= self.every or step == run.steps:
            self.written = self.clock()
            self.say("  ".join(filter(None, (f"step {step}/{run.steps}", speed, ends, words, self.metric))))

    def evaluated(self, run: Run, step: int, estimates: Sequence[Estimate]) -> None:
        for estimate in estimates:
            scaled = f", normalised {estimate.normalised}" if estimate.normalised else ""
            self.say(f"step {step}/{run.steps}  {estimate}{scaled}")
        if estimates:
            first = estimates[0]
            value = f"normalised {number(first.normalised.value)}" if first.normalised else number(first.value)
            self.metric = f"{first.name} {value}"

    def failed(self, run: Run, error: BaseException) -> None:
        self.end()

    def finished(self, run: Run) -> None:
        self.end()

    def say(self, line: str) -> None:
        """One line, above the bar if there is one."""
        if self.bar:
            self.bar.say(line)
        else:
            with suppress(BrokenPipeError):  # a reader who has gone is no reason to end a run
                print(line, file=sys.stderr, flush=True)

    def end(self) -> None:
        """Leave the bar as it stands and give the terminal back."""
        if self.bar:
            self.bar.end()
            self.bar = None


class Bar:
    """The live part of a terminal: a bar, and below it the terms and the last metric."""

    def __init__(self, step: int, steps: int) -> None:
        from rich.console import Console
        from rich.live import Live
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
        from rich.progress import Progress as Columns

        self.columns = Columns(BarColumn(bar_width=None), MofNCompleteColumn(), TextColumn("{task.fields[pace]}"))
        self.task = self.columns.add_task("", total=steps, completed=step, pace="")
        self.live = Live(self.columns, console=Console(stderr=True), refresh_per_second=4)
        self.live.start()

    def show(self, step: int, pace: str, below: str) -> None:
        """Draw the state after ``step`` steps."""
        self.columns.update(self.task, completed=step, pace=pace)
        self.live.update(self.stack(below))

    def stack(self, below: str) -> Any:
        """The bar with a line of text under it."""
        from rich.console import Group
        from rich.text import Text

        return Group(self.columns, Text(below, style="dim"))

    def say(self, line: str) -> None:
        """Print a line that stays, above the bar."""
        self.live.console.print(line, highlight=False, markup=False)

    def end(self) -> None:
        """Draw a last time and restore the cursor."""
        self.live.stop()
