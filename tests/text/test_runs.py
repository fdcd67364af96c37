"""Runs of small texts from the command line: resume bit for bit, prompts, temperatures, curves, and bad input."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

import gansuite
from gansuite.cli import main
from gansuite.engine import checkpoint
from gansuite.errors import UserError
from gansuite.recipes import read
from gansuite_text.spec import TextSpec

BASE: dict[str, Any] = {
    "plugin": "text",
    "data": {"name": "markov", "batch_size": 16, "count": 600},
    "prior": {"name": "none"},
    "players": {
        "generator": {"name": "recurrent", "embedding": 8, "hidden": 8, "optimizer": {"name": "adam", "lr": 1e-2}},
        "critic": {"name": "convolutional", "embedding": 8, "widths": [1, 2, 3], "channels": 8},
    },
    "game": {
        "name": "discrete",
        "objective": "non-saturating",
        "reward": "probability",
        "pretraining": {"likelihood": 8, "critic": 2},
    },
    "train": {"steps": 16, "checkpoint_every": 8, "sample_every": 8, "log_every": 4, "samples": 4},
    "evaluation": {"n": 60},
    "metrics": [{"name": "nll"}, {"name": "entropy"}],
}


class Done:
    """What a command left behind."""

    def __init__(self, capsys, *words: str) -> None:
        with pytest.raises(SystemExit) as ended:
            main(list(words))
        self.code = int(ended.value.code or 0)
        self.out, self.err = capsys.readouterr()


def recipe(**game: Any) -> dict[str, Any]:
    return BASE | {"game": BASE["game"] | game}


@pytest.fixture(autouse=True)
def cache(tmp_path_factory, monkeypatch) -> None:
    monkeypatch.setenv("GANSUITE_CACHE", str(tmp_path_factory.mktemp("cache")))


@pytest.fixture(scope="module")
def finished(tmp_path_factory) -> Path:
    """A run by leave-one-out rewards."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GANSUITE_CACHE", str(tmp_path_factory.mktemp("cache")))
        return gansuite.run(read(recipe()), out=tmp_path_factory.mktemp("runs") / "run", device="cpu").folder


def weights(folder: Path, step: int) -> dict[str, torch.Tensor]:
    return load_file(folder / "checkpoints" / checkpoint.name(step) / checkpoint.FILES[0])


GAMES: dict[str, dict[str, Any]] = {
    "ema": {"estimator": {"name": "reinforce", "baseline": "ema"}},
    "ppo": {"estimator": {"name": "ppo", "epochs": 3}, "anchor": 0.1, "likelihood": 0.1},
    "rollouts": {"credit": {"name": "rollouts", "n": 2}},
    "value": {"estimator": {"name": "reinforce", "baseline": "critic"}},
    "relaxed": {"estimator": {"name": "gumbel-softmax", "final": 0.5}, "reward": None},
}


@pytest.mark.parametrize("name", GAMES)
def test_a_resumed_run_is_the_run_that_was_never_stopped(name: str, tmp_path: Path):
    game = {k: v for k, v in recipe(**GAMES[name])["game"].items() if v is not None}
    tables = BASE | {"game": game, "metrics": []}
    whole = gansuite.run(read(tables), out=tmp_path / "whole", device="cpu").folder
    stopped = gansuite.run(read(tables), out=tmp_path / "stopped", device="cpu").folder
    checkpoint_16 = stopped / "checkpoints" / checkpoint.name(16)
    for file in checkpoint_16.iterdir():
        file.unlink()
    checkpoint_16.rmdir()
    gansuite.resume(stopped, device="cpu")
    first, second = weights(whole, 16), weights(stopped, 16)
    assert first.keys() == second.keys()
    assert all(torch.equal(first[key], second[key]) for key in first)


def test_a_prompt_begins_every_sample(finished: Path, tmp_path: Path, capsys):
    done = Done(
        capsys,
        *["sample", str(finished), "-n", "5", "--prompt", "3 2", "--alpha", "1.5", "--out", str(tmp_path / "out")],
    )
    assert done.code == 0, done.err
    lines = (tmp_path / "out" / "samples.txt").read_text().splitlines()
    assert len(lines) == 5 and all(line.startswith("3 2") for line in lines)
    refused = Done(capsys, *["sample", str(finished), "--prompt", "3 zebra"])
    assert refused.code == 2 and "tokens of this model are numbers" in refused.err


