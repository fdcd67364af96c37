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
    type=click.IntRange(0),
    is_flag=False,
    flag_value="0",
    metavar="[K]",
    help="The way through K latents in the place of -n samples; in one file where samples can be joined. Without K: "
    "through what --project names, or through the classes of several --condition.",
)
@click.option(
    "--steps",
    type=click.IntRange(1),
    default=8,
    show_default=True,
    help="Samples from one latent to the next, or along a row of --traverse.",
)
@click.option(
    "--project",
    multiple=True,
    type=click.Path(),
    metavar="FILE",
    help="Look for the latent whose sample is nearest to the one in FILE, and write both; may be repeated.",
)
@click.option(
    "--descent", type=click.IntRange(1), default=200, show_default=True, help="Steps of the search of --project."
)
@click.option(
    "--features",
    type=click.FloatRange(0),
    default=0.0,
    metavar="W",
    help="Weight of the critic's features in what --project brings down, besides the samples' own numbers.",
)
@click.option(
    "--traverse",
    type=click.IntRange(1),
    metavar="K",
    help="Rows of one sample, drawn or projected, that is changed in K directions of its latent.",
)
@click.option(
    "--directions",
    type=click.Choice(["axes", "jacobian", "codes"]),
    default="axes",
    show_default=True,
    help="Of --traverse: the latent's coordinates, those that change the sample most, or the codes beside the latent.",
)
@click.option(
    "--span",
    type=click.FloatRange(0, min_open=True),
    default=2.0,
    show_default=True,
    help="How far a row of --traverse goes to either side, in standard deviations of the latent.",
)
@click.option(
    "--truncation",
    type=click.FloatRange(0),
    metavar="T",
    help="Less variety for better samples: latents within T standard deviations, or styles drawn towards their mean.",
)
@click.option(
    "--writer", "name", metavar="W", help="Another writer of the domain than the run's, as grid for pictures."
)
@click.option("--format", "format", metavar="F", help="Of the files, in the place of the run's.")
@click.option("--rate", type=int, metavar="HZ", help="Of the files of sounds, in the place of the run's.")
@click.option("--bits", type=int, metavar="B", help="Of each value in the files of sounds, in the place of the run's.")
@click.option("--enlarge", type=int, metavar="M", help="Files' pixels along each side of a picture's pixel.")
@click.option("--out", metavar="DIR", help="Folder of the files; by default RUN/drawn/seed-SEED[-CONDITION].")
@device_option
@plugin_options
@json_option
def command(
    run: str,
    conditions: tuple[str, ...],
    name: str | None,
    format: str | None,
    rate: int | None,
    bits: int | None,
    enlarge: int | None,
    as_json: bool,
    **how: Any,
) -> None:
    """Draw samples from the newest checkpoint of RUN (a folder) and write them in the domain's format.

    The data that the run was trained on is not needed.
    """
    from gansuite import api

    asked = {"name": name, "format": format, "rate": rate, "bits": bits, "enlarge": enlarge}
    writer = {option: value for option, value in asked.items() if value is not None}
    told: list[str] = []
    files = api.sample(run, conditions=conditions, writer=writer, tell=told.append, **how)
    if as_json:
        print_json({"files": [str(file) for file in files]})
    else:
        for line in (*told, *files):
            click.echo(line)
