"""Many workers at one sweep of made-up trials: each run once, budgets equal, nothing lost by a death."""

from __future__ import annotations

import json
import os
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import optuna
import pytest

from gansuite.errors import UserError
from gansuite.studies.cell import Cell, Result
from gansuite.sweep.claims import Claims
from gansuite.sweep.desk import Desk
from gansuite.sweep.plan import Plan
from gansuite.sweep.search import TRIAL, Search
from gansuite.sweep.slots import Slot, final_slots, trials_of, winner
from gansuite.sweep.work import ATTEMPTS, Worker

from .sweep_fakes import pretend, result_of, value_of

MakePlan = Callable[..., Plan]
Play = Callable[[Cell, Path, str], Result]


def begin(folder: Path, plan: Plan) -> Desk:
    desk = Desk(folder)
    desk.open(plan)
    return desk


def work(folder: Path, play: Play = pretend, workers: int = 1, stale: float = 60.0) -> None:
    """So many workers, from the start to the end of a sweep."""
    if workers == 1:
        Worker(folder, play=play, stale=stale).work()
        return
    with ThreadPoolExecutor(workers) as pool:
        for done in [pool.submit(Worker(folder, play=play, stale=stale).work) for _ in range(workers)]:
            done.result()


def drawn(desk: Desk) -> dict[str, dict]:
    return {path.stem: json.loads(path.read_text()) for path in desk.trials.iterdir()}


def test_many_workers_do_every_run_once(plan: MakePlan, tmp_path: Path) -> None:
    made, played, lock = plan(trials=6, final_seeds=3), Counter[str](), threading.Lock()

    def count(cell: Cell, root: Path, device: str) -> Result:
        with lock:
            played[cell.identity] += 1
        time.sleep(0.001 * (cell.seed or 0) % 5 * 0.001)
        return pretend(cell, root, device)

    desk = begin(tmp_path / "many", made)
    work(desk.folder, count, workers=6)
    assert set(played.values()) == {1}
    assert len(played) == len(desk.ended()) == 2 * (6 + 3)
    for arm in made.arms:
        assert [trial.factors["trial"] for trial in trials_of(made, desk, arm)] == list(range(6))
        assert len(list(final_slots(made, desk, arm))) == 3


