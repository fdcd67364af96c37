"""A critic whose score is an energy: how badly an autoencoder gives a sample back."""

from __future__ import annotations

from typing import Annotated, Any

import torch
from annotated_types import Ge, Gt
from jaxtyping import Float
from torch import Tensor, nn

from gansuite.engine.rng import Rng
from gansuite.errors import UserError

from .hidden import Activation, Init, hidden, initialise, size_of


class AutoencoderCritic(nn.Module):
    """``E(x) = ‖Dec(Enc(x)) - x‖₂``, low for samples like those it was trained on; features are the code.

    Args:
        code: dimensions of the code.
        width: units of a hidden layer.
        depth: hidden layers of encoder and decoder each.
        activation: of the hidden layers.
        init: of the weights.
        gain: factor of ``orthogonal`` (default 1), standard deviation of ``normal`` (default .02).

    Source: Zhao, Mathieu & LeCun (2017), section 2.3; Berthelot, Schumm & Metz (2017), section 3.1.
    """

    def __init__(
        self,
        spec: Any,
        *,
        code: Annotated[int, Gt(0)] = 8,
        width: Annotated[int, Gt(0)] = 128,
        depth: Annotated[int, Ge(0)] = 2,
        activation: Activation = "leaky-relu",
        init: Init = "default",
        gain: Annotated[float, Gt(0)] | None = None,
    ) -> None:
        super().__init__()
        size = size_of(spec)
        self.width = code
        self.encoder = hidden(size, width, depth, activation).append(nn.Linear(width if depth else size, code))
        self.decoder = hidden(code, width, depth, activation).append(nn.Linear(width if depth else code, size))
        initialise(self, init, gain)

    def features(self, x: Float[Tensor, "n ..."], rng: Rng | None = None) -> Float[Tensor, "n f"]:
        """The code of each sample."""
        return self.encoder(x.flatten(1))

    def head(self, features: Float[Tensor, "n f"]) -> Float[Tensor, " n"]:
        """There is none: the error is no function of the code.

        Raises:
            UserError: always, to whoever wants scores from features.
        """
        raise UserError("[players.critic] autoencoder: its energy is no function of the features it has")

    def forward(self, x: Float[Tensor, "n ..."], condition: Any = None, rng: Rng | None = None) -> Float[Tensor, " n"]:
        """The energy of each sample."""
        rows = x.flatten(1)
        square = (self.decoder(self.features(x, rng)) - rows).square().sum(1)
        return torch.sqrt(square + 1e-12)  # finite slope where nothing is lost
