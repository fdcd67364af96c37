"""Tables in a browser: sorted by mouse and by keyboard, saved as files, and what a phone makes of them."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from gansuite.studies.page import page
from gansuite.studies.statistics import Mean
from gansuite.studies.study import Findings
from gansuite.studies.table import Table

TABLE = Table(
    ["", "score ↓", "modes ↑", "kind"],
    [
        ["plain", Mean(3, 10.0, 9.0, 11.0), 8, "item 10"],
        ["pac", Mean(3, 9.5, 9.0, 10.0), None, "item 9"],
        ["  published: Lin et al.", "0.1 ± 0.1", "99", None],
        ["wide", Mean(3, 1e2, 0.0, 2e2), 2, "item 9"],
        ["odd", None, 8, "a"],
    ],
)
HOSTILE = '<img src=x onerror="document.title=\'owned\'"><script>document.title="owned"</script>'


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    file = tmp_path_factory.mktemp("study") / "report.html"
    many = Table([f"a long head {i}" for i in range(12)], [["a long name of a recipe"] + [1.5] * 11], [HOSTILE])
    found = Findings(TABLE, [HOSTILE], {}, tables={"Many": many}, facts={"Command": "gansuite " + "x" * 200})
    file.write_text(page(HOSTILE, found))
    return file.as_uri()


def head(column: int) -> str:
    return f"#table th:nth-child({column}) button"


def rows(browser: Any) -> list[str]:
    return browser.evaluate("[...document.querySelectorAll('#table tbody tr')].map(r => r.cells[0].textContent)")


def sorts(browser: Any) -> list[str]:
    return browser.evaluate("[...document.querySelectorAll('#table thead th')].map(h => h.getAttribute('aria-sort'))")


PAIR = ["pac", "published: Lin et al."]


def test_a_click_sorts_by_value_and_another_the_other_way(address: str, chromium: Any):
    chromium.view(1000, 900, "light")
    chromium.open(address)
    assert rows(chromium) == ["plain", *PAIR, "wide", "odd"]
    assert sorts(chromium) == ["none"] * 4
    chromium.click(head(2))
    assert rows(chromium) == [*PAIR, "plain", "wide", "odd"]  # 9.5 < 10 < 100, and none last
    assert sorts(chromium) == ["none", "ascending", "none", "none"]
    chromium.click(head(2))
    assert rows(chromium) == ["wide", "plain", *PAIR, "odd"]
    assert sorts(chromium) == ["none", "descending", "none", "none"]
    assert chromium.complaints() == []


def test_best_first_and_stable(address: str, chromium: Any):
    chromium.open(address)
    chromium.click(head(3))
    assert sorts(chromium)[2] == "descending"
    assert rows(chromium) == ["plain", "odd", "wide", *PAIR]  # 8, 8, 2, none: equal ones as they were
    chromium.click(head(4))
    assert rows(chromium) == ["odd", "wide", *PAIR, "plain"]  # a, item 9 and item 9 as they just stood, item 10


def test_the_keyboard_sorts_as_well(address: str, chromium: Any):
    chromium.open(address)
    chromium.evaluate(f"document.querySelector('{head(1)}').focus()")
    chromium.press("Enter")
    assert rows(chromium) == ["odd", *PAIR, "plain", "wide"]
    chromium.press("Tab")
    chromium.press(" ")
    assert sorts(chromium) == ["none", "ascending", "none", "none"]
    assert rows(chromium) == [*PAIR, "plain", "wide", "odd"]


def test_a_table_is_saved_by_a_click(address: str, chromium: Any, tmp_path: Path):
    chromium.call("Page.setDownloadBehavior", behavior="allow", downloadPath=str(tmp_path))
    chromium.open(address)
    for ending, content in (("csv", TABLE.csv()), ("tex", TABLE.latex())):
        chromium.click(f'#table a[download="table.{ending}"]')
        file, end = tmp_path / f"table.{ending}", time.monotonic() + 20
        while not file.exists() and time.monotonic() < end:
            time.sleep(0.05)
        assert file.read_bytes() == content.encode()


def test_nothing_of_a_name_runs_and_nothing_is_asked_for(address: str, chromium: Any):
    chromium.open(address)
    assert chromium.evaluate("document.title") == f"{HOSTILE} · gansuite"
    assert chromium.evaluate("document.querySelector('h1').textContent") == HOSTILE
    assert chromium.asked() == [address]
    # Not even a script that somebody got into the page: it has not the hash of ours.
    chromium.evaluate("document.body.append(Object.assign(document.createElement('script'), {text: 'window.ran = 1'}))")
    assert chromium.evaluate("window.ran") is None


@pytest.mark.parametrize("width", [390, 1200])
def test_only_tables_scroll_sideways(address: str, chromium: Any, width: int):
    chromium.view(width, 900, "dark")
    chromium.open(address)
    seen = chromium.evaluate("""(() => {
      const box = document.querySelector("#many .scroll"), first = box.querySelector("tbody th");
      box.scrollLeft = 200;
      return {
        page: document.documentElement.scrollWidth, inner: box.scrollWidth, outer: box.clientWidth,
        stays: Math.abs(first.getBoundingClientRect().left - box.getBoundingClientRect().left),
        lines: first.getBoundingClientRect().height,
      };
    })()""")
    assert seen["page"] <= width
    assert seen["inner"] > seen["outer"]
    assert seen["stays"] < 1  # the first column is still there
    assert seen["lines"] < 120  # and not a letter a line
