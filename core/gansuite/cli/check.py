"""``gansuite check``."""

from __future__ import annotations

import click

from gansuite.cli.options import json_option, plugin_options, print_json, settings_option
from gansuite.errors import UserError


@click.command("check")
@click.argument("recipe")
@settings_option
@plugin_options
@json_option
def command(recipe: str, settings: tuple[str, ...], as_json: bool) -> None:
    """Read RECIPE (a file, or a registered name) as a run would, and tell its first mistake, if any.

    Neither data nor networks are made.
    """
    from gansuite.recipes import read

    try:
        found = read(recipe, settings)
    except UserError as error:
        if as_json:
            print_json({"ok": False, "error": str(error), "recipe": None})
        raise
    if as_json:
        print_json({"ok": True, "error": None, "recipe": found.as_dict()})
    else:
        networks = ", ".join(f"{name} {player.network.entry.address}" for name, player in found.players.items())
        data = found.data.dataset.entry.address
        click.echo(f"ok: {found.name}: {data}, {networks}, {found.train.steps} steps")
