"""``gansuite judge``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gansuite.cli.options import device_option, json_option, plugin_options, print_json, typed
from gansuite.errors import UserError

if TYPE_CHECKING:
    from gansuite.judgements.judging import Asked
    from gansuite.studies.study import Findings


@click.command("judge")
@click.argument("run", required=False)
@click.option("--against", multiple=True, metavar="RUN2", help="Another run of the same domain; may be repeated.")
@click.option("--real", is_flag=True, help="Held-out real samples play along.")
@click.option("-n", "rounds", type=click.IntRange(1, 10**5), default=40, show_default=True, help="Rounds in all.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of pairs, sides and samples.")
@click.option("--question", metavar="TEXT", help='By default "Which is better?", and "Which is real?" with --real.')
@click.option(
    "--ask",
    type=click.Choice(["balanced", "uncertain"]),
    default="balanced",
    show_default=True,
    help="All pairs equally often, or the one whose choice is least foreseen.",
)
@click.option("--judge", metavar="NAME", help="Who judges; by default the name you are logged in with.")
@click.option("--out", metavar="FILE.csv", help="Where judgements go, and go on; by default RUN/judgements.csv.")
@click.option(
    "--read", "read", multiple=True, metavar="FILE.csv", help="Judge nothing: tell what files say; repeatable."
)
@click.option("--columns", multiple=True, metavar="OURS=THEIRS", help="A column of those files that has another name.")
@click.option("--export", metavar="DIR", help="Judge nothing: write the pairs as files, and a sheet to be filled.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, show_default=True, help="Of the page; 0: any.")
@click.option("--no-browser", is_flag=True, help="Print the page's address, and open nothing.")
@click.option("--no-prediction", is_flag=True, help="Do not predict the judgements from measures of the samples.")
@device_option
@plugin_options
@json_option
def command(
    run: str | None,
    against: tuple[str, ...],
    real: bool,
    rounds: int,
    seed: int,
    question: str | None,
    ask: str,
    judge: str | None,
    out: str | None,
    read: tuple[str, ...],
    columns: tuple[str, ...],
    export: str | None,
    port: int,
    no_browser: bool,
    no_prediction: bool,
    device: str,
    as_json: bool,
) -> None:
    """Judge samples of RUN and others side by side on a page of this machine, and tell which run is preferred.

    Every judgement is in the CSV file at once; the same command goes on where it was stopped. With --read, files of
    judgements are told about, ours or others'; with the runs named as well, the choices are predicted from measures of
    the samples.
    """
    from gansuite.judgements import judging

    if read and (out or export):
        raise UserError("--read judges nothing; leave --out and --export out")
    if not read and run is None:
        raise UserError("name a RUN and --against another, or --read a file of judgements")
    asked = judging.Asked(
        [run, *against] if run else list(against),
        real,
        rounds,
        seed,
        question,
        judge,
        ask == "uncertain",
        device,
        typed(),
    )
    if export:
        click.echo(judging.exported(asked, Path(export)))
    elif read:
        told = judging.told(asked, read, mapped(columns), predict=not no_prediction)
        show(told, Path(read[0]).with_suffix(""), as_json)
    else:
        path = Path(out) if out else Path(str(run)) / "judgements.csv"
        sit(asked, path, port=port, browser=not no_browser, predict=not no_prediction, as_json=as_json)


def sit(asked: Asked, path: Path, *, port: int, browser: bool, predict: bool, as_json: bool) -> None:
    """Serve the page until the judge ends, and show what was found."""
    from gansuite.judgements.judging import Sitting

    def tell(line: str) -> None:
        click.echo(line, err=True)

    with Sitting(asked, path, port=port, tell=tell) as sitting:
        tell(f"judging {', '.join(sitting.names)} into {path}: {sitting.left} rounds left; open this address:")
        tell(sitting.address)
        sitting.wait(browser)
        found = sitting.result(predict)
        if found is None:
            tell("nothing was judged")
        else:
            show(found, path.with_suffix(""), as_json)


def show(found: Findings, folder: Path, as_json: bool) -> None:
    """Write the result's folder, and print what it says."""
    from gansuite.judgements.judging import written

    report = written(found, folder)
    if as_json:
        return print_json({"folder": str(folder), **found.data})
    click.echo(found.table.markdown())
    for sentence in (*found.answer, *found.warnings):
        click.echo(sentence)
    click.echo(f"\n{report}")


def mapped(columns: tuple[str, ...]) -> dict[str, str]:
    """``winner=preferred`` as a mapping from our name of a column to theirs.

    Raises:
        UserError: there is no equals sign.
    """
    pairs = [each.partition("=") for column in columns for each in column.split(",")]
    for ours, equals, theirs in pairs:
        if not (ours and equals and theirs):
            raise UserError(f"--columns {ours}{equals}{theirs}: write OURS=THEIRS, as in --columns winner=preferred")
    return {ours.strip(): theirs.strip() for ours, _, theirs in pairs}
