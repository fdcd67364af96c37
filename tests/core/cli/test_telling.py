"""What nobody foresaw: still one line, and whose mistake it is."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from gansuite.cli import telling
from gansuite.errors import Interrupted, RunError, UserError

HERE = Path(__file__).parent
RING = str(HERE / "ring.toml")


def test_a_bug_of_a_plugin(toy) -> None:
    done = toy("run", RING, "--set", "data.name=buggy")
    assert done.code == 1
    assert done.line.startswith("error: KeyError: 'no such key'; this is a bug in the plugin toyring (")
    assert done.line.endswith("; run again with GANSUITE_TRACEBACK=1 for the traceback")


def test_a_bug_of_ours(cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gansuite.plugins.describe.describe", lambda *_: 1 / 0)
    done = cli("describe", "hinge")
    assert done.code == 1
    assert done.line.startswith("error: ZeroDivisionError: division by zero; this is a bug in gansuite;")


def test_traceback_on_demand(toy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANSUITE_TRACEBACK", "1")
    done = toy("run", RING, "--set", "data.name=buggy")
    assert "Traceback (most recent call last)" in done.err and '{}["no such key"]' in done.err
    assert "Traceback" in toy("run", RING, "--set", "train.stepz=1").err


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (UserError("no\nsuch\tthing"), 2, "error: no such thing"),
        (RunError("no"), 1, "error: no"),
        (Interrupted("stopped", 2), 130, "stopped"),
        (Interrupted("stopped", 15), 143, "stopped"),
        (KeyboardInterrupt(), 130, "interrupted"),
        (click.UsageError("No."), 2, "error: No (see gansuite --help)"),
        (MemoryError(), 1, "error: MemoryError; out of memory: lower [data] batch_size or the size of the networks"),
        (FileNotFoundError(2, "No such file", "x"), 1, f"error: x: No such file; {telling.AGAIN}"),
        (click.exceptions.Exit(3), 3, None),
        (SystemExit(4), 4, None),
    ],
)
def test_every_error_has_a_line_and_a_code(
    error: BaseException, code: int, line: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert telling.tell_error(error) == code
    assert capsys.readouterr().err == ("" if line is None else f"{line}\n")


def test_other_ranks_are_silent_but_for_bugs(
    cli, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RANK", "3")
    assert cli("list") == (0, "", "")
    assert cli("list", "nothing") == (2, "", "")
    assert cli("lst") == (2, "", "")
    assert telling.tell_error(ZeroDivisionError()) == 1
    assert capsys.readouterr().err.startswith("error: rank 3: ZeroDivisionError")


def test_out_of_memory_names_what_to_lower(toy) -> None:
    done = toy("run", RING, "--set", "players.generator.width=100000000000000")
    assert done.code == 1 and done.line.endswith("out of memory: lower [data] batch_size or the size of the networks")


def program(command: str) -> subprocess.CompletedProcess[str]:
    script = f'set -o pipefail; gansuite() {{ "{sys.executable}" -m gansuite "$@"; }}; {command}'
    environment = os.environ | {"GANSUITE_PLUGINS": ""}
    return subprocess.run(["bash", "-c", script], capture_output=True, text=True, env=environment, check=False)


@pytest.mark.parametrize("words", ["list --json", "--help"])
def test_a_reader_who_has_gone_is_no_error(words: str) -> None:
    done = program(f"gansuite {words} | true")
    assert done.returncode in (0, 141) and done.stderr == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_output_that_cannot_be_written() -> None:
    done = program("gansuite list > /dev/full")
    assert done.returncode == 1 and done.stderr == f"error: No space left on device; {telling.AGAIN}\n"
