"""Where a player's optimiser would lead it: its steps as differentiable functions of the gradients.

Unrolled GANs (Metz et al. 2017) differentiate through the follower's update; extragradient asks where it would end.
Each rule below is torch's own, written without writing: the live optimiser's memory is read and left as it is. A
group's parameters go through it as one vector, so that a step is a handful of operations for a network of any depth.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import singledispatch
from itertools import count
from typing import Any

import torch
from torch import Tensor
from torch.nn import Parameter

from gansuite.engine.player import Player
from gansuite.engine.ranks import Gradient
from gansuite.errors import UserError

# The next parameters from the present ones and their gradient; it keeps its own moments from step to step.
Rule = Callable[[Tensor, Tensor], Tensor]


class Memory:
    """What an optimiser remembers of some parameters, as vectors; zeros where it does not know them yet.

    Args:
        parameters: of one group, that all move.
        state: of the optimiser.
    """

    def __init__(self, parameters: Sequence[Parameter], state: Mapping[Tensor, Mapping[str, Any]]) -> None:
        self.parameters = parameters
        self.states = [state.get(p, {}) for p in parameters]

    def vector(self, key: str) -> Tensor:
        """One entry for each number: a moment, a velocity."""
        parts = [s.get(key) for s in self.states]
        return flat([torch.zeros_like(p) if t is None else t for p, t in zip(self.parameters, parts, strict=True)])

    def ages(self) -> Iterator[float | Tensor]:
        """The number of each step to come: 1 for the first ever; of every entry where parameters rested at times.

        Numbers that lie on the host are read there; those of a device stay on it, for nothing is to wait for it.
        """
        steps = [state.get("step") for state in self.states]
        if all(step is None or step.is_cpu for step in steps):
            known = {0.0 if step is None else float(step) for step in steps}
            if len(known) == 1:
                made = known.pop()
                return (made + i for i in count(1))
        like = self.parameters[0].detach()
        t = torch.stack([like.new_zeros(()) if step is None else step.to(like) for step in steps])
        spread = torch.cat([c.expand(p.numel()) for c, p in zip(t.split(1), self.parameters, strict=True)])
        return (spread + i for i in count(1))


@singledispatch
def rule(optimizer: torch.optim.Optimizer, group: Mapping[str, Any], memory: Memory) -> Rule:
    """The rule of an optimiser's group, from its memory; a plugin registers that of its own optimiser here.

    Raises:
        UserError: nobody has written the steps of this optimiser as differentiable functions.
    """
    raise UserError(f"steps of {type(optimizer).__name__} cannot be differentiated; choose sgd, adam, adamw or rmsprop")


@rule.register
def sgd(optimizer: torch.optim.SGD, group: Mapping[str, Any], memory: Memory) -> Rule:
    """v ← m v + g + d x;  x ← x - h v, with momentum m (of any sign), weight decay d and rate h."""
    plain(optimizer, group, "dampening", "nesterov", "maximize")
    rate, momentum, decay = group["lr"], group["momentum"], group["weight_decay"]
    v = memory.vector("momentum_buffer") if momentum else None

    def step(x: Tensor, g: Tensor) -> Tensor:
        nonlocal v
        g = g.add(x, alpha=decay) if decay else g
        v = g if v is None or not momentum else g.add(v, alpha=momentum)
        return x.add(v, alpha=-rate)

    return step


@rule.register
def rmsprop(optimizer: torch.optim.RMSprop, group: Mapping[str, Any], memory: Memory) -> Rule:
    """s ← a s + (1 - a) g²;  x ← x - h g / (√s + e)."""
    plain(optimizer, group, "momentum", "centered", "maximize")
    rate, alpha, eps, decay = group["lr"], group["alpha"], group["eps"], group["weight_decay"]
    s = memory.vector("square_avg")

    def step(x: Tensor, g: Tensor) -> Tensor:
        nonlocal s
        g = g.add(x, alpha=decay) if decay else g
        s = (s * alpha).addcmul(g, g, value=1 - alpha)
        return x.addcdiv(g, root(s) + eps, value=-rate)

    return step


@rule.register
def adam(optimizer: torch.optim.Adam, group: Mapping[str, Any], memory: Memory) -> Rule:
    """m ← b m + (1 - b) g;  s ← c s + (1 - c) g²;  x ← x - h m̂ / (√ŝ + e), with m̂ = m/(1 - bᵗ), ŝ = s/(1 - cᵗ).

    Adam adds weight decay d x to g; AdamW shrinks x by h d instead.
    """
    plain(optimizer, group, "amsgrad", "maximize")
    rate, eps, decay, (b, c) = group["lr"], group["eps"], group["weight_decay"], group["betas"]
    decoupled = group["decoupled_weight_decay"]
    m, s = memory.vector("exp_avg"), memory.vector("exp_avg_sq")
    ages = memory.ages()

    def step(x: Tensor, g: Tensor) -> Tensor:
        nonlocal m, s
        t = next(ages)
        first, second = away_from_one(b, t), away_from_one(c, t) ** 0.5
        g = g.add(x, alpha=decay) if decay and not decoupled else g
        x = x * (1 - rate * decay) if decay and decoupled else x
        m = torch.lerp(m, g, 1 - b)
        s = (s * c).addcmul(g, g, value=1 - c)
        # The corrections are moved from the moments to eps and the rate.
        floor, size = root(s) + eps * second, rate * second / first
        return x.addcdiv(m * size, floor, value=-1) if isinstance(size, Tensor) else x.addcdiv(m, floor, value=-size)

    return step


class Lookahead:
    """A player's steps ahead of where it stands; the player stays there.

    Args:
        player: whose parameters, optimiser and rate are taken as they are now.
        rate: learning rate of the steps; None: the player's own.
    """

    def __init__(self, player: Player, rate: float | None = None) -> None:
        self.player, self.rate = player, rate
        self.values: list[Tensor] = [p.detach().requires_grad_() for p in player.parameters]
        self.groups: list[Group] | None = None

    def step(self, gradients: Sequence[Gradient]) -> None:
        """One step of ``values``; a parameter without gradient rests, as in the optimiser."""
        if self.groups is None:
            moving = {p for p, g in zip(self.player.parameters, gradients, strict=True) if g is not None}
            groups = [Group(self, options, moving) for options in self.player.optimizer.param_groups]
            self.groups = [group for group in groups if group.places]
        for group in self.groups:
            group.step(gradients, self.values)
        for project in self.player.projections:
            self.values = projected(self.values, project)
            for group in self.groups:
                group.x = group.of(self.values)


class Group:
    """Those parameters of an optimiser's group that move, as one vector."""

    def __init__(self, ahead: Lookahead, options: dict[str, Any], moving: set[Parameter]) -> None:
        parameters, optimizer = ahead.player.parameters, ahead.player.optimizer
        members = moving.intersection(options["params"])
        self.places = [i for i, p in enumerate(parameters) if p in members]
        if self.places:
            own = [parameters[i] for i in self.places]
            self.sizes, self.shapes = [p.numel() for p in own], [p.shape for p in own]
            options = options if ahead.rate is None else options | {"lr": ahead.rate}
            self.rule = rule(optimizer, options, Memory(own, optimizer.state))
            self.x = flat([p.detach() for p in own])

    def of(self, tensors: Sequence[Any]) -> Tensor:
        """The group's share of the player's tensors."""
        return flat([tensors[i] for i in self.places])

    def step(self, gradients: Sequence[Gradient], values: list[Tensor]) -> None:
        """Put the next parameters into the player's ``values``."""
        x = self.x = self.rule(self.x, self.of(gradients))
        if not x.requires_grad:  # nothing is differentiated through this step: the next gradient is taken from here
            x = x.detach().requires_grad_()
        for i, part, shape in zip(self.places, x.split(self.sizes), self.shapes, strict=True):
            values[i] = part.view(shape)


