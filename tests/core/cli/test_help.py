"""What a person sees first: the help, complete and at once."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import click
import pytest

import gansuite
from gansuite.cli.program import COMMANDS, program

HEAVY = "torch numpy pydantic rich transformers librosa matplotlib scipy torchaudio soundfile"
FIRST = (
    "run",
    "sample",
    "compare",
    "sweep",
    "study",
    "evaluate",
    "judge",
    "list",
    "describe",
    "plugins",
    "check",
    "schema",
    "cite",
    "report",
)


def modules_after(*words: str) -> set[str]:
    """The modules of a fresh process after a command, installed plugins included."""
    code = (
        "import json, sys; from gansuite.cli import main\n"
        f"try: main({list(words)})\n"
        "except SystemExit as left: assert not left.code\n"
        "print(json.dumps(list(sys.modules)), file=sys.stderr)"
    )
    # What measures coverage imports modules of its own.
    environment = {key: value for key, value in os.environ.items() if not key.startswith("COV")}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    return set(json.loads(done.stderr.splitlines()[-1]))


@pytest.mark.parametrize("words", [("--help",), ("list",), ("list", "--json"), ("plugins",), ("run", "--help")])
def test_light_commands_import_nothing_heavy(words: tuple[str, ...]) -> None:
    modules = modules_after(*words)
    assert not modules & set(HEAVY.split())
    assert len(modules) <= 260


def test_version_imports_no_plugin() -> None:
    assert not any(name.startswith("gansuite_audio") for name in modules_after("--version"))


def test_python_m_gansuite() -> None:
    done = subprocess.run([sys.executable, "-m", "gansuite", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"gansuite {gansuite.__version__}\n"


def test_help_names_every_command(cli) -> None:
    done = cli("--help")
    assert done.code == 0 and not done.err
    assert set(COMMANDS) == set(FIRST)
    for name, summary in COMMANDS.items():
        assert f"  {name} " in done.out and summary in done.out
        assert len(summary) <= 66 and summary.endswith(".")


@pytest.mark.parametrize("name", FIRST)
def test_help_of_a_command_is_complete(name: str, cli) -> None:
    command = program.get_command(click.Context(program), name)
    assert command is not None and command.name == name
    assert command.help and command.help.splitlines()[0].endswith(".")
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help and parameter.help.endswith("."), parameter
            assert max(parameter.opts, key=len) in cli(name, "--help").out
        else:
            told = parameter.make_metavar(click.Context(command)).strip("[]")
            assert any(word in command.help.upper() for word in told.split("|")), f"{told} is not explained"


def test_without_a_command_the_help_is_shown(cli) -> None:
    done = cli()
    assert done.code == 2 and "Commands:" in done.err


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        (("rnu",), ("there is no command", "did you mean 'run'?", "gansuite --help")),
        (("run", "--stepz", "3"), ("--stepz", "gansuite run --help")),
        (("sample", "x", "-n", "0"), ("-n", "0 is not in the range", "gansuite sample --help")),
        (("sample", "x", "-n", "many"), ("-n", "'many' is not a valid integer")),
        (("describe",), ("Missing argument 'NAME'", "gansuite describe --help")),
        (("list", "objective", "penalty"), ("unexpected extra argument", "penalty")),
        (("--nope",), ("--nope", "gansuite --help")),
    ],
)
def test_a_mistyped_command_line_is_one_line(words: tuple[str, ...], parts: tuple[str, ...], cli) -> None:
    done = cli(*words)
    assert done.code == 2 and done.line.startswith("error: ")
    assert all(part in done.line for part in parts), done.line
