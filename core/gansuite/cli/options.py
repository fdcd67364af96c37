"""What several commands share: their options, and how they print."""

from __future__ import annotations

import functools
import json
import shlex
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from gansuite.metrics.estimate import Estimate

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON on standard output, for scripts.")
device_option = click.option(
    "--device", default="auto", show_default=True, metavar="D", help="auto, cpu, cuda, cuda:1, mps."
)
jobs_option = click.option(
    "--jobs", type=click.IntRange(1, 1024), metavar="N", help="Runs at a time, each on one core; by default all cores."
)
settings_option = click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="K=V",
    help="Set an option of the recipe, as in --set train.steps=20; may be repeated.",
)


def plugin_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command ``--plugin`` and ``--no-plugins``, which choose the registry before the command runs."""

    @click.option(
        "--plugin",
        "files",
        multiple=True,
        metavar="FILE.py",
        type=click.Path(path_type=Path),
        help="Use a plugin that is one Python file; may be repeated.",
    )
    @click.option("--no-plugins", is_flag=True, help="Use the core alone, and the files of --plugin.")
    @functools.wraps(command)
    def wrapped(*args: Any, files: tuple[Path, ...], no_plugins: bool, **options: Any) -> Any:
        if files or no_plugins:
            from gansuite.plugins.registry import configure

            configure(installed=not no_plugins, files=files)
        return command(*args, **options)

    return wrapped


def typed(shown: Callable[[str], str] = str) -> str:
    """The command line as it was typed, for what is written about it, each word as ``shown`` lets it be seen."""
    return shlex.join(["gansuite", *map(shown, click.get_current_context().find_root().obj or ())])


def print_json(value: Any) -> None:
    """One JSON document on standard output."""
    click.echo(json.dumps(value, indent=2))


def print_columns(rows: Iterable[tuple[str, ...]], indent: str = "") -> None:
    """Rows of text in aligned columns."""
    rows = list(rows)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        click.echo(f"{indent}{'  '.join(cells)}".rstrip())


def estimate_rows(estimates: Iterable[Estimate]) -> list[tuple[str, str]]:
    """Name, then value with interval and the normalised value with its own."""
    scaled = "; normalised {} (0: held-out real data, 1: the untrained generator)"
    return [
        (
            each.name,
            str(each).removeprefix(f"{each.name} ") + (scaled.format(each.normalised) if each.normalised else ""),
        )
        for each in estimates
    ]
