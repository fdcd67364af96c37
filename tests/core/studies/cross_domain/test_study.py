"""The study itself: a fair factorial by its recipes, and the whole of it in small."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("gansuite_audio", reason="the study trains on our own plugins' data")
pytest.importorskip("gansuite_graph", reason="the study trains on our own plugins' data")
pytest.importorskip("gansuite_image", reason="the study trains on our own plugins' data")
pytest.importorskip("gansuite_text", reason="the study trains on our own plugins' data")
pytest.importorskip("gansuite_toy", reason="perceptrons are the toy plugin's")

from gansuite.errors import UserError
from gansuite.plugins import registry
from gansuite.studies.cell import Cell
from gansuite.studies.cross_domain.study import CrossDomain
from gansuite.studies.study import Findings, perform

DOMAINS = ("audio", "text", "graph", "image")


@pytest.fixture(scope="module", autouse=True)
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """All our plugins, whatever another test has left behind."""
    former, patch = registry._current, pytest.MonkeyPatch()
    patch.setenv("GANSUITE_CACHE", str(tmp_path_factory.mktemp("cache")))
    patch.delenv("GANSUITE_PLUGINS", raising=False)
    registry.configure()
    yield
    registry._current = former
    patch.undo()


@pytest.fixture(scope="module")
def cells() -> list[Cell]:
    """The work at the usual scale, with two seeds."""
    return CrossDomain("small", seeds=2).cells()


def runs(cells: list[Cell], domain: str, **levels: str) -> list[dict[str, Any]]:
    """The recipes of a domain's runs at some levels."""
    own = [cell for cell in cells if cell.factors["domain"] == domain and "prior" in cell.factors]
    return [cell.arguments["recipe"] for cell in own if all(cell.factors[k] == v for k, v in levels.items())]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("study")


@pytest.fixture(scope="module")
def found(folder: Path) -> Findings:
    return perform(CrossDomain("smoke", domains="graph"), folder, jobs=1)


def gradients(recipe: dict[str, Any]) -> int:
    """Samples on which both players take gradients in a whole run; nobody moves by likelihood."""
    moves = recipe["dynamics"]["moves"]
    return recipe["train"]["steps"] * recipe["data"]["batch_size"] * (moves["critic"] + moves["generator"])


def test_four_domains_have_two_by_two_cells_and_one_reference(cells: list[Cell]) -> None:
    assert {cell.factors["domain"] for cell in cells} == set(DOMAINS)
    for domain in DOMAINS:
        own = [cell for cell in cells if cell.factors["domain"] == domain]
        levels = {(cell.factors["prior"], cell.factors["training"]) for cell in own if "prior" in cell.factors}
        assert levels == {(p, t) for p in ("generic", "domain") for t in ("plain", "technique")}
        assert sum("prior" not in cell.factors for cell in own) == 1
        assert {seed for cell in own if (seed := cell.seed) is not None} == {0, 1}
    assert len({cell.identity for cell in cells}) == len(cells) == 4 * (1 + 2 * 2 * 2)


def test_the_usual_scales_have_at_least_three_runs_a_cell() -> None:
    assert all((grid.seeds or 0) >= 3 for scale in ("small", "full") for grid in CrossDomain(scale).grids.values())


@pytest.mark.parametrize("domain", DOMAINS)
def test_cells_of_a_domain_differ_in_their_factors_alone(cells: list[Cell], domain: str) -> None:
    recipes = runs(cells, domain)
    assert len({gradients(recipe) for recipe in recipes}) == 1
    for same in (
        lambda r: (r["data"], r["prior"], r["metrics"], r["evaluation"]),
        lambda r: {name: (player["optimizer"], player.get("schedule")) for name, player in r["players"].items()},
        lambda r: (r["train"]["ema"], r["train"]["precision"], r["game"]["name"]),
    ):
        assert len({json.dumps(same(recipe), sort_keys=True) for recipe in recipes}) == 1
    assert all(recipe["metrics"][0]["name"] == "frechet" for recipe in recipes)


@pytest.mark.parametrize("domain", DOMAINS)
def test_a_training_is_the_same_beside_both_priors(cells: list[Cell], domain: str) -> None:
    for level in ("plain", "technique"):
        own = runs(cells, domain, training=level)
        assert len({json.dumps([r["game"], r["dynamics"], r["train"]["steps"]], sort_keys=True) for r in own}) == 1
        assert (level == "plain") == (not own[0]["game"].get("penalties") and not own[0]["game"].get("inputs"))
    for level in ("generic", "domain"):
        own = [{name: {**player} for name, player in r["players"].items()} for r in runs(cells, domain, prior=level)]
        assert len({json.dumps(players, sort_keys=True) for players in own}) == 1


def test_it_runs_and_writes_its_answer(found: Findings, folder: Path) -> None:
    assert not found.failures and found.data["domains"][0]["n"] == 2
    page = (folder / "report.html").read_text()
    assert "implicit prior" in page and "Shares of variance" in page and "Only 2 runs a cell" in page
    assert "graph generic technique" in (folder / "tables" / "cells.csv").read_text()
    analyses = json.loads((folder / "table.json").read_text())["domains"][0]["analyses"]
    assert [s["freedom"] for s in analyses["log(1 + s)"]["sources"]] == [1, 1, 1, 4]
    assert found.answer[0].endswith("(8 runs, 2 a cell; 95 % intervals of the difference).")


def test_networks_of_both_priors_have_about_as_many_parameters(found: Findings) -> None:
    sizes = [row[4:6] for row in found.tables["Cells"].rows]
    for player in range(2):
        counts = [int(row[player]) for row in sizes]  # type: ignore[arg-type]
        assert max(counts) < 1.15 * min(counts)


def test_what_is_done_is_not_done_again(found: Findings, folder: Path) -> None:
    lines = (folder / "results.jsonl").read_text()
    again = perform(CrossDomain("smoke", domains="graph"), folder, jobs=1)
    assert (folder / "results.jsonl").read_text() == lines and again.data == found.data


def test_a_budget_of_seconds_takes_the_place_of_equal_gradients() -> None:
    cells: list[Cell] = CrossDomain("small", domains="image", seeds=2, seconds=7.5).cells()[1:]
    assert {cell.arguments["recipe"]["train"]["seconds"] for cell in cells} == {7.5}
    assert {cell.arguments["recipe"]["train"]["steps"] for cell in cells} == {10**8}
    assert cells[0].name == "image generic plain seed 0"


@pytest.mark.parametrize(("domains", "words"), [("grph", "did you mean 'graph'"), (" , ", "names nothing")])
def test_domains_that_are_not_there_are_refused(domains: str, words: str) -> None:
    with pytest.raises(UserError, match=words):
        CrossDomain("small", domains=domains)


def test_a_domain_whose_plugin_is_missing_is_left_out_unless_it_was_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    former = registry._current
    monkeypatch.setenv("GANSUITE_PLUGINS", "image,toy")
    registry.configure()
    try:
        study = CrossDomain("smoke")
        assert {cell.factors["domain"] for cell in study.cells()} == {"image"}
        assert len(study.notes) == 3 and study.notes[0].startswith("audio is left out")
        with pytest.raises(UserError, match="audio"):
            CrossDomain("smoke", domains="audio").cells()
    finally:
        registry._current = former
