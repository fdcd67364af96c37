"""The page of a study, read: its parts, its downloads, what it lets run."""

from __future__ import annotations

import base64
import hashlib
import math

import pytest

from gansuite.metrics.estimate import Interval
from gansuite.report.view import Section
from gansuite.studies.page import Part, anchors, file_name, key, page, picture_html, table_html
from gansuite.studies.statistics import Mean
from gansuite.studies.study import Findings
from gansuite.studies.table import Table

from .page_reading import Read, read_page

HOSTILE = "<script>alert('1')</script> & \"x\" onclick=alert(1)"
TABLE = Table(
    ["", "modes ↑", "fid_x ↓", "steps"],
    [
        ["a", Mean(3, 1.25, 1.0, 1.5), 3e-5, 100],
        ["b & c", Mean(3, 1.5, 1.5, 1.5), math.nan, 20],
        ["  published: 100 % of {x}_1", "6.3 ± 0.5", None, None],
    ],
    ["A note."],
)


def findings(**more: object) -> Findings:
    return Findings(TABLE, ["It is so."], {}, **more)  # pyright: ignore[reportArgumentType]


def shown(**more: object) -> Read:
    return read_page(page("A study", findings(**more)))


def test_cells_are_sorted_by_the_number_behind_their_words():
    values = [Mean(3, 1.25, 1.0, 1.5), Interval(-0.5, -1.0, 0.0), 7, True, 2.5, math.inf, -math.inf]
    assert [key(value) for value in values] == ["1.25", "-0.5", "7", "1", "2.5", "Infinity", "-Infinity"]
    assert [key(value) for value in (None, "12 of 20", math.nan)] == [None, None, None]


def test_titles_become_names_of_files_and_addresses_no_two_alike():
    assert [file_name(title) for title in ("Score: IQM", "↑", "a/../b")] == ["score-iqm", "table", "a-b"]
    assert anchors(["Table", "table", "TABLE", "x"]) == ["table", "table-2", "table-3", "x"]


def test_a_study_without_sections_of_its_own_has_its_tables_then_its_pictures():
    seen = shown(tables={"More": TABLE}, pictures={"Plot": "<svg></svg>"}, facts={"Command": "gansuite study x"})
    assert seen.ids == ["table", "more", "plot", "how-it-was-made"]
    assert seen.faults == []
    assert seen.foreign == []
    text = "".join(seen.text)
    for words in ("It is so.", "A note.", "1.25 ± 0.25", "gansuite study x"):
        assert words in text
    assert "Failures" not in text


def test_sections_of_a_study_are_its_page_and_failures_are_told_once_at_its_end():
    line = "x seed 1 failed: out of memory"
    found = Findings(
        TABLE, ["It is so.", line], {}, {"Plot": "<svg></svg>"}, [line], sections=[Section("Own", "<p>own</p>")]
    )
    seen = read_page(page("A study", found))
    assert seen.ids == ["own", "failures"]
    assert "".join(seen.text).count(line) == 1


def test_what_was_asked_and_what_warns_stand_on_the_page():
    text = "".join(shown(asked=["a, b; seeds 0 to 4"], warnings=["n = 3: wide"]).text)
    assert text.index("a, b; seeds 0 to 4") < text.index("It is so.") < text.index("n = 3: wide")


def test_downloads_hold_the_very_bytes_of_the_files():
    seen = shown(tables={"Score: IQM": TABLE})
    assert seen.downloads.keys() == {"table.csv", "table.tex", "score-iqm.csv", "score-iqm.tex"}
    assert seen.downloads["table.csv"] == TABLE.csv().encode()
    assert seen.downloads["score-iqm.tex"] == TABLE.latex().encode()


def test_only_the_scripts_of_the_page_may_run():
    part = Part("Own", "<p>x</p>", [".own { color: red }"], ["let a = '<' + 1;"])
    again = Part("Again", "<p>x</p>", [".own { color: red }"], ["let a = '<' + 1;"])
    html = page("A study", findings(sections=[part, again]))
    seen = read_page(html)
    assert len(seen.scripts) == 2  # that which sorts, and that of both parts
    assert html.count(".own { color: red }") == 1
    for script in seen.scripts:
        assert f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'" in seen.policy
    assert "script-src 'sha256" in seen.policy
    assert seen.policy.startswith("default-src 'none'")


def test_whatever_a_name_holds_is_shown_and_nothing_else():
    table = Table([HOSTILE, HOSTILE], [[HOSTILE, HOSTILE]], [HOSTILE])
    found = Findings(
        table, [HOSTILE], {}, {HOSTILE: "<svg></svg>"}, [HOSTILE], {HOSTILE: table},
        facts={HOSTILE: HOSTILE, "Command": HOSTILE}, asked=[HOSTILE], warnings=[HOSTILE],
    )  # fmt: skip
    seen = read_page(page(HOSTILE, found))
    assert seen.faults == []
    assert len(seen.scripts) == 1
    assert "".join(seen.text).count(HOSTILE) >= 14
    assert all("/" not in name and "<" not in name for name in seen.downloads)


def test_rows_of_a_paper_stand_below_their_recipe():
    html = str(table_html("Table", TABLE))
    assert html.count('<tr class="below">') == 1
    assert html.index('class="below"') > html.index("b &amp; c")
    assert '<td data-value="1.25">1.25 ± 0.25</td>' in html
    assert "<td>nan</td>" in html  # sorted as a word, after all numbers


def test_a_head_with_an_upward_arrow_begins_with_the_largest():
    html = str(table_html("Table", TABLE))
    assert html.count('data-first="descending"') == 1
    assert html.index('data-first="descending"') < html.index("modes ↑") < html.index("fid_x ↓")


def test_wide_pictures_scroll_and_small_ones_stay_small():
    assert "min-width:660px" in picture_html('<svg viewBox="0 0 600 100"></svg>')
    assert 'class="scroll"' in picture_html('<svg viewBox="0 0 600 100"></svg>')
    assert "max-width:140px" in picture_html('<svg viewBox="0 0 100 100"></svg>')
    assert "scroll" not in picture_html('<svg viewBox="0 0 100 100"></svg>')


def test_latex_is_a_booktabs_tabular_with_everything_escaped():
    assert TABLE.latex().splitlines() == [
        "% A note.",
        r"\begin{tabular}{lrrr}",
        r"\toprule",
        r" & modes $\uparrow$ & fid\_x $\downarrow$ & steps \\",
        r"\midrule",
        r"a & $1.25 \pm 0.25$ & $3 \times 10^{-5}$ & $100$ \\",
        r"b \& c & $1.5 \pm 0$ & nan & $20$ \\",
        r"\quad published: 100 \% of \{x\}\_1 & $6.3 \pm 0.5$ & -- & -- \\",
        r"\bottomrule",
        r"\end{tabular}",
    ]


@pytest.mark.parametrize(
    ("value", "set_as"),
    [
        (Interval(-0.25, -0.5, 0.125), r"$-0.25\ [-0.5, 0.125]$"),
        (1e20, r"$1 \times 10^{20}$"),
        (-2.5, "$-2.5$"),
        (True, "yes"),
        ("12 of 20", "12 of 20"),
        (r"a\b^c~d", r"a\textbackslash{}b\textasciicircum{}c\textasciitilde{}d"),
        (None, "--"),
    ],
)
def test_what_latex_makes_of_a_value(value: object, set_as: str):
    line = Table(["", "x"], [["row", value]]).latex().splitlines()[4]  # pyright: ignore[reportArgumentType]
    assert line == rf"row & {set_as} \\"
