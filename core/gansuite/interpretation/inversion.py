"""Descent on latents: how near a generator can come to given samples, and where."""

from __future__ import annotations

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor

from gansuite.metrics.models.latents import slope

Distance = Callable[[Tensor], Tensor]


class Lowest:
    """The lowest value that each row has come to, and where it was.

    Args:
        start: where the rows begin, [n, d].
    """

    def __init__(self, start: Float[Tensor, "n d"]) -> None:
        self.value = torch.full((len(start),), torch.inf, dtype=torch.float64, device=start.device)
        self.place = start.detach().clone()

    def see(self, value: Float[Tensor, " n"], place: Float[Tensor, "n d"]) -> None:
        """Keep the rows that are lower here; one that is not a number never is."""
        lower = value.detach() < self.value
        self.value = torch.where(lower, value.detach().double(), self.value)
        self.place = torch.where(lower[:, None], place.detach(), self.place)


def descend(distance: Distance, start: Float[Tensor, "n d"], *, steps: int, rate: float) -> Lowest:
    """The lowest ``distance(u)`` [n] on Adam's paths from ``start``, each row's by itself, and the u there.

    The learning rate falls from ``rate`` to 0 along a cosine. Nothing waits for the device.
    """
    u = start.detach().clone().requires_grad_()
    lowest = Lowest(start)
    adam = torch.optim.Adam([u], lr=rate)  # entry by entry, so that no path knows of another
    fall = torch.optim.lr_scheduler.CosineAnnealingLR(adam, steps)
    with torch.enable_grad():
        for _ in range(steps):
            value = distance(u)
            lowest.see(value, u)
            u.grad = slope(value, u)
            adam.step()
            fall.step()
    return lowest


def polish(distance: Distance, start: Float[Tensor, "n d"], *, steps: int) -> Lowest:
    """The lowest ``distance(u)`` [n] that L-BFGS finds from ``start``, on the sum of all rows.

    A quadratic distance is brought to its minimum up to rounding, which Adam's last steps are not.
    """
    u = start.detach().clone().requires_grad_()
    lowest = Lowest(start)
    rounding = torch.finfo(u.dtype).eps
    lbfgs = torch.optim.LBFGS(
        [u], max_iter=steps, tolerance_grad=0, tolerance_change=rounding**2, line_search_fn="strong_wolfe"
    )

    def closure() -> Tensor:
        value = distance(u)
        lowest.see(value, u)
        u.grad = slope(value, u)
        return value.detach().sum()

    with torch.enable_grad():
        lbfgs.step(closure)
        lowest.see(distance(u), u)
    return lowest
