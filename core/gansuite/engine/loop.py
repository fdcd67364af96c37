"""Training, top to bottom: a newcomer who has read :func:`fit` knows what a run does."""

from __future__ import annotations

import math
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import torch

from gansuite.engine.checkpoint import name, reason
from gansuite.engine.judging import Judging
from gansuite.engine.observer import Observer
from gansuite.engine.rng import seed_of
from gansuite.errors import Interrupted, RunError, UserError

if TYPE_CHECKING:
    from gansuite.engine.turn import Stage
    from gansuite.metrics.evaluation import Evaluator
    from gansuite.runs import Run


def fit(run: Run, evaluator: Evaluator, writer: Any, observer: Observer) -> None:
    """Play every stage to its end, or to that of the budget; log, sample, evaluate and save on the way.

    Raises:
        RunError: a term is no longer finite, or a checkpoint cannot be written.
        Interrupted: SIGINT or SIGTERM came; the step was finished and saved.
    """
    train, lead = run.recipe.train, run.engine.ranks.lead
    observer.started(run)
    with signals() as caught, Judging(run, evaluator, observer) as judging:
        spent = over_budget(run)
        while run.step < run.steps and not spent:
            stage = stage_at(run)
            run.engine.at(run.step)
            play(run, stage)
            run.step += 1
            if run.average:
                run.average.after(run.step)

            spent = over_budget(run)
            last = spent or run.step == run.steps
            if last or run.step % train.log_every == 0:
                report(run, observer)
            if last or due(run.step, train.sample_every):
                lead(partial(sample, run, writer, observer))
            if not last and (plans := [plan for plan in evaluator.plans if due(run.step, plan.every)]):
                judging.begin(plans)
            stop = stop_asked(run, caught)
            if last or stop or due(run.step, train.checkpoint_every):
                judging.finish()
                observer.saved(run, run.step, run.save())
            if stop and not last:
                raise Interrupted(
                    f"stopped at step {run.step} of {run.steps} and saved; continue with {run.resume_command}", stop
                )


def play(run: Run, stage: Stage) -> None:
    """A round; on the clock where ``[train] seconds`` limits them."""
    if run.recipe.train.seconds is None:
        stage.dynamics.round(run.engine, stage.turns)
        return
    began = time.thread_time()  # of this thread alone: metrics are computed on another one
    stage.dynamics.round(run.engine, stage.turns)
    run.trained_seconds += time.thread_time() - began


def over_budget(run: Run) -> bool:
    """Whether the rounds have taken the CPU time that they may; the clock of the first rank counts for all."""
    budget, ranks = run.recipe.train.seconds, run.engine.ranks
    if budget is None or ranks.world == 1:
        return budget is not None and run.trained_seconds >= budget
    flag = torch.tensor([float(ranks.rank == 0 and run.trained_seconds >= budget)], device=run.engine.device)
    return bool(ranks.average(flag) > 0)


def due(step: int, every: int) -> bool:
    """Whether something that happens each ``every`` steps (0: never) happens now."""
    return every > 0 and step % every == 0


def stage_at(run: Run) -> Any:
    """The stage that the next step belongs to."""
    end = 0
    for stage in run.stages:
        end += stage.rounds
        if run.step < end:
            return stage
    return run.stages[-1]


def report(run: Run, observer: Observer) -> None:
    """Read the ledger (the one transfer from the device), check it, and write it down."""
    terms = run.engine.ledger.read()
    for term, value in terms.items():
        if not math.isfinite(value):
            raise RunError(
                f"step {run.step}: {term} is {value}; {run.last_good()}. Lower the learning rate, "
                'or set [train] on_nan = "skip" to pass over such moves'
            )
    if run.first:
        run.write_terms(terms)
        observer.stepped(run, run.step, terms)


def sample(run: Run, writer: Any, observer: Observer) -> None:
    """Draw the same latents as ever, so that progress shows, and write the samples."""
    folder = run.folder / "samples" / name(run.step)
    samples = run.sample(run.recipe.train.samples, seed_of(run.recipe.seed, "samples"))
    try:
        writer.write(samples, folder)
    except (OSError, UserError) as error:
        raise RunError(f"samples cannot be written to {folder}: {reason(error)}; {run.last_good()}") from error
    observer.sampled(run, run.step, samples, folder)


def stop_asked(run: Run, caught: Mapping[str, int]) -> int:
    """The signal that asks for an end, or 0; several ranks agree on it where they meet anyway."""
    number = caught.get("signal", 0)
    ranks = run.engine.ranks
    if ranks.world > 1:
        if run.step % run.recipe.train.log_every:
            return 0
        flags = torch.zeros(ranks.world, device=run.engine.device)
        flags[ranks.rank] = number
        number = int((ranks.average(flags) * ranks.world).max())
    return number


@contextmanager
def signals() -> Iterator[dict[str, int]]:
    """Note SIGINT and SIGTERM instead of dying of them; a second one is obeyed at once."""
    caught: dict[str, int] = {}

    def note(number: int, frame: Any) -> None:
        if caught:
            raise KeyboardInterrupt
        caught["signal"] = number

    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        for number in before:
            signal.signal(number, note)
    except ValueError:  # not the main thread (a notebook's worker, a test): signals are its owner's business
        before = {}
    try:
        yield caught
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
