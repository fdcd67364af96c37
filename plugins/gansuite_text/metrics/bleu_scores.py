"""BLEU and Self-BLEU of every sentence, exact and in linear time."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

import numpy as np
from jaxtyping import Bool, Float, Int64

from gansuite.errors import UserError
from gansuite_text.metrics.ngram_counts import Counts, Sentences, ngram_counts

EPSILON = 0.1
"""What a precision without a match counts as matches: nltk's smoothing method 1."""
SMOOTHING = f"method 1 of nltk, epsilon {EPSILON}"

Scores = Mapping[int, Float[np.ndarray, " texts"]]
Tokens = Sequence[Sequence[Hashable]]


def bleu(hypotheses: Tokens, references: Tokens, max_n: int = 5) -> Scores:
    """BLEU-2 to BLEU-``max_n`` of each hypothesis against all references.

        BLEU-n = BP · exp(1/n Σ_{k=1}^{n} log p_k),   BP = min(1, exp(1 - r / h))
        p_k = Σ_g min(c(g), max_ref c_ref(g)) / max(1, h - k + 1)

    over the k-grams g of the hypothesis, with its length h and the length r of the reference nearest to it in length
    (of two, the shorter). A p_k without a match counts 0.1 of one, yet a hypothesis without a single known token
    scores 0. Equal to nltk's ``sentence_bleu`` with weights 1/n and its smoothing method 1. Memory and time grow
    with the number of tokens, not with hypotheses times references.

    Args:
        hypotheses: sentences as lists of tokens, which can be any hashable things.
        references: likewise.
        max_n: greatest n, from 2 on.

    Returns:
        for each n from 2 on an array with the score of each hypothesis.

    Raises:
        UserError: there are no references, or ``max_n`` is below 2.

    Source: Papineni et al., BLEU (2002), section 2; smoothing: Chen & Cherry (2014), technique 1.
    """
    if not len(references):
        raise UserError("bleu: there are no references: give at least one")
    joined, split = Sentences.of([*hypotheses, *references]), len(hypotheses)
    counts = counted("bleu", joined, max_n)
    keep = np.ones(len(joined), bool)
    return scores_against(counts, joined.lengths, split, keep)


def self_bleu(sentences: Tokens, max_n: int = 5) -> Scores:
    """BLEU-2 to BLEU-``max_n`` of each sentence against all others: near 1 where a generator repeats itself.

    It grows with the number of sentences: compare only values of equal numbers.

    Args:
        sentences: as lists of tokens.
        max_n: greatest n, from 2 on.

    Returns:
        for each n from 2 on an array with the score of each sentence.

    Raises:
        UserError: fewer than two sentences, or ``max_n`` is below 2.

    Source: Zhu et al., Texygen (2018), section 3.3; here without the sentence among its own references.
    """
    if len(sentences) < 2:
        raise UserError(f"self_bleu: {len(sentences)} sentences: give at least 2, for each is compared with the others")
    joined = Sentences.of(sentences)
    return scores_within(counted("self_bleu", joined, max_n), joined.lengths, np.ones(len(joined), bool))


def counted(name: str, sentences: Sentences, max_n: int) -> list[Counts]:
    """Counts of 1-grams to ``max_n``-grams."""
    if max_n < 2:
        raise UserError(f"{name}: max_n = {max_n}: give 2 or more")
    return list(ngram_counts(sentences, max_n))


def scores_against(
    counts: Sequence[Counts], lengths: Int64[np.ndarray, " s"], split: int, keep: Bool[np.ndarray, " s"]
) -> Scores:
    """Scores of the kept sentences before ``split`` against the kept ones from there on."""
    hypothesis = np.arange(len(lengths)) < split
    matches = [clipped(each, hypothesis & keep, ~hypothesis & keep) for each in counts]
    nearest = closest(lengths[hypothesis & keep], lengths[~hypothesis & keep])
    return combined([each[hypothesis & keep] for each in matches], lengths[hypothesis & keep], nearest)


def scores_within(counts: Sequence[Counts], lengths: Int64[np.ndarray, " s"], keep: Bool[np.ndarray, " s"]) -> Scores:
    """Scores of each kept sentence against the other kept ones."""
    matches = []
    for each in counts:
        here = each.of(keep)
        matches.append(summed(here, np.minimum(here.count, here.best_elsewhere()), len(lengths))[keep])
    return combined(matches, lengths[keep], closest_other(lengths[keep]))


def clipped(
    counts: Counts, hypothesis: Bool[np.ndarray, " s"], reference: Bool[np.ndarray, " s"]
) -> Int64[np.ndarray, " s"]:
    """Matches of each sentence among the hypotheses: its counts, each at most the greatest of any reference."""
    most = np.zeros(int(counts.gram.max(initial=-1)) + 1, np.int64)
    theirs, ours = counts.of(reference), counts.of(hypothesis)
    if len(theirs.gram):
        starts = theirs.starts
        most[theirs.gram[starts]] = np.maximum.reduceat(theirs.count, starts)
    return summed(ours, np.minimum(ours.count, most[ours.gram]), len(hypothesis))


def summed(counts: Counts, matches: Int64[np.ndarray, " m"], n: int) -> Int64[np.ndarray, " s"]:
    """Matches of each of ``n`` sentences."""
    return np.bincount(counts.sentence, matches, n).astype(np.int64)


def closest(lengths: Int64[np.ndarray, " s"], references: Int64[np.ndarray, " r"]) -> Int64[np.ndarray, " s"]:
    """The reference length nearest to each length; of two as near, the shorter."""
    known = np.unique(references)
    above = np.searchsorted(known, lengths).clip(max=len(known) - 1)
    high, low = known[above], known[(above - 1).clip(min=0)]
    return np.where(abs(lengths - low) <= abs(high - lengths), low, high)


def closest_other(lengths: Int64[np.ndarray, " s"]) -> Int64[np.ndarray, " s"]:
    """The nearest length of another sentence: its own where a second one has it, else a neighbour in the histogram."""
    known, where, count = np.unique(lengths, return_inverse=True, return_counts=True)
    if len(known) == 1:
        return lengths
    low, high = np.roll(known, 1), np.roll(known, -1)
    low[0], high[-1] = high[0], low[-1]
    nearest = np.where(known - low <= high - known, low, high)
    nearest[0], nearest[-1] = high[0], low[-1]
    return np.where(count > 1, known, nearest)[where.reshape(-1)]


def combined(
    matches: Sequence[Int64[np.ndarray, " s"]], lengths: Int64[np.ndarray, " s"], nearest: Int64[np.ndarray, " s"]
) -> Scores:
    """BLEU-2 and on from the matches of each order, the lengths and those of the references."""
    gap = 1 - nearest / np.maximum(lengths, 1)
    penalty = np.where(lengths > nearest, 1.0, np.exp(np.minimum(gap, 0))) * (matches[0] > 0)
    total, found = np.zeros(len(lengths)), {}
    for n, hits in enumerate(matches, 1):
        total = total + np.log(np.where(hits > 0, hits, EPSILON) / np.maximum(lengths - n + 1, 1))
        if n > 1:
            found[n] = penalty * np.exp(total / n)
    return found
