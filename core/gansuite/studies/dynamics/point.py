"""One point of the study: a method on a system, built as a run builds it and differentiated as it trains."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from gansuite.build import build
from gansuite.recipes import read
from gansuite.studies.dynamics.exact import ExactEngine
from gansuite.studies.dynamics.jacobian import Vector, eigenvalues, jacobian
from gansuite.studies.dynamics.system import JUDGED_BY_TRAJECTORY, Setting

START = (1.0, 1.0)
TIME = 100.0  # of a trajectory, in units of the flow: so many / h rounds
ROUNDS = (500, 20_000)
SHOWN = 300  # points that are kept of a trajectory, at most
STILL = 1e-2  # a trajectory has arrived when its last tenth is nearer than this share of its start
SURE = 1e-9  # a radius nearer to 1 than this is 1: the method circles
STRAY = 1e-9  # a drift at the equilibrium beyond this, over h, is none of rounding
FAR = 1e6  # a trajectory beyond this is not followed any further
REACH, LATTICE = 1.8, 11  # of the vector field about the equilibrium, and its lines


class Round:
    """A round of training as a map of everything that the next round depends on.

    These are the players' parameters first, θ and ψ, then the velocities of their optimisers and what the dynamics
    remember. They are read from the run's own objects and written into them in place.
    """

    def __init__(self, setting: Setting) -> None:
        experiment = build(read(setting.recipe()), torch.device("cpu"))
        self.engine = ExactEngine(experiment, setting.laws, setting.sd or 1.0)
        (self.stage,) = experiment.stages
        self.memory = setting.delay + 2

    def settle(self, point: Vector) -> Vector:
        """The whole state at rest in an equilibrium; its memories are full after some rounds there."""
        self.write(point)
        for _ in range(self.memory):
            self.stage.dynamics.round(self.engine, self.stage.turns)
        return self.read()

    def __call__(self, state: Vector) -> Vector:
        self.write(state)
        self.stage.dynamics.round(self.engine, self.stage.turns)
        return self.read()

    def tensors(self) -> list[Tensor]:
        """The state, as the objects hold it now."""
        players = self.engine.players.values()
        found = [p.detach() for player in players for p in player.parameters]
        velocities = [player.optimizer.state[p] for player in players for p in player.parameters]
        return [*found, *tensors_in(velocities), *tensors_in(self.stage.dynamics.state_dict())]

    def read(self) -> Vector:
        return torch.cat([each.detach().reshape(-1) for each in self.tensors()]).double().numpy().copy()

    @torch.no_grad()
    def write(self, state: Vector) -> None:
        """Put numbers into the first tensors of the state; a memory that has not begun takes none."""
        tensors = self.tensors()
        parts = np.split(state, np.cumsum([each.numel() for each in tensors])[:-1])
        for tensor, part in zip(tensors, parts, strict=True):
            if part.size:
                tensor.copy_(torch.from_numpy(part).view_as(tensor))


def tensors_in(value: Any) -> Iterator[Tensor]:
    """Every tensor of real numbers in nested containers."""
    if isinstance(value, Tensor):
        if value.is_floating_point():
            yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from tensors_in(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from tensors_in(each)


def measure(folder: Path, device: str, **options: Any) -> dict[str, Any]:
    """The task of a cell: what a setting's round does near and far from its equilibrium.

    Returns:
        the setting; ``eigenvalues`` as pairs, ``spectral_radius`` and ``error`` (empty and None where the round has no
        derivative at the equilibrium, or does not rest there), ``converges`` and by which ``evidence``; ``trajectory``
        from (1, 1); ``field``: the lattice's points and each one's displacement over h.
    """
    setting = Setting(**options).resolved()
    equilibrium = np.array(setting.equilibrium)
    path = trajectory(setting)
    roots, radius, error, evidence = [], None, None, "trajectory"
    if setting.method not in ("gradient-penalty", "dragan"):
        step = Round(setting)
        rest = step.settle(equilibrium)
        if np.abs(step(rest) - rest).max() > STRAY * setting.h:
            evidence = "no fixed point"
        else:
            matrix, error = jacobian(step, rest)
            roots = eigenvalues(matrix)
            radius = abs(roots[0])
    if evidence == "no fixed point":
        converges = False
    elif radius is None or setting.method in JUDGED_BY_TRAJECTORY:
        converges = arrives(path, equilibrium)
    else:
        converges, evidence = radius < 1 - SURE, "spectral radius"
    return {
        **setting.as_dict(),
        "eigenvalues": [[each.real, each.imag] for each in roots],
        "spectral_radius": radius,
        "error": error,
        "converges": converges,
        "evidence": evidence,
        "rounds": len(path) - 1,
        "trajectory": thinned(path).tolist(),
        "field": field(setting),
    }


def trajectory(setting: Setting, rounds: int | None = None) -> Vector:
    """(θ, ψ) after each round from (1, 1), as long as they stay within reason."""
    count = rounds or int(np.clip(TIME / setting.h, *ROUNDS))
    step = Round(setting)
    step.write(np.array(START))
    path = [np.array(START)]
    for _ in range(count):
        step.stage.dynamics.round(step.engine, step.stage.turns)
        path.append(step.read()[:2])
        if not np.abs(path[-1]).max() < FAR:
            break
    return np.stack(path)


def arrives(path: Vector, equilibrium: Vector) -> bool:
    """Whether the last tenth of a trajectory is near the equilibrium; a scale θ may as well be -s as s."""
    distance = np.hypot(np.abs(path[:, 0]) - equilibrium[0], path[:, 1])
    return bool(distance[-max(1, len(path) // 10) :].max() < STILL * distance[0])


def thinned(path: Vector) -> Vector:
    """A trajectory at regular intervals, with its last point."""
    every = -(-len(path) // SHOWN)
    return np.concatenate([path[::every], path[-1:]])


def field(setting: Setting) -> list[list[list[float]]]:
    """Pairs of a point of the lattice and the displacement of one round over h, from rest."""
    step = Round(replace(setting, momentum=0.0, delay=0))
    line = np.linspace(-REACH, REACH, LATTICE)
    centre = np.array(setting.equilibrium)
    points = [centre + np.array([x, y]) for x in line for y in line]
    return [[point.tolist(), ((step(point) - point) / setting.h).tolist()] for point in points]
