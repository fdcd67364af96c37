"""Grammars against nltk's parser, enumeration, closed forms and Python's own reading of arithmetic."""

from __future__ import annotations

import itertools
import math
import time

import nltk
import pytest
import torch
from nltk.parse.pchart import InsideChartParser

from gansuite.engine.rng import Rng
from gansuite_text.judges.grammar import Language
from gansuite_text.judges.rules import ARITHMETIC, parsed

AMBIGUOUS = """
S -> S S [0.25] | "a" [0.3] | A [0.25] | "b" S "c" "a" [0.2]   # sums over parses, splits a rule of four
A -> B [0.6] | "b" [0.4]
B -> A "a" [0.5] | "c" [0.3] | A [0.2]                          # a circle of unary rules
"""


def rows(language: Language, texts: list[str]) -> torch.Tensor:
    x = torch.zeros(len(texts), language.length, dtype=torch.int64)
    for row, text in zip(x, texts, strict=True):
        numbers = [language.rules.terminals.index(word) + 2 for word in text.split()]
        row[: len(numbers)] = torch.tensor(numbers)
    return x


def every(words: list[str], longest: int) -> list[str]:
    return [" ".join(t) for n in range(1, longest + 1) for t in itertools.product(words, repeat=n)]


def test_inside_probabilities_are_those_of_all_parses():
    """nltk sums nothing and follows no circle; so the circle is cut in a grammar that has none."""
    text = AMBIGUOUS.replace(" | A [0.2] ", ' | "b" [0.2] ')
    language = Language(parsed(text), 5)
    lines = [line.split("#")[0] for line in text.splitlines()]
    parser = InsideChartParser(nltk.PCFG.fromstring("\n".join(lines)))
    texts = every(["a", "b", "c"], 4)
    found = (language.log_density(rows(language, texts)).double() + language.by_length.sum().log()).exp()
    for text, p in zip(texts, found.tolist(), strict=True):
        exact = sum(tree.prob() for tree in parser.parse(text.split()))
        assert p == pytest.approx(exact, rel=1e-5, abs=1e-12), text


def test_circles_of_unary_rules_are_summed():
    """S -> S [p] | "a" [1 - p]: all its derivations say "a"."""
    language = Language(parsed('S -> S [0.7] | "a" [0.3]'), 1)
    assert float(language.by_length[0]) == pytest.approx(1)
    assert float(language.log_density(rows(language, ["a"])).exp()) == pytest.approx(1)


def test_catalan_numbers():
    """S -> S S [p] | "a": a^n has C(n-1) parses of p^(n-1) (1-p)^n each."""
    language = Language(parsed('S -> S S [0.3] | "a" [0.7]'), 40)
    exact = [math.comb(2 * n - 2, n - 1) / n * 0.3 ** (n - 1) * 0.7**n for n in range(1, 41)]
    assert language.by_length.tolist() == pytest.approx(exact, rel=1e-9)
    found = language.log_density(rows(language, [" ".join("a" * n) for n in range(1, 41)])).double()
    assert found.tolist() == pytest.approx([math.log(p / sum(exact)) for p in exact], abs=1e-5)


@pytest.mark.parametrize("text", [ARITHMETIC, AMBIGUOUS], ids=["arithmetic", "ambiguous"])
def test_probabilities_of_all_texts_sum_to_one(text):
    language = Language(parsed(text), 5 if "x" in text else 6)
    texts = every(language.rules.terminals, language.words)
    assert float(language.log_density(rows(language, texts)).double().exp().sum()) == pytest.approx(1, abs=1e-5)


def test_samples_have_these_probabilities():
    language, n = Language(parsed(AMBIGUOUS), 4), 60_000
    texts = rows(language, every(["a", "b", "c"], 4))
    exact = language.log_density(texts).double().exp()
    digits = 5 ** torch.arange(5)
    found = (language.sample(n, Rng(0, "x")) * digits).sum(1).bincount(minlength=5**5)[(texts * digits).sum(1)] / n
    error = (exact * (1 - exact) / n).sqrt()
    assert float(found.sum()) == pytest.approx(1)
    assert float(((found - exact) / error.clamp_min(1e-5)).abs().max()) < 4.5


