"""What people preferred, as a metric of a run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gansuite.errors import UserError
from gansuite.judgements.judgement import REAL, names_of
from gansuite.judgements.judges import taken_for_real, won
from gansuite.judgements.reading import read
from gansuite.judgements.strengths import strengths
from gansuite.metrics.estimate import Estimate
from gansuite.metrics.metric import MetricError
from gansuite.metrics.models.points import as_estimate
from gansuite.metrics.subject import Subject

USUAL = "judgements.csv"
"""The file in a run's folder that ``gansuite judge`` writes."""


class Human:
    """How often people preferred the run's samples, from a file of pairwise judgements.

        human           share of its judgements that the run won, ties as halves
        human/strength  Bradley-Terry strength among all contestants of the file, a logarithm of odds
        human/real      share of its samples that were chosen over real ones: 1/2 is not to be told apart

    Nothing is drawn or shown: ``gansuite judge`` asks people, and this reads what they said. The two latter are there
    where contestants all met, and where real samples played along. Intervals: Wilson's; of the strength as in
    ``gansuite.judgements.strengths``.

    Args:
        judgements: CSV file; "": ``judgements.csv`` in the run's folder.
        contestant: the run's name in it; "": its folder's.

    Source: Bradley & Terry 1952; shares taken for real: Zhou et al. 2019.
    """

    name = "human"
    needs = "model"
    direction = "max"
    meaning = "How often people preferred this run's samples to those beside them."

    def __init__(self, *, judgements: str = "", contestant: str = "") -> None:
        self.judgements, self.contestant = judgements, contestant

    def __call__(self, subject: Subject, *, untrained: Subject | None = None, seed: int = 0) -> Sequence[Estimate]:
        """The shares and the strength; ``extras`` name the file, its judges, and lines that were skipped.

        Raises:
            MetricError: there is no such file, it cannot be read, or the run is not in it.
        """
        path, name = self.file(subject), self.contestant or (subject.folder.resolve().name if subject.folder else "")
        try:
            found = read([path])
        except UserError as error:
            raise MetricError(f"human: {error}") from error
        names = names_of(found.judgements)
        if name not in names:
            raise MetricError(
                f"human: {path} has no judgements of {name!r} (there is {', '.join(names) or 'nobody'}); "
                "name it with contestant"
            )
        extras: dict[str, Any] = {
            "file": str(path),
            "judges": len({each.judge for each in found.judgements}),
            "skipped": len(found.skipped),
        }
        try:
            fit = strengths(found.judgements)
        except UserError as error:
            fit, extras["warning"] = None, str(error)
        share, wilson = won(found.judgements, name), "share; Wilson score"
        assert share is not None
        told = [as_estimate(self, share.value, "", share.n, method=wilson, seed=seed, extras=extras)]
        if fit is not None:
            told.append(as_estimate(self, fit.strength(name), "strength", share.n, method=fit.method, seed=seed))
        if name != REAL and (real := taken_for_real(found.judgements, name)):
            told.append(as_estimate(self, real.value, "real", real.n, method=wilson, seed=seed, ideal=0.5))
        return told

    def file(self, subject: Subject) -> Path:
        """Where the judgements are.

        Raises:
            MetricError: nowhere.
        """
        usual = None if subject.folder is None else subject.folder / USUAL
        path = Path(self.judgements) if self.judgements else usual
        if path is None or not path.is_file():
            remedy = "ask people first: gansuite judge RUN --against RUN2, or name the file with judgements"
            raise MetricError(f"human: there are no judgements{f' in {path}' if path else ''}; {remedy}")
        return path
