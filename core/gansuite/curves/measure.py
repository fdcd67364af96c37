"""The measures of a model over inverse temperatures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from functools import partial
from typing import Any

from gansuite.build import Model
from gansuite.curves.points import Point, measured
from gansuite.games.choices import Choices
from gansuite.metrics.estimate import Estimate, Interval
from gansuite.metrics.evaluation import Evaluator, Examine
from gansuite.metrics.subject import Subject

ALPHAS = (0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.35, 1.5, 1.75, 2.0, 2.5)
"""Inverse temperatures: 1 is the model as it was trained, more is colder."""

Axes = tuple[str, str]


def lent_at(lend: Examine, alpha: float) -> Examine:
    """The same lending, of the model at an inverse temperature."""

    @contextmanager
    def lent(split: str, n: int, seed: int) -> Iterator[Subject]:
        with lend(split, n, seed) as subject:
            game: Any = subject.game
            with game.at_alpha(alpha) if isinstance(game, Choices) else nullcontext():
                yield subject

    return lent


def over(
    evaluator: Evaluator, model: Model, lend: Examine, alphas: Sequence[float], axes: Sequence[Axes]
) -> tuple[dict[Axes, list[Point]], dict[Axes, Point]]:
    """The points of a model's curves by their axes, colder ones last; and those of real data, where they are known."""
    points: dict[Axes, list[Point]] = {pair: [] for pair in axes}
    real: dict[Axes, Point] = {}
    for alpha in sorted(alphas):
        found = evaluator.evaluate(partial(model.sample, alpha=alpha), 0, model=lent_at(lend, alpha))
        known = {each.name: each for each in found}
        for pair in axes:
            if all(axis in known for axis in pair):
                x, y = (known[axis] for axis in pair)
                points[pair].append(Point(alpha, measured(x), measured(y)))
                real |= {pair: point} if (point := real_point(x, y)) else {}
    return points, real


def real_point(x: Estimate, y: Estimate) -> Point | None:
    """Other real samples in the model's place: the metrics' floors.

    The law of the data judges real samples as it judges the model's: where the floor of x is not known (the likelihood
    of a model that is the law itself), it is that of y.
    """
    across, up = x.floor if x.floor is not None else y.floor, y.floor
    if across is None or up is None:
        return None
    sign = [-1.0 if each.direction == "max" else 1.0 for each in (x, y)]
    across, up = sign[0] * across, sign[1] * up
    return Point(None, Interval(across, across, across), Interval(up, up, up))
