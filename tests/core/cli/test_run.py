"""A run from the command line to its end, and all that can be done with it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import warnings
from pathlib import Path

HERE = Path(__file__).parent
RING, PLUGIN = str(HERE / "ring.toml"), str(HERE / "toyring.py")
WHERE = ("folder", "report", "step", "seconds", "metrics")


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_run_prints_where_it_is_and_how_good(toy, tmp_path: Path) -> None:
    done = toy("run", RING)
    (folder,) = (tmp_path / "runs").iterdir()
    assert done.code == 0
    rows = dict(line.split(maxsplit=1) for line in done.out.splitlines())
    assert Path(rows["run"]) == Path("runs") / folder.name and Path(rows["report"]).is_file()
    assert "[" in rows["kad"] and "normalised" in rows["kad"] and rows["time"].endswith("3 steps")
    assert "step 3/3" in done.err and "step 3/3" not in done.out


def test_run_as_json_prints_one_object(toy, tmp_path: Path) -> None:
    done = toy("run", RING, "--out", "a", "--json", "--set", "train.steps=1")
    told = json.loads(done.out)
    assert tuple(told) == WHERE and told["folder"] == "a" and told["step"] == 1
    (kad,) = told["metrics"]
    last = json.loads((tmp_path / "a" / "metrics.jsonl").read_text().splitlines()[-1])
    assert kad["name"] == "kad" and {kad[key] == last[key] for key in ("value", "low", "high", "normalised")} == {True}
    assert "step 1/1" in done.err


def test_resume_goes_on(toy, run: Path) -> None:
    assert toy("run", "--resume", "ring", "--set", "train.steps=5").code == 0
    steps = [json.loads(line)["step"] for line in (run / "metrics.jsonl").read_text().splitlines()]
    assert steps[0] == 1 and max(steps) == 5 and steps == sorted(steps)
    assert "steps = 5" in (run / "recipe.toml").read_text()


def test_sample_is_a_function_of_the_seed(toy, run: Path, tmp_path: Path) -> None:
    assert len(toy("sample", "ring", "-n", "3", "--seed", "1", "--out", "one").out.splitlines()) == 3
    told = json.loads(toy("sample", "ring", "-n", "3", "--seed", "1", "--out", "again", "--json").out)
    assert told == {"files": [f"again/00{i}.npy" for i in range(3)]}
    toy("sample", "ring", "-n", "3", "--seed", "2", "--out", "two")
    one, again, two = (contents(tmp_path / name) for name in ("one", "again", "two"))
    assert one == again and all(one[name] != two[name] for name in one)
    assert toy("sample", "ring", "--seed", "4").out.startswith("ring/drawn/seed-4/")


def test_evaluate(toy, run: Path) -> None:
    (kad,) = json.loads(toy("evaluate", "ring", "--json").out)["metrics"]
    last = json.loads((run / "metrics.jsonl").read_text().splitlines()[-1])
    assert kad["value"] == last["value"] and kad["n_fake"] == 32
    told = json.loads(toy("evaluate", "ring", "--metrics", "frechet,kad", "-n", "16", "--json").out)["metrics"]
    assert [(each["name"], each["n_fake"]) for each in told] == [("frechet", 16), ("kad", 16)]
    other = json.loads(toy("evaluate", "ring", "--seed", "9", "--json").out)["metrics"][0]
    assert other["value"] != kad["value"] and other["seed"] == 9
    assert toy("evaluate", "ring").out.startswith("kad  ")


def test_report_is_written_anew(toy, run: Path) -> None:
    (run / "report.html").unlink()
    assert toy("report", "ring").out == "ring/report.html\n"
    assert json.loads(toy("report", "ring", "--json").out) == {"report": "ring/report.html"}
    assert "</html>" in (run / "report.html").read_text()


def test_a_damaged_checkpoint_is_a_warning_of_one_line(toy, run: Path) -> None:
    newest = run / "checkpoints" / "000003" / "weights.safetensors"
    newest.write_bytes(newest.read_bytes()[:-1])
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        done = toy("sample", "ring")
    assert done.code == 0 and done.line.startswith("warning: checkpoint 000003 is damaged")


def test_interrupted_run_says_how_to_go_on(tmp_path: Path) -> None:
    words = ["run", RING, "--plugin", PLUGIN, "--out", "r", "--set", "train.steps=1000000"]
    environment = os.environ | {"GANSUITE_PLUGINS": "", "GANSUITE_CACHE": str(tmp_path / "cache")}
    with subprocess.Popen(
        [sys.executable, "-m", "gansuite", *words], cwd=tmp_path, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stderr is not None and "step 1/" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        last = process.stderr.read().splitlines()[-1]
    assert process.returncode == 130
    assert last.startswith("stopped at step ") and last.endswith(f"gansuite run --resume r --plugin {PLUGIN}")
    assert list((tmp_path / "r" / "checkpoints").iterdir())


def on_two_ranks(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    launch = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2", "-m", "gansuite", "run", RING]
    return subprocess.run(
        [*launch, "--plugin", PLUGIN, *words],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"GANSUITE_PLUGINS": "", "GANSUITE_CACHE": str(folder / "cache"), "OMP_NUM_THREADS": "1"},
    )


def test_only_the_first_rank_prints(tmp_path: Path) -> None:
    done = on_two_ranks(tmp_path, "--out", "r")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("run     r\n") == 1 and done.stderr.count("step 3/3  kad") == 1

    done = on_two_ranks(tmp_path, "--out", "odd", "--set", "data.batch_size=3")
    mistakes = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    assert len(mistakes) == 1 and "cannot be shared by 2 processes" in mistakes[0]


def test_a_loss_that_is_not_finite_names_the_term_and_the_last_good_step(toy, tmp_path: Path) -> None:
    """It starts well and goes on at an absurd rate: what a resume overrides is obeyed, too."""
    toy("run", RING, "--out", "a")
    wild = ("--set", "players.critic.optimizer.lr=1e38", "--set", "train.steps=40")
    done = toy("run", "--resume", "a", *wild)
    assert done.code == 1
    told = r"error: step \d+: (critic|generator)/cost is (nan|-?inf); the last good checkpoint is step 3 in a"
    assert re.search(told, done.err), done.err
    assert 'on_nan = "skip"' in done.err
    assert json.loads((tmp_path / "a" / "run.json").read_text())["status"] == "failed"
    done = toy("run", "--resume", "a", *wild, "--set", "train.on_nan=skip")
    assert done.code == 0, done.err
    assert json.loads((tmp_path / "a" / "run.json").read_text())["skipped_moves"] > 0


def test_a_resume_with_another_optimiser_is_refused(toy, tmp_path: Path) -> None:
    toy("run", RING, "--out", "a")
    done = toy("run", "--resume", "a", "--set", "players.critic.optimizer.name=sgd", "--set", "train.steps=5")
    assert done.code == 2
    assert '[players.critic] optimizer = "sgd": the checkpoint holds the state of adam' in done.err


def test_a_run_without_metrics_trains_and_can_be_evaluated_later(toy, tmp_path: Path) -> None:
    assert toy("run", RING, "--out", "a", "--set", "metrics=[]").code == 0
    assert (tmp_path / "a" / "report.html").exists()
    assert toy("evaluate", "a").code in (0, 2)
    done = toy("evaluate", "a", "--metrics", "kad")
    assert done.code == 0 and "kad" in done.out


def test_a_mistake_leaves_no_run_behind(toy, tmp_path: Path) -> None:
    assert toy("run", RING, "--set", "metrics.0.n=3").code == 2
    assert not (tmp_path / "runs").exists()


def test_a_resume_on_other_data_is_refused(toy, tmp_path: Path) -> None:
    toy("run", RING, "--out", "a")
    known = tmp_path / "a" / "run.json"
    told = json.loads(known.read_text())
    told["dataset"]["fingerprint"] = "other"
    known.write_text(json.dumps(told))
    done = toy("run", "--resume", "a", "--set", "train.steps=5")
    assert done.code == 2
    assert "[data] is not what a began with" in done.err
