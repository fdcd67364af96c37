"""RelGAN's critic of many representations (Nie, Narodytska & Patel 2019, section 2.3)."""

from __future__ import annotations

from typing import Annotated, Any

import torch
from annotated_types import Ge, Gt, Lt
from jaxtyping import Float
from torch import Tensor, nn

from gansuite.engine.rng import Rng
from gansuite.errors import UserError

from ..spec import TextSpec
from .dropout import dropped
from .embedding import Embedding


class MultiRepresentation(nn.Module):
    """One convolutional critic that looks at a text through S embeddings of its own, and gives a score for each.

        D_s(x) = u (A h(E_s x) + a) + b,  h a highway over max_t relu(W_k * E_s x) of every width k

    The vector of a token is cut into S parts, the S representations; all other weights are shared. The game means the
    objective over all scores. Places behind a text's end are blank; windows that a text is too short for are left out.

    Args:
        embedding: width of the tokens' vectors, all representations together.
        representations: S.
        widths: of the windows, in tokens.
        channels: filters of each width.
        hidden: units of the layer before the score (which has no activation, as published).
        dropout: share of the features that are dropped in training.

    Raises:
        UserError: S does not divide the embedding, or no window fits.

    Source: the released settings, which are the defaults.
    """

    scores = "several"

    def __init__(
        self,
        spec: TextSpec,
        *,
        embedding: Annotated[int, Gt(0)] = 64,
        representations: Annotated[int, Gt(0)] = 64,
        widths: list[Annotated[int, Gt(0)]] = [2, 3, 4, 5],  # noqa: B006 - never mutated
        channels: Annotated[int, Gt(0)] = 300,
        hidden: Annotated[int, Gt(0)] = 100,
        dropout: Annotated[float, Ge(0), Lt(1)] = 0.25,
    ) -> None:
        super().__init__()
        if embedding % representations:
            raise UserError(
                f"embedding = {embedding} cannot be cut into {representations} representations; give a multiple"
            )
        fitting = [k for k in widths if k <= spec.length]
        if not fitting:
            raise UserError(f"widths: no window fits a text of {spec.length} tokens; give a shorter one")
        self.spec, self.representations, self.dropout = spec, representations, dropout
        self.embedding = Embedding(spec.vocabulary, embedding)
        self.windows = nn.ModuleList(nn.Conv1d(embedding // representations, channels, k) for k in fitting)
        width = channels * len(fitting)
        self.transform, self.gate = nn.Linear(width, width), nn.Linear(width, width)
        self.hidden, self.out = nn.Linear(width + spec.codes, hidden), nn.Linear(hidden, 1)

    def pooled(self, x: Tensor) -> Float[Tensor, "n s f"]:
        """The largest response of every filter over the text, for each representation."""
        vectors = self.embedding(x) * self.spec.mask(x).unsqueeze(-1)
        each = vectors.unflatten(2, (self.representations, -1)).permute(0, 2, 3, 1).flatten(0, 1)
        # max keeps the places of the largest alone; amax would keep every response for the way back.
        found = torch.cat([window(each).max(2).values.relu() for window in self.windows], 1)
        return found.unflatten(0, (len(x), self.representations))

    def forward(self, x: Tensor, condition: Any = None, rng: Rng | None = None) -> Float[Tensor, "n s"]:
        pooled = self.pooled(x)
        gate = self.gate(pooled).sigmoid()
        features = dropped(gate * self.transform(pooled).relu() + (1 - gate) * pooled, self.dropout, rng)
        if condition is not None:
            told = condition.to(features.dtype).unsqueeze(1).expand(-1, self.representations, -1)
            features = torch.cat([features, told], 2)
        return self.out(self.hidden(features)).squeeze(2)
