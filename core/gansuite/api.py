"""Everything the command line does, as Python: ``gansuite.run("recipes/wavegan.toml")``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import torch

from gansuite.build import Model, build, build_model, choose_device, make_evaluator, make_writer
from gansuite.diagnosis import look_over, write_findings
from gansuite.engine import checkpoint, judging, loop
from gansuite.engine.observer import Observer, Observers
from gansuite.engine.ranks import Ranks
from gansuite.errors import Interrupted, UserError
from gansuite.folders import find, new_folder, read_json, write_text
from gansuite.lending import lender
from gansuite.metrics.estimate import Estimate
from gansuite.metrics.evaluation import Evaluator
from gansuite.plugins.registry import registry
from gansuite.recipes import Recipe, read
from gansuite.runs import Run
from gansuite.sampling import chosen_writer, of_choices, slug, stems, write
from gansuite.sampling import interpolate as walk_through
from gansuite.showcase import write_showcase
from gansuite.weights import load_weights


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
        recipe = read(recipe.as_dict() if isinstance(recipe, Recipe) else recipe, overrides)
        experiment = build(recipe, chosen, ranks)
        parts = make_evaluator(recipe, experiment), make_writer(recipe, experiment.spec)
        going = Run(experiment, recipe, ranks.lead(partial(new_folder, recipe, out)))
        with going.writing():
            return finish(going, *parts, observers)
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
        UserError: the folder is no run, its checkpoint does not fit the recipe, or its data have changed.
    """
    chosen = choose_device(device)
    ranks = Ranks.join(chosen)
    try:
        path = find(folder)
        recipe = read(path / "recipe.toml", overrides)
        experiment = build(recipe, chosen, ranks)
        check_same_data(path, experiment.dataset.fingerprint)
        parts = make_evaluator(recipe, experiment), make_writer(recipe, experiment.spec)
        going = Run(experiment, recipe, path)
        if checkpoint.complete(going.checkpoints):
            going.restore()
        elif going.first:
            going.log.unlink(missing_ok=True)
        with going.writing():
            if going.first:
                checkpoint.clean(going.checkpoints)
                write_text(path / "recipe.toml", recipe.to_toml())
            return finish(going, *parts, observers)
    finally:
        ranks.leave()


def finish(going: Run, evaluator: Evaluator, writer: Any, observers: Sequence[Observer]) -> Run:
    """Train what is left, then evaluate, show and report."""
    recipe = going.recipe
    following: Observer = Observer()
    try:
        if going.first:
            chosen = [bound.make() for bound in recipe.observers]
            following = Observers([*observers, *chosen, *registry().observers(going)])
            going.write_description("running")
        untrained = build_model(recipe, going.spec, going.engine.device)
        evaluator.set_untrained(untrained.sample, lender(untrained, recipe, going.dataset))
        loop.fit(going, evaluator, writer, following)
        judge(going, evaluator, following)
    except BaseException as error:
        if going.first:
            with suppress(OSError):  # the disk may be what failed; the error itself is told below
                going.write_description("interrupted" if isinstance(error, Interrupted) else "failed")
            following.failed(going, error)
        raise
    return going


def judge(going: Run, evaluator: Evaluator, following: Observer) -> None:
    """Measure and show the finished model. All of it can be done again: a signal ends it after what is being done.

    Raises:
        Interrupted: SIGINT or SIGTERM came; the training is saved.
    """

    def show() -> None:
        for act in (
            lambda: write_findings(going, look_over(going, evaluator, estimates)),
            partial(write_showcase, going, evaluator),
            partial(going.write_description, "finished"),
            partial(write_report, going.folder),
        ):
            if caught:
                raise Interrupted(f"stopped before the report; continue with {going.resume_command}", caught["signal"])
            act()
        following.finished(going)

    with loop.signals() as caught:
        estimates = judging.judge(going, evaluator, following)  # every rank draws
        going.engine.ranks.lead(show)


def check_same_data(folder: Path, fingerprint: str) -> None:
    """Refuse to go on with other data than the run began with.

    Raises:
        UserError: files were added, removed or changed, or are decoded otherwise.
    """
    path = folder / "run.json"
    known = read_json(path)["dataset"]["fingerprint"] if path.exists() else fingerprint
    if known != fingerprint:
        raise UserError(
            f"[data] is not what {folder} began with (files added, removed or changed, or decoded otherwise); "
            "restore it, or start a new run"
        )


def load(folder: str | Path, device: str = "auto") -> Model:
    """The trained model of a run, ready to sample; needs the run's folder and no data.

    Raises:
        UserError: the folder is no run, or has no checkpoint yet. RunError: its checkpoints are damaged.
    """
    path = find(folder)
    recipe = read(path / "recipe.toml")
    spec = recipe.data.domain.load().read_spec(read_json(path / "run.json")["spec"])
    chosen = choose_device(device)
    model = build_model(recipe, spec, chosen)
    load_weights(model, newest(path, chosen)[1])
    return model


