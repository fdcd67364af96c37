"""What metrics of texts share: token numbers come as rows, and the specification tells where each text ends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Int64
from torch import Tensor

from gansuite.metrics.metric import MetricError
from gansuite.metrics.two_sample import TwoSample
from gansuite_text.metrics.ngram_counts import Sentences
from gansuite_text.spec import TextSpec


class Bound:
    """A metric that has to know the domain: ``bind(spec)`` before it is called.

    Attributes:
        name: of the metric.
    """

    name: str
    bound: TextSpec | None = None

    def bind(self, spec: Any) -> None:
        """Tell the metric where texts end, and how they are spelt.

        Raises:
            MetricError: the domain is not text.
        """
        if not isinstance(spec, TextSpec):
            raise MetricError(f"{self.name} compares texts, and the samples are none: leave it out of [[metrics]]")
        self.bound = spec

    @property
    def spec(self) -> TextSpec:
        """The domain."""
        if self.bound is None:
            raise MetricError(f"{self.name} does not know where texts end: call bind(spec) first")
        return self.bound

    def tokens(self, rows: Tensor) -> Int64[Tensor, "n t"]:
        """The token numbers of rows that came as features, with nothing but ends behind the first.

        Raises:
            MetricError: a number is no token of the vocabulary.
        """
        if len(rows) and not 0 <= int(rows.min()) <= int(rows.max()) < self.spec.vocabulary:
            raise MetricError(
                f"{self.name}: token numbers run from {int(rows.min())} to {int(rows.max())}, and the vocabulary has "
                f"{self.spec.vocabulary}: take generator and data of one vocabulary"
            )
        return self.spec.tidied(rows.long())


class TextMetric(Bound, TwoSample):
    """A statistic of texts: rows of token numbers, whose order within a row matters and whose mean means nothing."""

    needs = "samples"
    centre = False


def sentences_of(spec: TextSpec, *sets: Int64[Tensor, "n t"], unit: str = "token") -> Sentences:
    """The texts of all sets, one set after the other, without their ends.

    Args:
        spec: of the texts.
        sets: rows of token numbers.
        unit: ``token``, or ``word`` for what white space parts once the text is decoded.
    """
    rows = torch.cat([each.cpu() for each in sets])
    if unit == "word":
        return Sentences.of([text.split() for text in spec.decode(rows)])
    keep = inside(spec, rows)
    return Sentences(rows[keep].numpy(), keep.sum(1).numpy())


def inside(spec: TextSpec, rows: Int64[Tensor, "n t"]) -> Bool[Tensor, "n t"]:
    """The places of a text before its end."""
    return spec.mask(rows) if spec.end is None else spec.mask(rows) & (rows != spec.end)


def kept(labels: Int64[Tensor, " n"] | None, n: int) -> list[Bool[np.ndarray, " n"]]:
    """Which rows stay: all, then without each block of the jackknife."""
    every = [np.ones(n, bool)]
    return every if labels is None else every + [(labels != b).numpy() for b in range(int(labels.max()) + 1)]


def stamp(spec: TextSpec, unit: str, **more: Any) -> Mapping[str, Any]:
    """What a number of n-grams is not to be compared without."""
    how = "words of the decoded text" if unit == "word" else "tokens of the model"
    return {"unit": how, "vocabulary": spec.vocabulary, "length": spec.length, **more}
