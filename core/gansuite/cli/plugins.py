"""``gansuite plugins``."""

from __future__ import annotations

import click

from gansuite.cli.options import json_option, plugin_options, print_columns, print_json


@click.command("plugins")
@click.option("--timings", is_flag=True, help="Show how long the import of each plugin took.")
@plugin_options
@json_option
def command(timings: bool, as_json: bool) -> None:
    """List the plugins: where each comes from, what it offers, and why one is broken or incompatible."""
    from gansuite.plugins.registry import registry

    records = registry().records()
    if as_json:
        print_json(records)
        return
    rows = []
    for record in records:
        source = f"{record['distribution']} {record['version']}".strip()
        time = (f"{1000 * record['seconds']:.1f} ms",) if timings else ()
        rows.append((record["name"], source, record["status"], f"{record['components']} components", *time))
    print_columns(rows)
    for record in records:
        lacking = [f"{component} {what}" for component, what in record["missing"].items()]
        for line in filter(None, [record["reason"], *lacking, *record["notes"]]):
            click.echo(f"{record['name']}: {line}")
