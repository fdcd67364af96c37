"""Nearest neighbours of features: picked by matrix product, measured by difference."""

from __future__ import annotations

import torch
from jaxtyping import Float, Int64
from torch import Tensor

ROOM = 1 << 22
"""Distances held at once."""


def neighbours(
    x: Float[Tensor, "n d"], y: Float[Tensor, "m d"] | None = None, k: int = 1
) -> tuple[Float[Tensor, "n k"], Int64[Tensor, "n k"]]:
    """Distances, ascending, and rows of the k nearest of ``y`` to each of ``x``; without ``y``, of the others of ``x``.

    The product is fast but leaves a copy at a distance of 1e-8 or so: those picked are measured again by difference,
    which puts a copy at 0 exactly.
    """
    others = x if y is None else y
    squares, distances, places = others.square().sum(1), [], []
    for rows in torch.arange(len(x), device=x.device).split(max(1, ROOM // len(others))):
        gap = squares - 2 * x[rows] @ others.T
        if y is None:
            gap[torch.arange(len(rows), device=x.device), rows] = torch.inf
        place = gap.topk(k, largest=False).indices
        # Column by column: [rows, k, d] at once would be too much for wide features.
        exact = torch.stack([(x[rows] - others[column]).norm(dim=1) for column in place.T], 1)
        exact, order = exact.sort(dim=1, stable=True)
        distances.append(exact)
        places.append(place.gather(1, order))
    return torch.cat(distances), torch.cat(places)