def test_a_run_that_ends_between_the_look_and_the_claim_is_not_done_again(
    plan: MakePlan, ring: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other worker ends it, and gives its claim back, at the worst moment."""
    made, played = plan([ring], trials=2, final_seeds=0), Counter[int]()
    desk, take = begin(tmp_path / "between", made), Claims.take

    def slow(claims: Claims, name: str):
        slot = Slot(made.arms[0], 0)
        if name == slot.name and not desk.has(name):
            other = take(claims, name)
            assert other is not None
            Desk(desk.folder).end(name, result_of(slot.cell(made, {}), 0.5))
            other.release()
        return take(claims, name)

    def count(cell: Cell, root: Path, device: str) -> Result:
        played[cell.factors["trial"]] += 1
        return pretend(cell, root, device)

    monkeypatch.setattr(Claims, "take", slow)
    work(desk.folder, count)
    assert played == {1: 1}
    assert desk.ended()["ring-00000"].metrics["kad"]["value"] == 0.5


def test_random_trials_depend_on_seed_recipe_and_number_alone(plan: MakePlan, tmp_path: Path) -> None:
    made = plan(trials=5, final_seeds=0)
    one, many = begin(tmp_path / "one", made), begin(tmp_path / "many", made)
    other = begin(tmp_path / "other", plan(trials=5, final_seeds=0, seed=1))
    more = begin(tmp_path / "more", plan(trials=8, final_seeds=0))
    work(one.folder)
    work(many.folder, workers=5)
    work(other.folder)
    work(more.folder)
    assert drawn(one) == drawn(many)
    assert {name: drawn(more)[name] for name in drawn(one)} == drawn(one)
    firsts = [name for name in drawn(one) if name.endswith("-00000")]
    assert all(drawn(one)[name] == {} for name in firsts) and len(firsts) == 2
    rest = drawn(one).keys() - firsts
    assert all(drawn(one)[name] != drawn(other)[name] for name in rest)
    assert len({json.dumps(drawn(one)[name]) for name in rest}) == len(rest)


def test_no_seed_is_used_twice_and_trials_of_a_number_share_theirs(plan: MakePlan, tmp_path: Path) -> None:
    made = plan(trials=3, final_seeds=3, seed=7)
    desk = begin(tmp_path / "seeds", made)
    work(desk.folder)
    for arm in made.arms:
        trials = [result.seed for result in trials_of(made, desk, arm)]
        finals = [desk.ended()[slot.name].seed for slot in final_slots(made, desk, arm)]
        assert trials == [70_000_000, 70_000_001, 70_000_002]
        assert finals == [71_000_000, 71_000_001, 71_000_002]


def test_trials_are_judged_on_valid_and_winners_on_test(plan: MakePlan, tmp_path: Path) -> None:
    splits: dict[str, set[str]] = {"trial": set(), "final": set()}

    def look(cell: Cell, root: Path, device: str) -> Result:
        splits[cell.factors["phase"]].add(cell.arguments["recipe"]["evaluation"]["split"])
        return pretend(cell, root, device)

    desk = begin(tmp_path / "split", plan(trials=2, final_seeds=1))
    work(desk.folder, look)
    assert splits == {"trial": {"valid"}, "final": {"test"}}


def test_the_winner_is_the_best_and_is_run_with_its_values(plan: MakePlan, ring: str, tmp_path: Path) -> None:
    for direction in ("min", "max"):
        made = plan([ring], trials=6, final_seeds=2)
        desk = begin(tmp_path / direction, made)
        work(desk.folder, lambda cell, root, device, way=direction: result_of(cell, value_of(cell), way))
        trials = trials_of(made, desk, made.arms[0])
        values = [trial.metrics["kad"]["value"] for trial in trials]
        best = winner(made, trials)
        assert best is not None
        assert values[best] == (min if direction == "min" else max)(values)
        finals = [desk.ended()[slot.name] for slot in final_slots(made, desk, made.arms[0])]
        assert len(finals) == 2
        for final in finals:
            for name in ("lr", "width", "objective"):
                assert final.factors[name] == trials[best].factors[name]


def test_a_failed_trial_is_spent_and_no_recipe_gets_more_than_another(plan: MakePlan, tmp_path: Path) -> None:
    made, played = plan(trials=5, final_seeds=1), Counter[int | None]()

    def fail(cell: Cell, root: Path, device: str) -> Result:
        played[cell.factors["trial"] if cell.factors["phase"] == "trial" else None] += 1
        odd = cell.factors["phase"] == "trial" and cell.factors["trial"] % 2
        return result_of(cell, None, reason="it broke") if odd else pretend(cell, root, device)

    desk = begin(tmp_path / "failing", made)
    work(desk.folder, fail)
    work(desk.folder, fail)  # nothing is tried again
    assert played == {0: 2, 1: 2, 2: 2, 3: 2, 4: 2, None: 2}
    for arm in made.arms:
        trials = trials_of(made, desk, arm)
        assert [trial.finished for trial in trials] == [True, False, True, False, True]
        assert winner(made, trials) in (0, 2, 4)
        study = Search(made, desk.folder).studies[arm.name]
        worst = max(value for trial in trials if (value := trial.metrics.get("kad", {}).get("value")) is not None)
        told = {trial.user_attrs[TRIAL]: trial.value for trial in study.trials}
        assert set(told) == set(range(5))
        assert told[3] <= worst and told[3] >= trials[0].metrics["kad"]["value"]


def test_where_all_trials_fail_there_is_no_winner_and_no_final_run(plan: MakePlan, ring: str, tmp_path: Path) -> None:
    made = plan([ring], trials=3)
    desk = begin(tmp_path / "none", made)
    work(desk.folder, lambda cell, root, device: result_of(cell, None, reason="it broke"))
    assert len(desk.ended()) == 3 and winner(made, trials_of(made, desk, made.arms[0])) is None


def test_what_kills_every_worker_fails_after_some_deaths(plan: MakePlan, ring: str, tmp_path: Path) -> None:
    made = plan([ring], trials=2, final_seeds=0)
    desk = begin(tmp_path / "deadly", made)
    claims = Claims(desk.claims)
    for _ in range(ATTEMPTS):
        claim = claims.take("ring-00001")
        assert claim is not None
        os.utime(claim.path, (0, 0))
    work(desk.folder)
    first, second = trials_of(made, desk, made.arms[0])
    assert first.finished and not second.finished
    assert second.reason == f"its worker died {ATTEMPTS} times"


def test_a_dead_workers_trial_keeps_its_number_and_values(plan: MakePlan, ring: str, tmp_path: Path) -> None:
    """It dies after the draw: another one does the same trial, and the sampler's memory has it once."""
    for search in ("random", "tpe"):
        made = plan([ring], trials=3, final_seeds=0, search=search)
        desk = begin(tmp_path / search, made)

        class Killed(BaseException):
            pass

        def die(cell: Cell, root: Path, device: str) -> Result:
            if cell.factors["trial"] == 1:
                raise Killed
            return pretend(cell, root, device)

        with pytest.raises(Killed):
            work(desk.folder, die)
        before = drawn(desk)["ring-00001"]
        work(desk.folder)
        assert drawn(desk)["ring-00001"] == before
        assert [trial.factors["lr"] for trial in trials_of(made, desk, made.arms[0])][1] == before["lr"]
        study = Search(made, desk.folder).studies["ring"]
        assert sorted(trial.user_attrs[TRIAL] for trial in study.trials) == [0, 1, 2]
        assert {trial.state for trial in study.trials} == {optuna.trial.TrialState.COMPLETE}


def test_one_waits_for_the_others_run_and_takes_it_over_when_they_die(
    plan: MakePlan, ring: str, tmp_path: Path
) -> None:
    made = plan([ring], trials=2, final_seeds=0)
    desk = begin(tmp_path / "waits", made)
    other = Claims(desk.claims).take("ring-00000")
    assert other is not None
    worker = threading.Thread(target=work, args=(desk.folder,))
    worker.start()
    while not desk.has("ring-00001"):
        time.sleep(0.01)
    assert worker.is_alive() and not desk.has("ring-00000")
    os.utime(other.path, (0, 0))  # it is not heard of any more
    worker.join(60)
    assert not worker.is_alive() and desk.has("ring-00000")


def test_more_trials_go_on_and_a_new_winner_is_run_anew(plan: MakePlan, ring: str, tmp_path: Path) -> None:
    folder, played = tmp_path / "grows", Counter[str]()

    def count(cell: Cell, root: Path, device: str) -> Result:
        played[cell.name] += 1
        trial = cell.factors["trial"]
        return result_of(cell, 1.0 if trial < 3 else 0.5)  # later ones are better

    first = begin(folder, plan([ring], trials=3, final_seeds=1))
    work(folder, count)
    assert winner(first.plan, trials_of(first.plan, first, first.plan.arms[0])) == 0
    second = begin(folder, plan([ring], trials=5, final_seeds=2))
    work(folder, count)
    assert set(played.values()) == {1, 2}  # the label of a final run does not tell whose it is
    assert sum(played.values()) == 5 + 1 + 2
    assert winner(second.plan, trials_of(second.plan, second, second.plan.arms[0])) == 3
    assert second.plan.trials == 5


def test_runs_that_do_not_measure_what_is_searched_for_end_the_sweep(plan: MakePlan, ring: str, tmp_path: Path) -> None:
    desk = begin(tmp_path / "other", plan([ring]))
    with pytest.raises(UserError, match='"kad" is not among what ring trial 0 seed 0 measured'):
        work(desk.folder, lambda cell, root, device: result_of(cell, None))
    with pytest.raises(UserError, match="has no direction"):
        work(desk.folder, lambda cell, root, device: result_of(cell, 1.0, "target"))
    assert desk.ended() == {}