def flat(tensors: Sequence[Tensor]) -> Tensor:
    """Tensors as one vector."""
    return torch.cat([t.reshape(-1) for t in tensors])


def root(x: Tensor) -> Tensor:
    """√x with slope 0 at 0, where an entry that never had a gradient would make 0 · ∞ of it."""
    return x.clamp(min=1e-36).sqrt()


def away_from_one(base: float, t: float | Tensor) -> Any:
    """1 - baseᵗ, exact for bases near 1 in any precision."""
    power = t * (math.log(base) if base else -math.inf)
    return -torch.expm1(power) if isinstance(power, Tensor) else -math.expm1(power)


def projected(values: Sequence[Tensor], project: Callable[[Sequence[Any]], None]) -> list[Tensor]:
    """Values after a constraint; the gradient passes straight through it."""
    kept = [v.detach().clone() for v in values]
    project(kept)
    return [v + (k - v.detach()) for v, k in zip(values, kept, strict=True)]


def plain(optimizer: torch.optim.Optimizer, group: Mapping[str, Any], *unknown: str) -> None:
    """Refuse options of torch's optimisers that ours do not offer and the rules here do not know."""
    for option in unknown:
        if group[option]:
            raise UserError(
                f"steps of {type(optimizer).__name__} with {option} cannot be differentiated here; leave it out"
            )
