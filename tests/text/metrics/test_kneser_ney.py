"""Kneser-Ney: the recursion by dictionaries, discounts by hand, and probabilities that sum to 1."""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np
import pytest

from gansuite.errors import UserError
from gansuite_text.metrics import KneserNey
from gansuite_text.metrics.kneser_ney import discounts_of


def rows_of(texts, length=8):
    x, mask = np.zeros((len(texts), length), np.int64), np.zeros((len(texts), length), bool)
    for i, text in enumerate(texts):
        x[i, : len(text)], mask[i, : len(text)] = text, True
    return x, mask


def by_dictionaries(texts, vocabulary, order, discounts):
    """p(w | h) as the formula has it, n-gram by n-gram."""
    begun = [(vocabulary, *text) for text in texts]
    raw = [Counter(s[i : i + n] for s in begun for i in range(len(s) - n + 1)) for n in range(1, order + 1)]
    tables = []
    for n in range(1, order + 1):
        table = dict(raw[n - 1])
        if n < order:
            left = defaultdict(set)
            for gram in raw[n]:
                left[gram[1:]].add(gram[0])
            table = {g: c if g[0] == vocabulary else len(left[g]) for g, c in table.items()}
        table.pop((vocabulary,), None)
        tables.append(table)

    def p(w, h, n):
        if n == 0:
            return 1 / vocabulary
        context = h[len(h) - n + 1 :]
        follow = {g[-1]: c for g, c in tables[n - 1].items() if g[:-1] == context}
        lower, total, d = p(w, h, n - 1), sum(follow.values()), discounts[n - 1]
        if not total:
            return lower
        c, freed = follow.get(w, 0), sum(d[min(each, 3)] for each in follow.values())
        return max(c - d[min(c, 3)], 0) / total + freed / total * lower

    return lambda w, h: p(w, (vocabulary, *h), min(order, len(h) + 2))


@pytest.mark.parametrize("seed", range(12))
def test_is_the_recursion_and_sums_to_one(seed):
    rng = np.random.default_rng(seed)
    vocabulary, order = int(rng.integers(2, 6)), 1 + seed % 5
    law = rng.dirichlet(np.ones(vocabulary), vocabulary)
    texts = []
    for _ in range(25):
        text = [int(rng.integers(vocabulary))]
        while rng.random() < 0.75 and len(text) < 8:
            text.append(int(rng.choice(vocabulary, p=law[text[-1]])))
        texts.append(text)
    model = KneserNey(*rows_of(texts), vocabulary, order)
    truth = by_dictionaries(texts, vocabulary, order, model.discounts)
    asked = rng.integers(0, vocabulary, (12, 11))
    found = np.exp(model.log_prob(asked, np.ones_like(asked, bool)))
    for i, row in enumerate(asked.tolist()):
        for j, w in enumerate(row):
            assert found[i, j] == pytest.approx(truth(w, row[:j]), abs=1e-12)
            assert model.probabilities(asked[i, :j]).sum() == pytest.approx(1, abs=1e-12)


def test_a_corpus_by_hand():
    """Texts "ab", "ab", "ac" (a = 0, b = 1, c = 2) and bigrams, with discounts of 1/2."""
    half = [np.array([0, 0.5, 0.5, 0.5])] * 2
    model = KneserNey(*rows_of([[0, 1], [0, 1], [0, 2]], 2), 3, 2, half)
    # Each token follows one kind of token, so that c(w) = 1 of 3 each: 1/6 + 1/2 · 1/3 = 1/3, whatever w.
    assert model.probabilities(np.array([0])) == pytest.approx(
        [0.5 * 2 / 3 / 3, 1.5 / 3 + 0.5 * 2 / 3 / 3, 0.5 / 3 + 0.5 * 2 / 3 / 3]
    )
    # After the beginning: three times a, one kind, so (3 - 1/2) / 3 and 1/6 for the order below.
    assert model.probabilities(np.array([], np.int64)) == pytest.approx([2.5 / 3 + 1 / 18, 1 / 18, 1 / 18])
    # b was never followed: the order below has it all.
    assert model.probabilities(np.array([1])) == pytest.approx([1 / 3] * 3)


def test_lower_orders_count_what_precedes():
    """ "San Francisco": frequent, after one word alone, and so unlikely where nothing is known."""
    san, francisco, of, bay = range(4)
    texts = [[san, francisco]] * 9 + [[of, bay], [san, bay], [bay, bay]]
    model = KneserNey(*rows_of(texts, 4), 4, 2)
    unseen = model.probabilities(np.array([of, bay, francisco]))
    assert unseen[bay] > unseen[francisco]


def test_discounts():
    """Chen & Goodman's equation 26 with n_1..n_4 = 8, 4, 2, 1: Y = 1/2."""
    count = np.repeat([1, 2, 3, 4], [8, 4, 2, 1])
    assert discounts_of(count) == pytest.approx([0, 1 - 2 * 0.5 * 0.5, 2 - 3 * 0.5 * 0.5, 3 - 4 * 0.5 * 0.5])
    assert discounts_of(np.array([5, 5])) == pytest.approx([0, 0.5, 1, 1.5])
    assert discounts_of(np.array([1, 1, 1])) == pytest.approx([0, 1, 1, 1.5])


def test_finds_the_law_of_a_chain(chain, spec):
    """Per token, the entropy of the chain from 20,000 texts, to 1 %."""
    x, y = chain(20_000, 0, spec), chain(2000, 1, spec)
    mask = spec.mask(x).numpy(), spec.mask(y).numpy()
    logits = np.random.default_rng(0).standard_normal((12, 12)) * 1.5
    log_p = logits - np.log(np.exp(logits).sum(1, keepdims=True))
    before = np.pad(y.numpy()[:, :-1], ((0, 0), (1, 0)))
    truth = -log_p[before, y.numpy()][mask[1]].mean()
    found = -KneserNey(x.numpy(), mask[0], 12, 3).log_prob(y.numpy(), mask[1]).sum() / mask[1].sum()
    assert truth < found < 1.01 * truth


def test_nothing_to_learn_from():
    with pytest.raises(UserError, match="no token"):
        KneserNey(np.zeros((3, 4), np.int64), np.zeros((3, 4), bool), 5)
