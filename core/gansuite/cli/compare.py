"""``gansuite compare``."""

from __future__ import annotations

from pathlib import Path

import click

from gansuite.cli.options import device_option, jobs_option, json_option, plugin_options, settings_option


@click.command("compare")
@click.argument("recipes", nargs=-1, required=True, metavar="RECIPE...")
@click.option(
    "--seeds", type=click.IntRange(1, 10**4), default=5, show_default=True, help="Runs of each: seeds 0 to N - 1."
)
@click.option(
    "--vary",
    multiple=True,
    metavar="K=V1,V2",
    help="Run each value of an option; repeated, all combinations.",
)
@settings_option
@jobs_option
@click.option("--out", metavar="DIR", help="Folder of the comparison; by default runs/compare-... for these recipes.")
@device_option
@plugin_options
@json_option
def command(
    recipes: tuple[str, ...],
    seeds: int,
    vary: tuple[str, ...],
    settings: tuple[str, ...],
    jobs: int | None,
    out: str | None,
    device: str,
    as_json: bool,
) -> None:
    """Run each of RECIPE... (files, or names) with several seeds, and print one table beside the published figures.

    Every metric is shown as its mean with the 95 % interval over the seeds. A finished run is not run again and an
    interrupted one goes on, so more seeds cost only the new runs. The seeds take the place of the recipe's `seed`.
    """
    from gansuite.cli.study import carry_out
    from gansuite.studies.compare import Comparison

    comparison = Comparison(recipes, seeds, vary, settings)
    carry_out(comparison, Path(out) if out else comparison.folder, jobs=jobs, device=device, as_json=as_json)
