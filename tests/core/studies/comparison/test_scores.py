"""Scores of runs: failures count, nothing is dropped, and only like is compared with like."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gansuite.errors import UserError
from gansuite.studies.comparison.primary import primary
from gansuite.studies.comparison.rows import Row
from gansuite.studies.comparison.scores import scores_of

from .made_comparison import estimate, failed, row, run


def test_a_failed_run_counts_with_the_worst_score():
    rows = [row("t", "a", [0.1, "failed", 0.3]), row("t", "b", [1.4, 0.2, None])]
    scores = scores_of(rows, {"t": "fid"})
    assert scores.values["a", "t"].tolist() == [0.1, 1.4, 0.3]
    assert scores.values["b", "t"].tolist() == [1.4, 0.2, 1.4]
    assert scores.collapsed["a", "t"].tolist() == [False, True, False]
    assert scores.collapsed["b", "t"].tolist() == [True, False, True]
    assert scores.share_collapsed("b") == (2, 3)
    assert scores.notes == ("t: 2 runs failed or have no finite fid, and count as 1.4, the worst score.",)


def test_the_worst_score_is_at_least_that_of_the_untrained_generator():
    scores = scores_of([row("t", "a", [0.1, "failed"])], {"t": "fid"})
    assert scores.values["a", "t"].tolist() == [0.1, 1.0]
    assert scores_of([row("t", "a", ["failed", "failed"])], {"t": "fid"}).values["a", "t"].tolist() == [1.0, 1.0]


def test_no_better_than_untrained_is_collapsed():
    scores = scores_of([row("t", "a", [0.999, 1.0, 2.0])], {"t": "fid"})
    assert scores.collapsed["a", "t"].tolist() == [False, True, True]


def test_runs_stand_in_the_order_of_their_seeds():
    shuffled = replace(row("t", "a", [0.1, 0.2, 0.3]), runs=[run(2, 0.3), run(0, 0.1), run(1, 0.2)])
    scores = scores_of([shuffled, row("t", "b", [1.0, 1.0, 1.0])], {"t": "fid"})
    assert scores.values["a", "t"].tolist() == [0.1, 0.2, 0.3]
    assert scores.seeds["a", "t"] == (0, 1, 2)
    assert scores.paired("a", "b")
    fewer = replace(shuffled, runs=[run(1, 0.2), run(2, 0.3)])
    assert not scores_of([fewer, row("t", "b", [1.0, 1.0])], {"t": "fid"}).paired("a", "b")


def test_the_error_of_one_evaluation_is_read_off_its_interval():
    scores = scores_of([row("t", "a", [0.1, "failed"])], {"t": "fid"})
    assert scores.errors["a", "t"][0] == pytest.approx(0.01, rel=1e-3)
    assert np.isnan(scores.errors["a", "t"][1])


def test_where_the_untrained_generator_was_not_told_from_real_data_the_other_runs_give_the_scale():
    wild = run(1, 0.4)
    wild = replace(wild, metrics={"fid": estimate(0.4, untrained=1.9, normalised=None)})
    scores = scores_of([Row("a", [run(0, 0.1), wild], None, "t", "a")], {"t": "fid"})
    assert scores.values["a", "t"].tolist() == pytest.approx([0.1, 0.4])
    assert not scores.collapsed["a", "t"].any()
    assert "in 1 run fid did not tell the untrained generator" in scores.notes[0]


def test_all_runs_of_a_task_have_one_scale_whatever_they_began_with():
    """The second run is worse, and began worse still: by its own ends it would seem the better one."""
    good, bad = run(0, 0.1), run(1, 0.2)
    far = estimate(0.2, untrained=42.0, normalised={"value": 0.05, "low": 0.0, "high": 0.1})
    rows = [Row("a", [good, replace(bad, metrics={"fid": far}), run(2, 0.3)], None, "t", "a")]
    scores = scores_of(rows, {"t": "fid"})
    assert scores.values["a", "t"].tolist() == pytest.approx([0.1, 0.2, 0.3]), "the median of 12, 42 and 12 is 12"


def test_across_tasks_stand_only_methods_that_share_them():
    rows = [row(task, method, [0.1]) for method in ("a", "b") for task in ("t1", "t2", "t3")]
    rows += [row("t1", "c", [0.1]), row("t1", "d", [0.1]), row("t2", "d", [0.1]), row("t4", "e", [0.1])]
    scores = scores_of(rows, dict.fromkeys(("t1", "t2", "t3", "t4"), "fid"))
    joint = scores.joint()
    assert joint is not None
    assert (joint.methods, joint.tasks) == (("a", "b", "d"), ("t1", "t2"))
    assert joint.values.keys() == {(m, t) for m in joint.methods for t in joint.tasks}
    assert joint.seeds.keys() == joint.collapsed.keys() == joint.values.keys()
    alone = scores_of([row("t1", "a", [0.1]), row("t2", "b", [0.1])], {"t1": "fid", "t2": "fid"})
    assert alone.joint() is None
    nothing = [row("t1", "a", [0]), row("t2", "a", [0]), row("t3", "b", [0]), row("t4", "b", [0])]
    assert scores_of(nothing, dict.fromkeys(("t1", "t2", "t3", "t4"), "fid")).joint() is None


def test_without_names_the_first_metric_that_all_runs_have_with_a_normalised_value():
    both = {"mmd": estimate(0.2), "fid": estimate(0.1)}
    bare = {"mmd": estimate(0.2, normalised=None), "fid": estimate(0.1)}
    rows = [
        Row("x", [replace(run(0, 0.1), metrics=both)], None, "t1", "a"),
        Row("y", [replace(run(0, 0.1), metrics=bare)], None, "t2", "a"),
    ]
    assert primary(rows, []) == {"t1": "fid", "t2": "fid"}
    assert primary([*rows, row("t3", "a", [0.1], "kid")], []) == {}
    assert primary([*rows, row("t3", "a", ["failed"])], []) == dict.fromkeys(("t1", "t2", "t3"), "fid")


def test_named_metrics_are_taken_task_by_task():
    rows = [row("t1", "a", [0.1], "kid"), row("t2", "a", [0.1], "mmd/degree"), row("t2", "b", [0.1], "mmd/degree")]
    assert primary(rows, ["kid", "mmd/degree"]) == {"t1": "kid", "t2": "mmd/degree"}
    assert primary([Row("x", [failed(0)], None, "t3", "a")], ["kid"]) == {"t3": "kid"}
    with pytest.raises(UserError, match="--metric kid: the runs of t2 have mmd/degree in common; name one of these"):
        primary(rows, ["kid"])


def test_a_named_metric_without_a_normalised_value_is_refused_with_one_that_has_it():
    metrics = {"loss": estimate(0.1, normalised=None), "fid": estimate(0.1)}
    rows = [Row("x", [replace(run(0, 0.1), metrics=metrics)], None, "t", "a")]
    with pytest.raises(UserError, match=r"--metric loss: it has no normalised value in t, .*; name fid"):
        primary(rows, ["loss"])
