"""The section on evaluation: what a metric's row becomes, and what a missing or odd one costs."""

from __future__ import annotations

import doctest
import json
import re
from pathlib import Path
from typing import Any

import pytest

from gansuite.plugins import registry
from gansuite.plugins.component import Component
from gansuite.plugins.entry import Entry
from gansuite.report import View, evaluation, render
from gansuite.report.evaluation import cards, scaled
from gansuite.report.facts import findings, headline
from gansuite.report.shapes import shapes


class Loud:
    meaning = "how loud it is"


class Mute:
    pass


class Broken:
    def __init__(self) -> None:
        raise AssertionError("no instance is needed")

    meaning = "Is it?"


@pytest.fixture(autouse=True)
def offered(monkeypatch: pytest.MonkeyPatch) -> None:
    """A registry with metrics of our own, among them one that is gone and one that two plugins offer."""

    def entry(name: str, target: str, plugin: str = "core") -> Entry:
        return Entry(Component("metric", name, target, "a number"), plugin, "dist", "1", "package")

    here = __name__
    own = [
        entry("loud", f"{here}:Loud"),
        entry("mute", f"{here}:Mute"),
        entry("broken", f"{here}:Broken"),
        entry("gone", "no.such.module:Thing"),
        entry("both", f"{here}:Mute", "zither"),
        entry("both", f"{here}:Loud"),
    ]

    class Fake:
        def named(self, name: str, kind: str) -> list[Entry]:
            return [each for each in own if each.component.name == name and each.component.kind == kind]

        def entries(self, kind: str) -> list[Entry]:
            return []

    monkeypatch.setattr(registry, "registry", Fake)


def row(name: str, **more: Any) -> str:
    told = {"step": 3, "name": name, "value": 0.5, "low": 0.4, "high": 0.6, "n_real": 64, "n_fake": 60, "extras": {}}
    told |= {"floor": 0.1, "untrained": 1.1, "direction": "min", "normalised": {"value": 0.4, "low": 0.3, "high": 0.5}}
    return json.dumps(told | more) + "\n"


def loaded(folder: Path, *rows: str) -> View:
    (folder / "metrics.jsonl").write_text("".join(rows))
    return View.load(folder)


def test_examples_of_the_docstrings() -> None:
    assert doctest.testmod(evaluation).failed == 0


def test_parts_of_a_metric_on_one_extractor_share_a_card(tmp_path: Path) -> None:
    view = loaded(tmp_path, row("prd@a/precision"), row("loud"), row("prd@a/recall"), row("prd@b/recall"))
    found = [(card.name, card.extractor, [line.part for line in card.lines]) for card in cards(view)]
    assert found == [("prd", "a", ["precision", "recall"]), ("loud", "", [""]), ("prd", "b", ["recall"])]


def test_a_card_has_the_last_step(tmp_path: Path) -> None:
    (card,) = cards(loaded(tmp_path, row("loud", step=9, value=2.0), row("loud", step=4, value=1.0)))
    assert card.row["value"] == 2.0


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("loud", "How loud it is."),
        ("broken", "Is it?"),
        ("mute", ""),
        ("gone", ""),
        ("unheard-of", ""),
        ("both", "How loud it is."),
    ],
)
def test_the_meaning_is_the_classs_own(tmp_path: Path, name: str, words: str) -> None:
    (card,) = cards(loaded(tmp_path, row(f"{name}@x/part")))
    assert card.meaning == words


def test_the_runs_own_plugin_speaks_first(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text('{"plugin": "zither"}')
    (card,) = cards(loaded(tmp_path, row("both")))
    assert card.meaning == ""


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"direction": "min"}, "lower is better"),
        ({"direction": "max"}, "higher is better"),
        ({"direction": "target", "ideal": 0.5}, "best near 0.5"),
        ({"direction": "target", "ideal": 0}, "best near 0"),
        ({"direction": "target", "ideal": None}, "best near 0.1"),
        ({"direction": "target", "floor": None}, "best near held-out"),
        ({"direction": None}, ""),
    ],
)
def test_which_way_is_better(tmp_path: Path, more: dict[str, Any], words: str) -> None:
    (card,) = cards(loaded(tmp_path, row("loud", **more)))
    assert card.lines[0].better == words


