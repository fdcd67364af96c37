"""Tables, sentences and warnings of a comparison whose numbers are known."""

from __future__ import annotations

import json
from dataclasses import astuple, replace

import numpy as np
import pytest

from gansuite.metrics.estimate import Interval
from gansuite.studies import across
from gansuite.studies.comparison.data import data_of
from gansuite.studies.comparison.rows import Row
from gansuite.studies.comparison.seen import see
from gansuite.studies.comparison.words import ENOUGH, unequal_words, uneven, worth
from gansuite.studies.statistics import Mean, mean

from .made_comparison import estimate, row, run

NEAR, FAR = [0.10, 0.12, 0.14, 0.11], [0.5, 0.45, "failed", 0.55]
ROWS = [row("audio", "hinge", NEAR), row("audio", "plain", FAR), row("text", "hinge", NEAR), row("text", "plain", FAR)]


def test_across_the_tasks():
    seen = see(ROWS)
    table = seen.tables["Across the tasks"]
    assert list(table.columns) == ["", "IQM ↓", "median ↓", "optimality gap ↓", "collapsed ↓", "runs"]
    hinge, plain = table.rows
    values = [np.array(NEAR)] * 2
    assert hinge[0] == "hinge" and hinge[5] == plain[5] == 8
    expected = across.iqm(values, rng=np.random.default_rng(0))
    assert isinstance(hinge[1], Interval) and astuple(hinge[1]) == pytest.approx(astuple(expected))
    assert isinstance(hinge[2], Interval) and hinge[2].value == pytest.approx(np.mean(NEAR))
    assert isinstance(plain[4], Interval) and plain[4].value == 0.25
    assert isinstance(plain[3], Interval) and plain[3].value == pytest.approx((0.5 + 0.45 + 1 + 0.55) / 4)
    (pair,) = seen.pairs
    assert (pair.first, pair.second, pair.chance.value) == ("hinge", "plain", 1.0)
    assert pair.p == pair.corrected == pytest.approx(2 / 2**8, abs=0.003)
    assert seen.answer[0] == (
        f"Over 2 tasks (audio, text; score: normalised fid), hinge has the lowest IQM, {hinge[1]} (8 runs), and is told"
        f" from the next, plain, {plain[1]}: p = {pair.corrected:.2g} (exchange test); a run of it is better than one"
        " of plain with probability 1."
    )
    assert seen.answer[1].startswith("Collapsed: plain 2 of 8 [0.07, 0.59].")
    assert seen.answer[2].startswith("audio, fid: hinge has the lowest mean, 3.18 ± 0.27 (n = 4), and is told from")


def test_too_few_runs_to_tell_anything_apart_are_named():
    few = [row(task, method, scores[:2]) for task in "st" for method, scores in (("a", NEAR), ("b", FAR))]
    (pair,) = see(few).pairs
    assert pair.p == pytest.approx(2 / 2**4, abs=0.01) and not pair.told_apart
    assert see(few).tables["Pairs of methods"].notes[-1].startswith("So few runs cannot give a p below 0.12: no pair")
    assert "cannot give" not in see(ROWS).tables["Pairs of methods"].notes[-1]


def test_a_task_has_its_own_table_with_its_own_metrics():
    other = [row("text", "hinge", NEAR, "bleu"), row("text", "plain", FAR, "bleu")]
    seen = see([*ROWS[:2], *other], ["fid", "bleu"])
    assert list(seen.tables["audio"].columns) == ["", "fid ↓", "steps", "CPU-s", "runs"]
    assert list(seen.tables["text"].columns) == ["", "bleu ↓", "steps", "CPU-s", "runs"]
    assert [line[0] for line in seen.tables["text"].rows] == ["hinge", "plain"]
    value = seen.tables["audio"].rows[0][1]
    assert isinstance(value, Mean) and value == mean([2 + 10 * each for each in NEAR])
    assert "text plain seed 2 failed: it broke" in [*seen.failures]


def test_the_spread_of_runs_and_the_error_of_one_evaluation_stand_apart():
    table = see(ROWS).tables["Reliability"]
    hinge, plain = table.rows[:2]
    assert hinge[:3] == ["audio hinge", 4, 0] and plain[:3] == ["audio plain", 4, 1]
    assert hinge[4] == pytest.approx(np.std(NEAR, ddof=1)) and hinge[5] == pytest.approx(0.01, rel=1e-3)
    assert plain[4] == pytest.approx(np.std([0.5, 0.45, 1.0, 0.55], ddof=1))


