"""A table of a study for a paper: a ``tabular`` with the rules of booktabs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gansuite.studies.table import Table

# What LaTeX reads as a command, and what fonts of a paper may lack.
MEANT = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{letter: f"\\{letter}" for letter in "&%$#_"},
    "±": r"$\pm$",
    "↑": r"$\uparrow$",
    "↓": r"$\downarrow$",
    "−": "$-$",
    "∞": r"$\infty$",
    "≤": r"$\leq$",
    "×": r"$\times$",
    "\n": " ",
}
NUMBER = r"[-−]?\d[\d.]*(?:e[-+]\d+)?"
NUMBERS = re.compile(rf"{NUMBER}(?: ± {NUMBER}| \[{NUMBER}, {NUMBER}\])?")
POWER = re.compile(r"e([-+])0*(\d+)")


def tabular(table: Table) -> str:
    r"""The table as LaTeX; the preamble needs ``\usepackage{booktabs}``.

    Everything is escaped, numbers are set as mathematics, a mean with its interval as ``$1.2 \pm 0.3$``; a row that
    stands below another, such as what a paper reports, is indented. Notes stand above as comments.
    """
    lines = [" & ".join(map(escaped, table.columns)) + r" \\", r"\midrule"]
    for texts in table.texts():
        head = (r"\quad " if texts[0].startswith("  ") else "") + escaped(texts[0].strip())
        lines.append(" & ".join([head, *map(cell, texts[1:])]) + r" \\")
    columns = "l" + "r" * (len(table.columns) - 1)
    notes = [f"% {' '.join(note.split())}" for note in table.notes]
    begin = [rf"\begin{{tabular}}{{{columns}}}", r"\toprule"]
    return "\n".join([*notes, *begin, *lines, r"\bottomrule", r"\end{tabular}"]) + "\n"


def cell(text: str) -> str:
    """A number, a mean or an interval as mathematics, other text escaped."""
    if not NUMBERS.fullmatch(text):
        return "--" if text == "-" else escaped(text)
    sign = {"+": "", "-": "-"}
    powers = POWER.sub(lambda match: rf" \times 10^{{{sign[match[1]]}{match[2]}}}", text)
    return f"${powers.replace('±', chr(92) + 'pm').replace('−', '-').replace(' [', chr(92) + ' [')}$"


def escaped(text: str) -> str:
    """Text that LaTeX sets as it stands."""
    return "".join(MEANT.get(letter, letter) for letter in text)