def test_places_on_the_scale() -> None:
    place = scaled({"normalised": {"value": 0.5, "low": 0.0, "high": 1.0}})
    assert place is not None
    assert (place.at, place.beyond) == (50.0, "")
    assert (place.start, place.end) == (pytest.approx(100 / 6, abs=0.01), pytest.approx(500 / 6, abs=0.01))
    far = scaled({"normalised": {"value": 7.0, "low": -3.0, "high": 9.0}})
    assert far is not None
    assert (far.start, far.at, far.end, far.beyond) == (0.0, 100.0, 100.0, "beyond")
    for odd in (None, {}, {"value": 1.0, "low": None, "high": 2.0}, {"value": float("nan"), "low": 0.0, "high": 1.0}):
        assert scaled({"normalised": odd}) is None


def test_warnings_and_numbers_of_the_extras_are_told_once(tmp_path: Path) -> None:
    extras = {"warning": "n <= d", "jsd": 0.25, "flag": True, "note_of": "text", "bounds": [1, 2]}
    (card,) = cards(loaded(tmp_path, row("loud/a", extras=extras), row("loud/b", extras=extras)))
    assert card.warnings == ["n <= d"]
    assert card.numbers == [("jsd", "0.25")]
    page = render(tmp_path, []).read_text()
    assert page.count("n &lt;= d") == 1
    assert "jsd 0.25" in page


def test_what_a_metric_brings_along_is_drawn() -> None:
    ratings = [{"value": 1.0, "low": 0.0, "high": 2.0}] * 3
    drawn = dict(
        shapes(
            {
                "curve": {"up": [1, 2, 3], "across": [1, 2, 4]},
                "spectrum": [5, 1, 3],
                "best_of": ratings,
                "steps": [1, 2, 3],
            }
        )
    )
    assert list(drawn) == ["up over across", "spectrum", "best of, over the steps"]
    assert all(figure.startswith("<svg") for figure in drawn.values())
    assert ">up<" in drawn["up over across"].replace("</text", "<")
    ragged = {"curve": {"a": [1, 2, 3], "b": [1, 2]}, "spectrum": [1, None, 3], "values": [1, 2, 3], "steps": [1, 2, 3]}
    assert shapes(ragged) == []


def test_a_spectrum_falls() -> None:
    ((_, figure),) = shapes({"spectrum": [1, 5, 3]})
    assert figure == shapes({"spectrum": [5, 3, 1]})[0][1]
    curve = next(line for line in figure.split("<path") if "accent" in line and " L " in " ".join(line.split()))
    heights = [float(y) for y in re.findall(r"[ML] \S+ (\S+)", curve)]
    assert len(heights) == 3
    assert heights == sorted(heights)  # SVG counts downwards


def test_findings_warnings_first_with_their_numbers(tmp_path: Path) -> None:
    told = [
        {"name": "collapse", "level": "note", "words": "Close.", "numbers": {"p": 0.0025}},
        {"name": "my-own", "level": "warning", "words": "Far.", "numbers": {"x": None}},
    ]
    (tmp_path / "diagnostics.json").write_text(json.dumps(told))
    found = findings(View.load(tmp_path))
    assert [(f.title, f.level, f.words, f.numbers) for f in found] == [
        ("My own", "warning", "Far.", "x –"),
        ("Mode collapse", "note", "Close.", "p 0.0025"),
    ]
    page = render(tmp_path, []).read_text()
    assert page.index("My own") < page.index("Mode collapse") < page.index("Evaluation")


def test_a_sound_run_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "diagnostics.json").write_text("[]")
    assert "found nothing to report" in render(tmp_path, []).read_text()


@pytest.mark.parametrize("text", ["{", "{}", "[1]", '"x"'])
def test_torn_findings_are_told_in_words(tmp_path: Path, text: str) -> None:
    (tmp_path / "diagnostics.json").write_text(text)
    view = View.load(tmp_path)
    assert view.findings is None
    assert any("diagnostics.json" in note for note in view.notes)


def test_the_headline_knows_a_part_by_its_metrics_name(tmp_path: Path) -> None:
    (tmp_path / "recipe.toml").write_text('[[metrics]]\nname = "core/loud"\n')
    found = headline(loaded(tmp_path, row("first"), row("loud@x/part")))
    assert found is not None
    assert found.metric == "loud@x/part"


def test_samples_in_words(tmp_path: Path) -> None:
    loaded(tmp_path, row("loud", n_real=0), row("mute"))
    page = render(tmp_path, []).read_text()
    assert "n = 60 generated;" in page
    assert "n = 64 real, 60 generated;" in page
