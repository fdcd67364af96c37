"""Share of different n-grams: the plainest measure of diversity."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import numpy as np
from annotated_types import Ge, Le
from jaxtyping import Bool, Float, Int64
from torch import Tensor

from gansuite.metrics.two_sample import Part, Side
from gansuite_text.metrics.ngram_counts import Counts, ngram_counts
from gansuite_text.metrics.texts import TextMetric, kept, sentences_of, stamp


class Distinct(TextMetric):
    """Different n-grams over all n-grams of the generated texts together, ``distinct/1`` and so on.

        distinct-n = #{different n-grams} / #{n-grams}

    It falls with the number of texts and with their length: the floor, real texts in the same number, is the mark, and
    what lies above it is noise more often than richness. Without any n-gram it is 0.

    Args:
        max_n: greatest n.
        unit: what counts as one: a ``token`` of the model, or a ``word`` between white space once the text is decoded.

    Source: Li et al., A Diversity-Promoting Objective Function for Neural Conversation Models (2016), section 5.
    """

    name = "distinct"
    direction = "target"
    meaning = "How many of the n-grams in all generated texts are different ones; below real texts, it repeats itself."
    method = "share; block jackknife over texts"

    def __init__(self, *, max_n: Annotated[int, Ge(1), Le(9)] = 4, unit: Literal["token", "word"] = "token") -> None:
        self.max_n, self.unit = max_n, unit
        self.parts = tuple(Part(str(n), "target", 0.0, 1.0) for n in range(1, max_n + 1))

    def side(self, real: Float[Tensor, "n d"], labels: Int64[Tensor, " n"] | None, seed: int) -> Side:
        """Nothing: the floor says what real texts have."""
        return {}

    def table(
        self, side: Side, other: Float[Tensor, "n d"], labels: Int64[Tensor, " n"] | None, seed: int
    ) -> np.ndarray:
        """Shares in all texts and without each block of them."""
        sentences = sentences_of(self.spec, self.tokens(other), unit=self.unit)
        counts = list(ngram_counts(sentences, self.max_n))
        return np.array([[distinct(each, keep) for each in counts] for keep in kept(labels, len(other))])

    def extras(self, side: Side, table: np.ndarray) -> Mapping[str, Any]:
        """What the numbers depend on."""
        return stamp(self.spec, self.unit)


def distinct(counts: Counts, keep: Bool[np.ndarray, " s"]) -> float:
    """Different n-grams over all n-grams of the kept sentences."""
    here = counts.of(keep)
    return len(here.starts) / max(int(here.count.sum()), 1)
