"""A script judges forty rounds in a real browser, by its keys, and what it prefers is found out.

It knows a picture by its bytes: those of run A's samples are looked up, and preferred with probability 0.8.
"""

from __future__ import annotations

import csv
import re
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gansuite import api
from gansuite.judgements.judging import Asked, Sitting
from gansuite.judgements.reading import read
from gansuite.judgements.schedule import Schedule
from gansuite.judgements.strengths import strengths

pytest.importorskip("sklearn")
ROUNDS, TASTE = 40, 0.8
RECIPE = {
    "plugin": "image",
    "data": {"name": "digits", "batch_size": 8},
    "prior": {"name": "normal", "size": 8},
    "players": {
        "generator": {"name": "dcgan", "dim": 8, "start": 2},
        "critic": {"name": "dcgan", "dim": 4, "start": 2},
    },
    "game": {"name": "gan"},
    "train": {"steps": 2, "samples": 2},
}
READY = "document.readyState === 'complete' && document.getElementById('progress')?.textContent"


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Two runs that differ by their seeds."""
    from gansuite.plugins import registry

    registry.registry()
    folder = tmp_path_factory.mktemp("runs")
    return [
        str(api.run(api.read({**RECIPE, "seed": seed}), out=folder / f"concealed-{name}", device="cpu").folder)
        for seed, name in enumerate("ab")
    ]


def shown(sitting: Sitting) -> dict[str, str]:
    """The address of every picture that the schedule can show, and who made it."""
    schedule, found = Schedule(sitting.contestants, 0), {}
    for round in range(ROUNDS):
        pair = schedule(round)
        for who, sample in ((pair.left, pair.left_sample), (pair.right, pair.right_sample)):
            html = sitting.contestants[who].exhibit(sample).html
            picture, name = re.findall(r'src="(data:[^"]+)"', html)[0], sitting.contestants[who].name
            assert found.setdefault(picture, name) == name
    return found


def settled(chromium: Any, words: str) -> None:
    """Wait until the page says this."""
    end = time.monotonic() + 60
    while (told := chromium.evaluate(READY)) != words:
        assert time.monotonic() < end, (told, words)
        time.sleep(0.005)


@pytest.mark.parametrize("width", [390, 1200])
def test_a_known_preference_is_found_out(chromium: Any, runs: list[str], tmp_path: Path, width: int) -> None:
    path, rng, said = tmp_path / "votes.csv", np.random.default_rng(width), []
    lines: list[str] = []
    with Sitting(Asked(runs, rounds=ROUNDS, judge="script", device="cpu"), path, port=0, tell=lines.append) as sitting:
        pictures = shown(sitting)
        assert len(pictures) > ROUNDS
        waiting = threading.Thread(target=sitting.wait, args=(False,), daemon=True)
        waiting.start()
        chromium.view(width, 900, "light")
        chromium.open(sitting.address)
        for round in range(1, ROUNDS + 1):
            settled(chromium, f"Round {round} of {ROUNDS}")
            sources = chromium.evaluate("[...document.querySelectorAll('.sample img')].map(each => each.src)")
            makers = [pictures[source] for source in sources]
            assert sorted(makers) == ["concealed-a", "concealed-b"]
            assert "concealed" not in chromium.evaluate("document.documentElement.outerHTML")
            if round == 1:
                boxes = chromium.evaluate(
                    "[...document.querySelectorAll('.side')].map(e => e.getBoundingClientRect().x)"
                )
                assert boxes[0] < boxes[1]  # side by side, on a phone too
                assert chromium.evaluate("document.documentElement.scrollWidth") <= width
            wanted = "concealed-a" if rng.random() < TASTE else "concealed-b"
            left = makers[0] == wanted
            if round == 5:  # a slip of the finger, taken back
                chromium.press("ArrowRight" if left else "ArrowLeft")
                settled(chromium, f"Round {round + 1} of {ROUNDS}")
                chromium.press("u")
                settled(chromium, f"Round {round} of {ROUNDS}")
                assert chromium.evaluate("document.querySelector('.sample img').src") == sources[0]
            chromium.press(("ArrowLeft" if left else "ArrowRight") if round % 2 else ("1" if left else "2"))
            said.append(wanted)
        settled(chromium, f"All {ROUNDS} rounds are judged")
        assert chromium.complaints() == []
        chromium.evaluate("document.getElementById('end').click()")
        waiting.join(60)
        result = sitting.result(predict=True)
    judgements = read([path]).judgements
    assert [each.left if each.winner == "left" else each.right for each in judgements] == said
    assert [each.round for each in judgements] == list(range(1, ROUNDS + 1))
    assert all(each.seconds is not None and 0 < each.seconds < 60 for each in judgements)
    found = strengths(judgements).preferred("concealed-a", "concealed-b")
    assert found.value == pytest.approx(said.count("concealed-a") / ROUNDS)
    assert 0.5 < found.low < TASTE < found.high
    assert result is not None and result.data["contestants"]["concealed-a"]["share"]["value"] == found.value
    told(chromium, tmp_path, found.value, width)


def told(chromium: Any, folder: Path, share: float, width: int) -> None:
    """The browser has been handed the result, which is in the folder as well."""
    end = time.monotonic() + 30
    while chromium.evaluate("document.readyState === 'complete' && document.title") != "Judgements · gansuite":
        assert time.monotonic() < end
        time.sleep(0.05)
    text = chromium.evaluate("document.body.innerText")
    assert "concealed-a is preferred to concealed-b" in text and "Choices foretold by" in text
    assert chromium.complaints() == []
    assert chromium.evaluate("document.documentElement.scrollWidth") <= width
    page = folder / "votes" / "report.html"
    chromium.open(page.as_uri())
    assert chromium.asked() == [page.as_uri()] and chromium.complaints() == []
    rows = list(csv.DictReader((folder / "votes" / "table.csv").read_text().splitlines()))
    assert float(rows[0]["share won ↑"]) == pytest.approx(share)


def test_a_key_that_is_held_judges_one_round(chromium: Any, runs: list[str], tmp_path: Path) -> None:
    with Sitting(Asked(runs, judge="script", device="cpu"), tmp_path / "votes.csv", port=0, tell=print) as sitting:
        chromium.open(sitting.address)
        settled(chromium, "Round 1 of 40")
        down = {"type": "rawKeyDown", "key": "ArrowLeft", "code": "ArrowLeft", "windowsVirtualKeyCode": 37}
        chromium.call("Input.dispatchKeyEvent", **down)
        settled(chromium, "Round 2 of 40")
        for _ in range(5):
            chromium.call("Input.dispatchKeyEvent", **down, autoRepeat=True)
        time.sleep(0.3)
        settled(chromium, "Round 2 of 40")
        chromium.call(
            "Input.dispatchKeyEvent", **{**down, "type": "rawKeyDown", "modifiers": 1}
        )  # Alt: the browser's own
        time.sleep(0.3)
        assert len(sitting.session.own) == 1
        labels = chromium.evaluate("[...document.querySelectorAll('[role=group]')].map(e => e.ariaLabel)")
        assert labels == ["Left: picture of 8 x 8 pixels", "Right: picture of 8 x 8 pixels"]
        chromium.click("#right")
        settled(chromium, "Round 3 of 40")
        assert [each.winner for each in sitting.session.own] == ["left", "right"]
