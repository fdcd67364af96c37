"""The command line in this process: importing torch once is enough for a hundred mistakes."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from gansuite.cli import main
from gansuite.plugins import registry

HERE = Path(__file__).parent
PLUGIN = ("--plugin", str(HERE / "toyring.py"))
RING = str(HERE / "ring.toml")


class Done(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def line(self) -> str:
        """The one line of standard error."""
        assert self.err.count("\n") == 1 and self.err.endswith("\n"), self.err
        return self.err[:-1]


Cli = Callable[..., Done]


def forget() -> None:
    """A command finds the process as it was before the first one."""
    registry._current = None
    sys.modules.pop("toyring", None)


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Cli]:
    """``cli("run", recipe)``: a command with the core's own plugins only, in an empty folder."""
    former = registry._current
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GANSUITE_CACHE", str(tmp_path / ".cache"))
    monkeypatch.setenv("GANSUITE_PLUGINS", "")

    def call(*words: str) -> Done:
        forget()
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            main(words)
        assert isinstance(left.value.code, int)
        return Done(left.value.code, *capsys.readouterr())

    yield call
    forget()
    registry._current = former


@pytest.fixture
def toy(cli: Cli) -> Cli:
    """``toy("check", recipe)``: the same with the plugin of this folder."""
    return lambda command, *words: cli(command, *words, *PLUGIN)


@pytest.fixture
def run(toy: Cli, tmp_path: Path) -> Path:
    """A finished run."""
    assert toy("run", RING, "--out", "ring").code == 0
    return tmp_path / "ring"
