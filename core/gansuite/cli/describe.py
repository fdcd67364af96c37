"""``gansuite describe``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from gansuite.cli.options import json_option, plugin_options, print_columns, print_json
from gansuite.plugins.wording import show as as_toml


@click.command("describe")
@click.argument("name")
@click.option("--kind", metavar="KIND", help="Only the component of this kind, where several share the name.")
@plugin_options
@json_option
def command(name: str, kind: str | None, as_json: bool) -> None:
    """Tell what the component NAME (`hinge`, `audio/wavegan`) is, which options it takes, and whom to cite."""
    from gansuite.plugins.describe import describe

    found = describe(name, kind)
    if as_json:
        print_json(found)
        return
    for index, component in enumerate(found):
        if index:
            click.echo()
        show(component)


def show(told: dict[str, Any]) -> None:
    """Print one component for a person."""
    click.echo(f"{told['kind']} {told['plugin']}/{told['name']} ({told['distribution']} {told['version']})".rstrip())
    click.echo(f"  {told['documentation'] or told['summary']}".replace("\n", "\n  "))
    if told["missing"]:
        click.echo(f"  needs {' '.join(told['missing'])}: {told['remedy']}")
    if told["kind"] == "recipe":
        click.echo(f"  {told['file']}\n")
        click.echo("  " + Path(told["file"]).read_text(encoding="utf-8").rstrip().replace("\n", "\n  "))
    if told["options"]:
        click.echo("\n  options")
        print_columns(
            (
                (
                    option["name"],
                    option["type"],
                    default_of(option),
                    option["documentation"],
                )
                for option in told["options"]
            ),
            indent="    ",
        )
    if told["bibtex"]:
        click.echo("\n  " + told["bibtex"].replace("\n", "\n  "))


def default_of(option: dict[str, Any]) -> str:
    """What an option is where the recipe does not give it."""
    if option["required"]:
        return "required"
    return "optional" if option["default"] is None else f"= {as_toml(option['default'])}"
