"""The bank of pictures: every one decoded, in one tensor of small integers, from which a batch is gathered."""

from __future__ import annotations

from pathlib import Path

import torch
from jaxtyping import Float, Int64, Integer
from torch import Tensor

from gansuite.data.bank import free_memory, gathered, mapped

from .levels import Levels


class PictureBank:
    """Pictures of one size as whole numbers.

    Args:
        values: uint8 or int16, [items, channels, height, width]; they may lie in a file that is mapped into memory.
        levels: what the numbers are in [-1, 1].
        device: where batches are given; ``values`` stay on the host if they did not fit there.

    ``streamed`` says whether the values exceed their share of memory and are read as they are used (see ``to``).
    """

    def __init__(
        self, values: Integer[Tensor, "items c h w"], levels: Levels, device: torch.device | str | None = None
    ) -> None:
        self.values, self.levels, self.streamed = values, levels, False
        self.device = torch.device(device) if device is not None else values.device

    @staticmethod
    def open(path: Path, shape: tuple[int, int, int], dtype: torch.dtype, levels: Levels) -> PictureBank:
        """Map a file of native integers into memory: pages are read when a batch touches them."""
        return PictureBank(mapped(path, dtype)[0].view(-1, *shape), levels)

    @property
    def resident(self) -> bool:
        """Whether batches are gathered where they are used."""
        return self.values.device == self.device

    def to(self, device: torch.device | str, resident_share: float = 0.5) -> PictureBank:
        """The bank for ``device``: copied there if it takes at most ``resident_share`` of the device's free memory.

        A bank that does not fit stays where it is and is ``streamed``: for an accelerator its batches are gathered on
        the host and sent through pinned memory, which costs a synchronisation when the index lies on the device.
        """
        device = torch.device(device)
        fits = device.type == "meta" or self.values.nbytes <= resident_share * free_memory(device)
        values = self.values.to(device) if fits else self.values
        moved = PictureBank(values, self.levels, values.device if fits else device)  # "cuda" is then "cuda:0"
        moved.streamed = not fits
        return moved

    def batch(self, index: Int64[Tensor, " n"]) -> Float[Tensor, "n c h w"]:
        """The pictures at ``index`` as float32 in [-1, 1]: one gather of whole rows, in bytes, then the scale."""
        return self.levels.floats(gathered(self.values, index, self.device))
