"""Scores of class probabilities: how sure a classifier is of each sample, and how evenly the classes occur."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any

import numpy as np
import torch
from annotated_types import Gt
from jaxtyping import Float, Int64
from torch import Tensor

from gansuite.metrics.estimate import Estimate
from gansuite.metrics.metric import MetricError
from gansuite.metrics.two_sample import Features, Known, Part, Side, TwoSample

TINY = 1e-12  # below which a probability is not asked for its logarithm, where the formula has no p before the log


def inception_score(
    probabilities: Features,
    splits: int = 1,
    *,
    floor: Features | None = None,
    untrained: Features | None = None,
    seed: int = 0,
) -> Estimate:
    """Inception score: exp of the mean divergence of each sample's class probabilities from their average.

        IS = exp( 1/n sum_i KL(p_i || p) ),   p = 1/n sum_i p_i

    Between 1 (all samples alike to the classifier) and the number of classes k (sure of each, classes equally often).
    The plug-in value falls short by about (k - 1) / 2n of itself, the more the more splits there are; with one split
    the joint block jackknife takes that away. ``extras["plug_in"]`` is the value as it comes.

    Args:
        probabilities: of a classifier for generated samples, [n, k]; rows sum to 1.
        splits: parts, one after the other, whose scores are averaged; the papers' form is 10, without a correction.
        floor: probabilities for real samples, [n, k]; gives ``Estimate.floor``.
        untrained: probabilities for an untrained generator's samples, [n, k]; with ``floor`` gives ``normalised``.
        seed: of the jackknife's blocks.

    Raises:
        MetricError: rows that are no probabilities, one class, fewer than 20 rows a split, unequal n or k.

    Source: Salimans et al. 2016, section 4; Barratt & Sharma 2018 on its faults.
    """
    return InceptionScore(splits=splits)(probabilities, probabilities, floor=floor, untrained=untrained, seed=seed)[0]


def modified_inception_score(
    probabilities: Features, *, floor: Features | None = None, untrained: Features | None = None, seed: int = 0
) -> Estimate:
    """Modified inception score: exp of the mean divergence between the probabilities of two samples.

        mIS = exp( 1/(n (n - 1)) sum_{i≠j} KL(p_i || p_j) )

    Rewards samples of one class that differ too. Probabilities below 1e-12 count as 1e-12: the score of a very sure
    classifier is set by that, so compare values of one classifier only. Arguments as ``inception_score``.

    Source: Gurumurthy, Sarvadevabhatla & Babu 2017 (DeLiGAN), section 5.
    """
    metric = ModifiedInceptionScore()
    return metric(probabilities, probabilities, floor=floor, untrained=untrained, seed=seed)[0]


def am_score(
    real: Features, fake: Features, *, floor: Features | None = None, untrained: Features | None = None, seed: int = 0
) -> Estimate:
    """AM score: how far the classes are from the real ones' shares, plus how unsure the classifier is of a sample.

        AM = KL(p_real || p) + 1/n sum_i H(p_i),   p = 1/n sum_i p_i

    Lower is better; unlike the inception score it knows which shares the classes should have. Arguments as
    ``inception_score``, with ``real`` the probabilities for real samples.

    Source: Zhou et al. 2018 (Activation maximization GAN), section 5.2.
    """
    return AMScore()(real, fake, floor=floor, untrained=untrained, seed=seed)[0]


class ClassScore(TwoSample):
    """A score of the mean probabilities and of mean functions of each row: sums by block are all that it takes."""

    needs = "probabilities"
    centre = False
    correct = True
    splits = 1

    @abstractmethod
    def score(self, side: Side, mean: Float[Tensor, "b s k"], rows: Float[Tensor, "b s m"], n: Tensor) -> Tensor:
        """The score [b, s] from the mean probabilities, the means of ``terms``, and the number of rows [b, s, 1]."""

    @abstractmethod
    def terms(self, p: Float[Tensor, "n k"]) -> Float[Tensor, "n m"]:
        """Functions of each row whose means the score needs."""

    def side(self, real: Float[Tensor, "n k"], labels: Int64[Tensor, " n"] | None, seed: int) -> Side:
        mean = without(proper(self.name, real), 1, labels)[0]
        return {"mean": mean}

    def table(
        self, side: Side, other: Float[Tensor, "n k"], labels: Int64[Tensor, " n"] | None, seed: int
    ) -> np.ndarray:
        p = proper(self.name, other)
        mean, n = without(p, self.splits, labels)
        rows, _ = without(self.terms(p), self.splits, labels)
        return self.score(side, mean, rows, n).mean(1, keepdim=True).cpu().numpy()

    def extras(self, side: Side, table: np.ndarray) -> Mapping[str, Any]:
        return {"plug_in": float(table[0, 0])}


class InceptionScore(ClassScore):
    """Inception score of any classifier's probabilities; see ``inception_score``.

    Args:
        splits: parts whose scores are averaged; 1 with the bias taken away, 10 is the papers' form.
    """

    name = "inception-score"
    direction = "max"
    meaning = (
        "How sure a classifier is of each sample and how evenly the classes occur: 1 at worst, the number of classes "
        "at best."
    )
    parts = (Part(direction="max", low=1.0),)

    def __init__(self, *, splits: Annotated[int, Gt(0)] = 1) -> None:
        self.splits, self.correct = splits, splits == 1
        self.minimum = 20 * splits  # every split keeps rows without any block
        how = "jackknife-corrected" if self.correct else f"mean of {splits} splits, as published"
        self.method = f"inception score, {how}; block jackknife"

    def __call__(
        self,
        real: Features,
        fake: Features,
        *,
        floor: Features | None = None,
        untrained: Features | None = None,
        seed: int = 0,
        known: Known | None = None,
    ) -> list[Estimate]:
        """The one estimate; the correction is not let above the number of classes, which no score exceeds."""
        [found] = super().__call__(real, fake, floor=floor, untrained=untrained, seed=seed, known=known)
        capped = {
            name: min(value, float(fake.shape[1]))
            for name in ("value", "high", "floor", "untrained")
            if (value := getattr(found, name)) is not None
        }
        return [replace(found, **capped)]

    def terms(self, p: Float[Tensor, "n k"]) -> Float[Tensor, "n 1"]:
        return torch.special.xlogy(p, p).sum(1, keepdim=True)

    def score(self, side: Side, mean: Tensor, rows: Tensor, n: Tensor) -> Tensor:
        return (rows[..., 0] - torch.special.xlogy(mean, mean).sum(2)).exp()


class ModifiedInceptionScore(ClassScore):
    """Modified inception score; see ``modified_inception_score``."""

    name = "modified-inception-score"
    direction = "max"
    meaning = "How differently a classifier sees two samples, of one class or of two: 1 at worst."
    parts = (Part(direction="max", low=1.0),)
    method = "mean over pairs; block jackknife"

    def terms(self, p: Float[Tensor, "n k"]) -> Float[Tensor, "n m"]:
        log = p.clamp_min(TINY).log()
        return torch.cat([(p * log).sum(1, keepdim=True), log], 1)

    def score(self, side: Side, mean: Tensor, rows: Tensor, n: Tensor) -> Tensor:
        # A sample's divergence from itself is 0, so that all pairs are the pairs of two, times (n - 1) / n.
        return ((rows[..., 0] - (mean * rows[..., 1:]).sum(2)) * (n / (n - 1))[..., 0]).exp()


class AMScore(ClassScore):
    """AM score; see ``am_score``."""

    name = "am-score"
    direction = "min"
    meaning = "How far the classes are from their real shares, plus how unsure a classifier is of a sample."
    parts = (Part(low=0.0),)
    method = "AM score, jackknife-corrected; block jackknife"

    def terms(self, p: Float[Tensor, "n k"]) -> Float[Tensor, "n 1"]:
        return -torch.special.xlogy(p, p).sum(1, keepdim=True)

    def score(self, side: Side, mean: Tensor, rows: Tensor, n: Tensor) -> Tensor:
        real = side["mean"].to(mean)
        away = torch.special.xlogy(real, real) - torch.special.xlogy(real, mean.clamp_min(TINY))
        return away.sum(2) + rows[..., 0]


def proper(name: str, p: Float[Tensor, "n k"]) -> Float[Tensor, "n k"]:
    """The rows, if they are probabilities, summing to 1 to the last digit.

    Raises:
        MetricError: a row is negative or does not sum to 1, or there is one class.
    """
    if p.shape[1] < 2:
        raise MetricError(f"{name}: one class has no probabilities to compare: give [n, k] with k of at least 2")
    sums = p.sum(1)
    if float(p.min()) < 0 or float((sums - 1).abs().max()) > 1e-3:
        raise MetricError(f"{name}: rows are no probabilities (the first sums to {float(sums[0]):.4g}): take softmax")
    return p / sums[:, None]


def without(
    x: Float[Tensor, "n m"], splits: int, labels: Int64[Tensor, " n"] | None
) -> tuple[Float[Tensor, "b s m"], Float[Tensor, "b s 1"]]:
    """Means of the rows of each split, whole and without each block, and the number of rows in each."""
    n = len(x)
    split = torch.bucketize(torch.arange(n), torch.arange(1, splits) * n // splits, right=True)
    block = torch.zeros(n, dtype=torch.int64) if labels is None else labels.cpu()
    blocks = int(block.max()) + 1
    cell = (block * splits + split).to(x.device)
    ones = torch.cat([x, x.new_ones(n, 1)], 1)
    sums = ones.new_zeros(blocks * splits, ones.shape[1]).index_add_(0, cell, ones).view(blocks, splits, -1)
    whole = sums.sum(0, keepdim=True)
    left = whole if labels is None else torch.cat([whole, whole - sums])
    return left[..., :-1] / left[..., -1:], left[..., -1:]
