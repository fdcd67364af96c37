"""An LSTM written out: its gradient can be differentiated again on every device, as a gradient penalty asks."""

from __future__ import annotations

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Held(NamedTuple):
    """What an LSTM holds between two steps: its output h and its cell c, [n, h] each."""

    h: Tensor
    c: Tensor


class Lstm(nn.Module):
    """[i f o g] = x A + h B + b;  c' = σ(f + 1) c + σ(i) tanh(g);  h' = σ(o) tanh(c').

    The forget gate begins open; the 1 is not part of b, so that weight decay cannot close it. A and B begin as one
    Glorot-uniform matrix [read + hidden, 4 hidden], b at 0.

    Args:
        read: numbers read at a step.
        hidden: units.

    Source: Hochreiter & Schmidhuber (1997) with the forget gate of Gers, Schmidhuber & Cummins (2000), as the
    ``BasicLSTMCell`` of TensorFlow has it.
    """

    ones: Tensor

    def __init__(self, read: int, hidden: int) -> None:
        super().__init__()
        self.hidden = hidden
        both = nn.init.xavier_uniform_(torch.empty(read + hidden, 4 * hidden))
        self.of_read, self.of_state = nn.Parameter(both[:read].clone()), nn.Parameter(both[read:].clone())
        self.bias = nn.Parameter(torch.zeros(4 * hidden))
        forget = torch.zeros(4, hidden)
        forget[1] = 1.0
        self.register_buffer("ones", forget.flatten(), persistent=False)

    def driven(self, x: Float[Tensor, "*steps r"]) -> Float[Tensor, "*steps g"]:
        """What is read as the gates hear it, x A + b, for all steps at once where all are known."""
        return x @ self.of_read + (self.bias + self.ones)

    def step(self, given: Float[Tensor, "n g"], held: Held) -> Held:
        """One step, ``given`` being what ``driven`` gave."""
        gates = torch.addmm(given, held.h, self.of_state)
        i, f, o = gates[:, : 3 * self.hidden].sigmoid().chunk(3, 1)
        c = torch.addcmul(f * held.c, i, gates[:, 3 * self.hidden :].tanh())
        return Held(o * c.tanh(), c)
