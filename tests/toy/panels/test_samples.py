from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gansuite.report import View
from gansuite_toy.data.mixture_1d import Mixture1D
from gansuite_toy.data.ring import Ring
from gansuite_toy.panels.pictures import PAGE, Look, drawing, nearest
from gansuite_toy.panels.samples import ToySamples
from gansuite_toy.spec import SignalSpec, TokensSpec


def view(folder: Path, data: Any, samples: np.ndarray | None, **showcase: np.ndarray) -> View:
    if samples is not None:
        place = folder / "samples" / "000250"
        place.mkdir(parents=True)
        np.save(place / "samples.npy", samples)
    return View(folder, run={"spec": data.spec.as_dict(), "dataset": data.summary, "step": 300}, showcase=showcase)


def test_points_are_drawn_over_their_modes_with_the_number_of_each(tmp_path: Path):
    data = Ring(count=1000)
    samples = data.parts["test"]["data"].numpy()
    html = ToySamples()(view(tmp_path, data, samples)).html
    assert html.count("<svg") == 2
    assert "100 samples of step 250" in html
    assert "var(--muted)" in html and "#010101" not in html
    figure = drawing(samples, "scatter", Look(law=data.judge.as_dict()))
    assert len(figure.axes[0].patches) == 8


def test_the_nearest_mode_is_the_judges():
    data = Ring(count=2000, sd=0.2)
    x = data.parts["train"]["data"]
    mode, good = nearest(x.numpy(), data.judge.as_dict())
    assert mode.tolist() == data.judge.modes(x)[0].tolist()
    assert good.tolist() == data.judge.high_quality(x).tolist()


def test_a_density_is_drawn_over_its_law(tmp_path: Path):
    data = Mixture1D(count=1000)
    html = ToySamples()(view(tmp_path, data, data.parts["test"]["data"].numpy())).html
    assert html.count("<svg") == 2
    (axes,) = drawing(data.parts["test"]["data"].numpy(), "density", Look(law=data.judge.as_dict())).axes
    curve = axes.collections[0].get_paths()[0].vertices
    assert np.trapezoid(np.unique(curve, axis=0)[:, 1], np.unique(curve, axis=0)[:, 0]) > 0


def test_other_samples_stand_beside_held_out_ones(tmp_path: Path):
    class Data:
        spec, summary = SignalSpec(length=16, channels=2, picture="contours"), {}

    x = np.random.default_rng(0).normal(size=(5, 2, 16))
    html = ToySamples()(view(tmp_path, Data, x, real=x)).html
    assert html.count("<svg") == 2
    assert "Real, held out" in html


def test_strings_are_text_and_escaped(tmp_path: Path):
    class Data:
        spec, summary = TokensSpec(vocabulary=2, length=3, tokens=("<", "&"), picture="strings"), {}

    html = ToySamples(shown=1)(view(tmp_path, Data, np.array([[0, 1, 1], [1, 1, 1]]))).html
    assert re.findall("<pre>(.*)</pre>", html) == ["&lt;&amp;&amp;"]


@pytest.mark.parametrize("run", [{}, {"spec": Ring(count=10).spec.as_dict()}])
def test_nothing_yet_is_told_in_words(tmp_path: Path, run: dict[str, Any]):
    assert "No samples have been written yet" in ToySamples()(View(tmp_path, run=run)).html


def test_the_page_has_one_figure_a_drawing_and_no_colour_of_its_own(tmp_path: Path):
    data = Ring(count=100)
    html = ToySamples().figure(data.parts["train"]["data"].numpy(), "scatter", PAGE)
    assert html.startswith("<svg")
