"""Gaussians on a ring: the first picture of mode collapse."""

from __future__ import annotations

import math
from typing import Annotated

import torch
from annotated_types import Ge, Gt, Len

from gansuite.engine.rng import Rng
from gansuite.errors import UserError

from ..judges.mixture import GaussianMixture
from ..spec import PointsSpec
from .drawn import Drawn


class Ring(Drawn):
    """``modes`` Gaussians at ``radius (cos 2 pi j / modes, sin 2 pi j / modes)``.

    As VEEGAN and PacGAN use it: eight modes, radius 1, deviation .01 (unrolled GAN: radius 2, deviation .02, the
    same shape). The angles never reach 2 pi: with it, one mode would be counted twice.

    Args:
        count: samples over all splits.
        modes: number of Gaussians.
        radius: of the ring.
        sd: standard deviation of each Gaussian, in both coordinates.
        weights: relative shares of the modes, one each: [1, 100, ...] for an imbalanced ring; equal if absent.
        labels: whether batches carry the mode as a label.
        seed: of the draw; equal seeds give equal data.
        split: shares of train, valid and test; default 0.8, 0.1, 0.1.

    Source: Srivastava et al. (2017), section 5.1; Metz et al. (2017), section 3.1.
    """

    def __init__(
        self,
        *,
        count: Annotated[int, Gt(0)] = 100_000,
        modes: Annotated[int, Gt(0)] = 8,
        radius: Annotated[float, Gt(0)] = 1.0,
        sd: Annotated[float, Gt(0)] = 0.01,
        weights: Annotated[list[Annotated[float, Gt(0)]], Len(1)] | None = None,
        labels: bool = False,
        seed: Annotated[int, Ge(0)] = 0,
        split: dict[str, float] | None = None,
    ) -> None:
        angle = 2 * math.pi * torch.arange(modes, dtype=torch.float64) / modes
        law = GaussianMixture(radius * torch.stack([angle.cos(), angle.sin()], 1), sd, shares_of(weights, modes))
        data, mode = law.sample(count, Rng(seed, "toy", "ring"))
        spec = PointsSpec(dim=2, labels=tuple(f"mode {j}" for j in range(modes)) if labels else ())
        super().__init__(spec, {"data": data} | ({"label": mode} if labels else {}), law, name="ring", split=split)


def shares_of(weights: list[float] | None, modes: int) -> torch.Tensor | None:
    """The weights as a tensor.

    Raises:
        UserError: their number is not that of the modes.
    """
    if weights is not None and len(weights) != modes:
        raise UserError(f"weights has {len(weights)} numbers for {modes} modes: give one each")
    return None if weights is None else torch.tensor(weights)
