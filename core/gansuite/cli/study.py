"""``gansuite study``."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gansuite.cli.options import device_option, jobs_option, json_option, plugin_options, print_json, typed
from gansuite.errors import RunError, UserError

if TYPE_CHECKING:
    from gansuite.studies.cell import Result
    from gansuite.studies.study import Study

FRACTION = re.compile(r"\.\d+(?:[eE][-+]?\d+)?")


@click.command("study", context_settings={"ignore_unknown_options": True})
@click.argument("name")
@click.argument("options", nargs=-1, metavar="OPTIONS")
@click.option("--scale", default="small", show_default=True, metavar="SCALE", help="smoke (seconds), small or full.")
@jobs_option
@click.option("--out", metavar="DIR", help="Folder of the study; by default runs/study-NAME-SCALE.")
@device_option
@plugin_options
@json_option
def command(
    name: str, options: tuple[str, ...], scale: str, jobs: int | None, out: str | None, device: str, as_json: bool
) -> None:
    """Carry out the study NAME (`gansuite list study` shows them), and print its table and its answer.

    A study has OPTIONS of its own, written --NAME VALUE; `gansuite describe NAME` shows them. What is finished is not
    done again: after Ctrl-C the same command goes on.
    """
    from gansuite.plugins.registry import registry

    table = {"name": name, **parse_options(options)}
    study = registry().bind("study", table, f"study {name}", None).make(scale)
    folder = Path(out) if out else Path("runs") / f"study-{name.rpartition('/')[2]}-{scale}"
    if as_json and out is None and study.instant:
        print_json(at_once(study, device))
    else:
        carry_out(study, folder, jobs=jobs, device=device, as_json=as_json)


def parse_options(words: tuple[str, ...]) -> dict[str, Any]:
    """``--n-critic 5`` and ``--n-critic=5`` as ``{"n_critic": 5}``, values as TOML or as words.

    Raises:
        UserError: a word is no option, or an option has no value.
    """
    from gansuite.recipes.merge import parse_setting

    found: dict[str, Any] = {}
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if not word.startswith("--"):
            raise UserError(f"gansuite study: {word} is no option; options of a study are --NAME VALUE")
        left, equals, right = word.removeprefix("--").partition("=")
        if not equals and not rest:
            raise UserError(f"gansuite study: {word} has no value")
        text = right if equals else rest.pop(0)
        text = f"0{text}" if FRACTION.fullmatch(text) else text  # ".3" is a number to a person, and none to TOML
        path, value, _ = parse_setting(f"{left.replace('-', '_')}={text}")
        found[path[0]] = value
    return found


def at_once(study: Study, device: str) -> Any:
    """What a study that takes moments shows, without a folder."""
    from tempfile import TemporaryDirectory

    from gansuite.studies.conduct import conduct

    with TemporaryDirectory() as folder:
        found = study.findings(conduct(study.cells(), Path(folder), jobs=1, device=device))
    if found.failures:
        raise RunError(found.failures[0])
    return found.data


def carry_out(
    study: Study,
    folder: Path,
    *,
    jobs: int | None,
    device: str,
    as_json: bool,
    reuse: Sequence[Path] = (),
    unprinted: Collection[str] = (),
) -> None:
    """Perform a study, tell of every cell that ends on standard error, and print what was found.

    Tables whose titles are ``unprinted`` stand in the files and on the page alone.

    Raises:
        RunError: a cell failed; the table is printed first.
    """
    from gansuite.cli.telling import tell as say
    from gansuite.studies.study import perform

    command = typed()
    found = perform(study, folder, jobs=jobs, device=device, tell=tell, say=say, reuse=reuse, command=command)
    if as_json:
        print_json({"folder": str(folder), **found.data} if isinstance(found.data, dict) else found.data)
    else:
        click.echo(found.table.markdown())
        for title, table in found.tables.items():
            if title not in unprinted:
                click.echo(f"{title}\n\n{table.markdown()}")
        for sentence in [*found.answer, *found.warnings]:
            click.echo(sentence)
        click.echo(f"\n{folder / 'report.html'}")
    if found.failures:
        more = f" (and {len(found.failures) - 1} more)" if len(found.failures) > 1 else ""
        raise RunError(f"{found.failures[0]}{more}; the same command tries again")


def tell(result: Result, ended: int, count: int) -> None:
    """A line for a cell that ended."""
    metrics = ", ".join(
        f"{name} {each['value']:.3g}" for name, each in result.metrics.items() if each.get("value") is not None
    )
    said = metrics if result.finished else f"failed: {result.reason}"
    click.echo(
        f"[{ended}/{count}] {result.name}: {said or 'done'} ({result.cpu_seconds:.1f} CPU-s)",
        err=True,
    )
