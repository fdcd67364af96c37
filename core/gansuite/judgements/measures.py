"""What is measured of every sample that was judged, to predict the judgements by."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from jaxtyping import Float

from gansuite.build import build, make_evaluator
from gansuite.data.dataset import Dataset
from gansuite.errors import UserError
from gansuite.judgements.contestants import Contestant, Trained
from gansuite.judgements.judgement import Judgement
from gansuite.metrics.subject import Subject
from gansuite.plugins.wording import one_line
from gansuite.recipes import read
from gansuite.report import View

Measure = Callable[[Any], torch.Tensor]
"""Samples [n, ...] to numbers [n]."""
METRICS = 5
"""Metrics of whole runs that are used at most."""


class Measures:
    """Numbers of each sample, for all contestants alike.

        critic of RUN             what this run's critic thinks of the sample, higher for what it takes for real
        distance to training data from the nearest training item of the first run, by its domain's features
        METRIC of the run         normalised, the same for all its samples and 0 for real ones; of three runs or more

    Of samples that are shown several together the mean is taken. What cannot be measured is left out and told.

    Args:
        contestants: who is judged.
    """

    def __init__(self, contestants: Sequence[Contestant]) -> None:
        self.contestants = {each.name: each for each in contestants}
        runs = [each for each in contestants if isinstance(each, Trained)]
        self.notes: list[str] = []
        self.known: dict[tuple[str, int], Float[np.ndarray, " d"]] = {}
        self.measures: dict[str, Measure] = {}
        for run in runs:
            self.add(f"critic of {run.name}", lambda run=run: critic_of(run, runs[0].dataset))
        self.add("distance to training data", lambda: distance_of(runs[0]))
        self.run_metrics = metrics_of(runs) if len(runs) > 2 else {}
        self.names = [*self.measures, *(f"{name} of the run" for name in self.run_metrics)]

    def add(self, name: str, make: Callable[[], Measure]) -> None:
        """Take a measure in, if it can be taken of every contestant's samples."""
        try:
            measure = make()
            for each in self.contestants.values():
                value = measure(each.draw(each.sample(0, 0)))
                if not bool(value.isfinite().all()):
                    raise UserError(f"it is not finite for samples of {each.name}")
        except Exception as error:  # whatever a critic is not made for must not cost the judge his result
            self.notes.append(f"{name} is left out: {one_line(error) or type(error).__name__}")
        else:
            self.measures[name] = measure

    def __call__(self, name: str, sample: int) -> Float[np.ndarray, " d"]:
        """The measures of a contestant's sample."""
        if (name, sample) not in self.known:
            samples = self.contestants[name].draw(sample)
            own = [float(measure(samples).double().mean()) for measure in self.measures.values()]
            self.known[name, sample] = np.array(own + [values.get(name, 0.0) for values in self.run_metrics.values()])
        return self.known[name, sample]

    def knows(self, judgement: Judgement) -> bool:
        """Whether the samples of a judgement can be drawn again."""
        sides = (judgement.left, judgement.left_sample), (judgement.right, judgement.right_sample)
        return all(name in self.contestants and sample.isdigit() for name, sample in sides)

    def differences(self, judgements: Sequence[Judgement]) -> Float[np.ndarray, "n d"]:
        """Left minus right, of judgements that are known."""
        rows = [
            self(each.left, int(each.left_sample)) - self(each.right, int(each.right_sample)) for each in judgements
        ]
        return np.array(rows).reshape(len(rows), len(self.names))


def critic_of(run: Trained, dataset: Dataset) -> Measure:
    """A run's critic, as a measure; no item of ``dataset`` is looked at.

    Raises:
        MetricError: it has no critic of single samples.
    """
    model = run.model
    subject = Subject(model.game, dataset, "test", 1, run.device)
    critical = subject.critical()
    if critical.group > 1:
        raise UserError("it looks at several samples at once")
    sign = -1.0 if critical.objective.energy else 1.0

    def score(samples: Any) -> torch.Tensor:
        with torch.no_grad(), model.at_rest():
            seen = samples if model.representation is None else model.representation.encode(samples)
            return sign * subject.score(seen)

    return score


def distance_of(run: Trained) -> Measure:
    """The distance to the nearest training item, in the features of the domain.

    Raises:
        UserError: the data is not there.
    """
    recipe = read({**run.recipe.as_dict(), "metrics": []})
    evaluator = make_evaluator(recipe, build(recipe, run.device, dataset=run.dataset))
    return lambda samples: evaluator.nearest(samples)[1]


def metrics_of(runs: Sequence[Trained]) -> Mapping[str, Mapping[str, float]]:
    """The last normalised value of each metric that all runs have taken, by metric and run."""
    found: dict[str, dict[str, float]] = {}
    for run in runs:
        for name, rows in View.load(run.folder).estimates.items():
            value = (rows[-1].get("normalised") or {}).get("value")
            if value is not None and math.isfinite(value):
                found.setdefault(name, {})[run.name] = float(value)
    shared = {name: values for name, values in found.items() if len(values) == len(runs)}
    return {name: shared[name] for name in list(shared)[:METRICS]}
