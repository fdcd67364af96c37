"""Numbers, times and identifiers as a person reads them."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Any

ABSENT = "–"
MINUS = "\N{MINUS SIGN}"


def number(value: Any, digits: int = 3) -> str:
    """A number at ``digits`` significant digits, whole numbers in full, a dash for what is not there.

    >>> number(0.123456), number(1676), number(-2.5), number(None), number(float("nan"))
    ('0.123', '1,676', '−2.5', '–', 'not a number')
    """
    if value is None:
        return ABSENT
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return str(value)
    if math.isnan(value):
        return "not a number"
    if math.isinf(value):
        return "∞" if value > 0 else MINUS + "∞"
    if isinstance(value, int) or (value == int(value) and abs(value) >= 1000):
        return f"{int(value):,}".replace("-", MINUS)
    if abs(value) >= 1000:
        return f"{value:,.0f}".replace("-", MINUS)
    return f"{value:.{digits}g}".replace("-", MINUS)


def interval(low: Any, high: Any) -> str:
    """``low to high``, or a dash where either end is missing."""
    return ABSENT if low is None or high is None else f"{number(low)} to {number(high)}"


def duration(seconds: Any) -> str:
    """A length of time in its two largest units.

    >>> duration(8.26), duration(482), duration(7380)
    ('8.3 s', '8 min 2 s', '2 h 3 min')
    """
    if not isinstance(seconds, (int, float)) or not math.isfinite(seconds):
        return ABSENT
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    minutes = round(seconds / 60)
    return f"{minutes // 60} h {minutes % 60} min"


def moment(stamp: Any) -> str:
    """A time stamp (ISO text, or seconds since 1970) to the minute; other text as it is.

    >>> moment("2026-11-22T10:15:00+00:00")
    '22 November 2026, 10:15'
    """
    try:
        when = datetime.fromtimestamp(stamp) if isinstance(stamp, (int, float)) else datetime.fromisoformat(stamp)
    except (ValueError, TypeError, OverflowError, OSError):
        return ABSENT if stamp is None else str(stamp)
    return f"{when.day} {when:%B %Y, %H:%M}"


def short(identifier: Any, length: int = 18) -> str:
    """The head of a long hash; shorter text as it is."""
    text = ABSENT if identifier is None else str(identifier)
    return text if len(text) <= length else text[: length - 1] + "…"
