"""A critic of the BERT kind, of the library transformers."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import torch
from annotated_types import Ge, Gt, Lt
from jaxtyping import Float
from torch import Tensor, nn

from gansuite.engine.rng import Rng

from ..spec import TextSpec
from . import pretrained
from .dropout import dropped


class TransformerCritic(nn.Module):
    """D(x) = w · mean_t h_t + b over a text's tokens, h the last layer's states of an encoder; or D_t = w · h_t + b.

    One score a sample: every token attends to all others. One score a choice: to itself and those before it only, so
    that D_t knows nothing of what follows, and a choice answers for what comes after it alone. Places behind a text's
    end are attended to by nobody.

    Args:
        judges: ``sample`` or ``choices``: what is given a score.
        layers: blocks of attention and perceptron.
        heads: of attention.
        width: of the tokens' vectors.
        dropout: of the tokens' vectors and of the last states, in training.
        folder: an encoder of the library transformers on this machine, instead of a fresh one; the three numbers are
            then its own.

    Raises:
        UserError: the heads do not share the width, a file is missing, or the folder's model does not fit the data.

    Source: Devlin et al., BERT (2019), section 3.
    """

    def __init__(
        self,
        spec: TextSpec,
        *,
        judges: Literal["sample", "choices"] = "sample",
        layers: Annotated[int, Gt(0)] = 2,
        heads: Annotated[int, Gt(0)] = 4,
        width: Annotated[int, Gt(0)] = 128,
        dropout: Annotated[float, Ge(0), Lt(1)] = 0.1,
        folder: str | None = None,
    ) -> None:
        super().__init__()
        from transformers import AutoModel, BertConfig

        if folder is None:
            pretrained.check_heads(heads, width)
            config = BertConfig(
                vocab_size=spec.vocabulary,
                hidden_size=width,
                num_hidden_layers=layers,
                num_attention_heads=heads,
                intermediate_size=4 * width,
                max_position_embeddings=spec.length,
                type_vocab_size=1,
            )
            model = pretrained.made(AutoModel, config)
        else:
            model = pretrained.loaded(AutoModel, folder, spec)
        if hasattr(model, "pooler"):
            model.pooler = None  # a head of the first token, which would have no part in the score
        self.spec, self.scores, self.dropout = spec, judges, dropout
        self.model = model
        hidden = model.config.hidden_size
        self.width = hidden + spec.codes
        self.out = nn.Linear(self.width, 1)

    def states(self, x: Tensor, rng: Rng | None) -> Float[Tensor, "n t d"]:
        """The last layer's states, of tokens or of relaxed ones."""
        weights = self.model.get_input_embeddings().weight
        vectors = x.to(weights.dtype) @ weights if x.is_floating_point() else nn.functional.embedding(x, weights)
        seen = self.spec.mask(x)
        told = self.model(inputs_embeds=dropped(vectors, self.dropout, rng), attention_mask=self.attention(seen))
        return dropped(told.last_hidden_state, self.dropout, rng)

    def attention(self, seen: Tensor) -> Tensor:
        """Who attends to whom: to all tokens of the text, or to those before where choices are judged."""
        if self.scores == "sample":
            return seen
        places = torch.arange(seen.shape[1], device=seen.device)
        allowed = (places[:, None] >= places) & seen.unsqueeze(1)
        open_ = torch.zeros(allowed.shape, device=seen.device, dtype=self.out.weight.dtype)
        return open_.masked_fill(~allowed, torch.finfo(open_.dtype).min).unsqueeze(1)

    def features(self, x: Tensor, rng: Rng | None = None) -> Float[Tensor, "n d"]:
        """What the score of a sample is a linear map of: the mean of its tokens' states."""
        seen = self.spec.mask(x).unsqueeze(2)
        return torch.where(seen, self.states(x, rng), 0.0).sum(1) / seen.sum(1)

    def head(self, features: Float[Tensor, "n w"]) -> Float[Tensor, "n 1"]:
        """The score of features."""
        return self.out(features)

    def forward(self, x: Tensor, condition: Any = None, rng: Rng | None = None) -> Float[Tensor, "n ..."]:
        found = self.features(x, rng) if self.scores == "sample" else self.states(x, rng)
        if condition is not None:
            told = condition.to(found.dtype)
            told = told if found.dim() == 2 else told.unsqueeze(1).expand(*found.shape[:2], -1)
            found = torch.cat([found, told], -1)
        return self.out(found).squeeze(-1)
