"""The decoder of TextGAN: a recurrent generator that is told its latent before every token (Zhang et al. 2017)."""

from __future__ import annotations

from typing import Any

import torch
from jaxtyping import Float, Int64
from torch import Tensor, nn

from gansuite.errors import UserError

from ..spec import TextSpec
from .autoregressive import State
from .recurrent import Recurrent


class LatentRecurrent(Recurrent):
    """h_t = RNN(E x_(t-1) + C z, h_(t-1)),  h_0 = tanh(A z): the latent is heard at every step, not at the first alone.

    Options are those of ``recurrent``. The published decoder gives the latent an input of its own; a sum says the same
    where the vectors are at least as wide as it.

    Raises:
        UserError: the prior has no latent.

    Source: Zhang et al., Adversarial feature matching for text generation (2017), section 2.3.
    """

    def __init__(self, spec: TextSpec, prior: Any, **options: Any) -> None:
        super().__init__(spec, prior, **options)
        if not prior.size:
            raise UserError("latent-recurrent reads a latent at every step, and there is none; take the prior normal")
        self.told = nn.Linear(prior.size, self.start.shape[0], bias=False)

    def begin(self, z: Float[Tensor, "n z"], codes: Any) -> State:
        told = self.told(z)
        return self.read(self.start.expand(len(z), -1), (*self.origin(z), told))

    def read(self, vector: Float[Tensor, "n e"], state: State) -> State:
        *recurrent, told = state
        return (*super().read(vector + told, tuple(recurrent)), told)

    def states(self, x: Int64[Tensor, "n t"], z: Float[Tensor, "n z"]) -> Float[Tensor, "n t h"]:
        before = torch.cat([self.start.expand(len(x), 1, -1), self.embedding(x[:, :-1])], 1)
        return self.rnn(before + self.told(z).unsqueeze(1), self.packed(self.origin(z)))[0]
