"""Sounds on the page of a judge: one key plays the left one and then the right one."""

from __future__ import annotations

import io
import time
import wave
from pathlib import Path
from typing import Any

import numpy as np

from gansuite.judgements.record import Record
from gansuite.judgements.schedule import Schedule
from gansuite.judgements.server import Server
from gansuite.judgements.session import Session
from gansuite.report import Exhibit, Presenter, data_uri


class Silence(Presenter):
    """A fifth of a second of nothing."""

    def __call__(self, samples: np.ndarray) -> list[Exhibit]:
        buffer = io.BytesIO()
        with wave.open(buffer, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(8000)
            file.writeframes(bytes(3200))
        return [Exhibit(f'<audio controls src="{data_uri(buffer.getvalue(), "audio/wav")}"></audio>', "a sound")]


def test_both_sounds_play_one_after_the_other(chromium: Any, contestants, tmp_path: Path) -> None:
    for each in contestants:
        each.presenter = Silence()
    with Record(tmp_path / "votes.csv") as record:
        session = Session(contestants, record, Schedule(contestants, 0), judge="Ann", rounds=5, question="Which?")
        server = Server(session)
        server.begin()
        chromium.open(server.address)
        chromium.evaluate("""
            window.heard = [];
            for (const kind of ["play", "ended"]) document.addEventListener(kind, event =>
                heard.push(kind + " " + event.target.closest(".side").dataset.side), true)
        """)
        assert chromium.evaluate("document.getElementById('replay').hidden") is False
        for key in (" ", "Enter"):
            chromium.evaluate("heard.length = 0")
            chromium.press(key)
            end = time.monotonic() + 20
            while len(chromium.evaluate("heard")) < 4 and time.monotonic() < end:
                time.sleep(0.02)
            assert chromium.evaluate("heard") == ["play left", "ended left", "play right", "ended right"]
        assert session.own == [] and chromium.complaints() == []
        chromium.evaluate("document.querySelector('#left').focus()")
        chromium.press("Enter")  # a button that has the focus is pressed, as everywhere
        end = time.monotonic() + 20
        while not session.own and time.monotonic() < end:
            time.sleep(0.02)
        assert [each.winner for each in session.own] == ["left"]
        server.end()
        session.close()
