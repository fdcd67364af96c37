"""``gansuite sweep`` as typed: to its page, joined, and every mistake in one line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

RING = str(Path(__file__).with_name("ring.toml"))
RATE = "players.*.optimizer.lr=1e-4..1e-1:log"
WORDS = ("--metric", "kad", "--trials", "2", "--final-seeds", "1", "--over", RATE, "--jobs", "1")


@pytest.fixture
def sweep(toy: Any) -> Any:
    return lambda *words: toy("sweep", *words)


def test_from_recipes_to_the_page_and_joined_again(sweep: Any, tmp_path: Path) -> None:
    done = sweep(RING, *WORDS, "--budget", "steps=2", "--out", "s")
    assert done.code == 0, done.err
    assert "its trial's kad on valid" in done.out and "over fresh seeds on test" in done.out
    assert "Random search for kad: 2 trials of ring" in done.out
    assert done.err.splitlines()[0].startswith("[1/3] ring trial 0 seed 0: kad ")
    assert (tmp_path / "s/report.html").is_file() and (tmp_path / "s/trials.csv").is_file()
    joined = sweep("--join", "s", "--json")
    assert joined.code == 0 and joined.err == ""
    told = json.loads(joined.out)
    assert (told["metric"], told["trials"], len(told["recipes"][0]["values"])) == ("kad", 2, 2)
    assert told["recipes"][0]["steps"] == 2
    more = sweep(RING, *WORDS[:2], "--trials", "3", *WORDS[4:], "--budget", "steps=2", "--out", "s")
    assert more.code == 0 and "[4/4] ring" in more.err and more.err.count("\n") <= 2


def test_a_file_and_what_is_laid_over_it(sweep: Any, tmp_path: Path) -> None:
    Path("sweep.toml").write_text(
        f'recipes = ["{RING}"]\nmetric = "kad"\ntrials = 1\nfinal_seeds = 0\nset = ["train.steps=1"]\n'
        "[space]\n'players.generator.width' = { low = 2, high = 4 }\n"
    )
    done = sweep("sweep.toml", "--trials", "2", "--jobs", "1", "--no-defaults-first", "--json")
    assert done.code == 0, done.err
    told = json.loads(done.out)
    assert told["trials"] == 2
    assert told["folder"].startswith("runs/sweep-")
    widths = [json.loads(path.read_text()) for path in Path(told["folder"]).glob("trials/*.json")]
    assert len(widths) == 2 and all(2 <= each["players.generator.width"] <= 4 for each in widths)


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        ((), ("name recipes", "--join DIR")),
        ((RING, "--over", RATE), ("--metric NAME",)),
        ((RING, "--metric", "kad"), ("varies nothing",)),
        ((RING, "--metric", "kda", "--over", RATE), ('metric "kda"', "did you mean 'kad'?")),
        ((RING, "--metric", "kad", "--over", "players.generator.widht=1..3"), ("did you mean 'width'?",)),
        ((RING, "--metric", "kad", "--over", "players.generator.width=3..3"), ("3 to 3 is empty",)),
        ((RING, "--metric", "kad", "--over", "players.*.optimizer.lr=0..1:log"), ("begins above 0",)),
        ((RING, "--metric", "kad", "--over", "players.generator.width=3..many"), ("--over", "OPTION=LOW..HIGH")),
        ((RING, "--metric", "kad", "--over", RATE, "--trials", "0"), ("trials = 0", "greater than 0")),
        ((RING, "--metric", "kad", "--over", RATE, "--search", "grid"), ('search = "grid"', "random")),
        ((RING, "--metric", "kad", "--over", RATE, "--budget", "trial=3"), ("--budget trial=3",)),
        ((RING, "--metric", "kad", "--over", RATE, "--budget", "parameters=3"), ("give steps or seconds",)),
        ((RING, "--metric", "kad", "--over", RATE, "--launcher", "slrum"), ("did you mean 'slurm'?",)),
        (
            (RING, "--metric", "kad", "--over", RATE, "--storage", "sqlite:////no/x.db"),
            ("--storage sqlite:////no/x.db",),
        ),
        (("no-such.toml", "--metric", "kad", "--over", RATE), ("no-such.toml",)),
        (("--join", "nowhere"), ("nowhere: no sweep",)),
        (("--join", "nowhere", "--trials", "3"), ("leave the recipes and its options out",)),
    ],
)
def test_mistakes_are_one_line_and_nothing_runs(words: tuple[str, ...], parts: tuple[str, ...], sweep: Any) -> None:
    done = sweep(*words)
    assert done.code == 2, done
    assert done.line.startswith("error: ") and all(part in done.line for part in parts), done.line
    assert not list(Path().glob("runs/*/runs/*/*"))


def test_without_optuna_the_remedy_is_told(sweep: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    done = sweep(RING, *WORDS)
    assert done.code == 2 and done.err.count("\n") == 1
    assert "Optuna, which is not installed: pip install 'gansuite[sweep]'" in done.err
