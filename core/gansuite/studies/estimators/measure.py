"""The work of a cell: one estimator at one problem."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
from jaxtyping import Float
from scipy import stats
from torch import Tensor

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.estimators.estimator import Estimator
from gansuite.plugins.registry import registry
from gansuite.studies.estimators.independent import Binary, Categorical, DensityRatio
from gansuite.studies.estimators.problem import Problem
from gansuite.studies.estimators.sequence import Sequence
from gansuite.studies.statistics import LEVEL, Mean, mean

PROBLEMS: Mapping[str, type[Problem]] = {each.name: each for each in (Categorical, Binary, DensityRatio, Sequence)}
BLOCKS = 20
FEWEST = 400  # estimates, however many samples each of them takes
LESSONS, LESSON = 1000, 256  # moves and rows of the training of an estimator that learns
ENTRIES = 1 << 24  # of gradients that are held at a time


def made(table: Mapping[str, Any]) -> Estimator:
    """An estimator of the registry.

    Raises:
        UserError: there is none of this name, or an option is wrong.
    """
    return registry().bind("estimator", dict(table), "--estimators").make()


def measure(
    folder: Path,
    device: str,
    *,
    problem: str,
    estimator: Mapping[str, Any],
    draws: int,
    samples: int = 1,
    credit: str = "whole",
    seed: int = 0,
) -> dict[str, Any]:
    """The task of a cell, on the CPU: statistics of about ``draws`` / ``samples`` estimates, in blocks.

    Returns:
        ``metrics``: ``bias``, ‖E ĝ - ∇‖ / ‖∇‖ less what the noise adds to it; ``cosine`` of the mean estimate and the
        gradient; ``variance`` of an estimate, summed over the parameters; ``cost``: it times ``evaluations``. Each
        with its interval. Besides: ``evaluations`` of the cost and CPU ``milliseconds`` for 1,000 estimates, and
        whether the estimator says that it is ``unbiased``, and whether it was ``told`` true values.
    """
    place, own = PROBLEMS[problem](), made(estimator)
    if not place.fits(own):
        raise UserError(f"it needs {', '.join(sorted(own.needs - place.offers))}, which {problem} has not")
    settle(own, place, Rng(seed, "study", "estimators", "lessons"))
    rng = Rng(seed, "study", "estimators", problem)
    block = max(draws // samples, FEWEST) // BLOCKS
    began = time.process_time()
    blocks = [sums(place, own, block, rng, samples, credit) for _ in range(BLOCKS)]
    spent = time.process_time() - began
    evaluations = blocks[0][2]
    means = torch.stack([each[0] for each in blocks])
    variance = mean([each[1] for each in blocks])
    return {
        "metrics": {
            "bias": bias(means, place.truth, block * BLOCKS).as_dict(),
            "cosine": cosine(means, place.truth, block * BLOCKS).as_dict(),
            "variance": told(variance, block * BLOCKS).as_dict(),
            "cost": told(variance, block * BLOCKS, evaluations).as_dict(),
        },
        "evaluations": evaluations,
        "milliseconds": 1e6 * spent / (block * BLOCKS),
        "unbiased": own.unbiased or own.replays > 1,  # what is measured is the first of several moves
        "told": credit == "exact" or estimator.get("baseline") == "critic",
        "estimates": block * BLOCKS,
        "gradient": float(place.truth.norm()),
    }


def settle(estimator: Estimator, problem: Problem, rng: Rng) -> None:
    """Let a running mean see 1,000 samples, and a control variate learn, before anything is measured."""
    with torch.no_grad():
        estimator.after(problem.costs(1000, rng))
    if not isinstance(problem, Categorical):
        return
    estimator.prepare(problem.choices, problem.alternatives)
    parameters = list(estimator.parameters())
    if not parameters:
        return
    adam = torch.optim.Adam(parameters, lr=0.01)
    for _ in range(LESSONS):
        value = problem.surrogate(estimator, problem.logits.expand(LESSON, -1, -1), problem.cost, rng)
        for parameter, gradient in zip(parameters, torch.autograd.grad(value, parameters), strict=True):
            parameter.grad = gradient
        adam.step()


def sums(
    problem: Problem, estimator: Estimator, count: int, rng: Rng, samples: int, credit: str
) -> tuple[Float[Tensor, " p"], float, float]:
    """Mean and total variance of ``count`` estimates, and evaluations for each; a part of them at a time."""
    size = len(problem.truth)
    part = max(1, min(count, ENTRIES // (size * samples)))
    total, square, rows = torch.zeros(size, dtype=torch.float64), 0.0, 0.0
    for first in range(0, count, part):
        now = min(part, count - first)
        found = problem.estimates(estimator, now, rng, samples=samples, credit=credit)
        apart = found.gradients.double() - problem.truth  # small numbers: their squares lose less
        total += apart.sum(0)
        square += float(apart.square().sum())
        rows += now * found.evaluations
    centre = total / count
    spread = square - count * float(centre.square().sum())
    return problem.truth + centre, max(spread, 0.0) / (count - 1), rows / count


def bias(means: Float[Tensor, "blocks p"], truth: Float[Tensor, " p"], n: int) -> Mean:
    """‖E ĝ - ∇‖ / ‖∇‖ from the means of blocks; its square is estimated without bias, from pairs of blocks."""

    def square(rows: Tensor) -> float:
        apart, count = rows - truth, len(rows)
        pairs = apart.sum(0).square().sum() - apart.square().sum()
        return float(pairs / (count * (count - 1)) / truth.square().sum())

    value, low, high = jackknifed(square, means)
    ends = (value, low, max(value, 0.0) + high - value)  # a square below 0 is 0, and no more sure for it
    return Mean(n, *(math.sqrt(max(x, 0.0)) for x in ends))


def cosine(means: Float[Tensor, "blocks p"], truth: Float[Tensor, " p"], n: int) -> Mean:
    """The cosine of the mean estimate and the gradient."""
    of = lambda rows: float(torch.cosine_similarity(rows.mean(0), truth, dim=0))  # noqa: E731
    value, low, high = jackknifed(of, means)
    return Mean(n, value, low, min(high, 1.0))


def jackknifed(statistic: Callable[[Tensor], float], rows: Tensor) -> tuple[float, float, float]:
    """A statistic of rows with its interval, by leaving out each (Tukey 1958)."""
    count = len(rows)
    left = torch.tensor([statistic(torch.cat([rows[:i], rows[i + 1 :]])) for i in range(count)], dtype=torch.float64)
    error = math.sqrt((count - 1) / count * float((left - left.mean()).square().sum()))
    half = float(stats.t.ppf((1 + LEVEL) / 2, count - 1)) * error
    value = statistic(rows)
    return value, value - half, value + half


def told(found: Mean, n: int, times: float = 1.0) -> Mean:
    """A mean over blocks as one over ``n`` estimates, multiplied."""
    low, high = ((None if x is None else x * times) for x in (found.low, found.high))
    return Mean(n, found.value * times, low, high)
