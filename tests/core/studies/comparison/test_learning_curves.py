"""Learning curves: medians over seeds that were worked out by hand, and runs that lack something."""

from __future__ import annotations

import shutil
import xml.etree.ElementTree as xml
from pathlib import Path

import numpy as np
import pytest

from gansuite.studies.comparison.curves import Course, beyond, courses_of, learning_curves, median, thinned

from .made_runs import row, write_run


def course(values: list[float], steps: list[float] | None = None, **more: object) -> Course:
    at = np.array(steps if steps is not None else [100 * (i + 1) for i in range(len(values))], dtype=float)
    return Course(at, at / 10, np.array(values, dtype=float), **more)  # pyright: ignore[reportArgumentType]


def test_the_median_over_seeds_at_each_step():
    middle = median([course([0.9, 0.5]), course([0.7, 0.6]), course([0.8, 0.1])])
    assert middle is not None
    np.testing.assert_allclose(middle.values, [0.8, 0.5])
    np.testing.assert_allclose(middle.steps, [100, 200])
    np.testing.assert_allclose(middle.seconds, [10, 20])


def test_only_steps_that_all_finished_runs_have():
    middle = median([course([0.9, 0.5, 0.3]), course([0.8, 0.6, 0.2]), course([0.7, 0.1], [100, 300])])
    assert middle is not None
    np.testing.assert_allclose(middle.steps, [100, 300])
    np.testing.assert_allclose(middle.values, [0.8, 0.2])
    assert median([course([1.0], [100]), course([1.0], [200])]) is None


@pytest.mark.parametrize(("direction", "expected"), [("min", [0.7, 0.6]), ("max", [0.7, 0.2])])
def test_a_run_that_failed_counts_as_the_worst_after_its_end(direction: str, expected: list[float]):
    runs = [course([0.9, 0.6]), course([0.7, 0.2]), course([0.1], failed=True)]
    middle = median([Course(r.steps, r.seconds, r.values, True, r.failed, direction) for r in runs])
    assert middle is not None
    np.testing.assert_allclose(middle.values, expected)


def test_no_median_where_half_of_the_runs_have_ended():
    middle = median([course([0.9, 0.5]), course([0.8], failed=True)])
    assert middle is not None
    np.testing.assert_allclose(middle.steps, [100])
    np.testing.assert_allclose(middle.values, [0.85])
    assert median([course([0.8], failed=True)]) is None
    assert median([course([0.9]), course([], failed=True)]) is None  # it never came to a measurement


def test_courses_are_normalised_where_every_run_is(tmp_path: Path):
    runs = {
        "a": [write_run(tmp_path, "a", seed, [row(100, 5.0, 0.5), row(200, 3.0, 0.25 + seed)]) for seed in range(2)],
        "b": [write_run(tmp_path, "b", 0, [row(100, 4.0, 0.4)], failed=True)],
    }
    courses, gone = courses_of(runs, tmp_path, "fid")
    assert gone == []
    np.testing.assert_allclose(courses["a"][1].values, [0.5, 1.25])
    np.testing.assert_allclose(courses["a"][0].seconds, [10, 20])
    assert [each.failed for each in (*courses["a"], *courses["b"])] == [False, False, True]
    assert all(each.scaled for each in courses["a"])


def test_else_all_are_as_they_were_measured(tmp_path: Path):
    runs = {
        "a": [write_run(tmp_path, "a", 0, [row(100, 5.0, 0.5)])],
        "b": [write_run(tmp_path, "b", 0, [row(100, 4.0, direction="max"), row(200, float("nan"))])],
    }
    courses, _ = courses_of(runs, tmp_path, "fid")
    assert [each[0].values.tolist() for each in courses.values()] == [[5.0], [4.0]]
    assert courses["b"][0].direction == "max"
    assert not courses["a"][0].scaled


def test_a_run_whose_folder_is_gone_is_named_and_one_that_failed_without_a_word_still_counts(tmp_path: Path):
    runs = [write_run(tmp_path, "a", seed, [row(100, 5.0, 0.5)]) for seed in range(2)]
    silent = write_run(tmp_path, "a", 2, [], failed=True)
    for each in (runs[0], silent):
        shutil.rmtree(tmp_path / "runs" / each.record["folder"])
    courses, gone = courses_of({"a": [*runs, silent]}, tmp_path, "fid")
    assert gone == ["a seed 0"]
    assert [(len(each.steps), each.failed) for each in courses["a"]] == [(1, False), (0, True)]


@pytest.mark.parametrize("over", ["steps", "seconds"])
def test_the_picture_names_its_methods_and_is_well_formed(over):
    made = {"plain": [course([0.9, 0.5]), course([0.4], failed=True)], "pac <b>": [course([0.8, 9.0])], "none": []}
    picture = learning_curves(made, over, {"plain": 0, "pac <b>": 1, "none": 2})
    words = "".join(xml.fromstring(picture.replace("xlink:href", "href")).itertext())
    for name in ("plain", "pac <b>", "held-out real", "untrained"):
        assert name in words
    assert "series0" in picture
    assert "series1" in picture
    assert beyond([each for runs in made.values() for each in runs]) == 1
    assert learning_curves({"none": []}, over, {"none": 0}) == ""


def test_a_long_course_is_thinned_and_keeps_its_ends():
    x = np.arange(10_000.0)
    assert len(thinned(x)) == 300
    assert (thinned(x)[0], thinned(x)[-1]) == (0, 9999)
    np.testing.assert_array_equal(thinned(x[:300]), x[:300])
