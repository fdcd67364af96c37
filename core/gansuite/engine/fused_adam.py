"""torch's fused Adam with its bookkeeping done once instead of at every step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from gansuite.engine.player import laid_out

Lists = tuple[dict[str, Any], list[Tensor], list[Tensor], list[Tensor], list[Tensor]]


class FusedAdam(torch.optim.Adam):
    """``torch.optim.Adam(fused=True)`` to the bit, with the same state: same kernel, fewer Python calls.

    torch gathers parameters and moments anew, groups them by device and opens a profiler range at each step: on
    networks of a few layers that is most of the step. Here the lists are kept; whatever is out of the ordinary (a
    first step, a parameter without gradient, parameters of several devices) goes torch's own way.
    """

    kept: list[Lists] | None = None

    def __init__(self, parameters: Sequence[Tensor], **options: Any) -> None:
        super().__init__(parameters, fused=True, **options)

    def step(self) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """One step along ``.grad`` of the parameters; step hooks are not called."""
        kept = self.kept
        if kept is None or any(p.grad is None for _, parameters, *_ in kept for p in parameters):
            super().step()
            self.kept = self.gather()
            return
        with torch.no_grad():
            for group, parameters, means, squares, steps in kept:
                gradients = [p.grad for p in parameters if p.grad is not None]  # all of them, as asked above
                torch._foreach_add_(steps, 1)  # pyright: ignore[reportPrivateImportUsage]
                kernel = torch._fused_adamw_ if group["decoupled_weight_decay"] else torch._fused_adam_  # pyright: ignore[reportPrivateImportUsage]
                kernel(
                    parameters,
                    gradients,
                    means,
                    squares,
                    [],
                    steps,
                    lr=group["lr"],
                    beta1=group["betas"][0],
                    beta2=group["betas"][1],
                    weight_decay=group["weight_decay"],
                    eps=group["eps"],
                    amsgrad=False,
                    maximize=False,
                )

    step.hooked = True  # pyright: ignore[reportFunctionMemberAccess] - torch shall not wrap it in a profiler range

    def gather(self) -> list[Lists] | None:
        """The lists of each group, or None where one kernel cannot take them all."""
        found = []
        for group in self.param_groups:
            parameters = group["params"]
            states = [self.state[p] for p in parameters]
            kinds = {(p.device, p.dtype) for p in parameters}
            if len(kinds) != 1 or not all(states) or group["amsgrad"] or group["maximize"]:
                return None
            lists = [[state[key] for state in states] for key in ("exp_avg", "exp_avg_sq", "step")]
            found.append((group, parameters, *lists))
        return found

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Move these parameters as well."""
        super().add_param_group(param_group)
        self.kept = None

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Take over a state; its tensors take the place of the kept ones.

        Files keep no order of memory, and the kernel walks through parameters and moments in that order alone.
        """
        super().load_state_dict(dict(state_dict))
        for parameter, state in self.state.items():
            for key, value in state.items():
                if isinstance(value, Tensor) and value.shape == parameter.shape:
                    state[key] = laid_out(value, parameter)
        self.kept = None
