"""The processes that share a run: a thin layer over torch.distributed, and nothing at all with one process."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, TypeVar

import torch
import torch.distributed as dist
from torch import Tensor
from torch.autograd.function import FunctionCtx

from gansuite.errors import GansuiteError

Gradient = Tensor | None
Result = TypeVar("Result")


class Ranks:
    """Rank and number of the processes; reduces gradients and gathers scores among them."""

    def __init__(self) -> None:
        self.rank, self.world = 0, 1
        if dist.is_available() and dist.is_initialized():
            self.rank, self.world = dist.get_rank(), dist.get_world_size()
        self.shard = self.rank, self.world

    @classmethod
    def alone(cls) -> Ranks:
        """One process, whatever others there are."""
        ranks = cls.__new__(cls)
        ranks.rank, ranks.world, ranks.shard = 0, 1, (0, 1)
        return ranks

    @classmethod
    def local(cls) -> int:
        """This process's number on its machine."""
        return int(os.environ.get("LOCAL_RANK", "0"))

    @classmethod
    def join(cls, device: torch.device) -> Ranks:
        """Join the processes that ``torchrun`` started (NCCL on CUDA, gloo elsewhere), or stay alone."""
        if int(os.environ.get("WORLD_SIZE", "1")) > 1 and not dist.is_initialized():
            patience = timedelta(hours=2)  # the first rank evaluates and reports while the others wait
            if device.type == "cuda":
                torch.cuda.set_device(device)
                dist.init_process_group("nccl", device_id=device, timeout=patience)
            else:
                dist.init_process_group("gloo", timeout=patience)
        return cls()

    def leave(self) -> None:
        """Leave the group, so that the process can end."""
        if self.world > 1 and dist.is_initialized():
            # Gloo's threads let go of the last tensors by themselves, for which they need the interpreter: where it
            # ends first, the process aborts (seen in one of seven runs on a busy machine).
            time.sleep(0.3)
            dist.destroy_process_group()

    def mean(self, gradients: Sequence[Gradient], differentiable: bool = False) -> Sequence[Gradient]:
        """Average gradients over the ranks, in one flat buffer; a gradient that no cost gave stays None.

        Args:
            gradients: this rank's.
            differentiable: whether the mean is to be differentiated again (unrolled, consensus).
        """
        if self.world == 1:
            return gradients
        present = [g for g in gradients if g is not None]
        flat = torch.cat([g.reshape(-1) for g in present])
        if differentiable:
            flat = _Mean.apply(flat)
        else:
            dist.all_reduce(flat)
            flat = flat / self.world
        parts = iter(flat.split([g.numel() for g in present]))
        return [None if g is None else next(parts).view_as(g) for g in gradients]

    def average(self, x: Tensor) -> Tensor:
        """Average numbers to be shown or decided on; every rank gets the same."""
        if self.world > 1:
            dist.all_reduce(x)
            x = x / self.world
        return x

    def gather(self, x: Tensor) -> Tensor:
        """The rows of all ranks in rank order; gradients flow back to the rank that owns each row."""
        return x if self.world == 1 else _Gather.apply(x)

    def lead(self, act: Callable[[], Result]) -> Result:
        """Let the first rank act while the others wait; its result, or its error, is that of every rank."""
        if self.world == 1:
            return act()
        box: list[Any] = [None, None]
        if self.rank == 0:
            try:
                box[0] = act()
            except GansuiteError as error:
                box[1] = error
        dist.broadcast_object_list(box, src=0)
        if box[1] is not None:
            raise box[1]
        return box[0]


class _Mean(torch.autograd.Function):
    """The mean over the ranks, which is its own adjoint: what each rank's cost asks of a mean is averaged as well."""

    @staticmethod
    def forward(ctx: FunctionCtx, x: Tensor) -> Tensor:  # type: ignore[override]
        total = x.clone()
        dist.all_reduce(total)
        return total / dist.get_world_size()

    @staticmethod
    def backward(ctx: FunctionCtx, g: Tensor) -> Tensor:  # type: ignore[override]
        return _Mean.apply(g)


class _Gather(torch.autograd.Function):
    """All-gather whose backward sums what every rank asks of a row and returns each rank its own rows."""

    @staticmethod
    def forward(ctx: FunctionCtx, x: Tensor) -> Tensor:  # type: ignore[override]
        parts = [torch.empty_like(x) for _ in range(dist.get_world_size())]
        dist.all_gather(parts, x.contiguous())
        return torch.cat(parts)

    @staticmethod
    def backward(ctx: FunctionCtx, g: Tensor) -> Tensor:  # type: ignore[override]
        return _Scatter.apply(g)


class _Scatter(torch.autograd.Function):
    """The adjoint of :class:`_Gather`; a function of its own, so that second derivatives pass as well."""

    @staticmethod
    def forward(ctx: FunctionCtx, g: Tensor) -> Tensor:  # type: ignore[override]
        total = g.clone()
        dist.all_reduce(total)
        n = total.shape[0] // dist.get_world_size()
        return total[dist.get_rank() * n : (dist.get_rank() + 1) * n].clone()

    @staticmethod
    def backward(ctx: FunctionCtx, x: Tensor) -> Tensor:  # type: ignore[override]
        return _Gather.apply(x)
