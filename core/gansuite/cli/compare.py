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
@click.option(
    "--metric",
    "metrics",
    multiple=True,
    metavar="NAME",
    help="Metric whose normalised value scores a run; repeated, each task takes the first that its runs have.",
)
@click.option(
    "--budget",
    "budgets",
    multiple=True,
    metavar="AXIS=N",
    help="What every run may spend: steps=2000, seconds=60 (CPU-seconds), parameters=100000; may be repeated.",
)
@click.option(
    "--reuse",
    multiple=True,
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Take finished runs of equal recipes from this folder; may be repeated.",
)
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
    metrics: tuple[str, ...],
    budgets: tuple[str, ...],
    reuse: tuple[Path, ...],
    jobs: int | None,
    out: str | None,
    device: str,
    as_json: bool,
) -> None:
    """Run each of RECIPE... (files, or names) with several seeds, and print one table beside the published figures.

    Every metric is shown as its mean with the 95 % interval over the seeds. A finished run is not run again and an
    interrupted one goes on, so more seeds cost only the new runs. The seeds take the place of the recipe's `seed`.

    Recipes of different data sets are different tasks, with a table each; methods that were run on two tasks or more
    are compared across them by the normalised value of a metric (0: held-out real data, 1: the untrained generator).
    """
    from gansuite.cli.study import carry_out
    from gansuite.studies.comparison.seen import BESIDES
    from gansuite.studies.comparison.study import Comparison

    comparison = Comparison(recipes, seeds, vary, settings, metrics, budgets)
    folder = Path(out) if out else comparison.folder
    carry_out(comparison, folder, jobs=jobs, device=device, as_json=as_json, reuse=reuse, unprinted=BESIDES)
