"""Two gloo processes give the gradients, weights and samples of one process on the union batch."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import torch

from gansuite.engine.ranks import Ranks

WORKER = Path(__file__).with_name("distributed_worker.py")


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> list[dict]:
    folder = tmp_path_factory.mktemp("ranks")
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    done = subprocess.run([*launch, str(WORKER), str(folder)], capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return [torch.load(folder / f"{rank}.pt", weights_only=True) for rank in (0, 1)]


@pytest.mark.parametrize(
    "case",
    [
        "gradient-penalty",
        "relativistic",
        "relativistic-penalty",
        "unused-head",
        "random-rows",
        "unrolled",
        "consensus",
        "extragradient",
    ],
)
def test_two_processes_equal_one_on_the_union_batch(two: list[dict], case: str) -> None:
    sys.path.insert(0, str(WORKER.parent))
    from distributed_worker import play

    alone = play(case, Ranks())
    for rank in two:
        assert rank[case].keys() == alone.keys()
        for name, value in alone.items():
            torch.testing.assert_close(rank[case][name], value, rtol=1e-6, atol=1e-6, msg=lambda m, n=name: f"{n}: {m}")
    for name in alone:  # the ranks agree to the bit, or they would drift apart
        if not name.startswith("samples"):
            assert torch.equal(two[0][case][name], two[1][case][name]), name
