"""Traversals: what each direction of the latent, or each code, does to one sample."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import torch
from jaxtyping import Float
from torch import Tensor

from gansuite.errors import UserError
from gansuite.metrics.models.jacobian import jacobians
from gansuite.sampling.latents import Latents

Directions = Literal["axes", "jacobian", "codes"]


def traversals(
    latents: Latents,
    count: int,
    *,
    directions: Directions = "axes",
    span: float = 2.0,
    steps: int = 8,
    u: Float[Tensor, "1 d"] | None = None,
    code: Float[Tensor, "1 k"] | None = None,
    most: bool = False,
) -> list[Any]:
    """Rows of samples, one for each of ``count`` directions: G(u + t e), t in -span, ..., span, ``steps`` + 1 of them.

    u are the Gaussian numbers that the latent is a function of, so that t counts standard deviations and a uniform
    prior's bounds hold. The middle of a row, where ``steps`` is even, is the sample itself.

        axes      e_1, e_2, ...: the coordinates of the latent
        jacobian  the right singular vectors of dG/du at u, steepest first: what changes the sample most
        codes     not the latent but the code beside it: the values of each category, the range of each number

    Args:
        latents: of the model.
        count: directions.
        directions: which.
        span: how far each row goes to either side.
        steps: from its first sample to its last.
        u: of the sample that is changed; drawn by the seed if not given.
        code: its condition.
        most: whether fewer will do where there are no more.

    Raises:
        UserError: there are not so many directions, or the model has none.

    Source: Chen et al. (2016), figure 2; Ramesh, Choi & LeCun (2018) for the Jacobian's.
    """
    latents.moved_freely()
    u = latents.rng("traverse").normal(1, latents.prior.size).to(latents.dtype) if u is None else u
    if directions == "codes":
        shades = coded(latents, code, steps, span)
        refuse(latents, 0 if most else count, len(shades), "codes")
        return [latents.samples(latents.latent(u.expand(len(row), -1)), row) for row in shades[:count]]
    chosen = principal(latents, u, code) if directions == "jacobian" else torch.eye(u.shape[1]).to(u)
    refuse(latents, 0 if most else count, len(chosen), "directions")
    t = torch.linspace(-span, span, steps + 1, dtype=u.dtype, device=u.device)[:, None]
    return [latents.samples(latents.latent(u + t * each), code) for each in chosen[:count]]


def refuse(latents: Latents, count: int, known: int, what: str) -> None:
    """Refuse more directions than there are.

    Raises:
        UserError: with their number.
    """
    if count > known:
        raise UserError(f"{latents.option} {count}: this model has {known} {what}; ask for {known} at most")


def principal(latents: Latents, u: Float[Tensor, "1 d"], code: Tensor | None) -> Float[Tensor, "k d"]:
    """The right singular vectors of dG/du, the steepest first; of each, its greatest coordinate is positive."""
    with latents.model.at_rest():
        with torch.no_grad():
            numbers = latents.made(u, code).shape[1]
        (j,) = jacobians(lambda u: latents.made(u, code), u, numbers).double()
    rows = torch.linalg.svd(j, full_matrices=False).Vh
    greatest = rows.gather(1, rows.abs().argmax(1, keepdim=True))
    return (rows * greatest.sign()).to(u.dtype)


def coded(latents: Latents, code: Float[Tensor, "1 k"] | None, steps: int, span: float) -> Sequence[Tensor]:
    """Rows of codes, each changed in one thing.

    Raises:
        UserError: the model reads no codes.
    """
    conditioning: Any = getattr(latents.model.game, "conditioning", None)
    if conditioning is None or code is None:
        raise UserError("--directions codes: this model reads no codes; choose axes or jacobian")
    return conditioning.traversals(code, steps, span)
