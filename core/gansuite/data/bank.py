"""The bank: every decoded item end to end in one flat int16 tensor, from which a batch is gathered as windows."""

from __future__ import annotations

import contextlib
import mmap
import warnings
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
        mapped: the map of the file that ``flat`` lies in, if it does.

    ``streamed`` says whether the values exceed their share of memory and are read as they are used (see ``to``).
    """

    def __init__(
        self,
        flat: Int16[Tensor, " total"],
        channels: int,
        device: torch.device | str | None = None,
        mapped: mmap.mmap | None = None,
    ) -> None:
        self.flat, self.channels, self.mapped, self.streamed = flat, channels, mapped, False
        self.device = torch.device(device) if device is not None else flat.device

    @staticmethod
    def open(path: Path, channels: int) -> Bank:
        """Map a file of native int16 values into memory: pages are read when a window touches them."""
        flat, pages = mapped(path, torch.int16)
        return Bank(flat, channels, mapped=pages)

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

        A bank that does not fit stays memory-mapped and is ``streamed``. For an accelerator its windows are gathered
        on the host and sent through pinned memory, which costs a synchronisation when the index lies on the device.
        """
        device = torch.device(device)
        fits = device.type == "meta" or self.flat.nbytes <= resident_share * free_memory(device)
        moved = Bank(self.flat.to(device) if fits else self.flat, self.channels, device, self.mapped)
        moved.streamed = not fits
        return moved

    def windows(self, starts: Int64[Tensor, " n"], length: int) -> Float[Tensor, "n channels length"]:
        """The ``length`` frames from each of ``starts`` as float32 in [-1, 1): x = int16 / 32768.

        One gather of contiguous rows: no integer index per value is ever made.
        """
        width = length * self.channels
        every = self.flat.unfold(0, width, self.channels)  # a view: row s is the window that starts at frame s
        if self.streamed:
            self.expect(starts, length)
        x = gathered(every, starts, self.device).view(-1, length, self.channels).transpose(1, 2)
        return x.to(torch.float32, memory_format=torch.contiguous_format).mul_(SCALE)

    def expect(self, starts: Int64[Tensor, " n"], length: int) -> None:
        """Have the pages of all windows read at once, and no others.

        Touched one by one, they would be waited for one by one, and the system would read megabytes beyond each.
        """
        if self.mapped is None or not hasattr(mmap, "MADV_WILLNEED"):
            return
        frame = 2 * self.channels
        for start in starts.tolist():
            first = start * frame // mmap.PAGESIZE * mmap.PAGESIZE
            self.mapped.madvise(mmap.MADV_WILLNEED, first, (start + length) * frame - first)


def mapped(path: Path, dtype: torch.dtype) -> tuple[Tensor, mmap.mmap]:
    """The native numbers of a file, [total], and the map that they lie in: pages are read when they are touched."""
    with path.open("rb") as file:
        # Read-only: a map that may be written to (torch.from_file) Linux refuses if it is larger than its memory.
        pages = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The given buffer is not writable")
        return torch.frombuffer(pages, dtype=dtype), pages


def gathered(rows: Tensor, index: Int64[Tensor, " n"], device: torch.device) -> Tensor:
    """The rows at ``index`` on ``device``: one gather there, or else on the host and sent through pinned memory."""
    if rows.device == device:
        return rows.index_select(0, index)
    found = torch.empty(len(index), *rows.shape[1:], dtype=rows.dtype, pin_memory=device.type == "cuda")
    torch.index_select(rows, 0, index.cpu(), out=found)
    return found.to(device, non_blocking=True)


def free_memory(device: torch.device) -> int:
    """Free bytes of a device's memory; 0 where it does not say."""
    if device.type == "cpu":
        return host_memory()
    if device.type == "cuda":
        return torch.cuda.mem_get_info(device)[0]
    if device.type == "mps":
        return torch.mps.recommended_max_memory() - torch.mps.current_allocated_memory()
    return 0


LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


def host_memory() -> int:
    """Bytes that this process may still take: what Linux calls available, within the limit of its control group."""
    known = 1 << 62  # a system that does not say is trusted to have enough
    with contextlib.suppress(OSError, ValueError, StopIteration):
        lines = Path("/proc/meminfo").read_text().splitlines()
        known = 1024 * int(next(line.split()[1] for line in lines if line.startswith("MemAvailable")))
    for limit in LIMITS:
        with contextlib.suppress(OSError, ValueError):  # "max" is no number
            known = min(known, int(Path(limit).read_text()))
    return known
