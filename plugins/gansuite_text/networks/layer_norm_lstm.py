"""An LSTM whose gates are normalised (Ba, Kiros & Hinton 2016)."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor, nn


class LayerNormLSTM(nn.Module):
    """[i f g o] = LN(W x_t + U h_(t-1));  c_t = σ(f + 1) c_(t-1) + σ(i) tanh(g);  h_t = σ(o) tanh(c_t).

    One normalisation over the sum, and a forget gate that begins open. Called and answering as ``nn.LSTM`` with
    ``batch_first``, from a state of zeros.

    Source: Ba, Kiros & Hinton, Layer normalization (2016), section 3.1, with one LN in the place of their two.
    """

    def __init__(self, read: int, hidden: int) -> None:
        super().__init__()
        self.hidden = hidden
        self.of_read, self.of_state = nn.Linear(read, 4 * hidden, bias=False), nn.Linear(hidden, 4 * hidden, bias=False)
        self.norm = nn.LayerNorm(4 * hidden)

    def forward(self, x: Float[Tensor, "n t e"]) -> tuple[Float[Tensor, "n t h"], tuple[Tensor, Tensor]]:
        h = c = x.new_zeros(len(x), self.hidden)
        found = []
        for read in self.of_read(x).unbind(1):
            i, f, g, o = self.norm(read + self.of_state(h)).chunk(4, 1)
            c = (f + 1).sigmoid() * c + i.sigmoid() * g.tanh()
            h = o.sigmoid() * c.tanh()
            found.append(h)
        return torch.stack(found, 1), (h, c)
