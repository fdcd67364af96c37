"""A distribution of somebody else's, installed for real: listed, run, sampled; alone, and beside a broken one."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ECG = Path(__file__).resolve().parents[2] / "docs" / "examples" / "gansuite-ecg"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the example installed by pip."""
    if importlib.util.find_spec("hatchling") is None:
        pytest.skip("needs hatchling: pip install 'gansuite[test]'")
    folder = tmp_path_factory.mktemp("site")
    options = ["--quiet", "--no-deps", "--no-build-isolation", "--disable-pip-version-check", "--target", str(folder)]
    subprocess.run([sys.executable, "-m", "pip", "install", *options, str(ECG)], check=True, capture_output=True)
    return folder


def gansuite(site: Path, *arguments: str, fails: bool = False) -> subprocess.CompletedProcess[str]:
    env = {key: value for key, value in os.environ.items() if not key.startswith("GANSUITE_")}
    env |= {"PYTHONPATH": str(site), "OMP_NUM_THREADS": "1", "GANSUITE_CACHE": str(site.parent / "cache")}
    done = subprocess.run(
        [sys.executable, "-m", "gansuite", *arguments], capture_output=True, text=True, env=env, cwd="/", timeout=300
    )
    assert (done.returncode != 0) == fails, done.stderr
    assert "Traceback" not in done.stderr
    return done


def test_it_is_listed(site: Path):
    plugins = {record["name"]: record for record in json.loads(gansuite(site, "plugins", "--json").stdout)}
    assert plugins["ecg"]["status"] == "ok"
    assert plugins["ecg"]["distribution"] == "gansuite-ecg"
    assert plugins["ecg"]["components"] == 9
    assert "ecg/beats" in gansuite(site, "list", "dataset").stdout


def test_it_runs_and_samples(site: Path, tmp_path: Path):
    run = tmp_path / "run"
    gansuite(site, "run", "ecg", "--set", "train.steps=20", "--set", "metrics[0].n=32", "--out", str(run))
    assert (run / "report.html").stat().st_size > 1000
    assert "gansuite-ecg 0.1.0" in (run / "recipe.toml").read_text()
    rows = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    amplitude = next(row for row in reversed(rows) if row["name"] == "amplitude")
    assert amplitude["low"] < amplitude["value"] < amplitude["high"] and abs(amplitude["floor"]) < 0.1
    assert "By how many millivolts generated heartbeats are higher" in (run / "report.html").read_text()
    gansuite(site, "sample", str(run), "-n", "3", "--seed", "1", "--out", str(tmp_path / "drawn"))
    files = sorted((tmp_path / "drawn").iterdir())
    assert [file.name for file in files] == ["000.csv", "001.csv", "002.csv"]
    assert len(files[0].read_text().splitlines()) == 1 + 64


def test_a_broken_one_beside_it_is_told_and_harms_nothing(site: Path, tmp_path: Path):
    for source in site.iterdir():
        (tmp_path / source.name).symlink_to(source)
    info = tmp_path / "gansuite_broken-0.0.1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.4\nName: gansuite-broken\nVersion: 0.0.1\n")
    (info / "entry_points.txt").write_text("[gansuite]\nbroken = gansuite_broken\n")
    (tmp_path / "gansuite_broken.py").write_text("import a_module_that_nobody_has\n")
    told = {record["name"]: record for record in json.loads(gansuite(tmp_path, "plugins", "--json").stdout)}
    assert told["broken"]["status"] == "broken"
    assert "a_module_that_nobody_has" in told["broken"]["reason"]
    assert told["ecg"]["status"] == "ok"
    assert told["audio"]["status"] == "ok"
    assert "ok: ecg" in gansuite(tmp_path, "check", "ecg").stdout


def test_the_incompatible_one_is_told(site: Path, tmp_path: Path):
    for source in site.iterdir():
        if not source.name.endswith(".dist-info"):
            (tmp_path / source.name).symlink_to(source)
    info = tmp_path / "gansuite_ecg-0.1.0.dist-info"
    info.mkdir()
    requires = "Requires-Dist: gansuite>=7\n"
    (info / "METADATA").write_text(f"Metadata-Version: 2.4\nName: gansuite-ecg\nVersion: 0.1.0\n{requires}")
    (info / "entry_points.txt").write_text("[gansuite]\necg = gansuite_ecg.plugin\n")
    done = gansuite(tmp_path, "check", "ecg", fails=True)
    assert done.returncode == 2
    assert "gansuite>=7" in done.stderr
