"""ScratchGAN's critic of every token (de Masson d'Autume et al. 2019, section 3.1)."""

from __future__ import annotations

from typing import Annotated, Any

import torch
from annotated_types import Ge, Gt, Lt
from jaxtyping import Float
from torch import Tensor, nn

from gansuite.engine.rng import Rng

from ..spec import TextSpec
from .dropout import dropped
from .embedding import Embedding
from .layer_norm_lstm import LayerNormLSTM

SLOWEST = 10_000.0


class DenseRecurrent(nn.Module):
    """An LSTM that says after each token how real the text is so far: D(x_t | x_<t), never looking ahead.

        h_t = LSTM([E x_t; s_t], h_(t-1)),  D_t = w h_t + b

    s_t are sines and cosines of the place. Since D_t knows nothing of what follows, what a choice earns later
    (credit ``per-choice``) is all that it answers for.

    Args:
        embedding: width of the tokens' vectors.
        hidden: units.
        positions: numbers of s_t, even; 0 for none.
        layer_norm: normalise the gates of the LSTM.
        dropout: of the vectors and of the states, in training.

    Source: the released settings, which are the defaults but for the embedding (there 300 fixed GloVe numbers besides).
    """

    scores = "choices"

    def __init__(
        self,
        spec: TextSpec,
        *,
        embedding: Annotated[int, Gt(0)] = 64,
        hidden: Annotated[int, Gt(0)] = 512,
        positions: Annotated[int, Ge(0)] = 8,
        layer_norm: bool = True,
        dropout: Annotated[float, Ge(0), Lt(1)] = 0.1,
    ) -> None:
        super().__init__()
        self.spec, self.dropout = spec, dropout
        self.embedding = Embedding(spec.vocabulary, embedding)
        self.register_buffer("places", signal(spec.length, positions), persistent=False)
        read = embedding + self.places.shape[1] + spec.codes
        self.rnn = LayerNormLSTM(read, hidden) if layer_norm else nn.LSTM(read, hidden, batch_first=True)
        self.out = nn.Linear(hidden, 1)

    places: Tensor

    def forward(self, x: Tensor, condition: Any = None, rng: Rng | None = None) -> Float[Tensor, "n t"]:
        n, t = x.shape[:2]
        vectors = dropped(self.embedding(x), self.dropout, rng)
        told = [] if condition is None else [condition.to(vectors.dtype).unsqueeze(1).expand(n, t, -1)]
        states = self.rnn(torch.cat([vectors, self.places[:t].to(vectors.dtype).expand(n, -1, -1), *told], 2))[0]
        return self.out(dropped(states, self.dropout, rng)).squeeze(2)


def signal(length: int, size: int) -> Float[Tensor, "t s"]:
    """sin(t / λ_i) and cos(t / λ_i) with λ_i = 10,000^(2i / size) (Vaswani et al. 2017, section 3.5)."""
    half = size // 2
    rates = SLOWEST ** (-torch.arange(half) / max(half, 1))
    angles = torch.arange(length).unsqueeze(1) * rates
    return torch.cat([angles.sin(), angles.cos()], 1)
