"""What a sweep's page and files say, against numbers by hand."""

from __future__ import annotations

import csv
import itertools
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from gansuite.metrics.estimate import Interval
from gansuite.studies.statistics import Mean, mean
from gansuite.sweep.desk import Desk
from gansuite.sweep.plan import Plan
from gansuite.sweep.report import findings, write_report
from gansuite.sweep.slots import Slot, final_slots
from gansuite.sweep.space import Range
from gansuite.sweep.summary import association, summarise

from .sweep_fakes import result_of

MakePlan = Callable[..., Plan]
FIRST = [0.5, 0.2, None, 0.9]
"""Values of the trials of the first recipe; the third one failed."""
SECOND = [0.4, 0.6, 0.3, 0.35]
FRESH = {"ring": [0.3, 0.4], "wide": [0.32, 0.5]}


def done(plan: Plan, folder: Path, values: dict[str, Sequence[float | None]], direction: str = "min") -> Desk:
    """A sweep that ended with these values."""
    desk = Desk(folder)
    desk.open(plan)
    for arm in plan.arms:
        for number, value in enumerate(values[arm.name]):
            slot = Slot(arm, number)
            drawn = {
                "lr": 10.0 ** -(1 + number % 3),
                "width": 2 + number,
                "objective": ["hinge", "minimax"][number % 2],
            }
            drawn = {each.name: drawn[each.name] for each in arm.parameters} if number else {}
            desk.draw(slot.name, drawn)
            desk.end(
                slot.name, result_of(slot.cell(plan, drawn), value, direction, None if value is not None else "boom")
            )
        for slot in list(final_slots(plan, desk, arm)):
            cell = slot.cell(plan, desk.drawn(Slot(arm, slot.trial).name) or {})
            desk.end(slot.name, result_of(cell, FRESH[arm.name][slot.final or 0], direction))
    return desk


@pytest.fixture
def whole(plan: MakePlan, tmp_path: Path) -> tuple[Plan, Desk]:
    made = plan()
    return made, done(made, tmp_path / "sweep", {"ring": FIRST, "wide": SECOND})


def test_a_failed_trial_counts_at_the_worst_value_of_the_sweep(whole: tuple[Plan, Desk]) -> None:
    first, second = summarise(*whole)
    assert (first.values, first.failed) == ([0.5, 0.2, 0.9, 0.9], [False, False, True, False])
    assert (first.best, second.best) == (0.2, 0.3)
    assert (first.fresh, second.fresh) == (FRESH["ring"], FRESH["wide"])


def test_the_untrained_generator_is_worse_still(whole: tuple[Plan, Desk]) -> None:
    plan, desk = whole
    name = Slot(plan.arms[1], 0).name
    known = desk.ended()[name]
    desk.known[name] = replace(known, metrics={"kad": {**known.metrics["kad"], "untrained": 7.0}})
    assert summarise(plan, desk)[0].values == [0.5, 0.2, 7.0, 0.9]


def test_the_greatest_is_best_where_the_metric_says_so(plan: MakePlan, tmp_path: Path) -> None:
    made = plan()
    first, second = summarise(made, done(made, tmp_path / "max", {"ring": FIRST, "wide": SECOND}, "max"))
    assert first.values == [0.5, 0.2, 0.2, 0.9]  # 0.2 is the worst now
    assert (first.best, second.best) == (0.9, 0.6)
    assert first.curve is not None
    assert first.curve.value[-1] == 0.9


def test_the_expected_best_is_the_mean_over_all_subsets(whole: tuple[Plan, Desk]) -> None:
    table = findings(*whole).tables["Expected best of k"]
    assert [row[0] for row in table.rows] == [1, 2, 4]
    for row in table.rows:
        for values, cell in zip(([0.5, 0.2, 0.9, 0.9], SECOND), row[1:], strict=True):
            assert isinstance(row[0], int) and isinstance(cell, Interval)
            subsets = [min(each) for each in itertools.combinations(values, row[0])]
            assert cell.value == pytest.approx(np.mean(subsets))


def test_the_table_sets_the_selected_value_beside_the_fresh_mean_and_calls_it_optimistic(whole) -> None:
    found = findings(*whole)
    assert found.table.columns == [
        "winner of", "its trial's kad on valid ↓", "over fresh seeds on test ↓", "seeds", "trials", "failed", "trial",
        "lr", "width", "objective", "CPU-s",
    ]  # fmt: skip
    first, second = found.table.rows
    assert list(first) == ["ring", 0.2, mean(FRESH["ring"]), 2, 4, 1, 1, pytest.approx(0.01), 3, "minimax", 6.0]
    assert list(second[:7]) == ["wide", 0.3, mean(FRESH["wide"]), 2, 4, 0, 2]
    assert isinstance(second[2], Mean)
    notes = " ".join(found.table.notes)
    assert "selected by that value, so it is optimistic" in notes and "seeds that no trial used" in notes
    assert "Failed trials are spent" in notes


def test_sentences(whole: tuple[Plan, Desk]) -> None:
    found = findings(*whole)
    asked, answer, warnings = (" ".join(each) for each in (found.asked, found.answer, found.warnings))
    assert "Random search for kad: 4 trials of each of 2 recipes" in asked
    assert "lr (log) from 0.0001 to 0.1" in asked
    assert "judged on the validation part of the data, the winners' fresh runs on its test part" in asked
    assert "ring: of 4 trials number 1 (lr=0.01 width=3 objective=minimax) is best, kad 0.2" in answer
    assert "Over fresh seeds ring is ahead, but cannot be told from the next, wide" in answer
    assert "wide from k = 1" in answer and "ring from k = " in answer
    assert "With 2 fresh seeds the intervals" in warnings
    assert found.failures == ["ring trial 2 seed 2 failed: boom"]


