"""Everything the command line does, as Python: ``gansuite.run("recipes/wavegan.toml")``."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
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
from gansuite.sampling.asked import Asked, answers
from gansuite.sampling.choices import of_choices
from gansuite.sampling.projection import Projection
from gansuite.sampling.traversals import Directions
from gansuite.sampling.truncation import truncation as truncated
from gansuite.sampling.writing import chosen_writer, slug, together, write
from gansuite.showcase.write import write_showcase
from gansuite.weights import load_weights

log = logging.getLogger("gansuite")


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
    project: Sequence[str | Path] = (),
    descent: int = 200,
    features: float = 0.0,
    traverse: int | None = None,
    directions: Directions = "axes",
    span: float = 2.0,
    truncation: float | None = None,
    writer: Mapping[str, Any] = {},
    tell: Callable[[str], object] = log.info,
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
            domain can join samples; 0: through what is projected or, from one latent, through ``conditions``.
        steps: samples from each of these latents to the next, or from one end of a traversal to the other.
        project: files whose samples are looked for among those that the generator makes; written are these
            (``target-``), the nearest (``made-``), and ``latents.npz``.
        descent: steps of that search.
        features: weight of the critic's features in its distance.
        traverse: instead of ``n`` samples, rows of one that is changed in this many directions of its latent.
        directions: which: ``axes``, ``jacobian`` (those that change it most), or ``codes`` beside the latent.
        span: how far each row goes to either side, in standard deviations.
        truncation: less variety for better samples, 0 to 1 and beyond: of the generator's own kind, or of the prior.
        writer: options of the writer in the place of the run's, as ``{"format": "flac", "rate": 44100}``; ``name`` is
            another writer.
        tell: called with a line for each projected file: how near the generator comes to it.

    Raises:
        UserError: the folder is no run, ``out`` cannot be written, the model knows no such label, has no latents, or
            makes no choices, a file cannot be read, options exclude each other, or the writer has no such option.
    """
    if conditions and condition is not None:
        raise UserError("condition and conditions are both given; leave one out")
    model = load(folder, device)
    wanted = list(dict.fromkeys(conditions)) or [condition]
    how = of_choices(model, folder, prompt, alpha)
    asked = Asked(
        n, seed, wanted, interpolate, steps, project, descent, features, traverse, directions, span, truncation, how
    )
    writing = chosen_writer(read(find(folder) / "recipe.toml"), model.spec, writer)
    words = [*asked.words, *(str(value) for value in writer.values())]
    target = Path(out) if out else Path(folder) / "drawn" / "-".join([f"seed-{seed}", *map(slug, words)])[:100]
    searches: list[Projection] = []
    with truncated(model, truncation, drawn=asked.draws):
        sheets = answers(model, asked, searches.append)
    try:
        target.mkdir(parents=True, exist_ok=True)
        files = [found.save(target / "latents.npz") for found in searches]
        for sheet in sheets if asked.moves else together(writing, sheets):
            files += write(writing, sheet, target)
    except OSError as error:
        raise UserError(
            f"--out {target}: cannot be written ({checkpoint.reason(error)}); name another folder"
        ) from error
    for found in searches:
        for line in found.lines():
            tell(line)
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
