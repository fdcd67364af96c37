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
@click.option("--curve", is_flag=True, help="Draw quality against diversity over temperatures, beside rivals.")
@click.option("--alphas", metavar="A,B", help="Inverse temperatures of the curve.")
@click.option("--published", metavar="DIR", help="Curves of others to draw beneath: NAME_test.csv and NAME_oracle.csv.")
@device_option
@plugin_options
@json_option
def command(
    run: str,
    metrics: str | None,
    n: int | None,
    seed: int | None,
    curve: bool,
    alphas: str | None,
    published: str | None,
    device: str,
    as_json: bool,
) -> None:
    """Measure the newest checkpoint of RUN (a folder), each metric with its 95 % interval.

    The normalised value is 0 for held-out real data and 1 for the untrained generator. With --curve a model of choices
    (tokens) is measured over temperatures instead, beside a twin of equal budget that learns by likelihood alone, the
    same recipe with a constant reward, and real data; the rivals are trained where they are not there yet.
    """
    from gansuite import api

    if curve and metrics is not None:
        raise UserError("--metrics: a curve has the metrics of its axes; leave --metrics or --curve out")
    if curve:
        return draw(run, n, seed, alphas, published, device, as_json)
    if alphas or published:
        raise UserError("--alphas and --published belong to --curve: add it")

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


def draw(
    run: str,
    n: int | None,
    seed: int | None,
    alphas: str | None,
    published: str | None,
    device: str,
    as_json: bool,
) -> None:
    """The curves of a run, as a table and in sentences."""
    from gansuite.api import write_report
    from gansuite.curves.curves import draw_curves
    from gansuite.curves.measure import ALPHAS

    found = draw_curves(
        run,
        alphas=parsed(alphas) if alphas else ALPHAS,
        n=n,
        seed=seed,
        device=device,
        published=published,
        tell=lambda line: click.echo(line, err=True),
    )
    report = write_report(run)
    if as_json:
        return print_json({"run": run, **found.as_dict()})
    for (x, y), models in found.points.items():
        rows = [("model", "alpha", x, y)]
        rows += [(who, f"{p.alpha:g}", str(p.x), str(p.y)) for who, curve in models.items() for p in curve]
        if (x, y) in found.real:
            rows.append(("real data", "", f"{found.real[x, y].x.value:.3g}", f"{found.real[x, y].y.value:.3g}"))
        print_columns(rows)
        click.echo()
    for sentence in found.sentences():
        click.echo(sentence)
    click.echo(report)


def parsed(alphas: str) -> list[float]:
    """Inverse temperatures of "0.8,1,1.2".

    Raises:
        UserError: one is no positive number, or there is only one.
    """
    try:
        found = sorted({float(each) for each in alphas.split(",")})
    except ValueError:
        found = []
    if len(found) < 2 or not all(0 < each <= 1e6 for each in found):  # nan is neither
        raise UserError(f"--alphas {alphas}: give two or more positive numbers with commas, as in --alphas 0.8,1,1.25")
    return found
