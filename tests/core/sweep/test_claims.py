"""One worker at a time: claims under races, after deaths, and given back."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from gansuite.sweep.claims import Claim, Claims, path_of

MANY = 12


def at_once(act: Callable[[int], Any]) -> list[Any]:
    """What ``act`` gives to many threads that begin together."""
    gate = threading.Barrier(MANY)

    def wait(index: int) -> Any:
        gate.wait()
        return act(index)

    with ThreadPoolExecutor(MANY) as pool:
        return list(pool.map(wait, range(MANY)))


def taken(claims: list[Claim | None]) -> list[Claim]:
    return [claim for claim in claims if claim is not None]


def silent(claim: Claim, seconds: float = 1000) -> None:
    """As if nothing had been heard for so long."""
    before = time.time() - seconds
    os.utime(claim.path, (before, before))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "claims"


def test_of_many_one_gets_each_piece(folder: Path) -> None:
    claims = [Claims(folder) for _ in range(MANY)]
    found = at_once(lambda index: [claims[index].take(f"work-{k}") for k in range(20)])
    for k in range(20):
        (claim,) = taken([each[k] for each in found])
        assert (claim.name, claim.turn, claim.deaths) == (f"work-{k}", 0, 0)
    assert len(claims[0].files()) == 20


def test_of_many_one_takes_over_from_the_dead(folder: Path) -> None:
    claims = [Claims(folder) for _ in range(MANY)]
    for turn in range(4):
        (claim,) = taken(at_once(lambda index: claims[index].take("work")))
        assert (claim.turn, claim.deaths, claim.lost) == (turn, turn, False)
        assert claims[0].take("work") is None
        silent(claim)
    assert path_of(folder, "work", 3).exists() and not path_of(folder, "work", 4).exists()


def test_of_many_one_takes_what_was_given_back_and_nobody_died(folder: Path) -> None:
    claims = [Claims(folder) for _ in range(MANY)]
    first = claims[0].take("work")
    assert first is not None
    first.release()
    (second,) = taken(at_once(lambda index: claims[index].take("work")))
    assert (second.turn, second.deaths) == (1, 0)
    silent(second)
    third = claims[0].take("work")
    assert third is not None and (third.turn, third.deaths) == (2, 1)


def test_a_beat_keeps_the_claim(folder: Path) -> None:
    claims = Claims(folder, stale=60.0)
    claim = claims.take("work")
    assert claim is not None
    silent(claim, 59)
    assert claims.take("work") is None
    silent(claim, 61)
    claim.beat()
    assert claims.take("work") is None
    silent(claim, 61)
    assert claims.take("work") is not None


def test_beating_goes_on_in_the_background_until_the_work_ends(folder: Path) -> None:
    claims = Claims(folder)
    claim = claims.take("work")
    assert claim is not None
    with claim.kept(0.001):
        silent(claim)
        until(lambda: time.time() - claim.path.stat().st_mtime < 500)
    silent(claim)
    time.sleep(0.02)
    assert time.time() - claim.path.stat().st_mtime > 900


def test_whoever_slept_hears_that_the_work_was_taken_over(folder: Path) -> None:
    claims, heard = Claims(folder), threading.Event()
    slept = claims.take("work")
    assert slept is not None
    silent(slept)
    assert not slept.lost
    assert claims.take("work") is not None
    assert slept.lost
    with slept.kept(0.001, heard.set):
        assert heard.wait(60)
    slept.release()  # too late to matter
    assert claims.take("work") is None


def test_who_is_known_to_be_dead_is_not_waited_for(folder: Path) -> None:
    claims = Claims(folder)
    done, mine = claims.take("done"), claims.take("mine")
    assert done is not None and mine is not None
    done.release()
    claims.bury(os.getpid() + 1)
    assert claims.take("mine") is None
    claims.bury(os.getpid())
    taken = claims.take("mine"), claims.take("done")
    assert [(each.turn, each.deaths) for each in taken if each] == [(1, 1), (1, 0)]


def test_time_is_the_file_systems(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine whose clock is a day ahead takes nothing over."""
    claims = Claims(folder)
    assert claims.take("work") is not None
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 86400)
    assert Claims(folder).take("work") is None


def test_a_claim_tells_who_has_it_and_nothing_else_stays(folder: Path) -> None:
    claims = Claims(folder)
    claim = claims.take("work")
    assert claim is not None and claims.take("work") is None
    claims.close()
    assert [path.name for path in folder.iterdir()] == ["work.0"]
    assert json.loads(claim.path.read_text())["process"] == os.getpid()


def until(holds: Callable[[], bool], seconds: float = 60) -> None:
    """Wait for something that must come."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.005)