def newest(folder: Path, device: torch.device) -> tuple[int, dict[str, torch.Tensor]]:
    """Step and weights of a run's newest sound checkpoint.

    Raises:
        UserError: none was written yet. RunError: those that are there are damaged.
    """
    if not checkpoint.complete(folder / "checkpoints"):
        raise UserError(f"{folder} has no checkpoint yet; train it first: gansuite run --resume {folder}")
    step, weights, _ = checkpoint.load(folder / "checkpoints", device)
    return step, weights


def sample(
    folder: str | Path,
    n: int = 16,
    *,
    seed: int = 0,
    out: str | Path | None = None,
    device: str = "auto",
    condition: Any = None,
    conditions: Sequence[Any] = (),
    prompt: str | None = None,
    alpha: float | None = None,
    interpolate: int | None = None,
    steps: int = 8,
    writer: Mapping[str, Any] = {},
) -> list[Path]:
    """Draw samples from a run's newest checkpoint and write them in the domain's format.

    Args:
        folder: the run.
        n: number of samples; under each condition, if there are several.
        seed: equal seeds give equal samples, and the same latents under every condition.
        out: folder of the files; by default ``drawn`` in the run's folder.
        device: as for ``run``.
        condition: of a conditional model: a label by its name or number, or one for each sample; None: any.
        conditions: several labels in its place; the names of the files begin with theirs.
        prompt: what every sample begins with, of a model that makes samples choice by choice.
        alpha: inverse temperature of the choices of such a model.
        interpolate: instead of ``n`` samples, those on the way through this many latents, in one file where the
            domain can join samples.
        steps: samples from each of these latents to the next.
        writer: options of the writer in the place of the run's, as ``{"format": "flac", "rate": 44100}``.

    Raises:
        UserError: the folder is no run, ``out`` cannot be written, the model knows no such label, has no latents, or
            makes no choices, or the writer has no such option.
    """
    if conditions and condition is not None:
        raise UserError("condition and conditions are both given; leave one out")
    model = load(folder, device)
    recipe = read(find(folder) / "recipe.toml")
    how = of_choices(model, folder, prompt, alpha)
    if interpolate is not None and (interpolate < 2 or steps < 1):
        raise UserError(f"--interpolate {interpolate} --steps {steps}: a way has two latents at least, and a step")
    if interpolate is not None and how:
        raise UserError("--interpolate goes through latents alone; leave --prompt and --alpha out")
    writing = chosen_writer(recipe, model.spec, writer)
    wanted = list(dict.fromkeys(conditions)) or [condition]
    way = None if interpolate is None else f"walk-{interpolate}-{steps}"
    asked = [each for each in (way, *wanted, prompt, alpha, *writer.values()) if each is not None]
    target = Path(out) if out else Path(folder) / "drawn" / "-".join([f"seed-{seed}", *map(slug, asked)])[:100]
    files: list[Path] = []
    try:
        target.mkdir(parents=True, exist_ok=True)
        for each, stem in zip(wanted, stems(wanted), strict=True):
            if interpolate is not None:
                samples = walk_through(model, interpolate, steps, seed, each)
            else:
                samples = model.sample(n, seed, condition=each, **how)
            files += write(writing, samples, target, stem, in_order=interpolate is not None)
    except OSError as error:
        raise UserError(
            f"--out {target}: cannot be written ({checkpoint.reason(error)}); name another folder"
        ) from error
    return files


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
    path = find(folder)
    tables = {"metrics": [], **read(path / "recipe.toml").as_dict()}
    wanted = tables["metrics"] if not metrics else []
    for name in metrics:
        wanted += [table for table in tables["metrics"] if table["name"] == name] or [{"name": name}]
    recipe = read(tables | {"metrics": [table | {"n": n} if n else table for table in wanted]})
    chosen = choose_device(device)
    experiment = build(recipe, chosen)
    step, weights = newest(path, chosen)
    fresh = build_model(recipe, experiment.spec, chosen)
    load_weights(experiment, weights)
    evaluator = make_evaluator(recipe, experiment, seed, strict=True)
    evaluator.set_untrained(fresh.sample, lender(fresh, recipe, experiment.dataset))
    return evaluator.evaluate(experiment.sample, step, model=Run(experiment, recipe, path).lend)


def write_report(folder: str | Path) -> Path:
    """Render a run's ``report.html`` from what is in its folder; a run that is still going has a page as well.

    Raises:
        UserError: the folder is no run, or cannot be written.
    """
    from gansuite.report import render  # matplotlib and jinja2, only where a page is made

    path = find(folder)
    try:
        return render(path)
    except OSError as error:
        raise UserError(f"{path / 'report.html'}: cannot be written ({checkpoint.reason(error)})") from error
