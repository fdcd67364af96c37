"""Killed at any moment, a run resumes bit for bit: weights, optimisers, averages, random numbers and metrics."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

RUNNER = Path(__file__).with_name("runner.py")


def start(*arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, str(RUNNER), *map(str, arguments)], stderr=subprocess.PIPE, text=True)


def finish(process: subprocess.Popen[str]) -> None:
    _, errors = process.communicate(timeout=240)
    assert process.returncode == 0, errors[-3000:]


def rows(folder: Path) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
    return [{key: value for key, value in line.items() if key != "seconds"} for line in lines]


def last_step(folder: Path) -> int:
    try:
        return max((row["step"] for row in rows(folder)), default=0)
    except (OSError, ValueError):  # not there yet, or a line is being written
        return 0


def end(folder: Path) -> tuple[dict[str, torch.Tensor], dict[str, Any], list[dict[str, Any]]]:
    path = folder / "checkpoints" / "000060"
    state = torch.load(path / "state.pt", weights_only=True)
    return load_file(path / "weights.safetensors"), {k: state[k] for k in ("players", "engine")}, rows(folder)


def same(a: Any, b: Any) -> bool:
    if isinstance(a, torch.Tensor):
        return torch.equal(a, b)
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
    return a == b


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple:
    folder = tmp_path_factory.mktemp("whole") / "run"
    finish(start("run", folder))
    return end(folder)


def check(folder: Path, whole: tuple) -> None:
    weights, state, log = end(folder)
    assert same(weights, whole[0])
    assert any(name.startswith("average.") for name in weights)
    assert same(state, whole[1])
    assert log == whole[2]
    assert (folder / "report.html").exists()
    assert not list((folder / "checkpoints").glob(".*"))


@pytest.mark.parametrize("part", [0, 1])
def test_killed_at_a_random_step(part: int, whole: tuple, tmp_path: Path) -> None:
    at = random.SystemRandom().randint(1, 29) + 29 * part
    process = start("run", tmp_path / "run")
    while last_step(tmp_path / "run") < at and process.poll() is None:
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    print(f"killed after step {at}: {[p.name for p in (tmp_path / 'run' / 'checkpoints').glob('*')]}")
    finish(start("resume", tmp_path / "run"))
    check(tmp_path / "run", whole)


def test_killed_while_a_checkpoint_is_being_written_and_again(whole: tuple, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    at = random.SystemRandom().choice([20, 30, 40])
    process = start("run", folder, "--die-writing", at)
    process.communicate(timeout=240)
    assert process.returncode == -signal.SIGKILL
    assert [p.name for p in (folder / "checkpoints").glob(".*")], "it died with a checkpoint half written"
    assert (folder / "checkpoints" / f"{at - 10:06d}").exists()
    assert not (folder / "checkpoints" / f"{at:06d}").exists()
    finish(start("resume", folder))
    check(folder, whole)


def test_a_damaged_checkpoint_costs_only_the_steps_since_the_one_before(whole: tuple, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    process = start("run", folder)
    while not (folder / "checkpoints" / "000030").exists() and process.poll() is None:
        time.sleep(0.002)
    process.kill()
    process.communicate()
    newest = max((p for p in (folder / "checkpoints").glob("[0-9]*")), key=lambda p: int(p.name))
    data = bytearray((newest / "weights.safetensors").read_bytes())
    data[-5] ^= 1
    (newest / "weights.safetensors").write_bytes(data)
    process = start("resume", folder)
    _, errors = process.communicate(timeout=240)
    assert process.returncode == 0, errors[-3000:]
    assert f"{newest.name} is damaged" in errors
    check(folder, whole)


def test_a_signal_saves_and_says_how_to_go_on(whole: tuple, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    process = start("run", folder)
    while last_step(folder) < 7 and process.poll() is None:
        time.sleep(0.002)
    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate(timeout=240)
    assert f"gansuite run --resume {folder}" in errors
    assert json.loads((folder / "run.json").read_text())["status"] == "interrupted"
    finish(start("resume", folder))
    check(folder, whole)
