"""Two gloo processes play a game of texts as one does on the union batch, estimators that compare samples included."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from gansuite.engine.ranks import Ranks

WORKER = Path(__file__).with_name("text_worker.py")
CASES = ("leave-one-out", "rollouts", "ppo", "value", "relaxed")


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> list[dict]:
    folder = tmp_path_factory.mktemp("ranks")
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    environment = {**os.environ, "GANSUITE_CACHE": str(folder / "cache")}
    done = subprocess.run(
        [*launch, str(WORKER), str(folder)], capture_output=True, text=True, timeout=240, check=False, env=environment
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return [torch.load(folder / f"{rank}.pt", weights_only=True) for rank in (0, 1)]


@pytest.mark.parametrize("case", CASES)
def test_two_processes_equal_one_on_the_union_batch(two: list[dict], case: str, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("GANSUITE_CACHE", str(tmp_path))
    monkeypatch.syspath_prepend(str(WORKER.parent))
    from text_worker import play

    alone = play(case, Ranks())
    for rank in two:
        assert rank[case].keys() == alone.keys()
        for name, value in alone.items():
            torch.testing.assert_close(rank[case][name], value, rtol=1e-5, atol=1e-6, msg=lambda m, n=name: f"{n}: {m}")
