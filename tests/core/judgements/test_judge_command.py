"""``gansuite judge`` as it is typed: what it refuses, what it tells of files, what it writes."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from gansuite import api
from gansuite.build import build
from gansuite.errors import UserError
from gansuite.judgements.contestants import HeldOut, Trained, gather, named
from gansuite.judgements.findings import findings
from gansuite.judgements.judgement import Judgement
from gansuite.judgements.judging import Asked, exported, told
from gansuite.judgements.measures import Measures
from gansuite.judgements.reading import read
from gansuite.lending import lender
from gansuite.metrics.metric import MetricError
from gansuite.metrics.models.human import Human
from gansuite.metrics.subject import Subject

RECIPE = {
    "plugin": "toy",
    "data": {"name": "moons", "count": 400, "batch_size": 8},
    "prior": {"name": "normal", "size": 4},
    "players": {"generator": {"name": "mlp", "width": 8}, "critic": {"name": "mlp", "width": 8}},
    "game": {"name": "gan"},
    "train": {"steps": 2, "samples": 2},
    "metrics": [{"name": "kad", "n": 32}],
}
VOTES = "left,right,winner,judge\n" + "one,two,left,Ann\n" * 9 + "two,one,left,Bob\n" * 3


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``one`` and ``two`` are runs."""
    root = tmp_path_factory.mktemp("judge")
    for seed, name in enumerate(("one", "two")):
        api.run(api.read({**RECIPE, "seed": seed}), out=root / name, device="cpu")
    return root


def runs(folder: Path) -> list[str]:
    return [str(folder / "one"), str(folder / "two")]


def test_a_sample_is_that_of_gansuite_sample(folder: Path, tmp_path: Path) -> None:
    one = Trained(folder / "one", "one", "cpu")
    shown = one.draw(one.sample(0, 3))
    assert len(shown) == one.presenter.together == 500
    files = api.sample(folder / "one", 500, seed=one.sample(0, 3), out=tmp_path, device="cpu")
    np.testing.assert_array_equal(np.load(files[0]), shown.numpy())
    assert one.sample(0, 3) != one.sample(0, 4) and one.sample(0, 3) != one.sample(1, 3)


def test_real_samples_are_held_out_ones(folder: Path) -> None:
    contestants = gather(runs(folder), real=True, device="cpu")
    assert [each.name for each in contestants] == ["one", "two", "real"]
    real = contestants[2]
    assert isinstance(real, HeldOut) and real.split == "test"
    count = real.dataset.count("test")
    held = {tuple(row) for row in real.dataset.batch("test", torch.arange(count), None)["data"].tolist()}
    train = {tuple(r) for r in real.dataset.batch("train", torch.arange(9), None)["data"].tolist()}
    for round in range(3):
        drawn = {tuple(row) for row in real.draw(real.sample(0, round)).tolist()}
        assert drawn <= held and not drawn & train
    real.presenter.together = 1
    turns = [real.sample(5, round) for round in range(count)]
    assert sorted(turns) == list(range(count)) and real.sample(5, count) == turns[0]
    assert tuple(real.draw(turns[0])[0].tolist()) in held


def test_what_cannot_be_judged_is_told_in_a_line(folder: Path, tmp_path: Path) -> None:
    one, two = runs(folder)
    for folders, real, words in (
        ([one], False, "one run alone has nothing to be judged against; add --against RUN2, or --real"),
        ([one, str(folder / "two" / ".." / "one")], False, "is named twice"),
        ([one, str(tmp_path / "none")], False, "no such folder"),
        ([one, str(tmp_path)], False, "not a run"),
    ):
        with pytest.raises(UserError, match=words):
            gather(folders, real=real, device="cpu")
    other = tmp_path / "other"
    shutil.copytree(two, other)
    run = json.loads((other / "run.json").read_text())
    (other / "run.json").write_text(json.dumps({**run, "plugin": "audio"}))
    with pytest.raises(UserError, match=r"one is of the domain toy and .*other of audio; only runs of one domain"):
        gather([one, str(other)], device="cpu")
    (other / "run.json").write_text(json.dumps(run))
    shutil.rmtree(other / "checkpoints")
    with pytest.raises(UserError, match="other has no checkpoint yet; train it first"):
        gather([one, str(other)], device="cpu")
    (other / "run.json").unlink()
    with pytest.raises(UserError, match=r"other has no run.json; train it first"):
        gather([one, str(other)], device="cpu")


def test_names_are_told_apart() -> None:
    assert named([Path("runs/a"), Path("runs/b")]) == ["a", "b"]
    assert named([Path("x/a"), Path("y/a")]) == ["x/a", "y/a"]
    assert named([Path("x/real"), Path("y/a")]) == ["x/real", "y/a"]


def test_files_are_told_of(folder: Path, csv_file, tmp_path: Path) -> None:
    path = csv_file(VOTES + "one,two,maybe,Ann\n")
    found = told(Asked([]), [str(path)], {}, predict=True)
    assert found.data["contestants"]["one"]["share"]["value"] == 9 / 12
    assert found.data["preferred"]["one"]["two"]["value"] == pytest.approx(0.75)
    assert found.data["judges"] == 2 and found.data["prediction"] == []
    assert found.data["skipped"] == [
        f'{path} line 14: {"winner is "}"maybe", which is neither side, neither name, nor tie'
    ]
    assert "1 lines were skipped" in found.warnings[0] and "2 judges" in found.warnings[1]
    json.dumps(found.data, allow_nan=False)
    with pytest.raises(UserError, match=r"empty.csv: there is no judgement in it"):
        told(Asked([]), [str(csv_file("left,right,winner\n", "empty.csv"))], {}, predict=False)
    with pytest.raises(UserError, match=r"2 groups of contestants never met"):
        told(Asked([]), [str(csv_file("left,right,winner\na,b,a\nc,d,c\n", "apart.csv"))], {}, predict=False)


