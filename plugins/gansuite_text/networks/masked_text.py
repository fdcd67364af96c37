"""What generator and critic of MaskGAN share: a reader of texts with blanks, and attention to what it read."""

from __future__ import annotations

import torch
from jaxtyping import Float, Int64
from torch import Tensor, nn

from .embedding import Embedding


class MaskedText(nn.Module):
    """An LSTM over a text with blanks, and a second one that attends to it (Luong, Pham & Manning 2015, "general").

        a_ts = softmax_s(h_t W k_s),   h̃_t = tanh(C [Σ_s a_ts k_s; h_t])

    with k_s the first LSTM's states, h_t the second's, which begins where the first ends. The number of the blank is
    that behind the vocabulary's last.
    """

    def __init__(self, vocabulary: int, embedding: int, hidden: int) -> None:
        super().__init__()
        self.blank = vocabulary
        self.embedding = Embedding(vocabulary + 1, embedding)
        self.start = nn.Parameter(torch.zeros(embedding))
        self.reader, self.writer = (
            nn.LSTM(embedding, hidden, batch_first=True),
            nn.LSTM(embedding, hidden, batch_first=True),
        )
        self.match = nn.Linear(hidden, hidden, bias=False)
        self.combine = nn.Linear(2 * hidden, hidden)

    def vectors(self, x: Tensor) -> Float[Tensor, "*places e"]:
        """Tokens, blanks and relaxed tokens as vectors."""
        return x @ self.embedding.weight[: self.blank] if x.is_floating_point() else self.embedding(x)

    def read(self, context: Int64[Tensor, "n t"]) -> tuple[Float[Tensor, "n t h"], tuple[Tensor, Tensor]]:
        """The states over a text with blanks, and the last of them as torch's LSTM has it."""
        return self.reader(self.vectors(context))

    def attended(self, h: Float[Tensor, "n places h"], keys: Float[Tensor, "n t h"]) -> Float[Tensor, "n places h"]:
        """h̃ of every state."""
        weight = torch.softmax(self.match(h) @ keys.transpose(1, 2), -1)
        return self.combine(torch.cat([weight @ keys, h], -1)).tanh()
