"""Texts that were there before: in the training set, or earlier in the sample."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from jaxtyping import Bool, Int64
from torch import Tensor

from gansuite.metrics.estimate import Estimate
from gansuite.metrics.jackknife import block_labels, jackknife_of
from gansuite.metrics.models.likelihood import drawn
from gansuite.metrics.models.points import as_estimate, share
from gansuite.metrics.subject import Subject
from gansuite_text.metrics.texts import Bound


class Copies(Bound):
    """Shares of n generated texts that are not new, word for word:

        copies           #{i : x_i is in the training set} / n
        copies/repeated  1 - #{different x_i} / n

    Short texts are repeated honestly: the floor of the first is the same share of held-out texts, that of the second
    the same share among as many held-out texts. A model that writes only training texts fools every metric that
    compares laws, and not this one; one that changes a single word fools this one.

    Source: as a check of text GANs Semeniuta, Severyn & Gelly (2018).
    """

    name = "copies"
    needs = "model"
    direction = "min"
    meaning = "How many generated texts stand in the training set word for word, and how many repeat another one."

    def __call__(self, subject: Subject, *, untrained: Subject | None = None, seed: int = 0) -> Sequence[Estimate]:
        """Both estimates."""
        n, held_out = subject.n, self.tokens(subject.real(subject.n))
        train = self.tokens(subject.real(subject.dataset.count("train"), "train"))
        fake = self.tokens(drawn(subject, n)[0])
        fresh = None if untrained is None else self.tokens(drawn(untrained, n)[0])
        hits, labels = found_in(train, fake), block_labels(n, seed=seed)
        copies = as_estimate(
            self,
            share(int(hits.sum()), n),
            "",
            n,
            seed=seed,
            method="Wilson score",
            floor=None if subject.split == "train" else float(found_in(train, held_out).mean()),
            untrained=None if fresh is None else float(found_in(train, fresh).mean()),
            extras={"training texts": len(train), "held-out texts": len(held_out)},
        )
        repeated = jackknife_of(lambda b: [repetition(fake if b is None else fake[labels != b])], labels, correct=False)
        again = as_estimate(
            self,
            repeated.of(0),
            "repeated",
            n,
            seed=seed,
            method="block jackknife",
            direction="target",
            floor=repetition(held_out) if len(held_out) == n else None,
            untrained=None if fresh is None else repetition(fresh),
        )
        return [copies, replace(again, low=max(again.low, 0.0), high=min(again.high, 1.0))]


def found_in(known: Int64[Tensor, "m t"], x: Int64[Tensor, "n t"]) -> Bool[np.ndarray, " n"]:
    """Whether each text is among the known ones."""
    number = numbered(torch.cat([known, x]))
    return np.isin(number[len(known) :], number[: len(known)])


def repetition(x: Int64[Tensor, "n t"]) -> float:
    """One less the share of different texts."""
    return 1 - len(np.unique(numbered(x))) / len(x)


def numbered(x: Int64[Tensor, "n t"]) -> Int64[np.ndarray, " n"]:
    """A number for each text, the same for equal ones."""
    return torch.unique(x.cpu(), dim=0, return_inverse=True)[1].numpy()
