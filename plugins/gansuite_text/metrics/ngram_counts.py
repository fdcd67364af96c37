"""Counts of n-grams in sentences, all orders at once: the numbers of n-grams by refining those of (n-1)-grams."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from jaxtyping import Bool, Int64


@dataclass(frozen=True)
class Sentences:
    """Sentences end to end: ``tokens`` as numbers, and the ``lengths`` of the sentences."""

    tokens: Int64[np.ndarray, " l"]
    lengths: Int64[np.ndarray, " s"]

    @classmethod
    def of(cls, sentences: Sequence[Sequence[Hashable]]) -> Sentences:
        """Tokens numbered in the order of their first appearance; equal ones get one number."""
        lengths = np.fromiter(map(len, sentences), np.int64, len(sentences))
        known = dict.fromkeys(chain.from_iterable(sentences))
        number = dict(zip(known, range(len(known)), strict=True))
        tokens = map(number.__getitem__, chain.from_iterable(sentences))
        return cls(np.fromiter(tokens, np.int64, int(lengths.sum())), lengths)

    def __len__(self) -> int:
        return len(self.lengths)

    @property
    def sentence(self) -> Int64[np.ndarray, " l"]:
        """The sentence of each token."""
        return np.repeat(np.arange(len(self)), self.lengths)


@dataclass(frozen=True)
class Counts:
    """How often each n-gram stands in each sentence that has it; ordered by n-gram, then by sentence."""

    gram: Int64[np.ndarray, " m"]
    sentence: Int64[np.ndarray, " m"]
    count: Int64[np.ndarray, " m"]

    def of(self, keep: Bool[np.ndarray, " s"]) -> Counts:
        """Those in some of the sentences."""
        here = keep[self.sentence]
        return Counts(self.gram[here], self.sentence[here], self.count[here])

    @property
    def starts(self) -> Int64[np.ndarray, " g"]:
        """Where each n-gram's entries begin."""
        return np.flatnonzero(np.diff(self.gram, prepend=-1))

    def best_elsewhere(self) -> Int64[np.ndarray, " m"]:
        """For each entry, the greatest count of its n-gram in any *other* sentence.

        The greatest of all, unless the entry is that one itself; then the second greatest.
        """
        if not len(self.gram):
            return self.count
        starts = self.starts
        group = np.repeat(np.arange(len(starts)), np.diff(starts, append=len(self.gram)))
        first = np.maximum.reduceat(self.count, starts)
        places = np.where(self.count == first[group], np.arange(len(group)), len(group))
        owner = np.minimum.reduceat(places, starts)  # the first entry that reaches the greatest count
        others = self.count.copy()
        others[owner] = 0
        found = first[group]
        found[owner] = np.maximum.reduceat(others, starts)
        return found


def ngram_counts(sentences: Sentences, max_n: int) -> Iterator[Counts]:
    """The counts of n-grams for n = 1..max_n.

    An n-gram is the pair of its first n - 1 tokens' number and its last token; the ranks of the pairs are the numbers
    of the n-grams. O(l log l) for each n, and exact.
    """
    token, sentence = sentences.tokens, sentences.sentence
    ends = np.cumsum(sentences.lengths)[sentence]
    at = np.arange(len(token))
    number, size = token, int(token.max(initial=-1)) + 1
    for n in range(1, max_n + 1):
        if n > 1:
            inside = at + n <= ends[at]
            at = at[inside]
            number = ranks(number[inside] * size + token[at + n - 1])
        pair, count = np.unique(number * max(len(sentences), 1) + sentence[at], return_counts=True)
        gram, owner = np.divmod(pair, max(len(sentences), 1))
        yield Counts(gram, owner, count)


def ranks(key: Int64[np.ndarray, " m"]) -> Int64[np.ndarray, " m"]:
    """The rank of each number among the different ones."""
    return np.unique(key, return_inverse=True)[1].reshape(-1)
