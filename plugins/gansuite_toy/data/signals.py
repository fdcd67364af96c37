"""Tones and what is left of them: restoration in one dimension."""

from __future__ import annotations

import math
from typing import Annotated, Literal

import torch
from annotated_types import Ge, Gt
from jaxtyping import Float
from torch import Tensor

from gansuite.engine.rng import Rng
from gansuite.errors import UserError

from ..judges.tones import Tones
from ..spec import SignalSpec
from .drawn import Drawn

LENGTH, FREQUENCIES, LOW, HIGH = 64, 6, 0.5, 1.0
NOISE = 0.3  # of denoising
FACTOR = 4  # of super-resolution


class Signals(Drawn):
    """Tones [1, 64] of one of six frequencies (the label), random in amplitude and phase, each with a worse copy.

    A batch holds ``data``, the clean signal, and ``source``, what is to be restored. ``denoise``: N(0, sd²) added.
    ``inpaint``: a window of a quarter of the signal, at a random place, set to 0. ``super-resolve``: the means of
    every four samples, [1, 16].

    Args:
        count: signals over all splits.
        task: how the source is made.
        paired: whether ``source`` is made of the ``data`` of its row; else of another signal.
        sd: deviation of the noise of ``denoise``; 0.3 if absent.
        within: root mean square difference from the nearest tone up to which a signal is of high quality.
        seed: of the draw.
        split: shares of train, valid and test; default 0.8, 0.1, 0.1.

    Raises:
        UserError: noise for a task that has none.
    """

    def __init__(
        self,
        *,
        count: Annotated[int, Gt(0)] = 20_000,
        task: Literal["denoise", "inpaint", "super-resolve"] = "denoise",
        paired: bool = True,
        sd: Annotated[float, Gt(0)] | None = None,
        within: Annotated[float, Gt(0)] = 0.1,
        seed: Annotated[int, Ge(0)] = 0,
        split: dict[str, float] | None = None,
    ) -> None:
        if sd is not None and task != "denoise":
            raise UserError(f'signals: sd is the noise of task = "denoise", not of {task}')
        data, frequency = tones(count, Rng(seed, "toy", "signals"))
        origin = data if paired else tones(count, Rng(seed, "toy", "signals", "unpaired"))[0]
        source = worse(origin, task, sd or NOISE, Rng(seed, "toy", "signals", task))
        length = LENGTH // FACTOR if task == "super-resolve" else LENGTH
        spec = SignalSpec(
            length=LENGTH,
            labels=tuple(f"{f} periods" for f in range(1, FREQUENCIES + 1)),
            picture="curves",
            source=SignalSpec(length=length, picture="curves"),
        )
        judge = Tones(LENGTH, FREQUENCIES, LOW, HIGH, within)
        rows = {"data": data, "source": source, "label": frequency}
        self.paired = paired
        super().__init__(spec, rows, judge, name=f"signals-{task}", split=split)


def tones(n: int, rng: Rng) -> tuple[Float[Tensor, "n 1 t"], Tensor]:
    """Clean signals, and the number of each one's frequency."""
    frequency = rng.integers(0, FREQUENCIES, n)
    amplitude, phase = rng.uniform(n, 1, low=LOW, high=HIGH), rng.uniform(n, 1, high=2 * math.pi)
    time = 2 * math.pi * torch.arange(LENGTH) / LENGTH
    return (amplitude * torch.cos((frequency[:, None] + 1) * time + phase))[:, None], frequency


def worse(x: Float[Tensor, "n 1 t"], task: str, sd: float, rng: Rng) -> Float[Tensor, "n 1 s"]:
    """The signals as they are to be restored from."""
    if task == "denoise":
        return x + rng.normal(*x.shape, scale=sd)
    if task == "super-resolve":
        return x.unflatten(2, (-1, FACTOR)).mean(3)
    width = LENGTH // 4
    first = rng.integers(0, LENGTH - width + 1, len(x))[:, None, None]
    time = torch.arange(LENGTH)
    return x.where((time < first) | (time >= first + width), 0.0)
