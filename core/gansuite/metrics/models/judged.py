"""What the metrics share that let a classifier of the data set's own items judge translations."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
import torch
from jaxtyping import Bool, Int64
from torch import Tensor

from gansuite.data.dataset import Dataset
from gansuite.errors import UserError
from gansuite.extractors.learned import home_of
from gansuite.metrics.estimate import Estimate
from gansuite.metrics.features import features
from gansuite.metrics.metric import MetricError
from gansuite.metrics.models.points import as_estimate, ratio, share
from gansuite.metrics.models.translations import refuse_others
from gansuite.plugins.component import Ref
from gansuite.plugins.options import Bound
from gansuite.plugins.registry import registry

USUAL = "core/classifier"
"""The classifier of a domain that names none."""


class Judged:
    """A share of translations that a classifier takes for what they should be.

    Args:
        classifier: an extractor that is trained on labelled items and gives probabilities; none: the domain's own.
    """

    name: str
    needs = "model"
    direction = "max"

    def __init__(self, *, classifier: Annotated[Any, Ref("extractor")] | None = None) -> None:
        self.classifier = classifier
        self.trained: dict[str, Any] = {}

    def check(self, game: Any) -> None:
        """Refuse a model that translates nothing, before it is trained."""
        if game is not None:
            refuse_others(self.name, game)

    def judge(self, dataset: Dataset, device: torch.device) -> Any:
        """The classifier, trained on the labels of ``dataset``; once.

        Raises:
            MetricError: it gives no probabilities, or cannot be trained on them.
        """
        if dataset.fingerprint not in self.trained:
            spec, chosen = dataset.spec, self.classifier
            if chosen is None:
                named = {"name": getattr(spec, "classifier", USUAL), "output": "probabilities"}
                chosen = registry().bind("extractor", named, self.name, home_of(spec))
            made = chosen.make(spec) if isinstance(chosen, Bound) else chosen
            if getattr(made, "gives", "features") != "probabilities":
                raise MetricError(
                    f'{self.name}: the classifier {made.name} gives features; set output = "probabilities"'
                )
            if hasattr(made, "fit"):
                try:
                    made.fit(dataset, device)
                except UserError as error:
                    raise MetricError(f"{self.name}: {error}") from error
            self.trained[dataset.fingerprint] = made
        return self.trained[dataset.fingerprint]

    def estimate(
        self,
        hits: Bool[Tensor, " n"],
        former: Bool[Tensor, " n"] | None,
        real: Bool[Tensor, " m"],
        seed: int,
        extras: dict[str, Any],
    ) -> Estimate:
        """The share of hits with Wilson's interval, the untrained model's, and that of real items as the floor."""
        values, floor = numbers(hits), float(numbers(real).mean())
        before = None if former is None else numbers(former)
        return as_estimate(
            self,
            share(int(values.sum()), len(values)),
            "",
            len(values),
            method="share; Wilson score",
            seed=seed,
            floor=floor,
            untrained=None if before is None else float(before.mean()),
            normalised=None if before is None else ratio(values, before, floor),
            extras=extras,
        )


def classes(judge: Any, space: Any, samples: Any) -> Int64[Tensor, " n"]:
    """The class that a classifier finds most probable for each sample."""
    device = device_of(space, samples)
    return features(judge, lambda rows: space.take(samples, rows.to(device)), space.size(samples)).argmax(1)


def device_of(space: Any, samples: Any) -> torch.device:
    """Where samples lie."""
    return samples.device if isinstance(samples, Tensor) else space.leaves(samples)[0].device


def told(hits: Bool[Tensor, " n"]) -> dict[str, float]:
    """A share with its interval, for ``extras``."""
    found = share(int(hits.sum()), len(hits))
    return {"share": found.value, "low": found.low, "high": found.high, "n": len(hits)}


def by_name(hits: Bool[Tensor, " n"], number: Int64[Tensor, " n"], names: Any) -> dict[str, dict[str, float]]:
    """The same for the rows of each number, under its name."""
    return {name: told(hits[number == i]) for i, name in enumerate(names) if bool((number == i).any())}


def numbers(hits: Bool[Tensor, " n"]) -> np.ndarray:
    return hits.double().cpu().numpy()
