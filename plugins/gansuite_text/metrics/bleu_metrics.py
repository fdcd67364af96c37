"""BLEU and Self-BLEU as metrics of a run: with the same numbers between real texts beside them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import numpy as np
import torch
from annotated_types import Ge, Le
from jaxtyping import Float, Int64
from torch import Tensor

from gansuite.metrics.two_sample import Part, Side
from gansuite_text.metrics.bleu_scores import SMOOTHING, Scores, counted, scores_against, scores_within
from gansuite_text.metrics.texts import TextMetric, kept, sentences_of, stamp


class Bleu(TextMetric):
    """Mean BLEU-2 to BLEU-``max_n`` of generated texts against the held-out ones, ``bleu/2`` and so on.

    See ``gansuite_text.metrics.bleu`` for the formula. Every text is held against all n held-out ones; the floor is the
    mean BLEU of n training texts against the same. It sees quality and no diversity: one good sentence, repeated,
    scores as well as a thousand.

    Args:
        max_n: greatest n.
        unit: what counts as one: a ``token`` of the model, or a ``word`` between white space once the text is decoded.
            The same where the tokenizer's tokens are words.

    Source: Papineni et al., BLEU (2002); as a metric of text GANs Yu et al., SeqGAN (2017).
    """

    name = "bleu"
    direction = "max"
    meaning = "How many of a generated text's n-grams stand in some real text; blind to diversity."
    method = "mean over texts; block jackknife of texts and references"

    def __init__(self, *, max_n: Annotated[int, Ge(2), Le(9)] = 5, unit: Literal["token", "word"] = "token") -> None:
        self.max_n, self.unit = max_n, unit
        self.parts = tuple(Part(str(n), "max", 0.0, 1.0) for n in range(2, max_n + 1))

    def side(self, real: Float[Tensor, "n d"], labels: Int64[Tensor, " n"] | None, seed: int) -> Side:
        """The references."""
        return {"rows": self.tokens(real)}

    def table(
        self, side: Side, other: Float[Tensor, "n d"], labels: Int64[Tensor, " n"] | None, seed: int
    ) -> np.ndarray:
        """Means over texts; a block is left out of texts and references alike."""
        n = len(other)
        joined = sentences_of(self.spec, self.tokens(other), side["rows"], unit=self.unit)
        counts = counted(self.name, joined, self.max_n)
        keeps = kept(labels, n)
        return np.array([means(scores_against(counts, joined.lengths, n, np.tile(keep, 2))) for keep in keeps])

    def extras(self, side: Side, table: np.ndarray) -> Mapping[str, Any]:
        """What the numbers depend on."""
        return stamp(self.spec, self.unit, references=len(side["rows"]), smoothing=SMOOTHING)


class SelfBleu(TextMetric):
    """Mean BLEU-2 to BLEU-``max_n`` of each generated text against all others, ``self-bleu/2`` and so on.

    See ``gansuite_text.metrics.self_bleu``. Real texts have a Self-BLEU too, the floor: above it the generator repeats
    itself, below it texts have less in common than real ones do, as noise has. It grows with n (by 0.15 to 0.2 from
    1,000 texts to 10,000): values of different n do not compare, and it cannot be had from a part of the texts.

    Args:
        max_n: greatest n.
        unit: what counts as one: a ``token`` of the model, or a ``word`` between white space once the text is decoded.

    Source: Zhu et al., Texygen (2018), section 3.3; here without the sentence among its own references.
    """

    name = "self-bleu"
    direction = "target"
    meaning = (
        "How many of a generated text's n-grams stand in another one; above the real texts' own, it repeats itself."
    )
    method = "mean over texts; block jackknife"

    def __init__(self, *, max_n: Annotated[int, Ge(2), Le(9)] = 5, unit: Literal["token", "word"] = "token") -> None:
        self.max_n, self.unit = max_n, unit
        self.parts = tuple(Part(str(n), "target", 0.0, 1.0) for n in range(2, max_n + 1))

    def side(self, real: Float[Tensor, "n d"], labels: Int64[Tensor, " n"] | None, seed: int) -> Side:
        """Self-BLEU of the held-out texts."""
        return {"own": torch.from_numpy(self.table({}, real, None, seed)[0]), "texts": torch.tensor(len(real))}

    def table(
        self, side: Side, other: Float[Tensor, "n d"], labels: Int64[Tensor, " n"] | None, seed: int
    ) -> np.ndarray:
        """Means over texts, each against the others that are left."""
        sentences = sentences_of(self.spec, self.tokens(other), unit=self.unit)
        counts = counted(self.name, sentences, self.max_n)
        return np.array([means(scores_within(counts, sentences.lengths, keep)) for keep in kept(labels, len(other))])

    def extras(self, side: Side, table: np.ndarray) -> Mapping[str, Any]:
        """What the numbers depend on, and those of the held-out texts."""
        own = {f"real/{n}": float(x) for n, x in enumerate(side["own"], 2)}
        return stamp(self.spec, self.unit, references=int(side["texts"]) - 1, smoothing=SMOOTHING, **own)


def means(scores: Scores) -> list[float]:
    """The mean of each order over texts."""
    return [float(each.mean()) for each in scores.values()]
