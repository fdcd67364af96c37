"""Minibatch standard deviation (Karras, Aila, Laine & Lehtinen 2018, section 3)."""

from __future__ import annotations

from typing import Annotated, ClassVar

import torch
from annotated_types import Gt
from jaxtyping import Float
from torch import Tensor, nn

from gansuite.spaces import at_least_fp32


class MinibatchStddev(nn.Module):
    """Appends the mean standard deviation within a group of the batch, so that a collapsed batch shows itself.

    ``s = mean over channels and axes of (sqrt(var_group(x) + eps) - sqrt(eps))``, one number per group, appended as a
    constant channel.  Equal samples give 0 exactly: the published sqrt(eps) is taken off, so that eps only keeps
    the derivative finite.

    Args:
        group: samples whose spread is measured together, strided over the batch as published; the whole batch
            if it is smaller.  It must divide the batch.
        features: parts the channels are split into, each with a number of its own (1 in the paper).
        eps: added to the variance.

    Shape: ``[n, channels, *axes] -> [n, channels + features, *axes]``, of any number of axes.

    Raises:
        ValueError: ``features`` does not divide the channels, or ``group`` the batch.
    """

    couples_batch: ClassVar[bool] = True

    def __init__(
        self,
        channels: int,
        *,
        group: Annotated[int, Gt(1)] = 4,
        features: Annotated[int, Gt(0)] = 1,
        eps: Annotated[float, Gt(0)] = 1e-8,
    ) -> None:
        super().__init__()
        if channels % features:
            raise ValueError(f"features = {features} does not divide {channels} channels")
        self.group, self.features, self.eps = group, features, eps

    def forward(self, x: Float[Tensor, "n c *axes"]) -> Float[Tensor, "n d *axes"]:
        n, axes = x.shape[0], x.shape[2:]
        group = min(self.group, n)
        if n % group:
            raise ValueError(f"a batch of {n} samples is not a whole number of groups: group = {group} must divide it")
        spread = at_least_fp32(x).reshape(group, n // group, self.features, -1).var(0, correction=0)
        spread = ((spread + self.eps).sqrt() - self.eps**0.5).mean(2)  # [n / group, features]
        planes = spread.repeat(group, 1).reshape(n, self.features, *(1 for _ in axes)).expand(-1, -1, *axes)
        return torch.cat([x, planes.to(x.dtype)], 1)

    def extra_repr(self) -> str:
        return f"group={self.group}, features={self.features}"
