"""BLEU and Self-BLEU: nltk's own values, sentence by sentence, in every corner that it has."""

from __future__ import annotations

import random

import numpy as np
import pytest
from nltk.translate.bleu_score import SmoothingFunction, sentence_bleu

from gansuite.errors import UserError
from gansuite_text.metrics import bleu, self_bleu
from gansuite_text.metrics.ngram_counts import Counts, Sentences, ngram_counts

METHOD_1 = SmoothingFunction().method1


def theirs(references, hypothesis, n):
    return sentence_bleu(references, hypothesis, (1 / n,) * n, METHOD_1)


def sentences(rng, count, vocabulary, lengths=(0, 1, 2, 3, 5, 8, 12)):
    return [[rng.randrange(vocabulary) for _ in range(rng.choice(lengths))] for _ in range(count)]


@pytest.mark.parametrize("seed", range(40))
def test_is_nltk(seed):
    """Few kinds of tokens, so that counts clip; lengths 0 to 12, so that some are empty, tied or shorter than n."""
    rng = random.Random(seed)
    hypotheses = sentences(rng, 6, vocabulary := rng.randint(1, 6))
    references = sentences(rng, rng.randint(1, 5), vocabulary + 1)
    against, within = bleu(hypotheses, references), self_bleu(hypotheses)
    assert list(against) == list(within) == [2, 3, 4, 5]
    for n in against:
        for i, hypothesis in enumerate(hypotheses):
            others = hypotheses[:i] + hypotheses[i + 1 :]
            assert against[n][i] == pytest.approx(theirs(references, hypothesis, n), abs=1e-12)
            assert within[n][i] == pytest.approx(theirs(others, hypothesis, n), abs=1e-12)


def test_closest_reference_of_two_as_near_is_the_shorter():
    hypothesis, references = list("abcd"), [list("abcxy"), list("abc")]
    assert bleu([hypothesis], references)[2][0] == pytest.approx(theirs(references, hypothesis, 2), abs=1e-12)
    assert theirs(references, hypothesis, 2) > theirs(references[:1], hypothesis, 2)


def test_own_length_counts_only_if_another_has_it():
    texts = [list("abcdefgh"), list("abcd"), list("abcdef"), list("ab")]
    for n, scores in self_bleu(texts).items():
        for i, text in enumerate(texts):
            assert scores[i] == pytest.approx(theirs(texts[:i] + texts[i + 1 :], text, n), abs=1e-12)


def test_duplicates_are_perfect_and_strangers_are_nought():
    for scores in self_bleu([list("abcdef")] * 2 + [list("uvwxyz")]).values():
        assert scores.tolist() == [1.0, 1.0, 0.0]


@pytest.mark.parametrize(
    "tokens", [str, lambda t: (t, "x"), lambda t: frozenset([t])], ids=["strings", "pairs", "sets"]
)
def test_any_hashable_is_a_token(tokens):
    rng = random.Random(7)
    plain = sentences(rng, 20, 5)
    dressed = [[tokens(t) for t in sentence] for sentence in plain]
    for n, scores in self_bleu(plain, 3).items():
        assert scores.tolist() == self_bleu(dressed, 3)[n].tolist()


def test_order_of_sentences_and_names_of_tokens_do_not_matter():
    rng = random.Random(3)
    texts = sentences(rng, 30, 4)
    order = rng.sample(range(30), 30)
    moved = self_bleu([[9 - t for t in texts[i]] for i in order])
    for n, scores in self_bleu(texts).items():
        assert np.allclose(moved[n], scores[order], atol=1e-15)


def test_refined_numbers_tell_ngrams_apart():
    """Counts of 1- to 4-grams against a dictionary."""
    texts = sentences(random.Random(1), 15, 3)
    for n, counts in enumerate(ngram_counts(Sentences.of(texts), 4), 1):
        truth: dict[tuple, dict[int, int]] = {}
        for i, text in enumerate(texts):
            for j in range(len(text) - n + 1):
                at = truth.setdefault(tuple(text[j : j + n]), {})
                at[i] = at.get(i, 0) + 1
        found: dict[int, dict[int, int]] = {}
        for gram, sentence, count in zip(counts.gram, counts.sentence, counts.count, strict=True):
            found.setdefault(int(gram), {})[int(sentence)] = int(count)
        as_sets = [sorted(sorted(each.items()) for each in table.values()) for table in (truth, found)]
        assert as_sets[0] == as_sets[1]


def test_best_elsewhere():
    counts = Counts(np.array([0, 0, 0, 1, 2, 2]), np.array([0, 1, 2, 0, 1, 2]), np.array([3, 5, 5, 4, 1, 2]))
    assert counts.best_elsewhere().tolist() == [5, 5, 5, 0, 2, 1]


def test_nothing_to_compare():
    assert [len(scores) for scores in bleu([], [["a"]]).values()] == [0] * 4
    with pytest.raises(UserError, match="no references"):
        bleu([["a"]], [])
    with pytest.raises(UserError, match="at least 2"):
        self_bleu([["a"]])
    with pytest.raises(UserError, match="max_n = 1"):
        self_bleu([["a"], ["b"]], 1)
