"""Evaluation beside training: features at once, statistics on another thread of the host."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import TYPE_CHECKING, Any

import torch

from gansuite.engine.observer import Observer

if TYPE_CHECKING:
    from gansuite.metrics.estimate import Estimate
    from gansuite.metrics.evaluation import Evaluator
    from gansuite.metrics.plan import Plan
    from gansuite.runs import Run


class Judging:
    """Measures a run while it goes on.

    The generator is drawn from at once, on every rank, for its weights move on. What is computed from the features
    does not hold up training: it runs on one thread of the first rank, and is written down at fixed places (before
    the next evaluation, a checkpoint, and the end), so that the rows of a run do not depend on how long it took.
    """

    def __init__(self, run: Run, evaluator: Evaluator, observer: Observer) -> None:
        self.run, self.evaluator, self.observer = run, evaluator, observer
        self.pool = ThreadPoolExecutor(1, "metrics", initializer=torch.set_num_threads, initargs=(1,))
        self.pending: tuple[int, Future[list[Estimate]] | None] | None = None

    def begin(self, plans: Sequence[Plan]) -> None:
        """Draw from the generator as it is now, and have the rest computed."""
        self.finish()
        compare = self.evaluator.begin(self.run.sample, self.run.step, plans, self.run.lend)
        self.pending = self.run.step, self.pool.submit(compare) if self.run.first else None

    def finish(self) -> None:
        """Wait for what is being computed and write it down; an error of it is raised here."""
        if self.pending is not None:
            (step, future), self.pending = self.pending, None
            self.run.engine.ranks.lead(lambda: tell(self.run, self.observer, step, future.result() if future else []))

    def __enter__(self) -> Judging:
        return self

    def __exit__(self, kind: Any, error: BaseException | None, trace: TracebackType | None) -> None:
        self.pool.shutdown(wait=True, cancel_futures=True)


def judge(run: Run, evaluator: Evaluator, observer: Observer) -> list[Estimate]:
    """Measure everything of a finished run; on every rank."""
    compare = evaluator.begin(run.sample, run.step, None, run.lend)
    return run.engine.ranks.lead(lambda: tell(run, observer, run.step, compare()))


def tell(run: Run, observer: Observer, step: int, estimates: list[Estimate]) -> list[Estimate]:
    """Write the estimates of a step down."""
    if estimates:
        run.write_estimates(estimates, step)
        observer.evaluated(run, step, estimates)
    return estimates
