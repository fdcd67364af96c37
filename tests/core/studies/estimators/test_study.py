"""The study: what it measures is so, who fits stands in it, and what is typed wrong is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.estimators.gumbel_softmax import GumbelSoftmax
from gansuite.plugins.registry import registry
from gansuite.studies.cell import Result
from gansuite.studies.estimators import measure as measuring
from gansuite.studies.estimators.independent import Binary
from gansuite.studies.estimators.lineup import LINEUP, entrants
from gansuite.studies.estimators.measure import bias, cosine, measure, sums
from gansuite.studies.estimators.study import Estimators
from gansuite.studies.study import Findings, perform

SOME = "reinforce,disarm,straight-through,gumbel-softmax,local-expectation"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("study")


@pytest.fixture(scope="module")
def found(folder: Path) -> Findings:
    return perform(Estimators("smoke", problem="binary", estimators=SOME, draws=20_000), folder, jobs=1)


def rows(found: Findings) -> dict[str, dict[str, Any]]:
    return {row["estimator"]: row for row in found.data}


def test_what_has_a_bias_shows_it_and_what_has_none_does_not(found: Findings):
    assert not found.failures
    by = rows(found)
    for name, row in by.items():
        if row["unbiased"]:
            assert row["bias"]["low"] == 0.0, name
            assert row["cosine"]["high"] > 0.999, name
    assert by["straight-through"]["bias"]["low"] > 0.2
    assert by["gumbel-softmax τ=1"]["bias"]["low"] > by["gumbel-softmax τ=0.5"]["bias"]["high"]
    assert by["reinforce none"]["variance"]["low"] > 1.5 * by["disarm"]["variance"]["high"]
    assert by["local-expectation"]["evaluations"] == 6 and by["disarm"]["evaluations"] == 2
    assert by["reinforce rloo k=16"]["estimates"] == 1240 and by["reinforce none"]["estimates"] == 20_000
    cost = by["disarm"]["cost"]["value"]
    assert cost == pytest.approx(2 * by["disarm"]["variance"]["value"]) and by["disarm"]["milliseconds"] > 0


def test_its_files_say_the_same(found: Findings, folder: Path):
    assert json.loads((folder / "table.json").read_text()) == json.loads(json.dumps(found.data))
    table, answer = (folder / "table.md").read_text(), (folder / "answer.md").read_text()
    assert "binary: disarm" in table and "relative bias" in table
    assert "estimators without bias by their theory none shows any at 95 %" in answer
    assert "perfect critic is the quietest" not in answer  # it was told the truth
    assert (folder / "plot.svg").read_text().startswith("<svg")


def test_the_measures_are_those_of_all_estimates_at_once():
    place, estimator = Binary(), GumbelSoftmax(temperature=0.5)
    whole = place.estimates(estimator, 3000, Rng(1)).gradients.double()
    mean, variance, evaluations = sums(place, estimator, 3000, Rng(1), 1, "whole")
    assert torch.allclose(mean, whole.mean(0)) and evaluations == 1
    assert variance == pytest.approx(float(whole.var(0).sum()))


def test_parts_of_a_block_add_up(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(measuring, "ENTRIES", 5000)
    place = Binary()
    mean, variance, evaluations = sums(place, GumbelSoftmax(), 3000, Rng(2), 2, "whole")
    assert evaluations == 2
    assert variance == pytest.approx(
        float(place.estimates(GumbelSoftmax(), 3000, Rng(3), samples=2).gradients.var(0).sum()), rel=0.1
    )
    assert torch.allclose(mean, place.truth, atol=0.1)


def test_intervals_cover_a_known_bias_about_as_often_as_they_say():
    """Blocks of means drawn around truth + b: 95 % intervals of ‖b‖ and of the cosine."""
    truth, shift, hits = torch.tensor([3.0, 0.0, 4.0]).double(), torch.tensor([0.3, 0.4, 0.0]).double(), []
    squares = []
    angle = float(torch.cosine_similarity(truth + shift, truth, dim=0))
    for seed in range(400):
        means = truth + shift + Rng(seed).normal(20, 3, scale=0.5).double()
        size, turn = bias(means, truth, 20), cosine(means, truth, 20)
        assert size.low is not None and size.high is not None and turn.low is not None and turn.high is not None
        squares.append(size.value**2)
        hits.append([size.low <= 0.1 <= size.high, turn.low <= angle <= turn.high])
    covered = torch.tensor(hits).double().mean(0)
    assert (covered > 0.9).all() and covered[0] < 1
    assert sum(squares) / 400 == pytest.approx(0.01, abs=7e-4)  # noise alone would add 0.0015


def test_where_there_is_no_bias_its_interval_begins_at_nothing():
    truth, seen = torch.ones(4).double(), 0
    for seed in range(200):
        found = bias(truth + Rng(seed).normal(20, 4).double(), truth, 20)
        assert found.low is not None and found.high is not None and found.low <= found.value <= found.high > 0
        seen += found.low > 0
    assert seen < 20


def test_everyone_stands_in_the_lineup_and_a_strangers_estimator_too():
    names = {entry.component.name for entry in registry().entries("estimator") if entry.plugin == "core"}
    assert {each.table["name"] for each in LINEUP} <= names
    assert {each.table["name"] for each in entrants(None)} >= names
    cells = Estimators("small").cells()
    assert len({cell.identity for cell in cells}) == len(cells)
    by = {problem: [c.label for c in cells if c.factors["problem"] == problem] for problem in measuring.PROBLEMS}
    assert any("disarm" in label for label in by["binary"]) and not any(
        "disarm" in label for label in by["categorical"]
    )
    assert not any("rebar" in label for label in by["sequence"] + by["density-ratio"])
    assert any("rollouts N=16" in label for label in by["sequence"])
    assert not any("importance" in label for label in by["categorical"])
    assert all(cell.arguments["draws"] == 100_000 for cell in cells)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"problem": "categoric"}, "no such problem; did you mean 'categorical'"),
        ({"estimators": "reinforc"}, "no such estimator; did you mean 'reinforce'"),
        ({"estimators": " , "}, "names nothing"),
        ({"problem": "sequence", "estimators": "disarm"}, "none of them fits the problem"),
    ],
)
def test_what_is_typed_wrong_is_told(options: dict[str, Any], words: str):
    with pytest.raises(UserError, match=words):
        Estimators("smoke", **options).cells()


def test_a_cell_that_does_not_fit_says_so(tmp_path: Path):
    with pytest.raises(UserError, match="needs binary"):
        measure(tmp_path, "cpu", problem="categorical", estimator={"name": "arm"}, draws=1000)


def test_failures_are_told():
    failed = Result("0", "binary: arm", None, {"problem": "binary", "estimator": "arm"}, "failed", "no reason")
    found = Estimators("smoke").findings([failed])
    assert found.failures == ["binary: arm failed: no reason"] and not found.pictures
