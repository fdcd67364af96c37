"""Tokenizers give texts back exactly, are the same each time, and what cannot be given back is told."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gansuite_text.data.tokenizers import KINDS, of_words, trained

TEXTS = [
    "a dog's life, well-known... (yes) $5.00!",
    "x",
    "spaced , marks . do n't ?",
    "a-!b 'q' it's.",
    "é,ü ##x",
    "日本語、です。",
    "naïve café — “quoted” text’s",
    "emoji 👩‍👩‍👧 ok",
    "e\u0301a\u0301 x\u0301.",
]
LINE = st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=40)


def back(tokenizer, text: str) -> str:
    return tokenizer.decode(tokenizer.encode(text, add_special_tokens=False).ids, skip_special_tokens=False)


@pytest.mark.parametrize("kind", KINDS)
def test_texts_come_back(kind):
    made = trained(kind, TEXTS, None, spaced=False, lower=False)
    assert [back(made, text) for text in TEXTS] == TEXTS
    assert made.id_to_token(0) == "<end>" and made.id_to_token(1) == "<unk>"


@settings(max_examples=150, deadline=None)
@given(line=LINE)
def test_any_line_comes_back(line):
    for kind in ("char", "byte", "bpe"):
        assert (
            back(trained(kind, [line, "abc"], 300 if kind == "bpe" else None, spaced=False, lower=False), line) == line
        )
    words = " ".join(line.replace("￭", "").split())
    if words:
        for spaced in (False, True):
            assert back(trained("word", [words], None, spaced=spaced, lower=False), words) == words


def test_words_are_words_and_marks():
    made = trained("word", TEXTS, None, spaced=False, lower=False)
    found = made.encode(TEXTS[0]).tokens
    assert " ".join(found) == "a dog's life ￭, well-known ￭. ￭. ￭. ( ￭yes ￭) $ ￭5 ￭. ￭00 ￭!"
    assert trained("word", TEXTS, None, spaced=True, lower=False).encode(TEXTS[0]).tokens == TEXTS[0].split()


def test_numbers_go_by_frequency():
    words = ["the", "cat", "the", "dog", "the", "cat", "a"]
    made = trained("word", [" ".join(words)], None, spaced=True, lower=False)
    counts = Counter(words)
    order = sorted(counts, key=lambda word: (-counts[word], word))
    assert [made.id_to_token(i) for i in range(2, made.get_vocab_size())] == order


def test_bytes_are_the_bytes_of_utf8():
    made = trained("byte", [], None, spaced=False, lower=False)
    assert made.get_vocab_size() == 258
    for text in TEXTS:
        assert len(made.encode(text).ids) == len(text.encode())


def test_bytes_know_every_text_and_pairs_shorten_it():
    made = trained("bpe", TEXTS * 3, 300, spaced=False, lower=False)
    assert made.get_vocab_size() == 300
    assert back(made, "Ω new ☂ text") == "Ω new ☂ text"
    assert len(made.encode(TEXTS[0]).ids) < len(TEXTS[0].encode())


PROGRAM = f"""
from gansuite_text.data.tokenizers import KINDS, trained
for kind in KINDS:
    print(trained(kind, {TEXTS!r}, None, spaced=False, lower=True).to_str())
"""


def test_the_same_in_every_process():
    here = "".join(trained(kind, TEXTS, None, spaced=False, lower=True).to_str() + "\n" for kind in KINDS)
    environment = {**os.environ, "PYTHONHASHSEED": "1", "RAYON_NUM_THREADS": "3", "PYTHONIOENCODING": "utf-8"}
    run = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True, check=True)
    assert run.stdout.decode() == here


def test_words_of_a_closed_vocabulary():
    made = of_words(["x", "+"])
    assert made.encode("x + x y").ids == [2, 3, 2, 1] and made.decode([2, 3, 2]) == "x + x"
