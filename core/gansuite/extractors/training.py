"""The one loop by which extractors and metrics train their small networks: a fixed budget, and the best of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from jaxtyping import Float, Int64
from torch import Tensor

BATCH = 128
RATE = 5e-3
DECAY = 0.1
EVERY = 20  # steps between two looks at the rows held out
PATIENCE = 5  # looks without a better one before the end


@torch.enable_grad()  # evaluation, where metrics train, records no graph
def descend(
    parameters: Sequence[Tensor],
    cost: Callable[[Int64[Tensor, " batch"]], Float[Tensor, ""]],
    n: int,
    *,
    steps: int,
    seed: int,
    held_out: Callable[[], float] | None = None,
    patience: int = PATIENCE,
) -> int:
    """AdamW on ``cost(rows)`` with a rate that falls to 0 along a cosine; returns the step whose parameters are kept.

    Each pass over the ``n`` rows takes them in another order, a function of ``seed`` alone. With ``held_out``, a cost
    that is asked for every 20 steps, the parameters of its lowest value are put back at the end, which comes early
    after ``patience`` looks without a lower one.
    """
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.AdamW(parameters, lr=RATE, weight_decay=DECAY)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    order = torch.empty(0, dtype=torch.int64)
    best, kept, saved = float("inf"), steps, copies(parameters)
    for step in range(1, steps + 1):
        if len(order) < min(BATCH, n):
            order = torch.randperm(n, generator=generator)
        rows, order = order[:BATCH], order[BATCH:]
        for parameter, gradient in zip(parameters, torch.autograd.grad(cost(rows), parameters), strict=True):
            parameter.grad = gradient
        optimizer.step()
        schedule.step()
        if held_out is None or (step % EVERY and step != steps):
            continue
        with torch.no_grad():
            value = held_out()
        if value < best:
            best, kept, saved = value, step, copies(parameters)
        elif step - kept >= patience * EVERY:
            break
    for parameter, value in zip(parameters, saved, strict=True):
        parameter.grad = None
        if held_out is not None:
            parameter.data.copy_(value)
    return kept


def copies(parameters: Sequence[Tensor]) -> list[Tensor]:
    """The parameters' values, apart from them."""
    return [each.detach().clone() for each in parameters]


def spread(x: Float[Tensor, "n d"]) -> tuple[Float[Tensor, " d"], Float[Tensor, " d"]]:
    """Mean and scale of each feature: its standard deviation, or 1 where that is nothing but float32's rounding."""
    mean, scale = x.mean(0), x.std(0, correction=0)
    return mean, torch.where(scale > 1e-7 * mean.abs(), scale, 1.0)