def test_the_curve_has_the_run_its_rivals_and_real_data(finished: Path, capsys):
    words = ["evaluate", str(finished), "--curve", "--alphas", "0.5,1,3", "-n", "60"]
    done = Done(capsys, *words)
    assert done.code == 0, done.err
    found = json.loads((finished / "curve" / "curve.json").read_text())
    (axes,) = found["axes"]
    assert (axes["x"], axes["y"]) == ("nll", "nll-oracle") and axes["real"] is not None
    assert list(axes["models"]) == ["run", "twin", "control"]
    assert all([p["alpha"] for p in points] == [0.5, 1.0, 3.0] for points in axes["models"].values())
    run = axes["models"]["run"]
    assert len({p["x"]["value"] for p in run}) == len({p["y"]["value"] for p in run}) == 3
    rows = [json.loads(line) for line in (finished / "metrics.jsonl").read_text().splitlines()]
    plain = next(row for row in rows if row["name"] == "nll")
    assert run[1]["x"] == {key: plain[key] for key in ("value", "low", "high")}, "alpha = 1 is the run itself"
    twin = read(finished / "curve" / "twin" / "recipe.toml")
    assert twin.game.entry.component.name == "maximum-likelihood" and twin.train.steps == 14  # 8 + 6 rounds of the game
    assert (
        read(finished / "curve" / "control" / "recipe.toml").game.options["reward"].entry.component.name == "constant"
    )
    assert "this run against the likelihood twin" in done.out
    assert "Quality against diversity" in (finished / "report.html").read_text()
    assert (finished / "curve" / "nll-oracle-over-nll.svg").is_file()
    began = (finished / "curve" / "twin" / "run.json").stat().st_mtime_ns
    assert Done(capsys, *words).code == 0
    assert (finished / "curve" / "twin" / "run.json").stat().st_mtime_ns == began, "rivals are trained once"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--curve", "--alphas", "1"], "two or more positive numbers"),
        (["--curve", "--alphas", "1,x"], "two or more positive numbers"),
        (["--curve", "--alphas", "1,nan"], "two or more positive numbers"),
        (["--curve", "--metrics", "nll"], "leave --metrics or --curve out"),
        (["--alphas", "1,2"], "belong to --curve"),
        (["--curve", "--published", "/nowhere"], "no pair of files"),
    ],
)
def test_mistakes_in_asking_for_a_curve(finished: Path, words: list[str], message: str, capsys):
    done = Done(capsys, *["evaluate", str(finished), *words])
    assert done.code == 2 and message in done.err and done.err.count("\n") == 1


def test_the_run_is_watched(finished: Path):
    rows = [json.loads(line) for line in (finished / "metrics.jsonl").read_text().splitlines()]
    names = {row["name"] for row in rows}
    assert {"texts/looping", "texts/repeated", "texts/entropy"} <= names
    assert json.loads((finished / "alarms.json").read_text())["step"] == 16
    html = (finished / "report.html").read_text()
    assert "Held-out texts" in html


def test_a_critic_of_another_vocabulary_is_refused_in_a_relaxed_game():
    from gansuite_text.networks.convolutional import Convolutional

    with pytest.raises((UserError, RuntimeError)):
        Convolutional(TextSpec(7, 4), widths=[1], channels=[2])(torch.full((2, 4, 5), 0.2))


def test_a_conditional_run_of_labelled_texts(tmp_path: Path, capsys):
    (tmp_path / "texts.tsv").write_text("".join(f"{'ab'[i % 2]}\t{'xy'[i % 2]} {i % 7} {i % 11}\n" for i in range(400)))
    data = {
        "name": "file",
        "path": str(tmp_path / "texts.tsv"),
        "text": 2,
        "label": 1,
        "tokenizer": "word",
        "length": 4,
    }
    tables = BASE | {"data": data | {"batch_size": 16}, "game": BASE["game"] | {"conditioning": "conditional"}}
    tables |= {
        "train": BASE["train"] | {"steps": 60},
        "metrics": [{"name": "nll", "n": 30}, {"name": "entropy", "n": 30}],
    }
    tables["game"] |= {"pretraining": {"likelihood": 50, "critic": 2}}
    folder = gansuite.run(read(tables), out=tmp_path / "run", device="cpu").folder
    values = {row["name"]: row for row in map(json.loads, (folder / "metrics.jsonl").read_text().splitlines())}
    assert values["nll"]["value"] < values["nll"]["untrained"] and values["entropy"]["value"] is not None
    done = Done(capsys, "sample", str(folder), "-n", "40", "--label", "b", "--out", str(tmp_path / "out"))
    assert done.code == 0, done.err
    lines = (tmp_path / "out" / "samples.txt").read_text().splitlines()
    assert sum(line.startswith("y") for line in lines) > 30
    assert Done(capsys, "sample", str(folder), "--label", "c").code == 2
