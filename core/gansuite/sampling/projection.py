"""Projection of given samples onto what a generator can make (iGAN)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from gansuite.errors import UserError
from gansuite.interpretation.inversion import descend, polish
from gansuite.sampling.latents import Latents, flat

POOL = 256  # draws of the prior among which the starts are those whose samples are nearest
RESTARTS = 8
RATE = 0.1  # of Adam, in units of the Gaussian numbers
POLISH = 50  # steps of L-BFGS at the end
EDGE = 2.5  # standard deviations beyond which latents are seldom, and are pulled back


@dataclass(frozen=True)
class Projection:
    """What was found for each of n given samples.

    Args:
        files: where they come from.
        target: the samples themselves, of the domain.
        u: Gaussian numbers that the latents are a function of, [n, d].
        z: the latents, [n, d].
        codes: the condition of each, [n, k]; None of a model without conditions.
        made: G(z), of the domain.
        error: mean square of G(z) - x over the numbers of each, as the networks see them, [n].
        drawn: the same of the nearest of 256 samples by chance, to compare with, [n].
    """

    files: Sequence[str]
    target: Any
    u: Float[Tensor, "n d"]
    z: Float[Tensor, "n d"]
    codes: Float[Tensor, "n k"] | None
    made: Any
    error: Float[Tensor, " n"]
    drawn: Float[Tensor, " n"]

    def save(self, path: Path) -> Path:
        """Latents, errors and files as ``.npz``."""
        known = {"z": self.z, "u": self.u, "error": self.error, "drawn": self.drawn}
        known |= {} if self.codes is None else {"code": self.codes}
        arrays: dict[str, Any] = {name: value.cpu().numpy() for name, value in known.items()}
        np.savez(path, files=np.array(self.files), **arrays)
        return path

    def lines(self) -> list[str]:
        """One for each file: how near the generator comes to it."""
        rows = zip(self.files, self.error.tolist(), self.drawn.tolist(), strict=True)
        return [
            f"{file}: mean squared error {error:.3g} (nearest of {POOL} draws: {drawn:.3g})"
            for file, error, drawn in rows
        ]


def read(spec: Any, files: Sequence[str | Path]) -> Any:
    """Samples of the domain out of files, one of each.

    Raises:
        UserError: the domain reads none, or a file is not there, or holds something else.
    """
    if not hasattr(spec, "read"):
        raise UserError(f"--project {files[0]}: samples of this domain cannot be read from a file; leave it out")
    for file in files:
        if not Path(file).is_file():
            raise UserError(f"--project {file}: no such file")
    return torch.stack([spec.read(Path(file)) for file in files])


def project(
    latents: Latents, files: Sequence[str | Path], *, steps: int = 200, features: float = 0.0, condition: Any = None
) -> Projection:
    """The latents whose samples are nearest to given ones, z* = argmin |G(z) - x|² / d + λ |f(G(z)) - f(x)|² / w.

    From the 8 of 256 draws that lie nearest to x each descends by Adam, all of them in one batch; the best goes on by
    L-BFGS. What is descended are the Gaussian numbers u that latents are a function of, so that a uniform prior's
    bounds hold. Where |u_i| > 2.5 the mean square of what is beyond is added: the generator has seldom been there, and
    edits that start there lead nowhere. f are the w features of the trained critic. The label of a conditional model
    is ``condition``, or that of the best start. d counts the numbers of x as the networks see it.

    Args:
        latents: of the model.
        files: of the samples.
        steps: of Adam.
        features: λ.
        condition: a label by its name or number.

    Raises:
        UserError: a file cannot be read, the model has no latents that can be moved, or no critic with features.

    Source: Zhu, Krähenbühl, Shechtman & Efros (2016); with the critic's features Yeh et al. (2017).
    """
    latents.moved_freely()
    model, game = latents.model, latents.model.game
    target = read(model.spec, files).to(latents.device)
    with torch.no_grad():
        seen = target if model.representation is None else model.representation.encode(target)
    seen = seen.to(latents.dtype)
    with model.at_rest():
        u, codes = found(latents, seen, steps, features, condition)
        with torch.no_grad():
            x = flat(game.space, seen).double()
            near = (
                torch.cdist(x, latents.made(*pool_of(latents, condition)).double()).min(1).values.square() / x.shape[1]
            )
            points = zip(u.split(1), [None] * len(u) if codes is None else codes.split(1), strict=True)
            made = torch.cat([latents.made(each, code).double() for each, code in points])
            error = (made - x).square().mean(1)
            z = latents.latent(u)
    return Projection([str(file) for file in files], target, u, z, codes, latents.samples(z, codes), error, near)


def pool_of(latents: Latents, condition: Any) -> tuple[Float[Tensor, "pool d"], Float[Tensor, "pool k"] | None]:
    """Gaussian numbers by chance among which starts are looked for, and the code of each."""
    conditioning: Any = getattr(latents.model.game, "conditioning", None)
    u = latents.rng("project").normal(POOL, latents.prior.size).to(latents.dtype)
    if condition is not None:
        return u, latents.model.game.condition(condition, POOL)
    return u, conditioning.chance(POOL, latents.rng("project-codes")) if conditioning else None


def found(
    latents: Latents, seen: Any, steps: int, features: float, condition: Any
) -> tuple[Float[Tensor, "n d"], Float[Tensor, "n k"] | None]:
    """The best Gaussian numbers for each sample, and its code."""
    pool, codes = pool_of(latents, condition)
    x = flat(latents.model.game.space, seen)
    with torch.no_grad():
        near = torch.cdist(x.double(), latents.made(pool, codes).double())
    starts = near.topk(RESTARTS, largest=False).indices  # [n, r]
    shades = None if codes is None else codes[starts.flatten()]
    distance = Distance(latents, seen, features)
    paths = descend(distance.of(RESTARTS, shades), pool[starts.flatten()], steps=steps, rate=RATE)
    best = paths.value.view(-1, RESTARTS).argmin(1) + RESTARTS * torch.arange(len(x), device=x.device)
    shades = None if shades is None else shades[best]
    return polish(distance.of(1, shades), paths.place[best], steps=POLISH).place, shades


class Distance:
    """|G(u) - x|² / d + λ |f(G(u)) - f(x)|² / w of each row, and what pulls back from beyond the edge.

    Raises:
        UserError: λ is not 0 and the model has no critic with features of one sample.
    """

    def __init__(self, latents: Latents, seen: Any, features: float) -> None:
        self.latents, self.seen, self.weight = latents, seen, features
        self.game: Any = latents.model.game
        self.x = flat(self.game.space, seen)
        if features and (self.game.group > 1 or not hasattr(getattr(self.game, "critic", None), "features")):
            raise UserError(f"--features {features}: this model's critic has no features of one sample; leave it out")

    def of(self, repeats: int, codes: Tensor | None) -> Any:
        """The distance as a function of u [n · repeats, d], the rows of one sample side by side."""
        index = torch.arange(len(self.x), device=self.x.device).repeat_interleave(repeats)
        target = self.x[index]
        theirs = self.features(self.game.space.take(self.seen, index), codes) if self.weight else None

        def distance(u: Tensor) -> Tensor:
            made = self.game.sample_at(self.latents.latent(u), self.latents.rng("walk-else"), codes)
            value = (flat(self.game.space, made) - target).double().square().mean(1)
            value = value + (u.abs() - EDGE).clamp_min(0).double().square().mean(1)
            if theirs is not None:
                value = value + self.weight * (self.features(made, codes) - theirs.detach()).double().square().mean(1)
            return value

        return distance

    def features(self, x: Any, codes: Tensor | None) -> Float[Tensor, "n w"]:
        """What the critic makes of samples before its last layer."""
        return self.game.critic.features(self.game.joined(x, codes), self.latents.rng("walk-else"))
