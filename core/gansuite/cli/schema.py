"""``gansuite schema``."""

from __future__ import annotations

import json
from pathlib import Path

import click

from gansuite.cli.options import plugin_options, print_json
from gansuite.errors import UserError


@click.command("schema")
@click.option("--out", metavar="FILE", type=click.Path(path_type=Path), help="Write it to a file.")
@plugin_options
def command(out: Path | None) -> None:
    """Print the JSON Schema (draft 7) of a recipe with all components that are installed.

    An editor that reads TOML completes and checks a recipe whose first line is `#:schema FILE`.
    """
    from gansuite.recipes.schema import schema

    if out is None:
        print_json(schema())
        return
    try:
        out.write_text(json.dumps(schema(), indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise UserError(f"--out {out}: cannot be written ({error.strerror}); name another file") from error
    click.echo(out)
