"""Translations are played beside what they were made of."""

from __future__ import annotations

import base64
import io
import json
import re
import wave
from pathlib import Path

import numpy as np

from gansuite.report import View
from gansuite_audio.panels.translations import TranslationsPanel

RATE = 8000
RUN = {"spec": {"rate": RATE, "source": {"rate": 4000}}, "step": 7}


def sounds(n: int, length: int = 400) -> np.ndarray:
    return np.random.default_rng(n).uniform(-1, 1, (n, 1, length)).astype(np.float32)


def played(html: str) -> list[tuple[int, np.ndarray]]:
    """Rate and samples of each player, in order."""
    found = []
    for text in re.findall(r'src="data:audio/wav;base64,([^"]+)"', html):
        with wave.open(io.BytesIO(base64.b64decode(text))) as file:
            found.append((file.getframerate(), np.frombuffer(file.readframes(10**6), "<i2") / 32767))
    return found


def test_each_source_is_followed_by_its_translation_and_the_answer(tmp_path: Path) -> None:
    show = {"sources": sounds(2, 200), "samples": sounds(3)[:2], "targets": sounds(4)[:2]}
    html = TranslationsPanel()(View(tmp_path, run=RUN, showcase=show)).html
    heard = played(html)
    assert [rate for rate, _ in heard] == [4000, RATE, RATE] * 2
    for i, name in enumerate(("sources", "samples", "targets")):
        np.testing.assert_allclose(heard[3 + i][1], show[name][1, 0], atol=1e-4)
    assert "ought to be" in html and "step 7" in html


def test_between_domains_a_source_is_played_once_and_names_are_escaped(tmp_path: Path) -> None:
    show = {"sources": sounds(2, 200).repeat(2, 0), "samples": sounds(4)}
    names = {"conditions": json.dumps(["<low>", "high"] * 2)}
    html = TranslationsPanel()(View(tmp_path, run=RUN, showcase=show, metadata=names)).html
    heard = played(html)
    assert len(heard) == 6 and "every domain" in html and "as &lt;low&gt;" in html and "<low>" not in html
    np.testing.assert_allclose(heard[5][1], show["samples"][3, 0], atol=1e-4)


def test_a_run_without_sources_has_no_such_section(tmp_path: Path) -> None:
    for show in ({}, {"samples": sounds(2)}, {"sources": np.zeros((2, 1, 8, 8)), "samples": sounds(2)}):
        assert TranslationsPanel()(View(tmp_path, run=RUN, showcase=show)).html == ""
