"""``gansuite report``."""

from __future__ import annotations

import click

from gansuite.cli.options import json_option, plugin_options, print_json


@click.command("report")
@click.argument("run")
@plugin_options
@json_option
def command(run: str, as_json: bool) -> None:
    """Write the report.html of RUN (a folder) anew from what is in it, be it finished or not."""
    from gansuite import api

    report = api.write_report(run)
    if as_json:
        print_json({"report": str(report)})
    else:
        click.echo(report)
