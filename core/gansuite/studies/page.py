"""The page of a study: one file that needs no network, whose tables can be sorted and had as files."""

from __future__ import annotations

import base64
import hashlib
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

import gansuite.report
from gansuite import __version__
from gansuite.report.page import environment
from gansuite.report.view import Section, data_uri
from gansuite.studies.table import Table

if TYPE_CHECKING:
    from gansuite.studies.study import Findings

NARROW = 400.0
"""Units (px) of a picture that a phone shows whole."""
SORTING = Path(gansuite.report.__file__).with_name("templates") / "sortable.js"


@dataclass(frozen=True)
class Part(Section):
    """A section with what it needs once a page: CSS, and JavaScript that runs at the page's end."""

    styles: Sequence[str] = ()
    scripts: Sequence[str] = ()


@dataclass(frozen=True)
class Head:
    """The head of a column: its words, and whether large values are the good ones."""

    words: str
    descending: bool


@dataclass(frozen=True)
class Cell:
    """What a cell says, and the number by which it is sorted; None where it is sorted by its text."""

    text: str
    value: str | None


@dataclass(frozen=True)
class Line:
    """A row; one that stands ``below`` another follows it wherever that goes."""

    cells: Sequence[Cell]
    below: bool


@dataclass(frozen=True)
class Shown:
    """A table as the template shows it."""

    title: str
    name: str
    heads: Sequence[Head]
    lines: Sequence[Line]
    notes: Sequence[str]
    files: Mapping[str, str] = field(default_factory=dict)


def page(title: str, found: Findings) -> str:
    """A study's findings as HTML.

    Sections of the study's own are the page, with the tables and pictures that they show; a study without has its
    tables and then its pictures, one below the other. What the page must not be without - failures, the command, the
    versions - stands at its end.
    """
    parts = [*(found.sections or plain(found)), *ending(found)]
    scripts = [SORTING.read_text(encoding="utf-8")]
    scripts += [script for part in parts if isinstance(part, Part) for script in part.scripts]
    styles = [style for part in parts if isinstance(part, Part) for style in part.styles]
    return (
        environment()
        .get_template("study.html")
        .render(
            title=title,
            found=found,
            answer=[line for line in found.answer if not found.sections or line not in found.failures],
            parts=list(zip(anchors([part.title for part in parts]), parts, strict=True)),
            styles=[Markup(style) for style in dict.fromkeys(styles)],  # of components, not of a run
            scripts={Markup(script): digest(script) for script in dict.fromkeys(scripts)},
            gansuite=__version__,
        )
    )


def plain(found: Findings) -> list[Section]:
    """The sections of a study that has none of its own: its tables and its pictures."""
    tables = {"Table": found.table, **found.tables}
    return [
        *(Section(name, table_html(name, table)) for name, table in tables.items()),
        *(Section(name, picture_html(picture)) for name, picture in found.pictures.items()),
    ]


def ending(found: Findings) -> list[Section]:
    """What failed, and how the study was made."""
    told = []
    if found.sections and found.failures:  # else the answer and the table's notes have told them
        lines = Markup("").join(Markup("<li>{}</li>").format(line) for line in found.failures)
        told.append(Section("Failures", Markup('<ul class="failures">{}</ul>').format(lines)))
    if found.facts:
        told.append(Section("How it was made", facts_html(found.facts)))
    return told


def table_html(name: str, table: Table) -> Markup:
    """A table that is sorted by a click or a key on its heads, with itself as CSV and LaTeX."""
    files = {"csv": ("text/csv", table.csv()), "tex": ("application/x-tex", table.latex())}
    shown = Shown(
        name,
        file_name(name),
        [Head(column or "name", column.endswith("↑")) for column in table.columns],
        [
            Line(
                [Cell(text.strip(), key(value)) for text, value in zip(texts, row, strict=True)],
                texts[0].startswith("  "),
            )
            for texts, row in zip(table.texts(), table.rows, strict=True)
        ],
        table.notes,
        {ending: data_uri(text.encode(), f"{kind};charset=utf-8") for ending, (kind, text) in files.items()},
    )
    module: Any = environment().get_template("table.html").module
    return module.shown(shown)


def picture_html(picture: str, words: str = "") -> Markup:
    """Our own SVG, with a line below it; one wider than a phone scrolls in its box there, a small one stays small."""
    shown = Markup(picture)
    if box := re.search(r'viewBox="0 0 ([\d.]+) ', picture):
        width = float(box[1])
        sizes = f"min-width:{1.1 * width:.0f}px" if width > NARROW else f"max-width:{1.4 * width:.0f}px"
        shown = Markup('<div style="{}">{}</div>').format(sizes, shown)
        shown = scrolling(shown, "Picture") if width > NARROW else shown
    caption = Markup("<figcaption>{}</figcaption>").format(words) if words else ""
    return Markup('<figure class="picture">{}{}</figure>').format(shown, caption)


def scrolling(inner: Markup, label: str) -> Markup:
    """A box in which what is too wide scrolls, by the arrow keys as well."""
    box = Markup('<div class="scroll" tabindex="0" role="region" aria-label="{}">{}</div>')
    return box.format(label, inner)


def facts_html(facts: Mapping[str, str]) -> Markup:
    """Names and values; a command is selected as a whole by a click."""
    line = Markup("<div><dt>{}</dt><dd>{}</dd></div>")
    command = Markup("<code>{}</code>")
    lines = [line.format(k, command.format(v) if k.lower() == "command" else v) for k, v in facts.items()]
    return Markup('<dl class="circumstances">{}</dl>').format(Markup("").join(lines))


def key(value: Any) -> str | None:
    """The number by which a cell is sorted, as JavaScript reads it: that of a mean or an interval is its value."""
    number = getattr(value, "value", value)
    if isinstance(number, str) or number is None or math.isnan(number):
        return None
    return str(number).replace("inf", "Infinity") if isinstance(number, float) else str(int(number))


def file_name(title: str) -> str:
    """A title as the name of a file: ``"Score: IQM"`` is ``score-iqm``."""
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or "table"


def anchors(titles: Sequence[str]) -> list[str]:
    """An address on the page for each title, no two alike."""
    found: list[str] = []
    for title in titles:
        name, count = file_name(title), 1
        while name in found:
            count += 1
            name = f"{file_name(title)}-{count}"
        found.append(name)
    return found


def digest(script: str) -> str:
    """What the page's policy calls a script that may run: no other does, whatever a name in a table holds."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
