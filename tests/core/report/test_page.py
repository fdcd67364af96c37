from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from gansuite.report import Section, View, render
from gansuite.report.facts import headline, reading

EVIL = "<script>alert('x')</script>"


def panel(view: View) -> Section:
    return Section("Samples", "<p>a <b>panel</b></p>")


def estimate(step: int, normalised: dict[str, float] | None, name: str = "kad") -> str:
    row = {"step": step, "name": name, "value": 0.2, "low": 0.1, "high": 0.3, "floor": 0.0,
           "untrained": 1.0, "normalised": normalised, "n_real": 64, "n_fake": 60, "extractor": "cnn",
           "method": "mmd", "seed": 3}  # fmt: skip
    return json.dumps(row) + "\n"


def hostile(step: int) -> dict[str, object]:
    """An estimate with markup wherever a metric may write."""
    curve = {EVIL + "$": [0, 0.5, 1], "$\\frac": [1, 0.5, 0]}
    extras = {"warning": [EVIL, EVIL + "2"], EVIL: 1.5, "curve": curve, "spectrum": [3, 2, 1], "text": EVIL}
    row = {"step": step, "name": f"a@{EVIL}/{EVIL}", "value": 1.0, "low": 0.5, "high": 2.0, "level": 0.9}
    return row | dict.fromkeys(("n_real", "direction", "reference", "ideal"), EVIL) | {"extras": extras}


class Balance(HTMLParser):
    """Fails on an element that is closed out of turn."""

    VOID = ("meta", "link", "img", "br", "path", "use", "polygon")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.open.pop() == tag


def test_an_empty_folder_has_a_page(tmp_path: Path) -> None:
    path = render(tmp_path, [panel])
    page = path.read_text()
    assert path == tmp_path / "report.html"
    assert [file.name for file in tmp_path.iterdir()] == ["report.html"]
    assert "found nothing to report" not in page
    for words in ("no recipe.toml", "No metric has been measured yet", "holds no recipe", "no summary of the data"):
        assert words in page
    assert "a <b>panel</b>" in page
    balance = Balance()
    balance.feed(page)
    assert balance.open == []


def test_everything_is_escaped(tmp_path: Path) -> None:
    (tmp_path / "recipe.toml").write_text(f'name = "{EVIL}"  \n# {EVIL}\n[data]\nname = "{EVIL}"\n')
    run = {"name": EVIL, "status": EVIL, "versions": {EVIL: EVIL}, "device": EVIL, "dataset": {EVIL: [{"file": EVIL}]}}
    (tmp_path / "run.json").write_text(json.dumps(run))
    (tmp_path / "metrics.jsonl").write_text(
        estimate(1, None, EVIL).replace("cnn", EVIL).replace("mmd", EVIL)
        + json.dumps(hostile(1))
        + "\n"
        + json.dumps({"step": 1, "name": EVIL + "2", "value": EVIL})
    )
    finding = {"name": EVIL, "level": EVIL, "words": EVIL, "numbers": {EVIL: EVIL}}
    (tmp_path / "diagnostics.json").write_text(json.dumps([finding]))
    page = render(tmp_path, []).read_text()
    assert "<script" not in page
    assert page.count("&lt;script&gt;") > 10


def test_a_failing_panel_costs_only_its_section(tmp_path: Path) -> None:
    def broken(view: View) -> Section:
        raise ValueError("a <torn> file")

    page = render(tmp_path, [broken, panel]).read_text()
    assert "ValueError: a &lt;torn&gt; file" in page
    assert "a <b>panel</b>" in page


def test_no_address_outside_the_page(tmp_path: Path) -> None:
    (tmp_path / "metrics.jsonl").write_text(estimate(1, None) + estimate(2, None))
    page = render(tmp_path, [panel]).read_text()
    assert re.findall(r"(?:src|href)=\"(?!data:|#)[^\"]*", page) == []
    assert re.findall(r"url\((?!#)[^)]*|@import|https?://", page) == []


def test_the_headline_is_the_last_normalised_estimate_of_the_recipes_first_metric(tmp_path: Path) -> None:
    (tmp_path / "recipe.toml").write_text('[[metrics]]\nname = "kad"\n[[metrics]]\nname = "other"\n')
    (tmp_path / "metrics.jsonl").write_text(
        estimate(1, {"value": 0.1, "low": 0.1, "high": 0.1}, "other")
        + estimate(2, {"value": 0.25, "low": 0.2, "high": 0.3})
        + estimate(1, {"value": 0.9, "low": 0.8, "high": 1.0})
        + estimate(3, None)
    )
    found = headline(View.load(tmp_path))
    assert found is not None
    assert (found.metric, found.step, found.value) == ("kad", 2, 0.25)
    assert found.words == "75 % of the way from the untrained generator to held-out real data."
    assert 0 <= found.zero < found.start < found.at < found.end < found.one <= 100
    assert (found.at - found.zero) / (found.one - found.zero) == pytest.approx(0.25, abs=1e-3)


def test_the_scale_widens_for_an_interval_beyond_it(tmp_path: Path) -> None:
    (tmp_path / "metrics.jsonl").write_text(estimate(2, {"value": 2, "low": -3, "high": 4}))
    found = headline(View.load(tmp_path))
    assert found is not None
    assert 0 < found.start < found.zero < found.one < found.at < found.end < 100


@pytest.mark.parametrize(
    ("value", "low", "high", "words"),
    [
        (0.1, -0.1, 0.3, "Not told apart from held-out"),
        (-0.2, -0.3, -0.1, "Not told apart from held-out"),
        (0.4, 0.3, 0.5, "60 %"),
        (1.3, 0.5, 2.1, "Not told apart from the untrained"),
        (1.3, 1.1, 1.5, "Further"),
        (0.5, -0.1, 1.1, "Too few"),
    ],
)
def test_reading_claims_no_more_than_the_interval(value: float, low: float, high: float, words: str) -> None:
    assert reading(value, low, high).startswith(words)


def test_the_commands_do_not_tell_where_the_folder_is(tmp_path: Path) -> None:
    folder = tmp_path / "runs" / "it's mine"
    folder.mkdir(parents=True)
    page = render(folder, []).read_text()
    assert str(tmp_path) not in page
    assert "gansuite cite &#39;runs/it&#39;&#34;&#39;&#34;&#39;s mine&#39;" in page


def test_numbers_of_the_data_stand_side_by_side(tmp_path: Path) -> None:
    dataset = {"shares": [0.5] * 3, "many": [1] * 25, "pairs": [[1, 2], [3, 4]], "files": [{"a": "x", "b": "y"}]}
    (tmp_path / "run.json").write_text(json.dumps({"dataset": dataset}))
    page = re.sub(r"\s+", " ", render(tmp_path, []).read_text())
    assert "0.5, 0.5, 0.5" in page
    assert "1, 1 and 5 more" in page
    assert re.search(r'<ul class="list short"> <li>\s*1, 2\s*</li> <li>\s*3, 4\s*</li> </ul>', page)
    assert "<li>x: y</li>" in page
