"""The report's section of texts: what it shows, escaped, whatever is there."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from gansuite.report import View
from gansuite_text.panels.samples import SamplesPanel
from gansuite_text.spec import TextSpec

RUN = {"spec": TextSpec(5, 4).as_dict(), "step": 7}


def test_texts_stand_above_their_nearest(tmp_path: Path):
    texts = {name: np.array([[3, 1, 0, 0], [2, 2, 2, 2]]) for name in ("samples", "neighbours", "real")}
    (tmp_path / "alarms.json").write_text(
        json.dumps(
            {
                "step": 7,
                "generated": {"looping": 0.25, "repeated": 0.5, "n": 500},
                "real": {"looping": 0.0, "repeated": 0.0, "n": 500},
                "alarms": ["50% of 500 <b>texts</b>"],
            }
        )
    )
    html = SamplesPanel(shown=1)(View(tmp_path, run=RUN, showcase=texts | {"distances": np.array([0.5, 0.25])})).html
    assert "<p>3 1</p>" in html and "at 0.5" in html and "at step 7" in html
    assert html.count('class="near"') == 1
    assert "50% of 500 &lt;b&gt;texts" in html and "25.0 %" in html


def test_a_run_that_is_going_shows_its_files(tmp_path: Path):
    (tmp_path / "samples" / "000010").mkdir(parents=True)
    (tmp_path / "samples" / "000010" / "samples.txt").write_text("a <text>\nanother\n")
    html = SamplesPanel()(View(tmp_path, run=RUN)).html
    assert "a &lt;text&gt;" in html and "another" in html
    assert "No samples" in SamplesPanel()(View(tmp_path / "nothing", run=RUN)).html
