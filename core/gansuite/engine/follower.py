"""State that trails the players: averages of their weights over training."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Protocol, runtime_checkable

import torch
from torch import Tensor, nn


@runtime_checkable
class Follower(Protocol):
    """Anything that is updated after each round and saved with the players."""

    def after(self, step: int) -> None:
        """Follow the round that made ``step``."""
        ...

    def state_dict(self) -> dict[str, Any]: ...

    def load_state_dict(self, state: Mapping[str, Any]) -> None: ...


class Average:
    """Exponential moving average of a player's weights, the weights that samples are drawn from.

    shadow ← shadow + (1 - ½^(1/h)) (weights - shadow), with the half-life h counted in steps and never longer
    than ``ramp`` times the steps so far, so that the first weights are soon forgotten (Karras et al. 2020). Until
    ``start`` the weights are copied, and so are buffers (running statistics) all along.
    """

    def __init__(self, modules: Sequence[nn.Module], half_life: float, ramp: float = 0.1, start: int = 0) -> None:
        self.half_life, self.ramp, self.start = half_life, ramp, start
        # Owners may overlap: each tensor once, or it would be swapped there and back.
        self.weights: list[Tensor] = list(dict.fromkeys(p for module in modules for p in module.parameters()))
        self.buffers: list[Tensor] = list(dict.fromkeys(b for module in modules for b in module.buffers()))
        self.shadow = [t.detach().clone() for t in (*self.weights, *self.buffers)]

    def share(self, age: int) -> float:
        """What the weights count that the average meets as its ``age``-th (1 or more)."""
        half_life = min(self.half_life, self.ramp * age)
        return 1.0 - 0.5 ** (1.0 / half_life) if half_life > 0 else 1.0

    @torch.no_grad()
    def after(self, step: int) -> None:
        share = self.share(step - self.start) if step > self.start else 1.0
        n = len(self.weights)
        torch._foreach_lerp_(self.shadow[:n], self.weights, share)  # pyright: ignore[reportPrivateImportUsage]
        for shadow, buffer in zip(self.shadow[n:], self.buffers, strict=True):
            shadow.copy_(buffer)

    @contextmanager
    def applied(self) -> Iterator[None]:
        """The averaged weights in the place of the trained ones, for as long as the context lasts."""
        self.swap()
        try:
            yield
        finally:
            self.swap()

    def swap(self) -> None:
        for i, tensor in enumerate((*self.weights, *self.buffers)):
            tensor.data, self.shadow[i] = self.shadow[i], tensor.data

    def state_dict(self) -> dict[str, Tensor]:
        return {str(i): shadow for i, shadow in enumerate(self.shadow)}

    def load_state_dict(self, state: Mapping[str, Tensor]) -> None:
        for i, shadow in enumerate(self.shadow):
            shadow.copy_(state[str(i)])


class UniformAverage(Average):
    """The plain mean of the weights after each of the steps s+1..t: shadow ← shadow + (weights - shadow) / (t - s)."""

    def __init__(self, modules: Sequence[nn.Module], start: int = 0) -> None:
        super().__init__(modules, math.inf, start=start)

    def share(self, age: int) -> float:
        return 1.0 / age
