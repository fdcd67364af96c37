"""How parameters follow a gradient: torch's optimisers, fused where they can be."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import torch
from annotated_types import Ge, Gt, Lt
from torch.nn import Parameter
from torch.optim import Optimizer

Rate = Annotated[float, Gt(0)]
Share = Annotated[float, Ge(0), Lt(1)]
Weight = Annotated[float, Ge(0)]


def adam(
    parameters: Iterable[Parameter],
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
    return torch.optim.Adam(parameters, lr=lr, betas=betas, eps=eps, weight_decay=weight_decay, fused=True)


def adamw(
    parameters: Iterable[Parameter],
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
    return torch.optim.AdamW(parameters, lr=lr, betas=betas, eps=eps, weight_decay=weight_decay, fused=True)


def sgd(parameters: Iterable[Parameter], *, lr: Rate = 1e-2, momentum: Annotated[float, Gt(-1), Lt(1)] = 0.0) -> Optimizer:
    """Gradient descent; a negative momentum calms games (Gidel et al. 2019).

    Args:
        lr: learning rate.
        momentum: decay of the velocity.
    """
    if momentum < 0:
        return torch.optim.SGD([{"params": list(parameters), "momentum": momentum}], lr=lr)
    return torch.optim.SGD(parameters, lr=lr, momentum=momentum, fused=True)


def rmsprop(parameters: Iterable[Parameter], *, lr: Rate = 5e-5, alpha: Share = 0.99) -> Optimizer:
    """RMSProp (Tieleman & Hinton 2012), the optimiser of the first WGAN.

    Args:
        lr: learning rate.
        alpha: decay of the squared gradient.
    """
    return torch.optim.RMSprop(parameters, lr=lr, alpha=alpha, foreach=True)
