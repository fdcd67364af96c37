"""How mistakes are told: one line, the place, the nearest right word."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable
from typing import Any


def one_line(text: object) -> str:
    """Text without line breaks, control characters or lone surrogates."""
    line = " ".join(str(text).encode("utf-8", "backslashreplace").decode().split())
    return re.sub(r"[\x00-\x1f\x7f-\x9f]", lambda match: f"\\x{ord(match[0]):02x}", line)


def counted(number: int, word: str) -> str:
    """``1 run``, ``3 runs``.

    >>> counted(1, "run"), counted(0, "line")
    ('1 run', '0 lines')
    """
    return f"{number} {word}{'s' * (number != 1)}"


def reason_of(error: BaseException) -> str:
    """``ImportError: no module named x``."""
    text = one_line(error)
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def did_you_mean(word: str, words: Iterable[str]) -> str:
    """``; did you mean 'channels'?``, or the few possible words, or nothing."""
    words = sorted(set(words))
    close = difflib.get_close_matches(word, words, n=1)
    if close:
        return f"; did you mean '{close[0]}'?"
    return f"; there is {' '.join(words)}" if 0 < len(words) <= 12 else ""


def a(noun: str) -> str:
    """``a game``, ``an optimizer``."""
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def show(value: Any, width: int = 60) -> str:
    """A value as TOML would write it, shortened."""
    try:
        text = json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError):
        text = repr(value)
    text = one_line(text)
    return text if len(text) <= width else text[: width - 1] + "…"


def place_of(place: str, path: Iterable[str | int]) -> str:
    """``[game] penalties[0].weight`` from ``[game]`` and ("penalties", 0, "weight")."""
    text = place
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            key = part if re.fullmatch(r"[\w-]+", part) else show(part)
            text += f" {key}" if text == place != "" and "] " not in text else f".{key}" if text else key
    return text
