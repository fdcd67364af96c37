"""PolyGraph discrepancy: how well the best of several descriptors tells generated graphs from real ones."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal, get_args

import numpy as np
import torch
from jaxtyping import Float, Int64
from torch import Tensor
from torch.nn.functional import logsigmoid

from gansuite.engine.rng import seed_of
from gansuite.metrics.estimate import Estimate, Interval
from gansuite.metrics.metric import MetricError
from gansuite.metrics.two_sample import Features, Part, Side, TwoSample

from ..dense import Dense
from ..spec import GraphSpec
from .descriptors import DESCRIPTORS
from .gin import Gin
from .logistic import logits

Descriptor = Literal["degree", "clustering", "orbit", "spectrum", "gin"]
FOLDS = 4
RIDGES = (1.0, 10.0, 100.0, 1000.0)
"""Of the logistic regression: many features of few graphs want the last, laws that hardly meet the first."""
BATCH = 64


class PolyGraph(TwoSample):
    """The square root of a lower bound of the Jensen-Shannon divergence, in bits, by the descriptor that tells most:

        JS(p, q) >= b = 1 + 1/2 E_p log2 D(x) + 1/2 E_q log2 (1 - D(x))   for any classifier D
        value = sqrt(max(b, 0))

    0: no descriptor tells the sets apart; 1: one tells them apart without fail. D is a logistic regression on one
    descriptor. Half of the graphs train: four-fold cross-validation among them chooses each classifier's ridge, and the
    descriptor; then the classifiers are fitted on all of them. b is taken on the other half, which had no part in the
    choice: the value is not the largest of several lucky ones. Every descriptor's own value is a part.

    The interval is that of b (block jackknife of the graphs judged, the classifiers fixed) under the square root. The
    normalised value is (b - b_floor) / (b_untrained - b_floor) under the square root.

    Args:
        descriptors: which to choose from.

    Raises:
        MetricError: fewer than 32 graphs, or the samples are no graphs.

    Source: Krimmel et al., PolyGraph Discrepancy (2025), section 3; there with TabPFN as classifier.
    """

    name = "polygraph"
    needs = "samples"
    direction = "min"
    meaning = "How surely the best descriptor tells generated graphs from real ones: 0 not at all, 1 always."
    method = "held-out bound by logistic regression; block jackknife of its terms"
    minimum = 32
    centre = False

    def __init__(self, *, descriptors: Sequence[Descriptor] = get_args(Descriptor)) -> None:
        unknown = [name for name in descriptors if name not in get_args(Descriptor)]
        if unknown or not descriptors:
            raise MetricError(f"polygraph: descriptors are some of {', '.join(get_args(Descriptor))}")
        self.descriptors = tuple(dict.fromkeys(descriptors))
        self.parts = tuple(Part(name, high=1.0) for name in ("", *self.descriptors))
        self.spec: GraphSpec | None = None

    def bind(self, spec: Any) -> None:
        """Tell the metric the domain.

        Raises:
            MetricError: the samples are not graphs.
        """
        if not isinstance(spec, GraphSpec):
            raise MetricError(
                f"{self.name} compares whole graphs, and the samples are none: leave it out of [[metrics]]"
            )
        self.spec = spec

    def __call__(self, real: Features, fake: Features, **given: Any) -> list[Estimate]:
        return [self.rooted(each) for each in super().__call__(real, fake, **given)]

    def rooted(self, found: Estimate) -> Estimate:
        """The estimate of a bound as that of its square root."""
        held = {name: rooted(getattr(found, name)) for name in ("value", "low", "high")}
        known = {name: getattr(found, name) for name in ("floor", "untrained")}
        held |= {name: rooted(bound) for name, bound in known.items() if bound is not None}
        scaled = found.normalised
        if scaled is not None:
            scaled = Interval(rooted(scaled.value), rooted(scaled.low), rooted(scaled.high))
        return replace(found, **held, normalised=scaled, extras={**found.extras, "bound": found.value})

    def side(self, real: Float[Tensor, "n d"], labels: Int64[Tensor, " n"] | None, seed: int) -> Side:
        """The descriptors of the real graphs."""
        return self.described(real)

    def table(
        self, side: Side, other: Float[Tensor, "n d"], labels: Int64[Tensor, " n"] | None, seed: int
    ) -> np.ndarray:
        """The bounds on the graphs that are judged, and without those of each block: the classifiers stay."""
        fake, n = self.described(other), len(other)
        order = torch.randperm(n, generator=torch.Generator().manual_seed(seed_of(seed, "polygraph"))).to(other.device)
        train, test = order.tensor_split([n // 2])
        scores, terms = [], []
        for name in self.descriptors:
            x, y = side[name], fake[name]
            score, ridge = max((validated(x, y, train, ridge), ridge) for ridge in RIDGES)
            scores.append(score)
            terms.append(bits(x, y, train, test, ridge))
        best = int(np.argmax(scores))
        every = torch.stack([terms[best], *terms], 1).cpu()
        rows = [every.mean(0)]
        if labels is not None:
            own = labels[test.cpu()]
            rows += [every[own != b].mean(0) for b in range(int(labels.max()) + 1)]
        return np.concatenate([torch.stack(rows).numpy(), np.full((len(rows), 1), float(best))], 1)

    def extras(self, side: Side, table: np.ndarray) -> Mapping[str, Any]:
        """Which descriptor told most, and by what."""
        return {
            "descriptor": self.descriptors[int(table[0, -1])],
            "classifier": "logistic regression",
            "judged": len(next(iter(side.values()))) - len(next(iter(side.values()))) // 2,
        }

    def described(self, rows: Float[Tensor, "n d"]) -> dict[str, Tensor]:
        """Every descriptor of graphs that came as features, [n, ...] in float64."""
        assert self.spec is not None, "bind(spec) comes first"
        gin = Gin(self.spec, standardise=False).to(rows.device) if "gin" in self.descriptors else None
        found: dict[str, list[Tensor]] = {name: [] for name in self.descriptors}
        for some in rows.long().split(BATCH):
            graphs: Dense = self.spec.dense(some)
            for name, parts in found.items():
                parts.append(gin(some) if name == "gin" and gin else DESCRIPTORS[name](graphs))
        return {name: torch.cat(parts).double() for name, parts in found.items()}


def validated(x: Float[Tensor, "n d"], y: Float[Tensor, "n d"], train: Int64[Tensor, " k"], ridge: float) -> float:
    """The bound by cross-validation among the training rows."""
    fold = torch.arange(len(train), device=train.device) % FOLDS
    parts = [bits(x, y, train[fold != f], train[fold == f], ridge) for f in range(FOLDS)]
    return float(torch.cat(parts).mean())


def bits(
    x: Float[Tensor, "n d"],
    y: Float[Tensor, "n d"],
    train: Int64[Tensor, " k"],
    test: Int64[Tensor, " m"],
    ridge: float,
) -> Float[Tensor, " m"]:
    """1 + (log2 D(x_i) + log2 (1 - D(y_i))) / 2 of test rows with D of the training rows: their mean is the bound."""
    label = torch.cat([torch.ones(len(train)), torch.zeros(len(train))]).to(x)
    score = logits(torch.cat([x[train], y[train]]), label, torch.cat([x[test], y[test]]), ridge)
    real, fake = score.split(len(test))
    return 1 + (logsigmoid(real) + logsigmoid(-fake)) / (2 * math.log(2))


def rooted(bound: float) -> float:
    """The square root of what is above 0; a bound below says no more than that nothing was told apart."""
    return math.sqrt(max(bound, 0.0))
