"""The page of a comparison in a browser: on a phone and on a desk, by day and by night."""

from __future__ import annotations

from typing import Any

import pytest

from gansuite.studies.comparison.page import sections
from gansuite.studies.page import page
from gansuite.studies.study import Findings

from .made_runs import TABLE, made, scores_of

LOOK = """(() => {
  const seen = e => { const b = e.getBoundingClientRect(); return b.width > 10 && b.height > 10; };
  return {
    width: document.documentElement.scrollWidth,
    figures: [...document.querySelectorAll("svg.figure")].map(seen),
    columns: [...document.querySelectorAll("#ring .column")].map(e => e.querySelector("h4").textContent),
    links: [...document.querySelectorAll(".contents a")].map(a => !!document.querySelector(a.getAttribute("href"))),
    colours: ["series0", "series1"].map(name => [...document.querySelectorAll("#ring svg.figure path")].some(
      path => path.getAttribute("style").includes(`var(--${name})`) && getComputedStyle(path).stroke !== "none")),
    below: [...document.querySelectorAll("#ring .curve")].map(e => e.getBoundingClientRect().left),
    wide: document.querySelector("#ring .picture .scroll").scrollWidth,
  };
})()"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("comparison")
    parts, values = made(folder, ["plain", "a method with a rather long name, lr=1e-05"], ["ring", "grid"])
    scores = scores_of(values)
    told = sections(folder, parts, scores, scores, across_tables={"Across": TABLE}, reliability={"Cost": TABLE})
    found = Findings(TABLE, ["It is so."], {}, sections=told, facts={"Command": "gansuite compare " + "x" * 300})
    (folder / "report.html").write_text(page("Comparison", found))
    return (folder / "report.html").as_uri()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1200])
def test_everything_is_there_and_nothing_leaves_the_screen(address: str, chromium: Any, width: int, scheme: str):
    chromium.view(width, 900, scheme)
    chromium.open(address)
    seen = chromium.evaluate(LOOK)
    assert seen["width"] <= width, "the page scrolls sideways"
    assert all(seen["figures"])
    assert len(seen["figures"]) == 3 + 1 + 2 * (1 + 2 + 3) + 2  # joint ones, the map, of each task, collapse
    assert seen["columns"] == ["held-out real", "plain", "a method with a rather long name, lr=1e-05"]
    assert seen["links"] == [True] * 5
    assert seen["colours"] == [True, True]
    assert len(set(seen["below"])) == (1 if width == 390 else 2)  # curves below each other, or side by side
    assert seen["wide"] >= 700
    assert chromium.complaints() == []
    assert chromium.asked() == [address]