def test_the_order_by_budget(whole: tuple[Plan, Desk]) -> None:
    """wide has the lower mean (0.4125 against 0.625); of all four trials ring has the least value."""
    line = findings(*whole).answer[-1]
    curves = [summary.curve for summary in summarise(*whole)]
    assert curves[0] is not None and curves[1] is not None
    change = next(k for k in range(4) if curves[0].value[k] < curves[1].value[k]) + 1
    assert line == f"Ahead by the expected best of k trials: wide from k = 1, ring from k = {change}."


def test_ties_are_called_ties(plan: MakePlan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FRESH, "wide", FRESH["ring"])
    made = plan()
    found = findings(made, done(made, tmp_path / "tied", {"ring": [0.3, 0.5, 0.3, 0.4], "wide": [0.5, 0.4, 0.3, 0.3]}))
    answer = " ".join(found.answer)
    assert "ring: of 4 trials number 0 (lr=0.0001 width=4 objective=hinge) is best, kad 0.3 (the first of 2" in answer
    assert "Over fresh seeds ring and wide share the best mean." in answer
    assert "Ahead by the expected best of k trials: ring and wide at every k." in answer


def test_what_goes_with_the_value(plan: MakePlan, tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    values = rng.random(9).tolist()
    made = plan(trials=9, final_seeds=0)
    (summary, _) = summarise(made, done(made, tmp_path / "nine", {"ring": values, "wide": values}))
    rate, width, objective = summary.arm.parameters
    widths = [4, *range(3, 11)]  # the first trial has the recipe's own
    assert association(summary, width) == pytest.approx(tuple(stats.spearmanr(widths, values)))
    kinds = np.array([trial.factors["objective"] for trial in summary.trials])
    assert kinds[0] == "hinge"  # the recipe's own
    groups = [np.array(values)[kinds == kind] for kind in dict.fromkeys(kinds)]
    h, p = stats.kruskal(*groups)
    assert h > 0.1
    assert association(summary, objective) == pytest.approx((h / 8, p))
    ranks = stats.rankdata(values)
    between = sum((kinds == kind).sum() * (ranks[kinds == kind].mean() - 5) ** 2 for kind in set(kinds))
    assert h / 8 == pytest.approx(between / ((ranks - 5) ** 2).sum())  # the share of the ranks' variance
    flat = replace(summary, values=[1.0] * 9)
    assert association(flat, rate) is None


def test_files(whole: tuple[Plan, Desk]) -> None:
    _, desk = whole
    found = write_report(desk.folder, "gansuite sweep a b --metric kad")
    rows = list(csv.DictReader((desk.folder / "trials.csv").read_text().splitlines()))
    assert [(row["recipe"], row["phase"], row["trial"], row["kad"]) for row in rows][:4] == [
        ("ring", "trial", "0", "0.5"),
        ("ring", "trial", "1", "0.2"),
        ("ring", "trial", "2", ""),
        ("ring", "trial", "3", "0.9"),
    ]
    assert len(rows) == 12 and rows[2]["reason"] == "boom"
    assert len((desk.folder / "results.jsonl").read_text().splitlines()) == 12
    page = (desk.folder / "report.html").read_text()
    assert "gansuite sweep a b --metric kad" in page and "<svg" in page and "trial 2 seed 2 failed: boom" in page
    assert set(found.pictures) == {
        "Expected best of k", "Value over lr", "Value over width", "Value over objective",
    }  # fmt: skip
    told = json.loads((desk.folder / "table.json").read_text())
    assert told["recipes"][0]["winner"]["settings"][:1] == ["players.generator.optimizer.lr=0.01"]
    assert told["recipes"][0]["best_of_k"]["k"] == [1, 2, 3, 4]
    assert told["recipes"][0]["failed"] == [False, False, True, False]


def test_a_page_of_a_sweep_that_goes_on_says_so(plan: MakePlan, tmp_path: Path) -> None:
    desk = Desk(tmp_path / "begun")
    desk.open(plan())
    assert "The sweep goes on: 8 runs or more" in findings(desk.plan, desk).warnings[0]
    write_report(desk.folder)
    made = plan([plan().arms[0].source], final_seeds=0, trials=2)
    none = done(made, tmp_path / "failed", {"ring": [None, None]})
    found = write_report(none.folder)
    assert any("no trial gave a value" in line for line in found.warnings)


def test_no_validation_part_is_said(plan: MakePlan, ring: str, tmp_path: Path) -> None:
    made = plan([ring], set=["data.count=12"])
    found = findings(made, done(made, tmp_path / "small", {"ring": SECOND}))
    assert "selected and winners reported on the same part" in " ".join(found.asked)
    assert "its trial's kad ↓" in found.table.columns


def test_hostile_names_are_text(plan: MakePlan, tmp_path: Path, ring: str) -> None:
    name = "<script>alert(1)</script>"
    made = plan([ring], {name: Range(of=["players.generator.width"], choices=[2, 3, 4, 5])}, trials=1, final_seeds=0)
    desk = Desk(tmp_path / "hostile")
    desk.open(made)
    slot = Slot(made.arms[0], 0)
    desk.end(slot.name, result_of(slot.cell(made, {}), 0.5))
    write_report(desk.folder)
    page = (desk.folder / "report.html").read_text()
    assert not re.search(r"<script>alert", page)
