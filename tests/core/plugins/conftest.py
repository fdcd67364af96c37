"""Small distributions made on the fly, and a fresh process that finds them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

HEAD = """
from gansuite.plugins import Command, Component, hookimpl
"""


@pytest.fixture
def distribution(tmp_path: Path) -> Callable[..., Path]:
    """Install ``name`` into a folder: metadata, one entry point in group ``gansuite``, one module."""

    def make(
        name: str, code: str, *, plugin: str | None = None, version: str = "1.0", requires: tuple[str, ...] = ()
    ) -> Path:
        module = name.replace("-", "_")
        folder = tmp_path / "site"
        info = folder / f"{module}-{version}.dist-info"
        info.mkdir(parents=True)
        lines = ["Metadata-Version: 2.4", f"Name: {name}", f"Version: {version}"]
        (info / "METADATA").write_text("\n".join([*lines, *(f"Requires-Dist: {each}" for each in requires), ""]))
        (info / "entry_points.txt").write_text(f"[gansuite]\n{plugin or name} = {module}\n")
        (folder / f"{module}.py").write_text(HEAD + textwrap.dedent(code))
        return folder

    return make


class Answer:
    """What a process printed."""

    def __init__(self, done: subprocess.CompletedProcess[str]) -> None:
        self.code, self.stdout, self.stderr = done.returncode, done.stdout, done.stderr

    @property
    def json(self) -> Any:
        """The last line of the output."""
        return json.loads(self.stdout.splitlines()[-1])


@pytest.fixture
def ask(tmp_path: Path) -> Callable[..., Answer]:
    """Run Python code in a fresh process that sees the installed distributions."""

    def run(code: str, **environment: str) -> Answer:
        site = tmp_path / "site"
        paths = [str(site), *filter(None, [os.environ.get("PYTHONPATH")])]
        env = {key: value for key, value in os.environ.items() if not key.startswith("GANSUITE_")}
        env |= {"PYTHONPATH": os.pathsep.join(paths), "OMP_NUM_THREADS": "1", **environment}
        code = "import json, sys\nfrom gansuite.plugins.registry import registry, configure\n" + textwrap.dedent(code)
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env, check=False)
        return Answer(done)

    return run
