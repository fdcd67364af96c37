"""``gansuite evaluate RUN --curve``: a run, its rivals and real data over all temperatures (Caccia et al. 2020).

A colder softmax raises any measure of quality and lowers any of diversity, so that one number of either says nothing:
models are compared where their curves lie. Published text GANs, so compared, lose to a tuned likelihood model.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gansuite import api
from gansuite.build import build, choose_device, make_evaluator
from gansuite.curves import rivals
from gansuite.curves.measure import ALPHAS, Axes, over
from gansuite.curves.picture import WORDS, Published, picture
from gansuite.curves.points import Point, at, colder, grid
from gansuite.errors import UserError
from gansuite.folders import find, read_json, write_text
from gansuite.games.choices import Choices, has_temperature
from gansuite.lending import lender
from gansuite.recipes import Recipe, read
from gansuite.studies.picture import standalone
from gansuite.weights import load_weights

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Curves:
    """All that was measured, by axes and by model.

    Args:
        points: of each model on each pair of axes.
        real: the point of real data, where it is known.
        n: samples of a point.
        seed: of the samples.
        seconds: of each model's training.
        notes: what a reader must know.
    """

    points: Mapping[Axes, Mapping[str, Sequence[Point]]]
    real: Mapping[Axes, Point]
    n: int
    seed: int
    seconds: Mapping[str, float]
    notes: Sequence[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """Plain values: what ``curve.json`` holds."""
        axes = [
            {
                "x": x,
                "y": y,
                "models": {who: [p.as_dict() for p in curve] for who, curve in models.items()},
                "real": self.real[x, y].as_dict() if (x, y) in self.real else None,
                "dominance": self.dominance((x, y)),
            }
            for (x, y), models in self.points.items()
        ]
        return {"n": self.n, "seed": self.seed, "seconds": dict(self.seconds), "axes": axes, "notes": list(self.notes)}

    def dominance(self, axes: Axes) -> list[dict[str, Any]]:
        """y of every model at values of x that all reach, and whether the run lies apart from each rival there."""
        models, rows = {who: colder(curve) for who, curve in self.points[axes].items() if len(curve) > 1}, []
        for x in grid(list(models.values())) if len(models) > 1 and "run" in models else []:
            found = {who: y for who, curve in models.items() if (y := at(curve, x)) is not None}
            own = found.get("run")
            verdicts = {
                who: "better" if own.high < y.low else "worse" if own.low > y.high else "not told apart"
                for who, y in found.items()
                if own is not None and who != "run"
            }
            rows.append({"x": x, "y": {who: vars(y) for who, y in found.items()}, "run": verdicts})
        return rows

    def sentences(self) -> list[str]:
        """What the curves say, in words."""
        told = []
        for x, y in self.points:
            rows = self.dominance((x, y))
            for who in ("twin", "control"):
                verdicts = [row["run"][who] for row in rows if who in row["run"]]
                if verdicts:
                    counts = ", ".join(f"{verdicts.count(v)} {v}" for v in ("better", "worse", "not told apart"))
                    told.append(
                        f"{y} at fixed {x}, this run against the {WORDS[who]}: {counts} of {len(verdicts)} places "
                        f"(n = {self.n}, 95 % intervals)."
                    )
        return told + list(self.notes)


def draw_curves(
    folder: str | Path,
    *,
    alphas: Sequence[float] = ALPHAS,
    n: int | None = None,
    seed: int | None = None,
    device: str = "auto",
    published: str | Path | None = None,
    tell: Tell = lambda line: None,
) -> Curves:
    """Train what is missing of a run's rivals in ``RUN/curve``, measure all over ``alphas``, and draw.

    Args:
        folder: the run.
        alphas: inverse temperatures.
        n: samples of a point; by default the recipe's.
        seed: of the samples; by default the recipe's.
        device: as for ``run``.
        published: a folder with curves of others, ``NAME_test.csv`` and ``NAME_oracle.csv`` with a column ``Value``.
        tell: called with a line before each thing that takes long.

    Raises:
        UserError: the run has no temperature or no checkpoint, or its domain names no axes.
    """
    path = find(folder)
    recipe = read(path / "recipe.toml")
    chosen = choose_device(device)
    experiment = build(recipe, chosen)
    if not has_temperature(experiment.game):
        raise UserError(f"{path}: --curve needs a model whose choices have a temperature; this game has none")
    api.newest(path, chosen)  # a run without a checkpoint is told before its rivals are trained
    axes = axes_of(experiment.spec, experiment.dataset)
    beside = read_published(published)
    if beside and not any(y.endswith("-oracle") for _, y in axes):
        raise UserError("--published: those curves are of an oracle's data, and this run's have no law; leave it out")
    folders, notes = {"run": path}, list[str]()
    for who, tables in (("twin", rivals.twin(recipe, experiment.spec)), ("control", rivals.control(recipe))):
        if tables is None:
            notes.append("There is no control of constant reward: the critic is differentiated, not asked for rewards.")
            continue
        tell(f"{WORDS[who]}: {tables['train']['steps']} steps in {path / 'curve' / who}")
        folders[who] = rivals.trained(tables, path / "curve" / who, device)
    points: dict[Axes, dict[str, Sequence[Point]]] = {pair: {} for pair in axes}
    real: dict[Axes, Point] = {}
    seconds, size = {}, n or recipe.evaluation.n
    for who, where in folders.items():
        tell(f"{WORDS[who]}: {len(alphas)} temperatures")
        own = with_metrics(read(where / "recipe.toml"), axes, size)
        made = build(own, chosen, dataset=experiment.dataset)
        load_weights(made, api.newest(where, chosen)[1])
        likely = isinstance(made.game, Choices) and made.game.likely
        able = [pair for pair in axes if "nll" not in pair or likely]
        evaluator = make_evaluator(with_metrics(own, able, size), made, seed, strict=True)
        found, known = over(evaluator, made, lender(made, own, made.dataset), alphas, able)
        real |= known
        for pair, curve in found.items():
            points[pair][who] = curve
        seconds[who] = float(read_json(where / "run.json").get("seconds") or 0.0)
    curves = Curves(points, real, size, recipe.seed if seed is None else seed, seconds, notes)
    write(curves, path / "curve", beside)
    return curves


def axes_of(spec: Any, dataset: Any) -> list[Axes]:
    """The axes that the domain names: those with the data's own law where it is known, else the others."""
    named = getattr(spec, "curves", ())
    if not named:
        raise UserError("--curve: the domain names no axes to draw a model's temperatures on")
    lawful = hasattr(getattr(dataset, "judge", None), "log_density")
    return [pair for pair in named if any(axis.endswith("-oracle") for axis in pair) == lawful]


