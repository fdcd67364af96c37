"""What is to be measured: a metric, on which features, of how many samples, how often."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gansuite.errors import UserError
from gansuite.metrics.features import Extractor
from gansuite.metrics.metric import NEEDS, Metric


@dataclass(frozen=True, eq=False)
class Plan:
    """One metric to be taken: on which features, of how many samples, against which real ones.

    Args:
        metric: the statistic.
        extractor: the features it compares; None where it looks at the model itself.
        n: samples on each side; fewer where the split holds fewer.
        every: steps between evaluations while training; 0: only when asked.
        split: the real side; the next of test, valid, train where it is empty.
        identity: the metric's name and options, by which what it keeps of the real samples is known again.
    """

    metric: Metric
    extractor: Extractor | None = None
    n: int = 1000
    every: int = 0
    split: str = "test"
    identity: str = ""

    @property
    def examines(self) -> bool:
        """Whether the metric looks at the model itself."""
        return self.metric.needs == "model"

    @property
    def labelled(self) -> bool:
        """Whether the samples come with the labels that they were asked to have."""
        return self.metric.needs == "labels"

    @property
    def key(self) -> tuple[str, bool]:
        """Plans of one key compare the same sets of samples."""
        return (self.extractor.fingerprint if self.extractor else "", self.labelled)

    def check(self, dataset: Any, game: Any = None) -> None:
        """Refuse what the domain cannot serve, before anything is trained.

        Raises:
            UserError: the metric, what it needs, and what would give it that.
        """
        name, needs = self.metric.name, self.metric.needs
        if needs not in NEEDS:
            raise UserError(f"metric {name} is broken: it needs {needs!r}, which is none of {', '.join(NEEDS)}")
        if needs == "judge" and getattr(dataset, "judge", None) is None:
            raise UserError(f"metric {name}: the data set has no judge that knows the truth of a sample")
        if needs == "probabilities" and getattr(self.extractor, "gives", "features") != "probabilities":
            given = f"'{self.extractor.name}' gives features" if self.extractor else "there is none"
            raise UserError(
                f"metric {name} needs an extractor that gives class probabilities, and {given}; write "
                'extractor = { name = "classifier", output = "probabilities" } for data with labels'
            )
        if needs == "labels" and len(getattr(dataset.spec, "labels", ())) < 2:
            raise UserError(f"metric {name} needs data with labels of two classes or more, and this has none")
        if needs == "labels" and game is not None and not conditional(game):
            raise UserError(
                f"metric {name} needs a conditional model; give [game] a conditioning, such as "
                'conditioning = "projection"'
            )
        if hasattr(self.metric, "check"):
            self.metric.check(game)  # pyright: ignore[reportAttributeAccessIssue]


def conditional(game: Any) -> bool:
    """Whether a game can be asked for a label."""
    conditioning = getattr(game, "conditioning", None)
    if conditioning is not None and not conditioning.reads_labels:
        return False
    try:
        game.condition(0, 1)
    except UserError:
        return False
    return True
