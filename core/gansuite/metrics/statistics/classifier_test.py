"""The classifier two-sample test, and the list of defects that critics find one after another."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Annotated, Any, cast, get_args

import numpy as np
import torch
from annotated_types import Ge
from jaxtyping import Float, Int64
from scipy.special import ndtr, ndtri
from torch import Tensor

from gansuite.engine.rng import seed_of
from gansuite.metrics.estimate import Estimate
from gansuite.metrics.metric import MetricError
from gansuite.metrics.statistics.critics import Kind, judged, round_robin
from gansuite.metrics.statistics.normal_critics import accuracies, orthogonal
from gansuite.metrics.two_sample import Features, Part, Side, TwoSample, checked

LEVEL = 0.05  # a critic whose p-value is greater has found nothing


def c2st(
    real: Features,
    fake: Features,
    classifier: str = "logistic",
    *,
    folds: int = 5,
    defects: int = 0,
    floor: Features | None = None,
    untrained: Features | None = None,
    seed: int = 0,
) -> Estimate:
    """Accuracy of a classifier that tells real from generated rows, each judged by one that never saw it.

        z = (accuracy - 1/2) 2 sqrt(N),    N = 2 n rows,    p = P(Z > z)

    Every row is held out once. Fold f is judged by a classifier of the (folds - 1) / 2 folds that follow it (round
    robin, not all others), which makes the results of the folds uncorrelated for equal laws and z standard normal,
    for any classifier; the price is that a classifier sees 2 of 5 folds.

    Args:
        real: features of real samples, [n, d].
        fake: features of generated samples, [n, d].
        classifier: "logistic" sees a shift of the mean, "mlp" and "knn" any difference, given enough rows.
        folds: an odd number.
        defects: how many of ``ordered_defects`` to give in ``extras["defects"]``.
        floor: features of other real samples, [n, d]; gives ``Estimate.floor``.
        untrained: features of an untrained generator's samples, [n, d]; with ``floor`` gives ``normalised``.
        seed: of the folds, a network's weights and the jackknife's blocks.

    Raises:
        MetricError: unequal n, too few rows for the folds, unequal d, non-finite features, an even number of folds.

    ``extras`` has ``z`` and ``p``.

    Source: Lopez-Paz & Oquab 2017, section 3.
    """
    if classifier not in get_args(Kind):
        raise MetricError(f"c2st: classifier {classifier!r}: it is one of {', '.join(get_args(Kind))}")
    metric = C2ST(classifier=cast(Kind, classifier), folds=folds, defects=defects)
    return metric(real, fake, floor=floor, untrained=untrained, seed=seed)[0]


class C2ST(TwoSample):
    """Classifier two-sample test, with the defects it sees in order; see ``c2st`` and ``ordered_defects``.

    Args:
        classifier: "logistic", "mlp" or "knn".
        folds: an odd number; every row is held out once.
        defects: at most so many defects are listed in ``extras["defects"]``; 0: none are sought.

    Source: Lopez-Paz & Oquab 2017, section 3.
    """

    name = "c2st"
    direction = "target"
    meaning = "Share of held-out samples that a classifier puts rightly to real or generated; 0.5 is guessing."
    parts = (Part("", "target", 0.0, 1.0, 0.5),)
    method = "round-robin cross-fitted classifier; block jackknife of its verdicts"

    def __init__(
        self, *, classifier: Kind = "logistic", folds: Annotated[int, Ge(3)] = 5, defects: Annotated[int, Ge(0)] = 5
    ) -> None:
        if folds < 3 or folds % 2 == 0:
            raise MetricError(
                f"c2st: folds = {folds}: give an odd number from 3, so that each pair of folds meets once"
            )
        self.classifier: Kind = classifier
        self.folds, self.defects = folds, defects
        self.minimum = 4 * folds

    def __call__(self, real: Features, fake: Features, *, seed: int = 0, **given: Any) -> list[Estimate]:
        found = super().__call__(real, fake, seed=seed, **given)
        if not self.defects:
            return found
        listed = [asdict(each) for each in ordered_defects(real, fake, at_most=self.defects, seed=seed)]
        return [replace(each, extras={**each.extras, "defects": listed}) for each in found]

    def side(self, real: Float[Tensor, "n d"], labels: Int64[Tensor, " n"] | None, seed: int) -> Side:
        """The real rows: a classifier needs both."""
        return {"rows": real}

    def table(
        self, side: Side, other: Float[Tensor, "n d"], labels: Int64[Tensor, " n"] | None, seed: int
    ) -> np.ndarray:
        """Accuracy over all rows and over those outside of each block: the classifiers stay."""
        right = verdicts(side["rows"], other, self.classifier, self.folds, seed).double().mean(0).cpu()
        if labels is None:
            return np.array([[float(right.mean())]])
        size = labels.bincount()
        without = (right.sum() - torch.zeros(len(size)).double().index_add_(0, labels, right)) / (len(right) - size)
        return np.array([float(right.mean()), *without.tolist()])[:, None]

    def extras(self, side: Side, table: np.ndarray) -> Mapping[str, Any]:
        """The test's statistic and its p-value."""
        z = (table[0, 0] - 0.5) * 2 * math.sqrt(2 * len(side["rows"]))
        return {"classifier": self.classifier, "folds": self.folds, "z": float(z), "p": float(ndtr(-z))}


