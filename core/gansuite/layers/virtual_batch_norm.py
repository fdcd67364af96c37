"""Virtual batch normalisation (Salimans, Goodfellow, Zaremba, Cheung, Radford & Chen 2016, section 3.5)."""

from __future__ import annotations

from typing import Annotated, Any

import torch
from annotated_types import Gt
from jaxtyping import Float
from torch import Tensor, nn

from gansuite.spaces import at_least_fp32, rows_like


class VirtualBatchNorm(nn.Module):
    """Normalises each sample with the statistics of a fixed reference batch and of itself, of no other sample.

    ``y = g (x - m) / sqrt(v + eps) + b`` with the mean m and variance v of the reference's N samples and this one,
    weighted N : 1.  The reference is the first batch seen in training, or the one given to :meth:`refer_to`.
    Its statistics are buffers: they are in every checkpoint, so that a resumed run continues bit for bit.  Inside
    a :class:`ReferenceBatch` they are computed anew at each pass instead, as published.

    Args:
        eps: added to the variance.

    Shape: ``[n, channels, *axes]``, of any number of axes, also none.
    """

    mean: Tensor
    variance: Tensor
    share: Tensor

    def __init__(self, channels: int, *, eps: Annotated[float, Gt(0)] = 1e-5) -> None:
        super().__init__()
        self.eps = eps
        self.leading = 0  # rows of the reference batch at the head of every batch: set by ReferenceBatch
        self.unset = True
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))
        self.register_buffer("mean", torch.zeros(channels))
        self.register_buffer("variance", torch.ones(channels))
        self.register_buffer("share", torch.zeros(()))  # 1 / (N + 1); 0 while there is no reference
        self.register_load_state_dict_post_hook(_loaded)

    def forward(self, x: Float[Tensor, "n c *axes"]) -> Float[Tensor, "n c *axes"]:
        mean, variance = _own(x)
        if self.leading:
            # The reference itself is normalised with its own statistics only.
            share = torch.full_like(mean[:, :1], 1 / (self.leading + 1))
            share[: self.leading] = 0
            reference = _joint(mean[: self.leading], variance[: self.leading])
        else:
            reference, share = (self.mean, self.variance), self.share
            if self.unset:
                reference, share = _joint(mean.detach(), variance.detach()), 1 / (len(x) + 1)
                if self.training:
                    self._keep(*reference, share)
        apart = mean - reference[0]
        centre = reference[0] + share * apart
        variance = share * variance + (1 - share) * (reference[1] + share * apart.square())
        scale = self.weight * (variance + self.eps).rsqrt()
        return (rows_like(scale, x) * (x - rows_like(centre, x)) + rows_like(self.bias[None], x)).to(x.dtype)

    @torch.no_grad()
    def refer_to(self, x: Float[Tensor, "n c *axes"]) -> None:
        """Take the batch ``x`` of this layer's inputs for the reference, in place of the first one seen."""
        self._keep(*_joint(*_own(x)), 1 / (len(x) + 1))

    @torch.no_grad()
    def _keep(self, mean: Tensor, variance: Tensor, share: float) -> None:
        self.mean.copy_(mean)
        self.variance.copy_(variance)
        self.share.fill_(share)
        self.unset = False

    def extra_repr(self) -> str:
        return f"{len(self.weight)}, eps={self.eps}"


class ReferenceBatch(nn.Module):
    """A network whose virtual batch norms see a reference batch pass through it with every batch.

    The reference is kept in a buffer, goes through the network of the moment in the same call, and its rows
    are taken off again: its statistics follow the weights and carry gradient, at the cost of its rows.

    Args:
        network: from [n, ...] to [n, ...], with :class:`VirtualBatchNorm` layers in it.
        batch: the reference, some rows of the network's input.
    """

    batch: Tensor

    def __init__(self, network: nn.Module, batch: Float[Tensor, "n ..."]) -> None:
        super().__init__()
        self.network = network
        self.register_buffer("batch", batch.clone())
        for module in network.modules():
            if isinstance(module, VirtualBatchNorm):
                module.leading = len(batch)

    def forward(self, x: Float[Tensor, "n ..."]) -> Float[Tensor, "n ..."]:
        return self.network(torch.cat([self.batch.to(x.dtype), x]))[len(self.batch) :]


def _loaded(norm: VirtualBatchNorm, _: Any) -> None:
    norm.unset = not bool(norm.share)


def _own(x: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and variance of each channel within each sample, [n, c]."""
    x = at_least_fp32(x).flatten(2) if x.dim() > 2 else at_least_fp32(x)[..., None]
    return x.mean(2), x.var(2, correction=0)


def _joint(mean: Tensor, variance: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and variance [c] of all samples together, from those of each."""
    return mean.mean(0), variance.mean(0) + mean.var(0, correction=0)
