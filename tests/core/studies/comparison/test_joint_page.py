"""The page of a comparison: its order, its pictures, and what it does with much and with nothing."""

from __future__ import annotations

import shutil
import xml.etree.ElementTree as xml
from pathlib import Path

import numpy as np
import pytest

from gansuite.metrics.estimate import Interval
from gansuite.studies.across import Profile
from gansuite.studies.comparison.page import Task, chances, sections
from gansuite.studies.comparison.plots import ENDS, improvement, intervals, profiles
from gansuite.studies.page import page
from gansuite.studies.picture import FIXED, SERIES, look, standalone
from gansuite.studies.study import Findings

from ..page_reading import read_page
from .made_runs import TABLE, made, scores_of, write_run

HOSTILE = "<script>alert('x')</script>"


def words_of(picture: str) -> str:
    return " ".join(xml.fromstring(picture.replace("xlink:href", "href")).itertext())


def test_order_of_the_sections_and_everything_escaped(tmp_path: Path):
    parts, values = made(tmp_path, [HOSTILE, "b"], ["ring", HOSTILE])
    scores = scores_of(values)
    told = sections(tmp_path, parts, scores, scores, across_tables={"Across": TABLE}, reliability={"Cost": TABLE})
    assert [part.title for part in told] == ["Across the tasks", "ring", HOSTILE, "Reliability and cost"]
    seen = read_page(page("Comparison", Findings(TABLE, ["b wins."], {}, sections=told)))
    assert (seen.faults, seen.foreign, len(seen.scripts)) == ([], [], 1)
    text = "".join(seen.text)
    for words in ("Interquartile mean", "Probability of improvement", "Collapse", "Learning curves", "ring says"):
        assert words in text
    assert "seed 1, score 0.92: the median of 2 runs, the worse of" in text
    assert seen.downloads.keys() >= {"across.csv", "ring.csv", "cost.tex"}


def test_without_a_joint_part_a_line_says_why(tmp_path: Path):
    parts, _ = made(tmp_path, ["a"], ["ring", "grid"])
    told = sections(tmp_path, parts, None, None, why_not="No method was run on two tasks.")
    assert [part.title for part in told] == ["Across the tasks", "ring", "grid", "Reliability and cost"]
    assert told[0].html == '<p class="note">No method was run on two tasks.</p>'
    assert "the first of 2 runs that finished" in told[1].html
    assert [part.title for part in sections(tmp_path, parts[:1], None, None)] == ["ring", "Reliability and cost"]


def test_a_comparison_whose_runs_were_deleted_still_has_its_page(tmp_path: Path):
    parts, values = made(tmp_path, ["a", "b"], ["ring"])
    shutil.rmtree(tmp_path / "runs")
    (task, _) = sections(tmp_path, parts, scores_of(values), None)
    assert "The folders of 4 runs are gone" in task.html
    assert task.html.count("is gone, and its samples with it") == 2
    assert "fid ↓" in task.html


def test_a_run_that_failed_and_a_metric_that_nobody_logged(tmp_path: Path):
    parts, values = made(tmp_path, ["a"], ["ring"])
    failed = write_run(tmp_path, "a", 2, [], failed=True)
    task = Task("ring", TABLE, {"a": [*parts[0].runs["a"], failed]}, "kid")
    (told, _) = sections(tmp_path, [task], scores_of({("a", "ring"): [*values["a", "ring"], 1.0]}), None)
    assert "log has kid." in told.html
    assert "seed 1" in told.html


def test_twenty_methods_and_sixty_runs_make_a_page_that_can_be_sent(tmp_path: Path):
    methods = [f"method-{i}" for i in range(20)]
    parts, values = made(tmp_path, methods, ["ring"], seeds=3)
    joint = scores_of({(m, task): each for (m, _), each in values.items() for task in ("ring", "grid")})
    html = page("Comparison", Findings(TABLE, [], {}, sections=sections(tmp_path, parts, scores_of(values), joint)))
    assert len(html.encode()) < 15e6
    assert all(f"{method}</h4>" in html for method in methods)


def test_chances_are_reflected():
    found = chances(scores_of({(m, t): each for m, each in (("a", [1, 2]), ("b", [2, 3])) for t in ("x", "y")}))
    assert found["a", "b"].value == pytest.approx(7 / 8)  # 1 < 2, 1 < 3, 2 < 3, and 2 = 2 counts half
    assert found["b", "a"].value == pytest.approx(1 / 8)
    assert found["b", "a"].low == pytest.approx(1 - found["a", "b"].high)


def test_who_is_better_than_whom_in_numbers_with_a_mark_where_it_is_sure():
    cells = {("a", "b"): Interval(0.875, 0.6, 1.0), ("b", "a"): Interval(0.125, 0.0, 0.4)}
    assert words_of(improvement(["a", "b"], cells)).split() == [
        *("1", "2"), *("1", "a"), *("2", "b"), ".88*", ".12*", *["*", "the", "interval", "excludes", "0.5"],
    ]  # fmt: skip
    unsure = {("a", "b"): Interval(0.5, 0.2, 0.8), ("b", "a"): Interval(1.0, 0.2, 1.0)}
    assert {".50", "1.00"} <= set(words_of(improvement(["a", "b"], unsure)).split())


def test_twenty_methods_have_looks_of_their_own_that_do_not_hang_on_colour_alone():
    looks = [look(index) for index in range(20)]
    assert len({(each["marker"], str(each["linestyle"])) for each in looks}) == 20
    assert len({(each["color"], each["marker"]) for each in looks}) == 20
    assert set(SERIES.values()) <= FIXED.keys()


def test_pictures_name_every_method_and_the_ends_of_the_score():
    names = [f"method-{i}" for i in range(20)]
    ranks = {name: rank for rank, name in enumerate(names)}
    taus = np.linspace(0, 1, 11)
    profile = Profile(taus, taus, taus * 0.9, np.minimum(1, taus * 1.1))
    drawn = [
        intervals(dict.fromkeys(names, Interval(0.5, -0.1, 1.1)), ranks, ENDS),
        profiles(dict.fromkeys(names, profile), ranks),
    ]
    for picture in drawn:
        words = words_of(picture)
        assert all(name in words for name in [*names, "held-out real", "untrained"])
        assert "var(--" not in standalone(picture)
    assert "untrained" not in words_of(intervals({"a": Interval(0.2, 0.1, 0.3)}, {"a": 0}, ENDS))


def test_a_method_has_the_same_look_in_every_picture():
    one = intervals({"b": Interval(0.5, 0.4, 0.6)}, {"a": 0, "b": 1})
    assert "series1" in one
    assert "series0" not in one
