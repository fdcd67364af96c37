"""A disk that is full: told in one line, and what was written before stays."""

from __future__ import annotations

import json
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).parent
RING = str(HERE / "ring.toml")


@contextmanager
def room(most: int) -> Iterator[None]:
    """No file can grow beyond ``most`` bytes: writing fails half way, as on a disk that fills up."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_disk_that_fills_up(toy, tmp_path: Path) -> None:
    settings = ("--set", "train.checkpoint_every=10", "--set", "train.sample_every=1000", "--set", "train.steps=130")
    with room(20_000):
        done = toy("run", RING, "--out", "r", *settings)
    line = done.err.splitlines()[-1]
    assert done.code == 1 and line.startswith("error: r cannot be written: File too large; "), done.err
    assert line.endswith("make room, then continue with gansuite run --resume r")
    newest = max(path.name for path in (tmp_path / "r" / "checkpoints").iterdir())
    assert f"the last good checkpoint is step {int(newest)} in r" in line
    assert json.loads((tmp_path / "r" / "run.json").read_text())["status"] == "failed"

    assert toy("run", "--resume", "r").code == 0
    rows = [json.loads(row) for row in (tmp_path / "r" / "metrics.jsonl").read_text().splitlines()]
    assert [row["step"] for row in rows if row["name"] == "critic/cost"] == list(range(1, 131))


def test_no_room_for_a_checkpoint(toy, tmp_path: Path) -> None:
    with room(20_000):
        done = toy("run", RING, "--out", "r", "--set", "players.generator.width=4000")
    line = done.err.splitlines()[-1]
    assert done.code == 1 and line.startswith("error: checkpoint of step 2 cannot be written to r/checkpoints"), (
        done.err
    )
    assert "no checkpoint was written yet" in line and "make room" in line
    assert list((tmp_path / "r" / "checkpoints").iterdir()) == []


def test_no_room_from_the_first(toy, run: Path, tmp_path: Path) -> None:
    with room(100):
        new, old = toy("run", RING, "--out", "r"), toy("run", "--resume", "ring", "--set", "train.steps=9")
    assert new.code == 2 and new.line == "error: --out r: cannot be written (File too large); name another folder"
    assert old.code == 2 and old.line.startswith(
        "error: ring cannot be written: File too large; the last good checkpoint"
    )
    assert "steps = 3" in (run / "recipe.toml").read_text()
    assert list((tmp_path / "r").iterdir()) == [] and not list(run.glob(".*"))


def test_no_room_for_samples_or_a_report(toy, run: Path) -> None:
    report = (run / "report.html").read_bytes()
    with room(100):
        sample, page = toy("sample", "ring", "--out", "out"), toy("report", "ring")
    assert sample.code == 2 and sample.line.startswith("error: --out out: cannot be written (")
    assert page.code == 2 and page.line == "error: ring/report.html: cannot be written (File too large)"
    assert (run / "report.html").read_bytes() == report
