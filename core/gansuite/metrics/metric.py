"""What a metric is to the rest of the suite: what it needs to be given, and what it says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

from gansuite.errors import UserError
from gansuite.metrics.estimate import Estimate

MINIMUM = 4
"""Rows below which no metric is taken."""

NEEDS = {
    "features": "features of an extractor, [n, d]",
    "probabilities": "class probabilities of an extractor that classifies, [n, k]",
    "samples": "the samples themselves, [n, ...]",
    "labels": "features, and the label of every sample; a conditional model is asked for the labels of the real ones",
    "judge": "the samples flattened, [n, d], and the data set's own judge of the truth",
    "model": "the trained model itself",
}
"""What a metric can ask for with ``needs``."""


class MetricError(UserError, ValueError):
    """What a metric cannot compare; the line says what and why."""


@runtime_checkable
class Metric(Protocol):
    """A number with its error; the constructor takes keyword-only options.

    A metric of sample sets is called ``metric(real, fake, *, floor=None, untrained=None, seed=0)``: ``floor`` are other
    real samples, ``untrained`` those of the generator before its first step; all sets have n rows, of the shape that
    ``needs`` says. One that needs a "judge" is given ``judge=`` besides, one that needs "labels" the labels of every
    set by its name, ``labels={"real": ..., "fake": ..., ...}``. The estimates carry the metric at floor and untrained,
    and the value normalised between them.

    A metric that needs the "model" is called ``metric(subject, *, untrained=None, seed=0)`` with a
    :class:`~gansuite.metrics.subject.Subject`; see there.

    One that depends on the domain besides has ``bind(spec)``, which is called once before all else. One that makes
    sense on one kind of features alone has ``extractor``, whose name is taken where a recipe names none.

    Several numbers are named ``name/part``.

    Attributes:
        name: as the recipe has it.
        needs: one of ``NEEDS``.
        direction: "min", "max", or "target" where an ideal lies between.
        meaning: what the number says, in one sentence, for the report.
    """

    name: str
    needs: str
    direction: str
    meaning: str

    def __call__(self, *given: Any, seed: int = 0, **sets: Any) -> Estimate | Sequence[Estimate]: ...
