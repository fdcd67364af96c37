"""What a domain teaches the core about its samples; penalties and batch tricks are written once against it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Protocol, runtime_checkable

import torch
from jaxtyping import Float, Int64
from torch import Tensor

from gansuite.engine.rng import Rng
from gansuite.errors import UserError


@runtime_checkable
class Space(Protocol):
    """Operations on batches of samples (a tensor, or any structure of tensors whose first axis is the batch)."""

    continuous: ClassVar[bool]
    """Whether samples are real numbers, which have gradients and can be moved by noise; tokens are not."""

    def size(self, x: Any) -> int:
        """Number of samples in the batch."""
        ...

    def take(self, x: Any, index: Any) -> Any:
        """The samples at ``index`` (a tensor of positions or a slice)."""
        ...

    def cat(self, xs: Sequence[Any]) -> Any:
        """One batch of all the batches' samples."""
        ...

    def mix(self, x: Any, y: Any, share: Tensor) -> Any:
        """Row i of ``x`` where ``share[i]`` is true, else row i of ``y``."""
        ...

    def path(self, x: Any, y: Any, t: Tensor) -> Any:
        """Points at fraction ``t[i]`` of a differentiable path from ``y[i]`` to ``x[i]``."""
        ...

    def jitter(self, x: Any, scale: float, rng: Rng) -> Any:
        """Samples moved by Gaussian noise of standard deviation ``scale``."""
        ...

    def pack(self, x: Any, m: int) -> Any:
        """Each ``m`` samples side by side as one of m times the channels."""
        ...

    def attach(self, x: Any, v: Tensor) -> Any:
        """Samples with ``v[i]`` as further channels, constant over the sample unless ``v`` varies over it."""
        ...

    def detach(self, x: Any) -> Any:
        """The batch as plain data, cut from the graph that made it."""
        ...

    def leaves(self, x: Any) -> tuple[Tensor, ...]:
        """The floating-point tensors of a batch, with respect to which a critic has a gradient."""
        ...

    def norm(self, gradients: Sequence[Tensor]) -> Tensor:
        """Euclidean norm of the gradient of each sample, [n]."""
        ...


class TensorSpace:
    """Samples that are rows of one dense tensor [n, ...]; the path between two of them is the line."""

    continuous: ClassVar[bool] = True

    def size(self, x: Tensor) -> int:
        return x.shape[0]

    def take(self, x: Tensor, index: Int64[Tensor, " k"] | slice) -> Tensor:
        return x[index]

    def cat(self, xs: Sequence[Tensor]) -> Tensor:
        return torch.cat(list(xs))

    def mix(self, x: Tensor, y: Tensor, share: Tensor) -> Tensor:
        return torch.where(rows_like(share, x), x, y)

    def path(self, x: Tensor, y: Tensor, t: Float[Tensor, " n"]) -> Tensor:
        kind = torch.promote_types(x.dtype, y.dtype)  # a generator may give half precision where autocast lets it
        return torch.lerp(y.to(kind), x.to(kind), rows_like(t, x).to(kind))

    def jitter(self, x: Tensor, scale: float, rng: Rng) -> Tensor:
        return x + rng.normal(*x.shape, scale=scale)

    def pack(self, x: Float[Tensor, "n c ..."], m: int) -> Float[Tensor, "packs mc ..."]:
        return x.reshape(-1, m * x.shape[1], *x.shape[2:])

    def attach(self, x: Float[Tensor, "n c ..."], v: Float[Tensor, "n k ..."]) -> Float[Tensor, "n ck ..."]:
        return torch.cat([x, rows_like(v, x).to(x.dtype).expand(*v.shape[:2], *x.shape[2:])], 1)

    def detach(self, x: Tensor) -> Tensor:
        return x.detach()

    def leaves(self, x: Tensor) -> tuple[Tensor, ...]:
        return (x,)

    def norm(self, gradients: Sequence[Tensor]) -> Float[Tensor, " n"]:
        squares = [at_least_fp32(g.flatten(1)).square().sum(1) for g in gradients]
        # The square root has no derivative at 0: the tiny floor keeps a critic that is flat there finite.
        return torch.stack(squares).sum(0).clamp_min(1e-24).sqrt()


class ChoiceSpace(TensorSpace):
    """Samples made of choices among K alternatives: int64 [n, c], or relaxed as rows of the simplex float [n, c, k].

    Numbers become one-hot rows where they meet relaxed samples; the path between two samples is the line in the
    simplex, and the norm of a gradient is over all coordinates of a sample.

    Args:
        alternatives: K.
        plural: what the samples are called, for messages.
    """

    def __init__(self, alternatives: int, plural: str = "samples") -> None:
        self.alternatives, self.plural = alternatives, plural

    def relaxed(self, x: Tensor) -> Tensor:
        """One-hot rows of numbers; relaxed samples as they are."""
        return x if x.is_floating_point() else torch.nn.functional.one_hot(x, self.alternatives).float()

    def alike(self, xs: Sequence[Tensor]) -> list[Tensor]:
        """Batches of one form: relaxed if any is."""
        return [self.relaxed(x) for x in xs] if any(x.is_floating_point() for x in xs) else list(xs)

    def cat(self, xs: Sequence[Tensor]) -> Tensor:
        return torch.cat(self.alike(xs))

    def mix(self, x: Tensor, y: Tensor, share: Tensor) -> Tensor:
        x, y = self.alike([x, y])
        return torch.where(rows_like(share, x), x, y)

    def path(self, x: Tensor, y: Tensor, t: Tensor) -> Tensor:
        return super().path(self.relaxed(x), self.relaxed(y), t)

    def jitter(self, x: Tensor, scale: float, rng: Rng) -> Tensor:
        return super().jitter(self.relaxed(x), scale, rng)

    def pack(self, x: Tensor, m: int) -> Tensor:
        raise UserError(f"{self.plural} cannot be packed: leave packing out of [game] inputs")

    def attach(self, x: Tensor, v: Tensor) -> Tensor:
        """Choices are given no further channels: a critic of them reads the code as its ``condition``."""
        return x

    def detach(self, x: Tensor) -> Tensor:
        return self.relaxed(x.detach())

    def leaves(self, x: Tensor) -> tuple[Tensor, ...]:
        return (x,) if x.is_floating_point() else ()


def rows_like(v: Tensor, x: Tensor) -> Tensor:
    """View [n] or [n, k] as [n, 1, ...] or [n, k, 1, ...], so that it applies to the rows of ``x``."""
    return v.view(*v.shape, *(1,) * (x.dim() - v.dim()))


def at_least_fp32(x: Tensor) -> Tensor:
    """What the networks gave in half precision as fp32; fp32 and fp64 as they are."""
    return x if x.dtype in (torch.float32, torch.float64) else x.float()