def test_choices_are_foretold_from_measures(folder: Path) -> None:
    contestants = gather(runs(folder), real=True, device="cpu")
    measures = Measures(contestants)
    assert measures.notes == []
    assert measures.names == ["critic of one", "critic of two", "distance to training data"]
    # Who prefers what is nearer to the training data is found out by that measure.
    names, judgements = ["one", "two", "real"], []
    for round in range(30):
        pair = [names[round % 3], names[(round + 1) % 3]]
        samples = [{each.name: each for each in contestants}[name].sample(0, round) for name in pair]
        near = [measures(name, sample)[2] for name, sample in zip(pair, samples, strict=True)]
        winner = "left" if near[0] < near[1] else "right"
        judgements.append(Judgement(*pair, winner, "Ann", round + 1, 1.0, *map(str, samples)))  # pyright: ignore
    found = findings(judgements, measures=measures)
    by, who = found.data["prediction"]
    assert by["by"] == "measures of the samples" and by["verdict"] == "better than guessing"
    assert who["by"] == "who made them" and by["pairs"] == who["pairs"] == 30
    assert found.data["weights"]["distance to training data"] < 0
    assert "Predicting the choices" in found.tables and "What counted" in found.tables


def test_a_measure_is_what_it_says(folder: Path) -> None:
    contestants = gather(runs(folder), real=True, device="cpu")
    measures, real = Measures(contestants), contestants[2]
    assert isinstance(real, HeldOut)
    points = real.draw(0)
    train = real.dataset.batch("train", torch.arange(real.dataset.count("train")), None)["data"]
    nearest = torch.cdist(points, train).min(1).values
    assert measures("real", 0)[2] == pytest.approx(float(nearest.mean()), rel=1e-4)
    one = contestants[0]
    assert isinstance(one, Trained)
    with one.model.at_rest() as game, torch.no_grad():
        score = float(game.critic(points).mean())  # pyright: ignore[reportCallIssue]
    assert measures("real", 0)[0] == pytest.approx(score, abs=1e-5)


def test_pairs_go_out_as_files_and_come_back(folder: Path, tmp_path: Path) -> None:
    sheet = exported(Asked(runs(folder), rounds=3, device="cpu"), tmp_path / "pairs")
    lines = sheet.read_text().splitlines()
    assert lines[0] == "round,left_file,right_file,question,judge,winner" and len(lines) == 4
    assert "one" not in sheet.read_text() and "two" not in sheet.read_text()
    assert (tmp_path / "pairs" / "001-left-samples.npy").is_file()
    filled = [lines[0], *(line.removesuffix(",,") + ",Ann,left" for line in lines[1:])]
    sheet.write_text("\n".join(filled) + "\n")
    found = read([sheet])
    assert [each.winner for each in found.judgements] == ["left"] * 3 and not found.skipped
    one = Trained(folder / "one", "one", "cpu")
    first = found.judgements[0]
    side = "left" if first.left == "one" else "right"
    np.testing.assert_array_equal(
        np.load(tmp_path / "pairs" / f"001-{side}-samples.npy"), one.draw(int(getattr(first, f"{side}_sample"))).numpy()
    )
    with pytest.raises(UserError, match="the folder is not empty"):
        exported(Asked(runs(folder), rounds=3, device="cpu"), tmp_path / "pairs")


def test_people_are_a_metric(folder: Path, csv_file, lent: Subject) -> None:
    path = csv_file(VOTES + "one,real,right,Ann\none,real,left,Ann\n")
    api_found = {}
    for name in ("one", "two"):
        metric = Human(judgements=str(path), contestant=name)
        api_found[name] = {each.name: each for each in metric(lent)}
    one, two = api_found["one"], api_found["two"]
    assert one["human"].value == 10 / 14 and one["human"].n_fake == 14 and one["human"].direction == "max"
    assert one["human/real"].value == 0.5 and one["human/real"].ideal == 0.5 and "human/real" not in two
    assert one["human/strength"].value - two["human/strength"].value == pytest.approx(np.log(3), abs=1e-6)
    shutil.copy(path, folder / "one" / "judgements.csv")
    (usual,) = [each for each in api.evaluate(folder / "one", ["human"], device="cpu") if each.name == "human"]
    assert usual.value == 10 / 14
    (folder / "one" / "judgements.csv").unlink()
    with pytest.raises(UserError, match=r"human: there are no judgements in .*one.judgements.csv; ask people first"):
        api.evaluate(folder / "one", ["human"], device="cpu")
    with pytest.raises(MetricError, match=r"no judgements of 'three' \(there is one, two, real\)"):
        Human(judgements=str(path), contestant="three")(lent)
    with pytest.raises(MetricError, match="no column"):
        Human(judgements=str(csv_file("x\n1\n", "bad.csv")), contestant="one")(lent)
    apart = Human(judgements=str(csv_file("left,right,winner\na,b,a\nc,d,c\n", "apart.csv")), contestant="a")(lent)
    assert [each.name for each in apart] == ["human"] and "never met" in apart[0].extras["warning"]


@pytest.fixture
def lent(folder: Path) -> Iterator[Subject]:
    """The model of ``one``, without its folder."""
    recipe = api.read(folder / "one" / "recipe.toml")
    experiment = build(recipe, torch.device("cpu"))
    with lender(experiment, recipe, experiment.dataset)("test", 8, 0) as subject:
        assert subject.folder is None
        yield subject
