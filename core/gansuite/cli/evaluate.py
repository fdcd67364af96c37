"""``gansuite evaluate``."""

from __future__ import annotations

import click

from gansuite.cli.options import (
    device_option,
    estimate_rows,
    json_option,
    plugin_options,
    print_columns,
    print_json,
)
from gansuite.errors import UserError


@click.command("evaluate")
@click.argument("run")
@click.option("--metrics", metavar="A,B", help="Names of metrics; by default those of the run's recipe.")
@click.option("-n", "--n", "n", type=click.IntRange(4), help="Samples on each side; by default the recipe's.")
@click.option("--seed", type=click.IntRange(0), help="Seed of the samples; by default the recipe's.")
@device_option
@plugin_options
@json_option
def command(run: str, metrics: str | None, n: int | None, seed: int | None, device: str, as_json: bool) -> None:
    """Measure the newest checkpoint of RUN (a folder), each metric with its 95 % interval.

    The normalised value is 0 for held-out real data and 1 for the untrained generator.
    """
    from gansuite import api

    names = [name.strip() for name in metrics.split(",")] if metrics is not None else []
    if not all(names):
        raise UserError(f"--metrics {metrics}: write names with commas between them, as in --metrics kad,frechet")
    estimates = api.evaluate(run, names, n=n, seed=seed, device=device)
    if as_json:
        print_json({"run": run, "metrics": [estimate.as_dict() for estimate in estimates]})
    elif estimates:
        print_columns(estimate_rows(estimates))
        for each in estimates:
            if "warning" in each.extras:
                click.echo(f"warning: {each.name}: {each.extras['warning']}", err=True)
    else:
        raise UserError(f"{run}: its recipe has no [[metrics]]; name some, as in --metrics kad")
