"""``gansuite cite``."""

from __future__ import annotations

from pathlib import Path

import click

from gansuite import __version__
from gansuite.cli.options import json_option, plugin_options, print_json

OURS = f"""@software{{gansuite,
  title   = {{gansuite: generative adversarial networks on audio, text, graphs and images}},
  author  = {{{{The gansuite authors}}}},
  version = {{{__version__}}},
  year    = {{2026}},
  license = {{Apache-2.0}},
}}"""


@click.command("cite")
@click.argument("source", metavar="RUN|RECIPE")
@plugin_options
@json_option
def command(source: str, as_json: bool) -> None:
    """Print the BibTeX of everything that a run (a folder) or a recipe (a file, a name) uses, gansuite included."""
    from gansuite.recipes import read

    folder = Path(source)
    if folder.is_dir():
        from gansuite.folders import find

        recipe = read(find(folder) / "recipe.toml")
    else:
        recipe = read(source)
    entries = {"gansuite": OURS, **recipe.references()}
    if as_json:
        print_json(entries)
    else:
        click.echo("\n\n".join(entries.values()))
