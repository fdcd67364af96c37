"""The data sets of the study, and real samples of them in three parts that share nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, cached_property
from typing import Any

import torch
from jaxtyping import Int64
from torch import Tensor

from gansuite.engine.rng import Rng, seed_of
from gansuite.errors import UserError
from gansuite.metrics.features import Samples, features
from gansuite.metrics.metric import MINIMUM
from gansuite.metrics.statistics.clusters import kmeans
from gansuite.plugins.options import Bound
from gansuite.plugins.registry import registry
from gansuite.studies.evaluation.material import Material

HALVES = {"train": 0.4, "valid": 0.1, "test": 0.5}
FEW = {"train": 0.3, "valid": 0.1, "test": 0.6}
DOMAINS: Mapping[str, Mapping[str, Any]] = {
    "ring": {"name": "toy/ring", "labels": True, "count": 40_000, "split": HALVES},
    "circle": {"name": "toy/shapes", "count": 40_000, "split": HALVES},
    "mixture": {
        "name": "toy/high-dimensional", "dim": 64, "intrinsic": 64, "spread": 1.0, "labels": True, "count": 40_000,
        "split": HALVES,
    },
    "signals": {"name": "toy/signals", "count": 40_000, "split": HALVES},
    "counting": {"name": "toy/counting", "count": 40_000, "split": HALVES},
    "drums": {"name": "audio/drums", "labels": "manifest", "split": FEW},
}  # fmt: skip
"""The study's own data sets by name; any other data set is named as in a recipe, with its usual options."""

MOST = 20_000  # held-out samples that are kept
View = Callable[[Tensor], Tensor]
CLUSTERS = 8  # where there are no labels


class Domain:
    """A data set, and what its samples are to each kind of metric.

    Args:
        name: one of ``DOMAINS``, or of a data set.

    Raises:
        UserError: it is not installed.
    """

    def __init__(self, name: str) -> None:
        bound = bound_data(name)
        self.name, self.home, self.dataset = name, bound.entry.plugin, bound.make()
        self.space, self.judge = self.dataset.spec.space, getattr(self.dataset, "judge", None)
        if not isinstance(held := self.items("test")["data"], Tensor):
            raise UserError(f"data {name}: corruptions are defined for samples that are tensors")
        self.held_out, self.views = held, dict[str, View]()

    def items(self, split: str) -> Mapping[str, Tensor]:
        """The items of a split, ``MOST`` of them at most."""
        count = self.dataset.count(split)
        rows = Rng(0, "study", "evaluation", self.name, split).uniform(count).argsort()[:MOST]
        return self.dataset.batch(split, rows, None)

    @cached_property
    def train(self) -> Tensor:
        """What a generator could learn by heart."""
        return self.items("train")["data"]

    @cached_property
    def group(self) -> Int64[Tensor, " m"]:
        """The mode of every held-out sample: its label, or its cluster where not all have one."""
        label = self.items("test").get("label")
        if label is None or int(label.min()) < 0:
            generator = torch.Generator().manual_seed(seed_of(0, "study", "evaluation", self.name, "clusters"))
            label = kmeans(self.held_out.flatten(1).float(), CLUSTERS, generator).labels[0]
        return label.unique(return_inverse=True)[1]

    @property
    def room(self) -> int:
        """The greatest n: the real side and a pool of twice as many to corrupt."""
        return len(self.held_out) // 3

    def draw(self, n: int, seed: int) -> tuple[Tensor, Material]:
        """The real side, [n, ...], and other real samples to corrupt."""
        order = Rng(seed, "study", "evaluation", self.name, "parts").uniform(len(self.held_out)).argsort()
        real, rest = order[:n], order[n:]
        group = self.group[rest].unique(return_inverse=True)[1]
        pool = self.held_out[rest]
        return self.held_out[real], Material(pool, group, self.train, n, self.space.continuous, self.judge)

    def view(self, needs: str) -> View:
        """Samples to what a metric is given of them, by what it needs; made once.

        Raises:
            UserError: this data set has no such thing.
        """
        if needs not in self.views:
            if needs == "judge" and self.judge is None:
                raise UserError(f"the data set {self.name} has no judge")
            made: dict[str, Callable[[], View]] = {
                "samples": lambda: lambda x: x,
                "judge": lambda: lambda x: features(Samples(), lambda rows: x[rows], len(x)),
                "features": lambda: self.through(self.dataset.spec.extractor),
                "probabilities": lambda: self.through({"name": "classifier", "output": "probabilities"}),
            }
            self.views[needs] = made[needs]()
        return self.views[needs]

    def through(self, extractor: Any) -> View:
        """Samples to what an extractor gives of them; it is fitted to the training items where it has to be."""
        made = registry().bind("extractor", extractor, f"data {self.name}", self.home).make(self.dataset.spec)
        if hasattr(made, "fit"):
            made.fit(self.dataset, torch.device("cpu"))
        return lambda x: features(made, lambda rows: x[rows], len(x))


def bound_data(name: str) -> Bound:
    """The data set of a name, and its options.

    Raises:
        UserError: there is none, or it is not installed.
    """
    found = registry().bind("dataset", DOMAINS.get(name, name), f"data {name}")
    for package in found.entry.missing():
        raise UserError(f"data {name} needs {package}: {found.entry.remedy()}")
    return found


@cache
def domain(name: str) -> Domain:
    """The domain of a name, once in a process."""
    found = Domain(name)
    if found.room < MINIMUM:
        raise UserError(f"data {name}: {len(found.held_out)} held-out samples are too few")
    return found
