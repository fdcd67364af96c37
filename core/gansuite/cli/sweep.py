"""``gansuite sweep``."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gansuite.cli.options import (
    device_option,
    jobs_option,
    json_option,
    plugin_options,
    print_json,
    settings_option,
    typed,
)
from gansuite.errors import RunError, UserError

if TYPE_CHECKING:
    from gansuite.studies.study import Findings
    from gansuite.sweep.plan import Asked


@click.command("sweep")
@click.argument("recipes", nargs=-1, metavar="RECIPE...")
@click.option(
    "--over",
    multiple=True,
    metavar="K=...",
    help="Vary an option: K=LOW..HIGH, K=LOW..HIGH:log, K=V1,V2; several of one draw: K1,K2=...",
)
@click.option("--metric", metavar="NAME", help="What is searched for, as results name it: kad, modes/f1.")
@click.option("--trials", type=int, metavar="N", help="Trials of each recipe; 20 where no file says otherwise.")
@click.option("--search", metavar="HOW", help="random (the default) or tpe.")
@click.option("--seed", type=int, metavar="N", help="Of the draws and of the runs; by default 0.")
@click.option("--final-seeds", type=int, metavar="N", help="Fresh seeds for the winner of each recipe; by default 5.")
@click.option(
    "--defaults-first/--no-defaults-first",
    default=None,
    help="Whether the first trial has the recipe's own values; by default it has.",
)
@click.option(
    "--budget",
    multiple=True,
    metavar="K=N",
    help="What every run may spend: steps=2000, or seconds=60 of CPU time; may be repeated.",
)
@settings_option
@click.option("--join", metavar="DIR", help="Work at the sweep of a folder; it needs no recipes and no options.")
@jobs_option
@click.option("--out", metavar="DIR", help="Folder of the sweep; by default runs/sweep-... for what is asked.")
@click.option("--storage", metavar="URL", help="An Optuna storage, as sqlite:///x.db; by default a journal in DIR.")
@click.option(
    "--stale",
    type=click.FloatRange(1, 10**5),
    default=60.0,
    show_default=True,
    metavar="SECONDS",
    help="Silence after which a worker is taken for dead.",
)
@click.option("--launcher", default="local", show_default=True, metavar="L", help="local or slurm.")
@click.option("--slurm", metavar="K=V,...", default="", help="Options of the jobs: partition=gpu,mem_gb=16.")
@device_option
@plugin_options
@json_option
def command(
    recipes: tuple[str, ...],
    over: tuple[str, ...],
    budget: tuple[str, ...],
    settings: tuple[str, ...],
    join: str | None,
    jobs: int | None,
    out: str | None,
    storage: str | None,
    stale: float,
    launcher: str,
    slurm: str,
    device: str,
    as_json: bool,
    **asked: Any,
) -> None:
    """Search over options of each RECIPE with equal budgets, then run each winner again with fresh seeds.

    RECIPE... are recipes, or one file of a sweep. Called again, here or on another machine that sees the folder, it
    works at the same sweep: no run is done twice, and one whose worker died goes on from its checkpoint.
    """
    from gansuite.cli.study import tell
    from gansuite.plugins.wording import did_you_mean, show

    need_optuna()
    from gansuite.sweep.conduct import sweep
    from gansuite.sweep.desk import hidden
    from gansuite.sweep.launchers import LAUNCHERS, parse_options
    from gansuite.sweep.plan import make_plan

    if launcher not in LAUNCHERS:
        raise UserError(f"--launcher {show(launcher)}: there is no such launcher{did_you_mean(launcher, LAUNCHERS)}")
    options = parse_options(slurm)
    given = {key: value for key, value in asked.items() if value is not None}
    if join:
        if recipes or over or budget or settings or given:
            raise UserError(f"--join {join}: the folder says what the sweep is; leave the recipes and its options out")
        plan, folder = None, Path(join)
    else:
        plan = make_plan(read_words(recipes, over, [*settings, *spendings(budget, settings)], given))
        folder = Path(out) if out else Path("runs") / f"sweep-{plan.identity}"
    found = sweep(
        folder,
        plan,
        launcher=launcher,
        jobs=jobs,
        device=device,
        storage=storage,
        stale=stale,
        options=options,
        command=typed(hidden),
        tell=tell,
    )
    if isinstance(found, list):
        told = {"folder": str(folder), "jobs": found}
        words = (
            f"{len(found)} jobs submitted: {' '.join(found)}\ngansuite sweep --join {folder}   # joins in, and prints"
        )
        print_json(told) if as_json else click.echo(words)
        return
    show_findings(found, folder, as_json)


def need_optuna() -> None:
    """Refuse to begin without the package that draws the trials.

    Raises:
        UserError: it is not installed.
    """
    if importlib.util.find_spec("optuna") is None:
        raise UserError(
            "gansuite sweep draws its trials with Optuna, which is not installed: pip install 'gansuite[sweep]'"
        )


def read_words(recipes: tuple[str, ...], over: tuple[str, ...], settings: list[str], given: dict[str, Any]) -> Asked:
    """What was typed as a sweep; options lie over what a file says.

    Raises:
        UserError: it is not right.
    """
    from gansuite.plugins.validation import validate
    from gansuite.recipes.toml import read_toml
    from gansuite.sweep.plan import Asked, read_asked
    from gansuite.sweep.space import parse_over

    space = dict(map(parse_over, over))
    path = Path(recipes[0]) if len(recipes) == 1 else None
    if path and path.suffix == ".toml" and path.is_file() and "recipes" in read_toml(path):
        asked = read_asked(path)
        given = {**asked.model_dump(), **given}
        given["set"] = [*asked.set, *settings]
        given["space"] = {**given["space"], **{key: each.model_dump() for key, each in space.items()}}
        return validate(Asked, given, str(path.name))
    if not recipes:
        raise UserError("gansuite sweep: name recipes or the file of a sweep, or join one with --join DIR")
    if "metric" not in given:
        raise UserError("gansuite sweep: say by --metric NAME what is searched for, such as --metric kad")
    spaces = {key: each.model_dump() for key, each in space.items()}
    return validate(Asked, {"recipes": list(recipes), "set": settings, "space": spaces, **given}, "gansuite sweep")


def spendings(budget: tuple[str, ...], settings: tuple[str, ...]) -> list[str]:
    """The settings that hold every run to a budget.

    Raises:
        UserError: there is no such budget, or a setting says otherwise.
    """
    from gansuite.studies.comparison.budget import Budget

    parsed = Budget.parse(budget, settings)
    if "parameters" in parsed.limits:
        raise UserError("--budget parameters: networks that a sweep varies have no one size; give steps or seconds")
    return parsed.settings


def show_findings(found: Findings, folder: Path, as_json: bool) -> None:
    """Print what was found. A trial that failed was spent, and is no error.

    Raises:
        RunError: all trials of a recipe failed.
    """
    if as_json:
        print_json({"folder": str(folder), **found.data})
    else:
        click.echo(found.table.markdown())
        for sentence in (*found.asked, *found.answer):
            click.echo(sentence)
        for line in found.failures:
            click.echo(line, err=True)
        click.echo(f"\n{folder / 'report.html'}")
    lost = [each["label"] for each in found.data["recipes"] if each["winner"] is None]
    if lost:
        raise RunError(
            f"{', '.join(lost)}: no trial gave a value; {found.failures[0] if found.failures else 'see above'}"
        )