def verdicts(
    x: Float[Tensor, "n d"], y: Float[Tensor, "n d"], kind: Kind, folds: int, seed: int
) -> Float[Tensor, "2 n"]:
    """1 where a row, real [0] or generated [1], is judged rightly; a score of exactly 0 is half right."""
    n, generator = len(x), torch.Generator().manual_seed(seed_of(seed, "c2st"))
    fold, train = (each.to(x.device) for each in round_robin(n, folds, generator))
    label = torch.cat([x.new_zeros(n), x.new_ones(n)])
    score = judged(torch.cat([x, y]), label, fold.repeat(2), train.repeat(1, 2), kind, generator)
    return ((score.sign() * (2 * label - 1) + 1) / 2).unflatten(0, (2, n))


@dataclass(frozen=True)
class Defect:
    """What one critic saw.

    ``features``: the components it looked at; ``accuracy`` on held-out rows, with ``low`` and ``high`` of its 95 %
    interval; ``z`` and ``p`` as in ``c2st``; ``size``, 2 Phi^-1(accuracy): by how many standard deviations two normal
    laws lie apart that are told this well.
    """

    features: tuple[int, ...]
    accuracy: float
    low: float
    high: float
    z: float
    p: float
    size: float


def ordered_defects(
    real: Features,
    fake: Features,
    *,
    groups: Sequence[Sequence[int]] | None = None,
    at_most: int = 5,
    level: float = LEVEL,
    seed: int = 0,
) -> list[Defect]:
    """The defects of generated samples, greatest first: a Gram-Schmidt procedure for critics.

    A critic looks at one group of features, the one that tells most, and its power is taken on rows that neither it
    nor the choice has seen. Then every feature left is made orthogonal to that group, under the covariance of the real
    rows, so that the next critic is blind to what was found; and so on, until a critic finds nothing (p > ``level``).
    A critic is the ratio of two normal laws: it sees shifts, other spreads and, in groups, other correlations.

    A defect that lies along many features at once comes as many small ones, unless ``groups`` says what belongs
    together (bands, layers); a shift of the mean has but one direction, and only the features' axes part it.

    Args:
        real: features of real samples, [n, d].
        fake: features of generated samples, [n, d].
        groups: numbers of the features that are one component each; None: each on its own.
        at_most: critics.
        level: p-value from which a critic has found nothing.
        seed: of the halves, one to choose and train, one to measure.

    Raises:
        MetricError: unequal n, n < 20, unequal d, non-finite features, an empty group or one that does not fit.

    Source: the idea is Odena's, Open Questions about Generative Adversarial Networks (2019), on evaluation.
    """
    x, y = checked("ordered_defects", 20, real=real, fake=fake).values()
    left = [list(group) for group in (groups if groups is not None else [[i] for i in range(x.shape[1])])]
    if any(not group or min(group) < 0 or max(group) >= x.shape[1] for group in left):
        raise MetricError(f"ordered_defects: groups hold features 0 to {x.shape[1] - 1}, at least one each")
    order = torch.randperm(len(x), generator=torch.Generator().manual_seed(seed_of(seed, "defects"))).to(x.device)
    train, test = order.chunk(2)
    spread = x[train].std(0)
    scale = torch.where(
        spread > 0, spread, y[train].std(0).clamp_min(1e-12)
    )  # constant in the real rows: told by the other
    x, y = x / scale, y / scale
    found: list[Defect] = []
    while left and len(found) < at_most:
        fit = (x[train], y[train])
        chosen = int(accuracies(fit, fit, left).argmax())
        group = left.pop(chosen)
        defect = measured(group, float(accuracies(fit, (x[test], y[test]), [group])), 2 * len(test))
        if defect.p > level:
            break
        found.append(defect)
        x, y = orthogonal(x, y, train, group)
    return found


def measured(group: Sequence[int], accuracy: float, rows: int) -> Defect:
    """A defect from the accuracy of its critic on this many held-out rows."""
    z = (accuracy - 0.5) * 2 * math.sqrt(rows)
    half = float(ndtri(0.975)) * math.sqrt(accuracy * (1 - accuracy) / rows)
    size = 2 * float(ndtri(min(accuracy, 1 - 0.5 / rows)))
    low, high = max(0.0, accuracy - half), min(1.0, accuracy + half)
    return Defect(tuple(group), accuracy, low, high, z, float(ndtr(-z)), size)
