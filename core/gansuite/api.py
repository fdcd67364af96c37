"""Everything the command line does, as Python: ``gansuite.run("recipes/wavegan.toml")``."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from gansuite import runs
from gansuite.build import Model, build, build_model, choose_device, make_evaluator, make_writer, slow_bf16
from gansuite.engine import checkpoint, loop
from gansuite.engine.observer import Observer, Observers
from gansuite.engine.ranks import Ranks
from gansuite.errors import GansuiteError, UserError
from gansuite.metrics.estimate import Estimate
from gansuite.plugins.registry import registry
from gansuite.recipes import Recipe, read
from gansuite.runs import Run
from gansuite.showcase import write_showcase


def run(
    recipe: str | Path | Recipe,
    overrides: Sequence[str] = (),
    *,
    out: str | Path | None = None,
    device: str = "auto",
    observers: Sequence[Observer] = (),
) -> Run:
    """Train a recipe to its end: checkpoints, samples, metrics and report in a run folder.

    Args:
        recipe: a file, the name of a registered recipe, or a recipe that was read.
        overrides: ``"players.generator.dim=32"`` and the like, values as TOML.
        out: the folder; by default ``runs/NAME-YYYYmmdd-HHMMSS``.
        device: ``auto``, ``cpu``, ``cuda``, ``cuda:1``, ``mps``.
        observers: followers of the run besides those of the recipe and the plugins.

    Raises:
        UserError: the recipe, the data or the folder is not usable.
        RunError: training could not go on.
        Interrupted: a signal came; what was done is saved.
    """
    chosen = choose_device(device)
    ranks = Ranks.join(chosen)
    try:
        recipe = recipe if isinstance(recipe, Recipe) else read(recipe, overrides)
        experiment = build(recipe, chosen, ranks)
        folder = ranks.share(runs.new_folder(recipe, out) if ranks.rank == 0 else None)
        going = Run(experiment, recipe, folder)
        with going.writing():
            return finish(going, observers)
    finally:
        ranks.leave()


def resume(
    folder: str | Path,
    overrides: Sequence[str] = (),
    *,
    device: str = "auto",
    observers: Sequence[Observer] = (),
) -> Run:
    """Continue a run from its newest sound checkpoint, bit for bit on the same hardware.

    Raises:
        UserError: the folder is no run, or its checkpoint does not fit the recipe.
    """
    chosen = choose_device(device)
    ranks = Ranks.join(chosen)
    try:
        path = runs.find(folder)
        recipe = read(path / "recipe.toml", overrides)
        going = Run(build(recipe, chosen, ranks), recipe, path)
        if checkpoint.complete(going.checkpoints):
            going.restore()
        elif going.first:
            going.log.unlink(missing_ok=True)
        with going.writing():
            if overrides and going.first:
                runs.write_text(path / "recipe.toml", recipe.to_toml())
            return finish(going, observers)
    finally:
        ranks.leave()


def finish(going: Run, observers: Sequence[Observer]) -> Run:
    """Train what is left, then evaluate, show and report."""
    recipe = going.recipe
    following: Observer = Observer()
    if going.first:
        chosen = [bound.make() for bound in recipe.observers]
        following = Observers([*observers, *chosen, *registry().observers(going)])
        going.write_description("running")
        if going.engine.precision == "bf16" and slow_bf16(going.engine.device):
            warnings.warn(
                '[train] precision = "bf16": this CPU has no bf16 units and will be slow; --set train.precision=fp32',
                stacklevel=3,
            )
    evaluator = make_evaluator(recipe, going) if going.first else None
    writer = make_writer(recipe, going.spec)
    try:
        if evaluator:
            evaluator.set_untrained(build_model(recipe, going.spec, going.engine.device).sample)
        loop.fit(going, evaluator, writer, following)
        if evaluator and going.first:
            loop.evaluate(going, evaluator, following, final=True)
            write_showcase(going, evaluator)
            going.write_description("finished")
            write_report(going.folder)
            following.finished(going)
        going.engine.ranks.wait()
    except BaseException as error:
        if going.first:
            status = "interrupted" if isinstance(error, GansuiteError) and error.exit_code > 2 else "failed"
            with suppress(OSError):  # the disk may be what failed; the error itself is told below
                going.write_description(status)
            following.failed(going, error)
        raise
    return going


def load(folder: str | Path, device: str = "auto") -> Model:
    """The trained model of a run, ready to sample; needs the run's folder and no data.

    Raises:
        UserError: the folder is no run. RunError: it has no sound checkpoint.
    """
    path = runs.find(folder)
    recipe = read(path / "recipe.toml")
    spec = recipe.data.dataset.entry.load().read_spec(runs.read_json(path / "run.json")["spec"])
    chosen = choose_device(device)
    model = build_model(recipe, spec, chosen)
    _, weights, _ = checkpoint.load(path / "checkpoints", chosen)
    runs.load_weights(model, weights)
    return model


def sample(
    folder: str | Path, n: int = 16, *, seed: int = 0, out: str | Path | None = None, device: str = "auto"
) -> list[Path]:
    """Draw ``n`` samples from a run's newest checkpoint and write them in the domain's format.

    Raises:
        UserError: the folder is no run, or ``out`` cannot be written.
    """
    model = load(folder, device)
    recipe = read(runs.find(folder) / "recipe.toml")
    target = Path(out) if out else Path(folder) / "drawn" / f"seed-{seed}"
    try:
        target.mkdir(parents=True, exist_ok=True)
        return make_writer(recipe, model.spec).write(model.sample(n, seed), target)
    except OSError as error:
        raise UserError(
            f"--out {target}: cannot be written ({checkpoint.reason(error)}); name another folder"
        ) from error


def evaluate(
    folder: str | Path,
    metrics: Sequence[str] = (),
    *,
    n: int | None = None,
    seed: int | None = None,
    device: str = "auto",
) -> list[Estimate]:
    """Measure a run's newest checkpoint.

    Args:
        folder: the run.
        metrics: names; by default those of the recipe.
        n: samples a side; by default the recipe's.
        seed: of the samples drawn; by default the recipe's.
        device: as for ``run``.
    """
    path = runs.find(folder)
    tables = read(path / "recipe.toml").as_dict()
    wanted = tables["metrics"] if not metrics else []
    for name in metrics:
        wanted += [table for table in tables["metrics"] if table["name"] == name] or [{"name": name}]
    recipe = read(tables | {"metrics": [table | {"n": n} if n else table for table in wanted]})
    chosen = choose_device(device)
    experiment = build(recipe, chosen)
    step, weights, _ = checkpoint.load(path / "checkpoints", chosen)
    fresh = build_model(recipe, experiment.spec, chosen)
    runs.load_weights(experiment, weights)
    evaluator = make_evaluator(recipe, experiment, seed)
    evaluator.set_untrained(fresh.sample)
    return evaluator.evaluate(experiment.sample, step)


def write_report(folder: str | Path) -> Path:
    """Render a run's ``report.html`` from what is in its folder; a run that is still going has a page as well.

    Raises:
        UserError: the folder is no run, or cannot be written.
    """
    from gansuite.report import render  # matplotlib and jinja2, only where a page is made

    path = runs.find(folder)
    try:
        return render(path)
    except OSError as error:
        raise UserError(f"{path / 'report.html'}: cannot be written ({checkpoint.reason(error)})") from error
