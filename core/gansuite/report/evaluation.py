"""The page's section on evaluation, drawn from a ``View``: a card for every metric, in plain values and figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gansuite.report.curves import finite
from gansuite.report.shapes import shapes
from gansuite.report.view import View
from gansuite.report.words import number

LEFT, RIGHT = -0.25, 1.25
"""Ends of the small scale, the same for all metrics, so that they can be compared at a glance."""


@dataclass(frozen=True)
class Scale:
    """A normalised value and its interval, and where they lie on the small scale, in per cent of its width."""

    value: float
    low: float
    high: float
    at: float
    start: float
    end: float
    beyond: str = ""


@dataclass(frozen=True)
class Line:
    """One number of a metric: what its row says last, its place on the scale, and which way is better."""

    part: str
    row: Mapping[str, Any]
    better: str
    scale: Scale | None


@dataclass(frozen=True)
class Card:
    """A metric on one extractor: its numbers, what they say, and what to beware of."""

    name: str
    extractor: str
    meaning: str
    lines: list[Line] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    figures: list[tuple[str, str]] = field(default_factory=list)
    numbers: list[tuple[str, str]] = field(default_factory=list)

    @property
    def row(self) -> Mapping[str, Any]:
        """What all its numbers share: the settings of the last row."""
        return self.lines[-1].row


def cards(view: View) -> list[Card]:
    """A card for every metric of the run, in the order in which they were first taken."""
    found: dict[str, Card] = {}
    for name, rows in view.estimates.items():
        base, extractor, part = parsed(name)
        key = f"{base}@{extractor}"
        if key not in found:
            found[key] = Card(base, extractor, meaning(base, str(view.run.get("plugin") or "")))
        card, row = found[key], rows[-1]
        card.lines.append(Line(part, row, better(row), scaled(row)))
        extras = row.get("extras")
        if not isinstance(extras, Mapping):
            continue
        card.warnings.extend(words for words in listed(extras.get("warning") or ()) if words not in card.warnings)
        card.figures.extend(each for each in shapes(extras) if each not in card.figures)
        card.numbers.extend(each for each in scalars(extras) if each not in card.numbers)
    return list(found.values())


def parsed(name: str) -> tuple[str, str, str]:
    """Metric, extractor and part of an estimate's name.

    >>> parsed("kad"), parsed("prd/recall"), parsed("prd@log-mel/recall")
    (('kad', '', ''), ('prd', '', 'recall'), ('prd', 'log-mel', 'recall'))
    """
    whole, _, part = name.partition("/")
    base, _, extractor = whole.partition("@")
    return base, extractor, part


def meaning(name: str, plugin: str) -> str:
    """What the metric's number says, in its own class's words; "" where its plugin is not here any more."""
    from gansuite.plugins.discovery import CORE
    from gansuite.plugins.registry import registry

    try:
        found = registry().named(name, "metric")
        entry = min(found, key=lambda entry: (entry.plugin != plugin, entry.plugin != CORE))
        return sentence(str(getattr(entry.load(), "meaning", "")))
    except Exception:  # a sentence less must not cost the run its report
        return ""


def sentence(text: str) -> str:
    """With a capital at its beginning and a full stop at its end."""
    text = text.strip()
    return text[:1].upper() + text[1:] + "." * (text[-1:] not in ("", ".", "!", "?"))


def better(row: Mapping[str, Any]) -> str:
    """Which way is better, in words."""
    match row.get("direction"):
        case "min":
            return "lower is better"
        case "max":
            return "higher is better"
        case "target":
            best = next((row.get(key) for key in ("ideal", "floor") if finite(row.get(key))), None)
            return "best near held-out" if best is None else f"best near {number(best)}"
    return ""


def scaled(row: Mapping[str, Any]) -> Scale | None:
    """The row's normalised value on the small scale; what lies beyond it is drawn at its end."""
    normalised = row.get("normalised") or {}
    known = [normalised.get(key) for key in ("value", "low", "high")]
    whole = [float(x) for x in known if finite(x)]
    if len(whole) < 3:
        return None
    value, low, high = whole
    at, start, end = (round(100 * (min(max(x, LEFT), RIGHT) - LEFT) / (RIGHT - LEFT), 2) for x in (value, low, high))
    beyond = "beyond" if not LEFT <= value <= RIGHT else ""
    return Scale(value, low, high, at, start, end, beyond)


def listed(told: Any) -> Sequence[str]:
    """A warning or several, as several."""
    return [told] if isinstance(told, str) else [str(each) for each in told]


def size(row: Mapping[str, Any]) -> str:
    """How many samples the number rests on, in words."""
    known = [(row.get("n_real"), "real"), (row.get("n_fake"), "generated")]
    return ", ".join(f"{number(n)} {kind}" for n, kind in known if n)  # a metric of the model itself has no real ones


def scalars(extras: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The single numbers among a metric's extras, for the small print."""
    return [(str(key).replace("_", " "), number(value)) for key, value in extras.items() if finite(value)]
