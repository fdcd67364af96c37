"""The report's pictures: which is shown where, and what is said beside it."""

from __future__ import annotations

import base64
import io
import json
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gansuite.report import View
from gansuite_image.panels.files import written
from gansuite_image.panels.heat import overlay
from gansuite_image.panels.progress import ProgressPanel
from gansuite_image.panels.samples import SamplesPanel
from gansuite_image.panels.translations import TranslationsPanel
from gansuite_image.panels.traversals import TraversalsPanel

RNG = np.random.default_rng(0)


def random(n: int, channels: int = 1) -> np.ndarray:
    return RNG.uniform(-1, 1, (n, channels, 4, 4)).astype(np.float32)


def shown(html: str) -> list[np.ndarray]:
    """The pictures of a section, in order."""
    found = re.findall(r'src="data:image/png;base64,([^"]+)"', html)
    return [np.asarray(Image.open(io.BytesIO(base64.b64decode(each)))) for each in found]


def bytes_of(sample: np.ndarray) -> np.ndarray:
    return np.rint((sample[0] + 1) * 127.5).astype(np.uint8)


def test_each_sample_stands_beside_its_heat_and_its_neighbour(tmp_path: Path) -> None:
    show = {"samples": random(3), "neighbours": random(3), "real": random(2), "distances": np.array([0.5, 0.25, 2.0])}
    names = {"neighbours": json.dumps(["a<b.png", "b.png", "c.png"]), "conditions": json.dumps(["one", "one", "two"])}
    html = SamplesPanel()(View(tmp_path, showcase=show, metadata=names)).html
    pictures = shown(html)
    assert len(pictures) == 8
    for i in range(3):
        assert np.array_equal(pictures[2 * i], bytes_of(show["samples"][i]))
        assert np.array_equal(pictures[2 * i + 1], bytes_of(show["neighbours"][i]))
    assert np.array_equal(pictures[6], bytes_of(show["real"][0]))
    assert "a&lt;b.png" in html and "at 0.25" in html and html.count(">one") == 2
    assert "asked for in turn" in html and "critic looks" not in html
    heated = SamplesPanel(shown=2)(
        View(tmp_path, showcase=show | {"saliency": np.ones((3, 4, 4))}, metadata=names)
    ).html
    assert len(shown(heated)) == 8 and "critic looks" in heated and shown(heated)[1].shape == (4, 4, 3)


def test_heat_is_hottest_where_the_slope_is_and_leaves_the_rest_grey() -> None:
    picture, saliency = np.full((10, 10, 1), 200, np.uint8), np.zeros((10, 10))
    saliency[2, 3] = 5
    laid = overlay(picture, saliency).astype(int)
    grey = laid[5, 5]
    assert len(set(grey.tolist())) == 1 and grey[0] == 120  # 0.6 of 200
    assert laid[2, 3, 0] > 240 > laid[2, 3, 2]  # the top of the colours is a bright yellow
    for nothing in (np.zeros((10, 10)), np.full((10, 10), np.nan)):
        assert (overlay(picture, nothing) == 120).all()
    assert np.array_equal(overlay(picture, saliency), overlay(picture, 1000 * saliency))  # its own scale
    assert overlay(np.zeros((10, 10, 4), np.uint8), saliency).shape == (10, 10, 3)


def write(folder: Path, step: int, samples: np.ndarray) -> None:
    (folder / "samples" / f"{step:06d}").mkdir(parents=True)
    for i, each in enumerate(samples):
        Image.fromarray(bytes_of(each)).save(folder / "samples" / f"{step:06d}" / f"{i:03d}.png")


