from __future__ import annotations

import doctest

import pytest

from gansuite.report import words


def test_examples_of_the_docstrings() -> None:
    assert doctest.testmod(words).failed == 0


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (0.0, "0"), (True, "True"), (1234567, "1,234,567"), (1234.6, "1,235"), (-1e6, "−1,000,000"),
     (float("-inf"), "−∞"), ("text", "text"), (1e-9, "1e−09")],
)  # fmt: skip
def test_number(value: object, text: str) -> None:
    assert words.number(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (59.6, "1 min 0 s"),
        (9.99, "10.0 s"),
        (3599.4, "59 min 59 s"),
        (3600, "1 h 0 min"),
        (None, "–"),
        (float("nan"), "–"),
    ],
)
def test_duration(seconds: object, text: str) -> None:
    assert words.duration(seconds) == text


def test_moment_keeps_what_is_no_time() -> None:
    assert words.moment("yesterday") == "yesterday"
    assert words.moment(None) == "–"


def test_short_keeps_the_head_of_a_hash() -> None:
    assert words.short("a" * 18) == "a" * 18
    assert words.short("a" * 19) == "a" * 17 + "…"
