"""A player: a set of parameters and how it moves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn import Parameter
from torch.optim import Optimizer

from gansuite.engine.schedules import Schedule
from gansuite.errors import UserError


class Player:
    """Parameters, their optimiser and its schedule, and projections applied after each move."""

    def __init__(
        self,
        name: str,
        parameters: Sequence[Parameter],
        optimizer: Optimizer,
        schedule: Schedule | None = None,
        projections: Sequence[Callable[[Sequence[Parameter]], None]] = (),
        kind: str = "optimizer",
        clip: float | None = None,
    ) -> None:
        self.kind, self.clip = kind, clip
        self.name, self.parameters, self.optimizer = name, list(parameters), optimizer
        self.schedule, self.projections = schedule, projections
        self.rates = [group["lr"] for group in optimizer.param_groups]

    def at(self, step: int) -> None:
        """Set the learning rate of a step."""
        if self.schedule is not None:
            factor = self.schedule(step)
            for group, rate in zip(self.optimizer.param_groups, self.rates, strict=True):
                group["lr"] = rate * factor

    def move(self, gradients: Sequence[Tensor | None]) -> None:
        """One optimiser step along ``gradients`` (None: this parameter rests), then the projections.

        With ``clip`` the gradients of all parameters together are shortened to that norm (Pascanu et al. 2013).
        """
        if self.clip is not None:
            gradients = shortened(gradients, self.clip)
        for parameter, gradient in zip(self.parameters, gradients, strict=True):
            parameter.grad = None if gradient is None else laid_out(gradient, parameter)
        self.optimizer.step()
        self.project()

    def project(self) -> None:
        """Keep the constraints."""
        for project in self.projections:
            project(self.parameters)

    def attend(self, moving: bool) -> None:
        """Record a graph through this player's parameters, or spare it."""
        for parameter in self.parameters:
            parameter.requires_grad_(moving)

    def state_dict(self) -> dict[str, Any]:
        return {"kind": self.kind, **self.optimizer.state_dict()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take over the moments of a checkpoint; rates and the like stay those of the recipe.

        Raises:
            UserError: the recipe now names another optimiser.
        """
        state = dict(state)
        saved = state.pop("kind")
        if saved != self.kind:
            raise UserError(
                f'[players.{self.name}] optimizer = "{self.kind}": the checkpoint holds the state of {saved}; '
                "restore it or start a new run"
            )
        options = [{k: v for k, v in group.items() if k != "params"} for group in self.optimizer.param_groups]
        self.optimizer.load_state_dict(state)
        for group, option in zip(self.optimizer.param_groups, options, strict=True):
            group.update(option)


def laid_out(gradient: Tensor, parameter: Tensor) -> Tensor:
    """The gradient in the memory order of its parameter.

    ``autograd.grad`` gives it as the last operation left it, and fused optimisers walk through both in the order of
    memory: of a transposed gradient they would move the wrong weights, and say nothing.
    """
    return gradient if gradient.stride() == parameter.stride() else torch.empty_like(parameter).copy_(gradient)


def shortened(gradients: Sequence[Tensor | None], norm: float) -> list[Tensor | None]:
    """g min(1, norm / ‖g‖), over all tensors together; nothing waits for the device."""
    present = [g for g in gradients if g is not None]
    if not present:
        return list(gradients)
    share = (norm / torch.nn.utils.get_total_norm(present).clamp_min(1e-12)).clamp_max(1.0)
    return [None if g is None else g * share for g in gradients]
