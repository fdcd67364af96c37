"""Lines side by side: the example in which the Jensen-Shannon divergence has no gradient."""

from __future__ import annotations

from typing import Annotated

import torch
from annotated_types import Ge, Gt

from gansuite.engine.rng import Rng

from ..judges.manifolds import Lines
from ..spec import PointsSpec
from .drawn import Drawn


class ParallelLines(Drawn):
    """Uniform on ``lines`` segments {j distance} x [0, 1].

    A generator (theta, z) on one line at distance theta from the data's has JS divergence log 2 and infinite KL for
    every theta but 0, and earth mover's distance theta.

    Args:
        count: samples over all splits.
        lines: number of segments.
        distance: between neighbouring ones.
        within: distance from a segment up to which a sample is of high quality.
        labels: whether batches carry the line as a label.
        seed: of the draw.
        split: shares of train, valid and test; default 0.8, 0.1, 0.1.

    Source: Arjovsky, Chintala & Bottou, Wasserstein GAN (2017), example 1.
    """

    def __init__(
        self,
        *,
        count: Annotated[int, Gt(0)] = 50_000,
        lines: Annotated[int, Gt(0)] = 1,
        distance: Annotated[float, Gt(0)] = 1.0,
        within: Annotated[float, Gt(0)] = 0.05,
        labels: bool = False,
        seed: Annotated[int, Ge(0)] = 0,
        split: dict[str, float] | None = None,
    ) -> None:
        rng = Rng(seed, "toy", "parallel-lines")
        line = rng.integers(0, lines, count)
        data = torch.stack([distance * line, rng.uniform(count)], 1)
        spec = PointsSpec(dim=2, labels=tuple(f"line {j}" for j in range(lines)) if labels else ())
        rows = {"data": data} | ({"label": line} if labels else {})
        super().__init__(spec, rows, Lines(lines, distance, within), name="parallel-lines", split=split)
