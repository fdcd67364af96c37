"""The whole study in small: what is plain to see is seen, what cannot be is not, and a stranger's metric is in it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

pytest.importorskip("gansuite_toy", reason="the data sets of the study are the toy plugin's")

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.metrics.two_sample import TwoSample
from gansuite.plugins import registry
from gansuite.studies.cell import Result
from gansuite.studies.evaluation.corruptions import CORRUPTIONS
from gansuite.studies.evaluation.domains import domain
from gansuite.studies.evaluation.measure import Taken, baseline
from gansuite.studies.evaluation.study import Evaluation
from gansuite.studies.study import Findings, perform

HERE = Path(__file__).parent
SEEN = ["shift", "scale", "one-coordinate"]
SMALL = {"metrics": "energy-distance,foreign/mean,foreign/fussy,modes", "n": 200, "repeats": 6}
CHEAP = "density-coverage,energy-distance,frechet,kad,kid,ndb,prd,precision-recall,sliced-wasserstein,foreign/spread"
SOME = "nothing,mode-drop,shift,scale,one-coordinate,memorisation,duplicates,blur"


@pytest.fixture(scope="module", autouse=True)
def plugins(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The toy plugin and the stranger's."""
    former, patch = registry._current, pytest.MonkeyPatch()
    patch.setenv("GANSUITE_CACHE", str(tmp_path_factory.mktemp("cache")))
    patch.setenv("GANSUITE_PLUGINS", "toy")
    sys.modules.pop("foreign", None)
    registry.configure(files=[HERE / "foreign.py"])
    domain.cache_clear()
    yield
    domain.cache_clear()
    sys.modules.pop("foreign", None)
    registry._current = former
    patch.undo()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("study")


@pytest.fixture(scope="module")
def found(folder: Path) -> Findings:
    return perform(Evaluation("smoke", corruptions=SOME, **SMALL), folder, jobs=1)


def verdicts(found: Findings, part: str) -> dict[str, str]:
    return {row["corruption"]: row["verdict"] for row in found.data["readings"] if row["part"] == part}


def test_what_is_plain_is_seen_and_what_cannot_be_is_not(found: Findings):
    assert not found.failures
    energy = verdicts(found, "energy-distance")
    assert {name for name, verdict in energy.items() if verdict == "sees"} >= {*SEEN, "mode-drop"}
    for part in ("energy-distance", "modes", "modes/high-quality", "foreign/mean"):
        assert verdicts(found, part)["memorisation"] == "blind", part
        assert verdicts(found, part)["nothing"] == "blind", part
    assert verdicts(found, "modes/high-quality")["mode-drop"] == "blind"
    assert verdicts(found, "modes")["mode-drop"] == "sees"
    assert "blur" not in energy and "ring: no blur (the coordinates of a vector have no order)" in found.data["notes"]


def test_a_strangers_metric_is_a_peer(found: Findings):
    mean = verdicts(found, "foreign/mean")
    assert mean["shift"] == mean["one-coordinate"] == "sees" and mean["scale"] == "blind"
    assert verdicts(found, "foreign/fussy")["duplicates"] == "refuses"
    assert any("a sample is repeated" in note for note in found.data["notes"])
    assert "foreign/fussy sees" in "\n".join(found.answer)


def test_the_readings_hold_what_they_say(found: Findings):
    rows = found.data["readings"]
    assert {row["n"] for row in rows} == {200} and {row["repeats"] for row in rows} == {6}
    (row,) = (row for row in rows if (row["part"], row["corruption"]) == ("energy-distance", "shift"))
    assert row["spearman"] > 0.8 and row["threshold"] == row["strengths"][0] == 0.25
    assert abs(row["null"]) < 0.01 < row["values"][0] < row["values"][1]
    for part, curve in found.data["null"]["ring"].items():
        assert list(curve) == ["64", "128"] and curve["64"]["n"] == 6, part
    assert set(found.data["cpu_seconds"]) == {"energy-distance", "foreign/mean", "foreign/fussy", "modes"}
    assert set(found.data["cpu_seconds"]["modes"]) == {"64", "128", "200"}


