"""Language-model scores: generated texts under a model of real ones, and real texts under a model of generated ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal

import numpy as np
from annotated_types import Ge, Le
from jaxtyping import Bool, Float, Int64
from torch import Tensor

from gansuite.metrics.two_sample import Side
from gansuite_text.metrics.kneser_ney import KneserNey
from gansuite_text.metrics.small_lm import SmallLm
from gansuite_text.metrics.texts import TextMetric, kept, stamp


class LanguageModelScore(TextMetric):
    """-Σ log p(x) / Σ |x| of one set's texts under a language model of the other set; the end of a text is a token.

    Class attributes:
        reverse: whether the model learns generated texts and judges real ones.
    """

    reverse: bool

    def __init__(
        self,
        *,
        model: Literal["kneser-ney", "lstm"] = "kneser-ney",
        order: Annotated[int, Ge(1), Le(9)] = 5,
        epochs: Annotated[int, Ge(1)] = 20,
    ) -> None:
        self.model, self.order, self.epochs = model, order, epochs
        self.lstm: tuple[tuple[int, bytes], SmallLm] | None = None
        again = model == "kneser-ney"
        self.method = "block jackknife, the model learnt anew" if again else "block jackknife over texts, one model"

    def scores(
        self,
        learn: Int64[Tensor, "n t"],
        judge: Int64[Tensor, "n t"],
        keeps: Sequence[Bool[np.ndarray, " n"]],
        seed: int,
    ) -> Iterator[Float[np.ndarray, " n"]]:
        """-log p of each text to be judged, by a model of the kept texts to be learnt, for each choice of those.

        N-grams are counted anew each time, with the discounts of all texts. An LSTM is too dear for that, and trained
        once; the last one is kept, for one set of real texts judges several others.
        """
        spec, mask, judged = self.spec, self.spec.mask(learn).numpy(), self.spec.mask(judge)
        if self.model == "lstm":
            known = seed, learn.numpy().tobytes()
            if self.lstm is None or self.lstm[0] != known:
                lstm = SmallLm(learn, spec.mask(learn), spec.vocabulary, epochs=self.epochs, seed=seed)
                self.lstm = known, lstm
            yield from [-self.lstm[1].log_prob(judge, judged).sum(1).numpy()] * len(keeps)
            return
        discounts = None
        for keep in keeps:
            grams = KneserNey(learn.numpy()[keep], mask[keep], spec.vocabulary, self.order, discounts)
            discounts = discounts or grams.discounts
            yield -grams.log_prob(judge.numpy(), judged.numpy()).sum(1)

    def table(
        self, side: Side, other: Float[Tensor, "n d"], labels: Int64[Tensor, " n"] | None, seed: int
    ) -> np.ndarray:
        """Nats a token with all texts, and without each block of both sets."""
        learn, judge = side["rows"].cpu(), self.tokens(other).cpu()
        if self.reverse:
            learn, judge = judge, learn
        length, keeps = self.spec.mask(judge).sum(1).numpy(), kept(labels, len(judge))
        scores = zip(self.scores(learn, judge, keeps, seed), keeps, strict=True)
        return np.array([[nats[keep].sum() / length[keep].sum()] for nats, keep in scores])

    def side(self, real: Float[Tensor, "n d"], labels: Int64[Tensor, " n"] | None, seed: int) -> Side:
        """The real texts."""
        return {"rows": self.tokens(real)}

    def extras(self, side: Side, table: np.ndarray) -> Mapping[str, Any]:
        """What the number depends on."""
        how = {"order": self.order} if self.model == "kneser-ney" else {"epochs": self.epochs, "state": 128}
        n = len(side["rows"])
        return stamp(self.spec, "token", model=self.model, learnt_from=n, perplexity=float(np.exp(table[0, 0])), **how)


class LmScore(LanguageModelScore):
    """Negative log-likelihood of generated texts under a language model of as many real ones, in nats a token.

    Quality alone: a model that writes one likely sentence again and again has the best score, below real texts (the
    floor, other real texts under the same model). Its counterpart is ``reverse-lm-score``.

    Args:
        model: ``kneser-ney`` (n-grams, fast) or ``lstm``.
        order: of the n-grams.
        epochs: of the LSTM, at most.

    Source: as forward perplexity Zhao et al., ARAE (2018); as LM score Caccia et al. (2020), section 4.
    """

    name = "lm-score"
    direction = "min"
    meaning = "How unlikely generated texts are to a language model of real ones, nats a token; blind to diversity."
    reverse = False


class ReverseLmScore(LanguageModelScore):
    """Negative log-likelihood of real texts under a language model of as many generated ones, in nats a token.

    Diversity and quality: what the generator never writes makes real texts unlikely. The floor is a language model of
    other real texts.

    Args:
        model: ``kneser-ney`` (n-grams, fast) or ``lstm``.
        order: of the n-grams.
        epochs: of the LSTM, at most.

    Source: as reverse perplexity Zhao et al., ARAE (2018); as reverse LM score Caccia et al. (2020), section 4.
    """

    name = "reverse-lm-score"
    direction = "min"
    meaning = "How unlikely real texts are to a language model of generated ones, nats a token: what is never written."
    reverse = True
