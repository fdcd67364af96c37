"""What a call of ``gansuite sample`` asks for, and the samples that answer it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gansuite.build import Model
from gansuite.errors import UserError
from gansuite.sampling.latents import Latents
from gansuite.sampling.projection import Projection, project
from gansuite.sampling.traversals import Directions, traversals
from gansuite.sampling.ways import between_conditions, between_latents, through
from gansuite.sampling.writing import Sheet, slug, stems


@dataclass(frozen=True)
class Asked:
    """The options of one call (see ``gansuite.api.sample``).

    Raises:
        UserError: options that exclude each other.
    """

    n: int
    seed: int
    conditions: Sequence[Any]
    interpolate: int | None = None
    steps: int = 8
    project: Sequence[str | Path] = ()
    descent: int = 200
    features: float = 0.0
    traverse: int | None = None
    directions: Directions = "axes"
    span: float = 2.0
    truncation: float | None = None
    how: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        k = self.interpolate
        if k is not None and (k < 0 or k == 1 or self.steps < 1):
            raise UserError(f"--interpolate {k} --steps {self.steps}: a way has two latents at least, and a step")
        for option in self.moves:
            if self.how:
                raise UserError(f"{option} goes through latents alone; leave --prompt and --alpha out")
        if k and self.project:
            raise UserError(f"--interpolate {k}: the way goes through what is projected; leave the number out")
        if k == 0 and len(self.project) == 1:
            raise UserError("--interpolate: the way from one file needs another; give a second --project")
        if self.project and len(self.conditions) > 1:
            raise UserError("--project: a search is for one condition; give one, or none")
        if k is not None and self.traverse is not None:
            raise UserError("--traverse and --interpolate are two ways to go; leave one out")
        if self.traverse is not None and (self.traverse < 1 or self.steps < 1 or not self.span > 0):
            raise UserError(f"--traverse {self.traverse}: give a number of directions, --steps and --span above 0")

    @property
    def moves(self) -> list[str]:
        """The options that are about latents."""
        given = {"--interpolate": self.interpolate is not None, "--project": bool(self.project)}
        given["--traverse"] = self.traverse is not None
        return [name for name, there in given.items() if there]

    @property
    def draws(self) -> bool:
        """Whether latents are drawn from the prior."""
        return not self.project and self.traverse is None

    @property
    def words(self) -> list[str]:
        """What tells the folder of this call from others'."""
        words = [] if self.interpolate is None else [f"walk-{self.interpolate or 'through'}-{self.steps}"]
        words += [f"project-{slug(Path(each).stem)}" for each in self.project]
        words += [] if self.traverse is None else [f"traverse-{self.traverse}-{self.directions}-{self.span:g}"]
        words += [] if self.truncation is None else [f"truncation-{self.truncation:g}"]
        return words + [str(each) for each in (*self.conditions, *self.how.values()) if each is not None]


def answers(model: Model, asked: Asked, keep: Callable[[Projection], None] = lambda found: None) -> list[Sheet]:
    """The samples that a call asks for; ``keep`` is given what a search has found.

    Raises:
        UserError: the model cannot do what is asked.
    """
    if asked.project:
        return projected(model, asked, keep)
    if asked.interpolate == 0 and len(asked.conditions) > 1:
        latents = Latents(model, asked.seed, "--interpolate")
        return [Sheet([between_conditions(latents, asked.conditions, asked.steps)], ordered=True)]
    sheets = []
    for condition, stem in zip(asked.conditions, stems(asked.conditions), strict=True):
        if asked.interpolate is not None:
            latents = Latents(model, asked.seed, "--interpolate")
            way = between_latents(latents, asked.interpolate or 2, asked.steps, condition)
            sheets.append(Sheet([way], stem, ordered=True))
        elif asked.traverse is not None:
            latents = Latents(model, asked.seed, "--traverse")
            rows = traversed(latents, asked, code=latents.code(condition))
            sheets.append(Sheet(rows, f"{stem}traversal-", ordered=True))
        else:
            samples = model.sample(asked.n, asked.seed, condition=condition, **asked.how)
            sheets.append(Sheet([samples], stem))
    return sheets


def projected(model: Model, asked: Asked, keep: Callable[[Projection], None]) -> list[Sheet]:
    """Given samples, the nearest that the generator makes, and the ways that start from these."""
    latents = Latents(model, asked.seed, "--project")
    (condition,) = asked.conditions
    found = project(latents, asked.project, steps=asked.descent, features=asked.features, condition=condition)
    keep(found)
    sheets = [Sheet([found.target], "target-"), Sheet([found.made], "made-")]
    if asked.interpolate is not None:
        sheets.append(Sheet([through(latents, found.z, found.codes, asked.steps)], ordered=True))
    if asked.traverse is not None:
        for i, u in enumerate(found.u.split(1)):
            stem = "" if len(found.u) == 1 else f"{i:02d}-"
            code = None if found.codes is None else found.codes[i : i + 1]
            sheets.append(Sheet(traversed(latents, asked, u=u, code=code), f"{stem}traversal-", ordered=True))
    return sheets


def traversed(latents: Latents, asked: Asked, **start: Any) -> list[Any]:
    """The rows of a traversal."""
    return traversals(
        latents, asked.traverse or 1, directions=asked.directions, span=asked.span, steps=asked.steps, **start
    )
