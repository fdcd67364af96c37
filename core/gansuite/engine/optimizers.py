"""How parameters follow a gradient: torch's optimisers, fused where they can be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import torch
from annotated_types import Ge, Gt, Lt
from torch.nn import Parameter
from torch.optim import Optimizer
from torch.utils._foreach_utils import _get_fused_kernels_supported_devices

from gansuite.engine.fused_adam import FusedAdam

Rate = Annotated[float, Gt(0)]
Share = Annotated[float, Ge(0), Lt(1)]
Weight = Annotated[float, Ge(0)]


def fused(parameters: Sequence[Parameter]) -> bool:
    """Whether the parameters' device has one kernel for a whole step (``meta`` has not)."""
    return all(p.device.type in _get_fused_kernels_supported_devices() for p in parameters)


def adam(
    parameters: Sequence[Parameter],
    *,
    lr: Rate = 1e-4,
    betas: tuple[Share, Share] = (0.5, 0.9),
    eps: Annotated[float, Gt(0)] = 1e-8,
    weight_decay: Weight = 0.0,
) -> Optimizer:
    """Adam (Kingma & Ba 2015), with WGAN-GP's betas by default.

    Args:
        lr: learning rate.
        betas: decay of the first and second moments.
        eps: added to the root of the second moment.
        weight_decay: L2 penalty added to the gradient.
    """
    options = {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay}
    return FusedAdam(parameters, **options) if fused(parameters) else torch.optim.Adam(parameters, **options)


def adamw(
    parameters: Sequence[Parameter],
    *,
    lr: Rate = 1e-4,
    betas: tuple[Share, Share] = (0.5, 0.9),
    eps: Annotated[float, Gt(0)] = 1e-8,
    weight_decay: Weight = 0.01,
) -> Optimizer:
    """Adam with decoupled weight decay (Loshchilov & Hutter 2019).

    Args:
        lr: learning rate.
        betas: decay of the first and second moments.
        eps: added to the root of the second moment.
        weight_decay: shrinkage of the parameters per step, times the rate.
    """
    options = {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay, "decoupled_weight_decay": True}
    return FusedAdam(parameters, **options) if fused(parameters) else torch.optim.Adam(parameters, **options)


def sgd(
    parameters: Sequence[Parameter], *, lr: Rate = 1e-2, momentum: Annotated[float, Gt(-1), Lt(1)] = 0.0
) -> Optimizer:
    """Gradient descent; a negative momentum calms games (Gidel et al. 2019).

    Args:
        lr: learning rate.
        momentum: decay of the velocity.
    """
    if momentum < 0:
        # torch refuses a negative momentum as an argument, and plays it right as a group's option.
        return torch.optim.SGD([{"params": list(parameters), "momentum": momentum}], lr=lr, fused=fused(parameters))
    return torch.optim.SGD(parameters, lr=lr, momentum=momentum, fused=fused(parameters))


def rmsprop(parameters: Sequence[Parameter], *, lr: Rate = 5e-5, alpha: Share = 0.99) -> Optimizer:
    """RMSProp (Tieleman & Hinton 2012), the optimiser of the first WGAN.

    Args:
        lr: learning rate.
        alpha: decay of the squared gradient.
    """
    return torch.optim.RMSprop(parameters, lr=lr, alpha=alpha, foreach=True)
