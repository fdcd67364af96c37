"""The bank: every decoded item end to end in one flat int16 tensor, from which a batch is gathered as windows."""

from __future__ import annotations

from pathlib import Path

import torch
from jaxtyping import Float, Int16, Int64
from torch import Tensor

SCALE = 1 / 32768


class Bank:
    """Frames of ``channels`` interleaved int16 values, items end to end.

    Args:
        flat: all values, [frames * channels].
        channels: values in a frame.
        device: where windows are given; ``flat`` stays on the host if it did not fit there.
    """

    def __init__(self, flat: Int16[Tensor, " total"], channels: int, device: torch.device | str | None = None) -> None:
        self.flat, self.channels = flat, channels
        self.device = torch.device(device) if device is not None else flat.device

    @staticmethod
    def open(path: Path, channels: int) -> Bank:
        """Map a file of native int16 values into memory: pages are read when a window touches them."""
        size = path.stat().st_size // 2
        return Bank(torch.from_file(str(path), shared=False, size=size, dtype=torch.int16), channels)

    @property
    def frames(self) -> int:
        """Number of frames of all items together."""
        return self.flat.numel() // self.channels

    @property
    def resident(self) -> bool:
        """Whether windows are gathered where they are used."""
        return self.flat.device == self.device

    def to(self, device: torch.device | str, resident_share: float = 0.5) -> Bank:
        """The bank for ``device``: copied there if it takes at most ``resident_share`` of the device's free memory.

        A bank that does not fit stays memory-mapped; its windows are gathered on the host and sent through
        pinned memory, which costs a synchronisation when the index lies on the device.
        """
        device = torch.device(device)
        fits = device.type in ("cpu", "meta") or self.flat.nbytes <= resident_share * free_memory(device)
        return Bank(self.flat.to(device) if fits else self.flat, self.channels, device)

    def windows(self, starts: Int64[Tensor, " n"], length: int) -> Float[Tensor, "n channels length"]:
        """The ``length`` frames from each of ``starts`` as float32 in [-1, 1): x = int16 / 32768.

        One gather of contiguous rows: no integer index per value is ever made.
        """
        width = length * self.channels
        every = self.flat.unfold(0, width, self.channels)  # a view: row s is the window that starts at frame s
        if self.resident:
            rows = every.index_select(0, starts)
        else:
            rows = torch.empty(len(starts), width, dtype=torch.int16, pin_memory=self.device.type == "cuda")
            torch.index_select(every, 0, starts.cpu(), out=rows)
            rows = rows.to(self.device, non_blocking=True)
        x = rows.view(-1, length, self.channels).transpose(1, 2)
        return x.to(torch.float32, memory_format=torch.contiguous_format).mul_(SCALE)


def free_memory(device: torch.device) -> int:
    """Free bytes of an accelerator's memory; 0 where it does not say."""
    if device.type == "cuda":
        return torch.cuda.mem_get_info(device)[0]
    if device.type == "mps":
        return torch.mps.recommended_max_memory() - torch.mps.current_allocated_memory()
    return 0