def with_metrics(recipe: Recipe, axes: Sequence[Axes], n: int) -> Recipe:
    """The recipe with the metrics of these axes alone."""
    names = dict.fromkeys(axis.partition("/")[0] for pair in axes for axis in pair)
    return read(recipe.as_dict() | {"metrics": [{"name": name, "n": n} for name in names]})


def read_published(folder: str | Path | None) -> Published:
    """Curves of others by name, x and y: the files ``NAME_test.csv`` and ``NAME_oracle.csv`` of a folder.

    Raises:
        UserError: there is no such pair.
    """
    if folder is None:
        return {}
    found: dict[str, tuple[list[float], list[float]]] = {}
    for test in sorted(Path(folder).glob("*_test.csv")):
        oracle = test.with_name(test.name.replace("_test", "_oracle"))
        if oracle.is_file():
            across, up = values_of(test), values_of(oracle)
            common = sorted(across.keys() & up.keys())
            found[test.name.removesuffix("_test.csv")] = [across[k] for k in common], [up[k] for k in common]
    if not found:
        raise UserError(f"--published {folder}: there is no pair of files NAME_test.csv and NAME_oracle.csv")
    return found


def values_of(path: Path) -> dict[float, float]:
    """Column ``Value`` by column ``Step``."""
    try:
        with path.open(newline="", encoding="utf-8") as file:
            return {float(row["Step"]): float(row["Value"]) for row in csv.DictReader(file)}
    except (OSError, KeyError, ValueError) as error:
        raise UserError(f"--published: {path} is no table with columns Step and Value ({error})") from error


def write(curves: Curves, folder: Path, published: Published) -> None:
    """``curve.json`` and a picture of each pair of axes."""
    table = curves.as_dict()
    for (x, y), models in curves.points.items():
        beneath = published if y.endswith("-oracle") else {}
        drawn = picture(x, y, models, curves.real.get((x, y)), beneath)
        name = f"{y}-over-{x}".replace("/", "-")
        write_text(folder / f"{name}.svg", standalone(drawn))
    beside = {name: [list(across), list(up)] for name, (across, up) in published.items()}
    table |= {"sentences": curves.sentences(), "published": beside}
    write_text(folder / "curve.json", json.dumps(table, indent=1) + "\n")
