"""The autoencoder of TILGAN: one code for each place of a text, by transformers (Diao et al. 2021)."""

from __future__ import annotations

from typing import Annotated, Any

import torch
from annotated_types import Gt
from jaxtyping import Float, Int64
from torch import Tensor, nn

from gansuite.engine.rng import Rng
from gansuite.errors import UserError

from ..spec import TextSpec
from .autoregressive import Autoregressive, State
from .embedding import Embedding

Size = Annotated[int, Gt(0)]


def layer_options(width: int, heads: int) -> dict[str, Any]:
    """Of torch's transformer layers: normalised first, and no drop-out, whose noise would not be the draw's own."""
    if width % heads:
        raise UserError(f"heads: {heads} heads do not divide a width of {width}; choose a divisor")
    options = {"d_model": width, "nhead": heads, "dim_feedforward": 2 * width}
    return options | {"dropout": 0.0, "batch_first": True, "norm_first": True}


class TransformerCodes(nn.Module):
    """c_t = A Transformer(E x + P)_t for every place t of the room, one after the other: [n, length · width].

    Places behind the text's end are not looked at. Tokens may be relaxed.

    Args:
        width: of the layers.
        layers: of attention.
        heads: of each layer, a divisor of the width.

    Source: section 3.1; width 512, 2 layers, 4 heads.
    """

    def __init__(self, spec: TextSpec, prior: Any, *, width: Size = 128, layers: Size = 2, heads: Size = 4) -> None:
        super().__init__()
        self.spec, self.embedding = spec, Embedding(spec.vocabulary, width)
        self.place = nn.Parameter(torch.randn(spec.length, width) * width**-0.5)
        layer = nn.TransformerEncoderLayer(**layer_options(width, heads))
        self.net = nn.TransformerEncoder(layer, layers, nn.LayerNorm(width), enable_nested_tensor=False)
        self.out = nn.Linear(width, prior.size // spec.length)

    def forward(self, x: Tensor, condition: Any = None, rng: Rng | None = None) -> Float[Tensor, "n c"]:
        vectors = self.embedding(x) + self.place
        return self.out(self.net(vectors, src_key_padding_mask=~self.spec.mask(x))).flatten(1)


class TransformerDecoder(Autoregressive):
    """p(x_t | x_<t, c): a causal transformer that attends to the codes c_1 .. c_T of all places.

    Args:
        width: of the layers.
        layers: of attention.
        heads: of each layer, a divisor of the width.

    Raises:
        UserError: the latent is no whole number of numbers a place.
    """

    def __init__(self, spec: TextSpec, prior: Any, *, width: Size = 128, layers: Size = 2, heads: Size = 4) -> None:
        super().__init__(spec)
        if not prior.size or prior.size % spec.length:
            raise UserError("the generator transformer-decoder reads a code for each place: play it in the game tilgan")
        self.embedding, self.width = Embedding(spec.vocabulary, width), width
        self.start = nn.Parameter(torch.zeros(width))
        self.place = nn.Parameter(torch.randn(spec.length, width) * width**-0.5)
        self.lift = nn.Linear(prior.size // spec.length, width)
        layer = nn.TransformerDecoderLayer(**layer_options(width, heads))
        self.net = nn.TransformerDecoder(layer, layers, nn.LayerNorm(width))
        self.out = nn.Linear(width, spec.vocabulary)

    def decoded(self, vectors: Float[Tensor, "n t w"], memory: Float[Tensor, "n m w"]) -> Float[Tensor, "n t w"]:
        """The states in which the tokens are scored, given the vectors of what stands before each."""
        t = vectors.shape[1]
        later = torch.ones(t, t, dtype=torch.bool, device=vectors.device).triu(1)
        return self.net(vectors + self.place[:t], memory, tgt_mask=later, tgt_is_causal=True)

    def remembered(self, z: Float[Tensor, "n z"]) -> Float[Tensor, "n m w"]:
        """The codes of the places, as wide as the layers."""
        return self.lift(z.view(len(z), self.spec.length, -1)) + self.place

    def logits(self, x: Int64[Tensor, "n t"], z: Float[Tensor, "n z"], codes: Any = None) -> Float[Tensor, "n t v"]:
        before = torch.cat([self.start.expand(len(x), 1, -1), self.embedding(x[:, :-1])], 1)
        return self.out(self.decoded(before, self.remembered(z)))

    def begin(self, z: Float[Tensor, "n z"], codes: Any) -> State:
        return (self.start.expand(len(z), 1, -1), self.remembered(z))

    def step(self, token: Tensor, state: State) -> State:
        vectors, memory = state
        return (torch.cat([vectors, self.embedding(token).unsqueeze(1)], 1), memory)

    def scores(self, state: State) -> Float[Tensor, "n v"]:
        # The texts are short: what stands before is read again for each token, and nothing is cached.
        return self.out(self.decoded(*state)[:, -1])
