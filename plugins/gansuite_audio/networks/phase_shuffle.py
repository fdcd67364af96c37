"""Phase shuffle: a random shift of each layer's time axis, so that phase tells the critic nothing.

Donahue, McAuley, Puckette 2019, arXiv 1802.04208, section 3.3.
"""

from __future__ import annotations

import torch
from jaxtyping import Float, Int
from torch import Tensor


def shift_batch(x: Float[Tensor, "n l c"], shift: int) -> Float[Tensor, "n l c"]:
    """``y[:, i] = x[:, i - shift]``, reflected at the ends, with one shift for all rows; abs(shift) < l.

    Made of slices and a flip, whose double backward is free; torch's reflection pad returns tensors of zeros.
    """
    length = x.shape[1]
    if shift > 0:
        return torch.cat((x[:, 1 : shift + 1].flip(1), x[:, : length - shift]), 1)
    if shift < 0:
        return torch.cat((x[:, -shift:], x[:, length - 1 + shift : length - 1].flip(1)), 1)
    return x


def shift_rows(x: Float[Tensor, "n l c"], shift: Int[Tensor, " n"]) -> Float[Tensor, "n l c"]:
    """``y[k, i] = x[k, i - shift[k]]``, reflected at the ends; abs(shift) < l."""
    n, length, channels = x.shape
    time = torch.arange(length, device=x.device) - shift[:, None]
    last = length - 1
    time = last - (last - time.abs()).abs()  # reflect at 0, then at the last sample
    rows = time + length * torch.arange(n, device=x.device)[:, None]
    return x.reshape(n * length, channels).index_select(0, rows.flatten()).reshape(n, length, channels)