def test_python_reads_what_the_grammar_accepts():
    """Expressions with one word replaced: such a string is an expression to both, but for signs and juxtaposition."""
    language = Language(parsed(ARITHMETIC), 9)
    x, draw = language.sample(3000, Rng(0, "x")), Rng(0, "replace")
    words = language.rules.terminals
    place = draw.integers(0, 1 << 30, 3000) % (x != 0).sum(1)
    x[torch.arange(3000), place] = 2 + draw.integers(0, len(words), 3000)
    texts = sorted({" ".join(words[number - 2] for number in row if number) for row in x.tolist()})

    def python(text: str) -> bool:
        words = ["(", *text.split()]
        signs = any(b in "+-" and a in "+-*/(" for a, b in itertools.pairwise(words))
        calls = any(b == "(" and a in "xy1)" for a, b in itertools.pairwise(words[1:])) or "( )" in text
        powers = any(a == b and a in "*/" for a, b in itertools.pairwise(words))
        if signs or calls or powers:
            return False
        try:
            compile(text, "text", "eval")
        except SyntaxError:
            return False
        return True

    found = language.valid(rows(language, texts)).tolist()
    assert found == [python(text) for text in texts]
    assert 200 < sum(found) < len(found) / 2


def test_samples_are_valid_and_what_is_spoilt_is_not():
    language = Language(parsed(ARITHMETIC), 20)
    x = language.sample(2000, Rng(0, "x"))
    assert language.valid(x).all() and not (x[:, -1] != 0).any()
    spoilt = x.clone()
    spoilt[:, 0] = language.rules.terminals.index("+") + 2
    assert not language.valid(spoilt).any()
    one = language.rules.terminals.index("x") + 2
    assert language.valid(torch.tensor([[one] + [0] * 20])).all()
    for bad in ([0] * 21, [one, 0, one] + [0] * 18, [one] * 21):  # nothing, words behind the end, no end
        assert not language.valid(torch.tensor([bad])).any(), bad
    short = Language(parsed('S -> "a" S | "a"'), 2)  # 1 is the unknown token
    assert short.valid(torch.tensor([[2, 0, 0], [2, 2, 0], [2, 2, 2], [1, 0, 0]])).tolist() == [
        True,
        True,
        False,
        False,
    ]
    assert language.nll(spoilt) == math.inf


def test_mean_likelihood_is_the_entropy_of_the_lengths_and_the_rest():
    language, n = Language(parsed(ARITHMETIC), 20), 20_000
    x = language.sample(n, Rng(3, "x"))
    share = (x != 0).sum(1).bincount(minlength=21)[1:] / n
    exact = language.by_length / language.by_length.sum()
    assert float(((share - exact) / (exact * (1 - exact) / n).sqrt().clamp_min(1e-6)).abs().max()) < 4.5


def test_ten_thousand_texts_take_a_second_or_so():
    language = Language(parsed(ARITHMETIC), 20)
    x = language.sample(10_000, Rng(0, "x"))
    began = time.process_time()
    language.valid(x)
    assert time.process_time() - began < 5


def test_chunks_change_nothing(monkeypatch):
    language = Language(parsed(ARITHMETIC), 12)
    x = language.sample(100, Rng(0, "x"))
    whole = language.log_density(x)
    monkeypatch.setattr("gansuite_text.judges.grammar.ROWS", 7)
    assert torch.allclose(language.log_density(x), whole, atol=1e-6)


def test_long_texts_do_not_underflow():
    words = " | ".join(f'"w{i}" S [{0.99 / 400}]' for i in range(400))
    language = Language(parsed(f'S -> {words} | "end" [0.01]'), 200)
    text = " ".join([f"w{i}" for i in range(199)] + ["end"])
    exact = 199 * math.log(0.99 / 400) + math.log(0.01) - float(language.by_length.sum().log())
    assert float(language.log_density(rows(language, [text]))) == pytest.approx(exact, rel=1e-5)


def test_shares_that_are_left_out_are_equal():
    rules = parsed("""S -> 'a' [0.5] | "b" | 'c' S""").rules
    assert [share for *_, share in rules] == [0.5, 0.25, 0.25]
