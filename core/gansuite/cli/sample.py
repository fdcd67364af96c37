"""``gansuite sample``."""

from __future__ import annotations

from typing import Any

import click

from gansuite.cli.options import device_option, json_option, plugin_options, print_json


@click.command("sample")
@click.argument("run")
@click.option("-n", "n", type=click.IntRange(1), default=16, show_default=True, help="Samples, under each condition.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Equal seeds give equal samples.")
@click.option(
    "--condition",
    "--label",
    "conditions",
    multiple=True,
    metavar="L",
    help="Draw samples of one class only, by its name or number; may be repeated: -n samples of each.",
)
@click.option("--prompt", metavar="TEXT", help="What every sample is to begin with, where samples are made in order.")
@click.option("--alpha", type=click.FloatRange(0, min_open=True), help="Inverse temperature of choices; 1 by default.")
@click.option(
    "--interpolate",
    type=click.IntRange(2),
    metavar="K",
    help="The way through K latents in the place of -n samples; in one file where samples can be joined.",
)
@click.option(
    "--steps", type=click.IntRange(1), default=8, show_default=True, help="Samples from one latent to the next."
)
@click.option("--format", "format", metavar="F", help="Of the files, in the place of the run's.")
@click.option("--rate", type=int, metavar="HZ", help="Of the files of sounds, in the place of the run's.")
@click.option("--bits", type=int, metavar="B", help="Of each value in the files of sounds, in the place of the run's.")
@click.option("--out", metavar="DIR", help="Folder of the files; by default RUN/drawn/seed-SEED[-CONDITION].")
@device_option
@plugin_options
@json_option
def command(
    run: str,
    conditions: tuple[str, ...],
    format: str | None,
    rate: int | None,
    bits: int | None,
    as_json: bool,
    **how: Any,
) -> None:
    """Draw samples from the newest checkpoint of RUN (a folder) and write them in the domain's format.

    The data that the run was trained on is not needed.
    """
    from gansuite import api

    asked = {"format": format, "rate": rate, "bits": bits}
    writer = {name: value for name, value in asked.items() if value is not None}
    files = api.sample(run, conditions=conditions, writer=writer, **how)
    if as_json:
        print_json({"files": [str(file) for file in files]})
    else:
        for file in files:
            click.echo(file)
