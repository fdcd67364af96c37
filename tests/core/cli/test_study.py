"""``gansuite study``: options of a study's own, points in JSON, a folder that is kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("gansuite_toy", reason="the systems of the study are the toy plugin's")
Cli = Callable[..., Any]


@pytest.fixture
def study(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> Cli:
    monkeypatch.setenv("GANSUITE_PLUGINS", "toy")
    return lambda *words: cli("study", *words)


def test_a_point_is_answered_at_once(study: Cli):
    done = study("dynamics", "--method", "r1", "--dynamics", "simultaneous", "--h", ".2", "--strength=1.0", "--json")
    assert (done.code, done.err) == (0, "")
    (row,) = json.loads(done.out)
    assert {"method", "dynamics", "h", "eigenvalues", "spectral_radius", "converges"} <= row.keys()
    assert (row["method"], row["dynamics"], row["h"], row["system"]) == ("r1", "simultaneous", 0.2, "dirac")
    assert row["eigenvalues"] == [pytest.approx([0.9, 0], abs=1e-6), pytest.approx([0.9, 0], abs=1e-6)]
    assert row["spectral_radius"] == pytest.approx(0.9, abs=1e-6)
    assert row["converges"] is True
    assert row["trajectory"][0] == [1.0, 1.0]
    assert not Path("runs").exists()


def test_a_folder_is_kept_and_gone_on_with(study: Cli):
    words = ("dynamics", "--method", "r1", "--jobs", "1", "--scale", "smoke")
    done = study(*words)
    assert done.code == 0, done.err
    folder = Path("runs/study-dynamics-smoke")
    assert "| dirac r1 |" in done.out
    assert "6 settings" not in done.out
    assert "On the dirac system with alternating moves 1 of 1 settings converge: r1." in done.out
    for name in ("table.md", "table.csv", "table.json", "plot.svg", "dirac-r1.svg", "answer.md", "report.html"):
        assert (folder / name).stat().st_size > 100, name
    assert done.err.count("\n") == 2
    assert study(*words).err == ""


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("dynamcs",), "no such study; did you mean 'dynamics'?"),
        (("dynamics", "--method", "r3"), "study dynamics method = \"r3\": Input should be 'minimax'"),
        (("dynamics", "--h", "0"), "study dynamics h = 0: Input should be greater than 0"),
        (("dynamics", "--h"), "--h has no value"),
        (("dynamics", "r1"), "r1 is no option"),
        (("dynamics", "--step", "1"), "study dynamics has no option 'step'"),
        (("dynamics", "--method", "r1", "--noise", "1"), "--noise: r1 has none; it is an option of instance-noise"),
        (("dynamics", "--method", "consensus", "--delay", "2"), "--delay 2: consensus is a rule of its own"),
        (("dynamics", "--scale", "huge"), '--scale "huge": no such scale'),
        (("dynamics", "--objective", "hinged"), "no such objective; did you mean 'hinge'?"),
    ],
    ids=range(10),
)
def test_what_is_asked_wrongly_is_told_in_one_line(study: Cli, words: tuple[str, ...], told: str):
    done = study(*words)
    assert done.code == 2
    assert told in done.line
    assert not Path("runs").exists()


def test_it_is_listed_and_described(cli: Cli):
    listed = json.loads(cli("list", "study", "--json").out)
    assert [each["name"] for each in listed if each["plugin"] == "core"] == [
        "cross-domain",
        "dynamics",
        "estimators",
        "evaluation",
    ]
    (told,) = json.loads(cli("describe", "dynamics", "--kind", "study", "--json").out)
    options = {option["name"]: option["documentation"] for option in told["options"]}
    assert {"method", "dynamics", "h", "strength", "noise", "unroll"} <= options.keys()
    assert all(options.values())


def test_what_metrics_see_is_a_study(study: Cli):
    words = ("evaluation", "--scale", "smoke", "--metrics", "energy-distance", "--corruptions", "shift,nothing")
    done = study(*words, "--n", "64", "--repeats", "5", "--jobs", "1", "--json")
    assert done.code == 0, done.err
    found = json.loads(done.out)
    verdicts = {(row["part"], row["corruption"]): row["verdict"] for row in found["readings"]}
    assert verdicts == {("energy-distance", "shift"): "sees", ("energy-distance", "nothing"): "blind"}
    assert Path(found["folder"], "ring.svg").exists()