def test_a_run_that_goes_on_shows_its_newest_samples(tmp_path: Path) -> None:
    assert "No samples" in SamplesPanel()(View(tmp_path)).html
    write(tmp_path, 5, random(2))
    write(tmp_path, 20, newest := random(3))
    (tmp_path / "samples" / "000020" / "009.png").write_bytes(b"being written")
    (tmp_path / "samples" / "000020" / "notes.txt").write_text("no picture")
    html = SamplesPanel()(View(tmp_path)).html
    assert "step 20" in html
    assert [np.array_equal(a, bytes_of(b)) for a, b in zip(shown(html), newest, strict=True)] == [True] * 3
    assert len(written(sorted((tmp_path / "samples" / "000020").iterdir()), 2)) == 2


def test_the_film_enlarges_crisply(tmp_path: Path) -> None:
    first, second = random(2), random(2)
    write(tmp_path, 1, first)
    write(tmp_path, 2, second)
    html = ProgressPanel(shown=2)(View(tmp_path)).html
    (frames,) = re.findall(r"const frames = (\[.*?\]);", html)
    for told, wanted in zip(json.loads(frames), (first, second), strict=True):
        with Image.open(io.BytesIO(base64.b64decode(told["src"].split(",")[1]))) as sheet:
            values = np.asarray(sheet.convert("L")).astype(int)
        assert values.shape == (72, 148)
        assert np.abs(values[9::18, 9:72:18] - bytes_of(wanted[0])).max() <= 1
    assert "The pictures of the same draws (latents, or sources of a translation)" in html and "pixelated" in html


def test_translations_stand_between_their_source_and_the_answer(tmp_path: Path) -> None:
    show = {"sources": random(2, 3), "samples": random(2), "targets": random(2)}
    html = TranslationsPanel()(View(tmp_path, showcase=show)).html
    pictures = shown(html)
    assert [picture.shape for picture in pictures] == [(4, 4, 3), (4, 4), (4, 4)] * 2
    assert np.array_equal(pictures[4], bytes_of(show["samples"][1]))
    assert np.array_equal(pictures[5], bytes_of(show["targets"][1]))
    assert "ought to be" in html and "every domain" not in html
    assert TranslationsPanel()(View(tmp_path)).html == ""
    loose = TranslationsPanel()(View(tmp_path, showcase={"sources": random(1), "samples": random(1)})).html
    assert "ought to be" not in loose and len(shown(loose)) == 2


def test_between_many_domains_a_source_is_shown_once(tmp_path: Path) -> None:
    show = {"sources": random(2).repeat(3, 0), "samples": random(6)}
    html = TranslationsPanel()(
        View(tmp_path, showcase=show, metadata={"conditions": json.dumps(["a", "b", "c"] * 2)})
    ).html
    pictures = shown(html)
    assert len(pictures) == 8 and "every domain" in html
    assert np.array_equal(pictures[4], bytes_of(show["sources"][3]))
    assert [np.array_equal(pictures[5 + i], bytes_of(show["samples"][3 + i])) for i in range(3)] == [True] * 3


def test_a_strip_for_each_direction_in_order(tmp_path: Path) -> None:
    rows = {f"traversals/jacobian/{i:02d}": random(5) for i in range(11)}
    html = TraversalsPanel()(View(tmp_path, showcase=rows | {"traversals/codes/00": random(3)})).html
    pictures = shown(html)
    assert [each.shape for each in pictures] == [(4, 5 * 5 - 1)] * 11 + [(4, 14)]
    assert np.array_equal(pictures[10][:, 5:9], bytes_of(rows["traversals/jacobian/10"][1]))
    assert "steepest first" in html and "codes beside" in html
    assert TraversalsPanel()(View(tmp_path)).html == ""


@pytest.mark.parametrize("panel", [SamplesPanel, TranslationsPanel, TraversalsPanel])
def test_names_are_escaped(panel, tmp_path: Path) -> None:
    show = {"samples": random(1), "sources": random(1), "neighbours": random(1)}
    names = {"conditions": json.dumps(["<b>"]), "neighbours": json.dumps(["<i>"])}
    html = panel()(View(tmp_path, showcase=show, metadata=names)).html
    assert "<b>" not in html and "<i>" not in html
