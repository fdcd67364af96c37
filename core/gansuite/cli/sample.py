"""``gansuite sample``."""

from __future__ import annotations

import click

from gansuite.cli.options import device_option, json_option, plugin_options, print_json


@click.command("sample")
@click.argument("run")
@click.option("-n", "n", type=click.IntRange(1), default=16, show_default=True, help="Number of samples.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Equal seeds give equal samples.")
@click.option("--label", metavar="L", help="Draw samples of one class only, by its name or number.")
@click.option("--prompt", metavar="TEXT", help="What every sample is to begin with, where samples are made in order.")
@click.option("--alpha", type=click.FloatRange(0, min_open=True), help="Inverse temperature of choices; 1 by default.")
@click.option("--out", metavar="DIR", help="Folder of the files; by default RUN/drawn/seed-SEED[-LABEL].")
@device_option
@plugin_options
@json_option
def command(
    run: str,
    n: int,
    seed: int,
    label: str | None,
    prompt: str | None,
    alpha: float | None,
    out: str | None,
    device: str,
    as_json: bool,
) -> None:
    """Draw samples from the newest checkpoint of RUN (a folder) and write them in the domain's format.

    The data that the run was trained on is not needed.
    """
    from gansuite import api

    files = api.sample(run, n, seed=seed, out=out, device=device, condition=label, prompt=prompt, alpha=alpha)
    if as_json:
        print_json({"files": [str(file) for file in files]})
    else:
        for file in files:
            click.echo(file)