def test_the_answer_is_filled_from_them(found: Findings):
    text = "\n".join(found.answer)
    assert "ring 200; 6 repeats; strengths 0.25, 1" in text
    assert "memorisation is called worse by none of 7 numbers" in text
    assert "False alarms: where nothing is wrong, 0 of 7 readings notice something (0.0 %)." in text


def test_files_are_written_and_nothing_is_done_twice(found: Findings, folder: Path):
    for name in ("table.md", "table.csv", "plot.svg", "ring.svg", "real samples of ring by n.svg", "report.html"):
        assert (folder / name).stat().st_size > 500, name
    assert "var(--warn)" not in (folder / "ring.svg").read_text()
    assert json.loads((folder / "table.json").read_text())["readings"] == found.data["readings"]
    heard: list[Result] = []
    perform(Evaluation("smoke", corruptions=SOME, **SMALL), folder, jobs=1, tell=lambda r, i, n: heard.append(r))
    assert heard == []


def test_all_that_is_installed_is_in_it_and_what_is_not_is_noted():
    study = Evaluation("small")
    cells = study.cells()
    names = [table["name"] for table in cells[0].arguments["metrics"]]
    assert {"kad", "frechet", "modes", "foreign/mean"} <= set(names)
    assert not {"foreign/gone", "foreign/of-models", "ais", "skill-rating"} & set(names)
    notes = "\n".join(study.notes)
    assert "foreign/gone is left out" in notes and "drums is left out" in notes
    assert {cell.factors["data"] for cell in cells} == {"ring", "mixture", "signals", "counting"}


def test_the_quick_way_to_a_value_gives_the_value():
    place = domain("signals")
    real, given = place.draw(80, 3)
    fake = given.fresh(Rng(1, "fresh"))
    for table in Evaluation("smoke", metrics=CHEAP).tables():
        try:
            taken = Taken(table, place, real, 5)
        except UserError:
            continue
        view = taken.view(fake)
        if not isinstance(taken.metric, TwoSample):
            continue
        ordinary = taken.named({each.name: each.value for each in taken.ordinary(view)})
        for _ in range(2):  # the second time from what is kept of the real side
            assert taken.values(view) == pytest.approx(ordinary, rel=1e-9, abs=1e-12, nan_ok=True), table["name"]


def test_the_parts_of_a_draw_share_nothing():
    place = domain("signals")
    real, given = place.draw(500, 0)
    again, other = place.draw(500, 0)[0], place.draw(500, 1)[0]
    assert torch.equal(real, again) and not torch.equal(real, other)
    rows = torch.cat([real, given.pool, given.train])
    assert len(torch.unique(rows, dim=0)) == len(rows) == len(place.held_out) + len(place.train)


def test_without_labels_clusters_are_the_modes():
    place = domain("counting")
    given = place.draw(500, 0)[1]
    assert given.judge is place.judge and len(given.group) == len(given.pool) and len(given.by_size) == 8
    for corruption in CORRUPTIONS.values():
        assert corruption.obstacle(given) is None


def test_labels_are_the_modes_where_there_are_any():
    place = domain("ring")
    assert place.judge is not None
    _, given = place.draw(100, 0)
    assert torch.equal(place.judge.modes(given.pool)[0], given.group)


def test_a_curve_ends_where_the_data_do(tmp_path: Path):
    assert baseline(tmp_path, "cpu", data="ring", rows=10**6, metrics=[{"name": "kad"}])["null"] == {}


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"corruptions": "noise,nois"}, 'corruptions "nois": no such corruption'),
        ({"corruptions": ","}, "names nothing"),
        ({"metrics": "kod"}, "no such metric"),
        ({"metrics": "foreign/of-models"}, "it needs model, and the study has samples only"),
        ({"data": "no-such"}, "no such dataset"),
    ],
)
def test_what_is_asked_wrongly_is_told(options: dict[str, str], told: str):
    with pytest.raises(UserError, match=told):
        Evaluation("smoke", **options).cells()  # pyright: ignore[reportArgumentType]
