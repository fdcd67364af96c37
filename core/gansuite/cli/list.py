"""``gansuite list``."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import click

from gansuite.cli.options import json_option, plugin_options, print_columns, print_json
from gansuite.plugins.component import KINDS

if TYPE_CHECKING:
    from gansuite.plugins.entry import Entry


@click.command("list")
@click.argument("kind", required=False)
@plugin_options
@json_option
def command(kind: str | None, as_json: bool) -> None:
    """List the components that a recipe can name, of one KIND (such as objective or recipe) or of all."""
    from gansuite.plugins.registry import registry

    entries = registry().entries(kind)
    if as_json:
        print_json([entry.as_dict() for entry in entries])
        return
    rows = {name: list(map(row, found)) for name, found in groupby(entries, lambda entry: entry.component.kind)}
    width = max((len(name) for found in rows.values() for name, _ in found), default=0)
    for name, found in rows.items():
        click.echo(f"{name}: {KINDS[name].duty}")
        print_columns([(left.ljust(width), right) for left, right in found], indent="  ")


def row(entry: Entry) -> tuple[str, str]:
    """How a recipe names a component, and what it is."""
    lacks = f" (needs {' '.join(entry.missing())}: {entry.remedy()})" if entry.missing() else ""
    return entry.component.name if entry.plugin == "core" else entry.address, f"{entry.component.summary}{lacks}"