def test_costs_are_told_in_samples():
    hinge = see(ROWS).tables["Cost"].rows[0]
    assert hinge[:4] == ["audio hinge", 100, "critic 1,600, generator 800", 120]
    assert hinge[4] == mean([2.0, 3.0, 4.0, 5.0])
    silent = replace(ROWS[0], runs=[run(0, 0.1, draws=None, moves={"critic": 2, "generator": 1})])
    assert see([silent]).tables["Cost"].rows[0][2] == hinge[2]  # rounds times moves


def test_one_task_has_no_part_across_and_no_excuse():
    seen = see(ROWS[:2])
    assert list(seen.tables) == ["Table", "Reliability", "Cost"]
    assert (seen.joint, seen.why_not, seen.pairs) == (None, "", ())
    assert seen.tables["Table"].rows[0][0] == "audio hinge"
    assert seen.answer[0].startswith("fid: audio hinge has the lowest mean")


def test_one_line_says_why_there_is_no_joint_table():
    apart = see([row("audio", "a", NEAR), row("text", "b", NEAR)])
    assert apart.joint is None and list(apart.tables) == ["audio", "text", "Reliability", "Cost"]
    assert apart.why_not == apart.answer[0]
    assert apart.why_not.startswith("No table across the tasks: no method was run on two of them")
    unlike = see([row("audio", "a", NEAR), row("text", "a", NEAR, "bleu")])
    assert "no metric with a normalised value in common; name the one" in unlike.why_not


def test_one_method_over_tasks_has_its_aggregate_alone():
    seen = see(ROWS[::2])
    assert "Pairs of methods" not in seen.tables
    assert seen.answer[0].startswith("Over 2 tasks (audio, text; score: normalised fid), hinge has an IQM of 0.115 [")
    assert seen.answer[1] == "None of 8 runs collapsed."


def test_what_few_runs_are_worth_is_said_in_figures():
    three = worth(3)
    assert "Only 3 runs" in three and "95% of cases (Student's" in three
    assert "77% (bootstrap, of a mean), in 81%" in three and "fewer where runs collapse." in three
    assert "with 3 runs" in worth(2) and "or are fewer" in worth(2)
    assert "with 5 runs" in worth(9)
    assert "One run" in worth(1)
    assert worth(ENOUGH) == ""


def test_what_was_not_equal_is_said_with_its_range():
    dear = replace(ROWS[1], runs=[run(0, 0.1, parameters={"generator": 500, "critic": 70}, steps=150)])
    (line,) = unequal_words([ROWS[0], dear])
    assert line.startswith(
        "Not equal between the methods on audio: steps 100 to 150; parameters 120 to 570; CPU-seconds"
    )
    assert list(unequal_words(ROWS[:1])) == []


def test_what_cannot_be_compared_is_said():
    sizes = replace(ROWS[1], runs=[replace(run(0, 0.1), metrics={"fid": estimate(0.1, n_fake=50)})])
    assert list(uneven([ROWS[0], sizes], {"audio": "fid"})) == [
        "audio: fid was taken with different numbers of samples (100, 50): not comparable."
    ]
    moved = replace(ROWS[1], runs=[run(0, 0.1, fingerprint="other")])
    assert list(uneven([ROWS[0], moved], {"audio": "fid"})) == [
        "audio: the runs were trained on different data (2 fingerprints): not comparable."
    ]
    by_seed = [replace(run(seed, 0.1), metrics={"fid": estimate(0.1, reference=f"of {seed}")}) for seed in (0, 1)]
    assert list(uneven([Row("x", by_seed, None, "audio", "a")], {"audio": "fid"})) == []


def test_the_data_are_plain_json():
    data = json.loads(json.dumps(data_of(see(ROWS), 4, "100 steps"), allow_nan=False))
    assert [each["method"] for each in data["across"]] == ["hinge", "plain"]
    assert data["scores"]["runs"][1]["scores"] == [0.5, 0.45, 1.0, 0.55]
    assert data["pairs"][0]["told_apart"] is True
    assert data["rows"][0]["task"] == "audio" and data["budget"] == "100 steps"
