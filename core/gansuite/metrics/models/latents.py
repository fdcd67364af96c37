"""How metrics of the model reach the numbers of its samples, and its prior as a map of Gaussian numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from gansuite.metrics.metric import MetricError
from gansuite.metrics.subject import Subject
from gansuite.priors.normal import Normal
from gansuite.priors.uniform import Uniform


def from_normal(prior: Any) -> Callable[[Tensor], Tensor]:
    """The map from standard Gaussian numbers to latents of a prior: what moves there meets no walls.

    normal: z = scale u;  uniform: z = low + (high - low) Phi(u);  another prior's own method ``from_normal``.

    Raises:
        MetricError: nobody has written this map.
    """
    if hasattr(prior, "from_normal"):
        return prior.from_normal
    if isinstance(prior, Normal):
        return lambda u: prior.scale * u
    if isinstance(prior, Uniform):
        return lambda u: prior.low + (prior.high - prior.low) * torch.special.ndtr(u)
    raise MetricError(f"the prior {type(prior).__name__} has no density here: give it a method from_normal(u)")


def numbers(subject: Subject, x: Any) -> Float[Tensor, "n d"]:
    """All numbers of each sample side by side, differentiable.

    Raises:
        MetricError: samples are no real numbers.
    """
    space = subject.game.space
    if not getattr(space, "continuous", True):
        raise MetricError("the samples are no real numbers, which this metric moves by small steps: leave it out")
    return torch.cat([leaf.flatten(1) for leaf in space.leaves(x)], 1)


def real_points(subject: Subject, n: int, split: str | None = None) -> tuple[Float[Tensor, "n d"], Tensor | None]:
    """Real samples as numbers of the networks' precision, and their codes."""
    x = numbers(subject, subject.real(n, split))
    return x.to(next(subject.game.parameters()).dtype), real_codes(subject, n, split)


def real_codes(subject: Subject, n: int, split: str | None = None) -> Tensor | None:
    """The codes of the labels of the real samples that ``subject.real`` gives; None where the game reads no labels."""
    conditioning = getattr(subject.game, "conditioning", None)
    if conditioning is None or not conditioning.reads_labels:
        return None
    split = split or subject.split
    return conditioning.one_hot(subject.dataset.batch(split, subject.items(n, split).to(subject.device), None)["label"])


def slope(value: Float[Tensor, " n"], x: Float[Tensor, "n ..."]) -> Float[Tensor, "n ..."]:
    """The gradient of each row's value in its row of ``x``; 0 where it does not depend on it (G of one point)."""
    if not value.requires_grad:
        return torch.zeros_like(x)
    (found,) = torch.autograd.grad(value.sum(), x, allow_unused=True)
    return torch.zeros_like(x) if found is None else found
