"""How much of its source a rewritten text still says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import numpy as np
from annotated_types import Ge, Le
from jaxtyping import Float, Int64
from torch import Tensor

from gansuite.metrics.estimate import Estimate
from gansuite.metrics.models.points import of_points
from gansuite.metrics.models.translations import refuse_others, translated
from gansuite.metrics.subject import Subject
from gansuite_text.metrics.bleu_scores import SMOOTHING, bleu
from gansuite_text.metrics.texts import Bound, inside, stamp


class SourceBleu(Bound):
    """Mean BLEU-2 to BLEU-``max_n`` of the translations of held-out texts, each against its own source.

    See ``gansuite_text.metrics.bleu`` for the formula. 1 is a copy: it says how much was kept and nothing of whether
    the domain was reached, so it is read beside ``domain-reached``. ``extras``: ``kept``, the share of a source's
    places that hold the same token afterwards, and ``copies``, the share of translations that are their source.

    Args:
        max_n: greatest n.

    Source: as a measure of content Shen et al. (2017) and Li et al. (2018), there against the source or an answer.
    """

    name = "source-bleu"
    needs = "model"
    direction = "target"
    meaning = "How many of a translation's n-grams stand in its own source; 1 is a copy."

    def __init__(self, *, max_n: Annotated[int, Ge(2), Le(9)] = 4) -> None:
        self.max_n = max_n

    def check(self, game: Any) -> None:
        """Refuse a model that translates nothing, before it is trained."""
        if game is not None:
            refuse_others(self.name, game)

    def __call__(self, subject: Subject, *, untrained: Subject | None = None, seed: int = 0) -> Sequence[Estimate]:
        """The means with Student's intervals over texts.

        Raises:
            MetricError: the samples are no texts, or too few of them.
        """
        found = translated(subject, self.name)
        source, made = self.tokens(found.sources.cpu()), self.tokens(found.made.cpu())
        values, former = self.compared(made, source), None
        if untrained is not None:
            former = self.compared(self.tokens(translated(untrained, self.name).made.cpu()), source)
        same = made == source
        extras = stamp(
            self.spec,
            "token",
            smoothing=SMOOTHING,
            kept=float(same[inside(self.spec, source)].double().mean()),
            copies=float(same.all(1).double().mean()),
        )
        return [
            of_points(
                self,
                values[n],
                str(n),
                untrained=None if former is None else former[n],
                seed=seed,
                method="mean; Student over texts",
                extras=extras,
            )
            for n in values
        ]

    def compared(self, made: Int64[Tensor, "n t"], source: Int64[Tensor, "n t"]) -> dict[int, Float[np.ndarray, " n"]]:
        """BLEU of each text against its own source, by n."""
        texts = zip(self.listed(made), self.listed(source), strict=True)
        found = [bleu([one], [other], self.max_n) for one, other in texts]
        return {n: np.array([float(each[n][0]) for each in found]) for n in range(2, self.max_n + 1)}

    def listed(self, x: Int64[Tensor, "n t"]) -> list[list[int]]:
        """Texts as lists of numbers, without their ends."""
        return [row[keep].tolist() for row, keep in zip(x, inside(self.spec, x), strict=True)]
