"""Samples side by side: which run is shown, by rule, and how much of it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from gansuite.report.presenter import Exhibit
from gansuite.studies.cell import Result
from gansuite.studies.comparison.samples import REAL, Chosen, Column, columns_of, fitted, middle_run, samples_html

from ..page_reading import read_page
from .made_runs import row, write_run


def results(count: int, failed: tuple[int, ...] = ()) -> list[Result]:
    return [Result(f"{i}", "a", i, {}, "failed" if i in failed else "finished") for i in range(count)]


@pytest.mark.parametrize(
    ("scores", "seed"),
    [
        ([0.3, 0.1, 0.2], 2),
        ([0.3, 0.1, 0.2, 0.4], 0),  # of 0.2 and 0.3 the worse
        ([0.9, 0.2], 0),
        ([0.5], 0),
        ([1.0, 0.5, 1.0, 1.0], 2),  # ties: as the runs stand
    ],
)
def test_the_run_with_the_median_score_is_shown_never_the_best(scores: list[float], seed: int):
    chosen = middle_run(results(len(scores)), dict(enumerate(scores)))
    assert chosen.result.seed == seed
    assert chosen.rule.startswith(f"seed {seed}, score {scores[seed]:.3g}: the median of {len(scores)}")
    assert ("worse" in chosen.rule) == (len(scores) % 2 == 0)


def test_without_scores_it_is_the_first_that_finished():
    assert middle_run(results(3, failed=(0,)), None).result.seed == 1
    assert middle_run(results(3), {0: 0.5}).result.seed == 0  # not every run has a score
    assert middle_run(results(2, failed=(0, 1)), None).result.seed == 0


def test_every_method_and_held_out_real_ones_as_the_domain_shows_them(tmp_path: Path):
    runs = {name: write_run(tmp_path, name, seed, [row(1, 1.0, 0.5)]) for seed, name in enumerate(("a", "b"))}
    columns, presenter = columns_of([(name, Chosen(run, "a rule")) for name, run in runs.items()], tmp_path)
    assert presenter is not None
    assert presenter.together == 500
    assert [(each.title, len(each.exhibits), each.note) for each in columns] == [
        (REAL, 1, ""),
        ("a", 1, ""),
        ("b", 1, ""),
    ]
    assert all(each.exhibits[0].html.startswith("<svg") for each in columns)
    assert len({each.exhibits[0].html for each in columns}) == 3
    assert columns[1].detail == "a rule"


def test_a_run_that_cannot_be_shown_says_why(tmp_path: Path):
    gone, torn, sound = (write_run(tmp_path, name, 0, [row(1, 1.0, 0.5)]) for name in ("gone", "torn", "sound"))
    failed = write_run(tmp_path, "failed", 0, [], failed=True)
    shutil.rmtree(tmp_path / "runs" / gone.record["folder"])
    (tmp_path / "runs" / torn.record["folder"] / "recipe.toml").write_text("[")
    columns, presenter = columns_of([(run.label, Chosen(run, "")) for run in (gone, torn, failed, sound)], tmp_path)
    notes = {each.title: each.note for each in columns}
    assert "is gone" in notes["gone"]
    assert notes["torn"].startswith("This run's samples cannot be shown: UserError")
    assert notes["failed"] == "This run failed: out of memory"
    assert notes["sound"] == notes[REAL] == ""
    assert presenter is not None


def columns(sizes: dict[str, list[int]]) -> list[Column]:
    return [Column(title, exhibits=[Exhibit("x" * size) for size in each]) for title, each in sizes.items()]


def counts(made: list[Column]) -> list[int]:
    return [len(each.exhibits) for each in made]


def test_as_many_of_each_as_there_is_room_for():
    made = columns({REAL: [10, 10, 10], "a": [10, 10, 10], "b": [20, 20, 20]})
    whole, said = fitted(made, 120.0)
    assert (counts(whole), said) == ([3, 3, 3], "")
    some, said = fitted(made, 119.0)
    assert counts(some) == [2, 2, 2]
    assert said.startswith("2 of 3 samples are shown of each")
    least, said = fitted(made, 25.0)
    assert counts(least) == [1, 1, 0]
    assert said.startswith("1 of 3")
    assert "stays small" in least[2].note
    assert fitted([Column("a", note="gone")], 10.0) == ([Column("a", note="gone")], "")


def test_names_and_reasons_are_escaped():
    hostile = "<script>alert(1)</script>"
    seen = read_page(str(samples_html([Column(hostile, hostile, [Exhibit("<b>x</b>", '"><i>')], hostile)], hostile)))
    assert (seen.faults, seen.scripts) == ([], [])
    assert "".join(seen.text).count(hostile) == 4
