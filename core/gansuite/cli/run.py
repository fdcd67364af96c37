"""``gansuite run``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from gansuite.cli.options import (
    device_option,
    estimate_rows,
    json_option,
    plugin_options,
    print_columns,
    print_json,
    settings_option,
)
from gansuite.errors import Interrupted, UserError


@click.command("run")
@click.argument("recipe", required=False)
@settings_option
@click.option("--out", metavar="RUN", help="Folder of the run; by default runs/NAME-YYYYmmdd-HHMMSS.")
@click.option("--resume", metavar="RUN", help="Go on with this run from its newest checkpoint.")
@device_option
@plugin_options
@json_option
def command(
    recipe: str | None, settings: tuple[str, ...], out: str | None, resume: str | None, device: str, as_json: bool
) -> None:
    """Train RECIPE (a file, or a name that `gansuite list recipe` shows) to a finished report.

    Ctrl-C finishes the step, saves, and says how to go on. Progress goes to standard error; at the end the
    run's folder, its report and its metrics are printed.
    """
    if resume is None and recipe is None:
        raise UserError("gansuite run: name a recipe (gansuite list recipe shows them), or --resume RUN")
    if resume is not None and (recipe is not None or out is not None):
        given = f"the recipe {recipe}" if recipe is not None else f"--out {out}"
        raise UserError(
            f"gansuite run: --resume {resume} goes on in its own folder by its own recipe; leave out {given}"
        )

    from gansuite import api
    from gansuite.engine.observer import Observer
    from gansuite.engine.observers.progress import Progress

    class Latest(Observer):
        """Remembers the last estimate of each metric."""

        def __init__(self) -> None:
            self.estimates: dict[str, Any] = {}

        def evaluated(self, run: Any, step: int, estimates: Any) -> None:
            self.estimates |= {estimate.name: estimate for estimate in estimates}

    latest = Latest()
    observers = [Progress(), latest]
    try:
        if resume is not None:
            run = api.resume(resume, settings, device=device, observers=observers)
        else:
            run = api.run(str(recipe), settings, out=out, device=device, observers=observers)
    except Interrupted as error:
        files: tuple[Path, ...] = click.get_current_context().params.get("files", ())
        raise Interrupted(str(error) + "".join(f" --plugin {file}" for file in files), error.exit_code - 128) from error
    estimates = list(latest.estimates.values())
    report = run.folder / "report.html"
    if as_json:
        print_json(
            {
                "folder": str(run.folder),
                "report": str(report),
                "step": run.step,
                "seconds": round(run.seconds, 3),
                "metrics": [estimate.as_dict() for estimate in estimates],
            }
        )
        return
    from gansuite.report.words import duration

    time = f"{duration(run.seconds)}, {run.step} steps"
    print_columns([("run", str(run.folder)), ("report", str(report)), *estimate_rows(estimates), ("time", time)])
