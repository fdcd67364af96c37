"""A generator of the GPT kind, of the library transformers."""

from __future__ import annotations

from typing import Annotated, Any

import torch
from annotated_types import Gt
from jaxtyping import Float, Int64
from torch import Tensor, nn

from gansuite.errors import UserError

from ..spec import TextSpec
from . import pretrained
from .autoregressive import Autoregressive, State


class Transformer(Autoregressive):
    """p(x_t | x_<t) = softmax(W h_t), h_t the last layer's state of the place before x_t, in causal attention.

    Every step attends to the keys and values of the steps before, which are kept: a state is (h, K_1, V_1, K_2, ...),
    rows of the batch first, so that rows can be chosen and repeated where a text is to have several ends. What is read
    first is a learned vector, moved by the latent where the prior has one.

    Args:
        layers: blocks of attention and perceptron.
        heads: of attention.
        width: of the tokens' vectors.
        context: most tokens of a text; the data's length if absent or less.
        folder: a causal language model of the library transformers on this machine, instead of a fresh one; the four
            numbers are then its own.

    Raises:
        UserError: the heads do not share the width, a file is missing, or the folder's model does not fit the data.

    Source: Radford et al., Language models are unsupervised multitask learners (2019), section 2.3.
    """

    def __init__(
        self,
        spec: TextSpec,
        prior: Any,
        *,
        layers: Annotated[int, Gt(0)] = 4,
        heads: Annotated[int, Gt(0)] = 4,
        width: Annotated[int, Gt(0)] = 128,
        context: Annotated[int, Gt(0)] | None = None,
        folder: str | None = None,
    ) -> None:
        super().__init__(spec)
        from transformers import AutoModelForCausalLM, GPT2Config

        if folder is None:
            pretrained.check_heads(heads, width)
            config = GPT2Config(
                vocab_size=spec.vocabulary,
                n_positions=max(context or 0, spec.length),
                n_embd=width,
                n_layer=layers,
                n_head=heads,
                bos_token_id=None,
                eos_token_id=None,
            )
            model = pretrained.made(AutoModelForCausalLM, config)
        else:
            model = pretrained.loaded(AutoModelForCausalLM, folder, spec)
        self.model = model
        if folder is not None and self.looks_ahead():
            raise UserError(f"folder = {folder!r}: this model looks ahead; take a causal one, of the GPT kind")
        embeddings, first = self.embeddings, model.config.bos_token_id
        begun = embeddings[first] if first is not None else torch.randn(embeddings.shape[1]) * embeddings.std()
        self.start = nn.Parameter(begun.detach().clone())
        self.latent = nn.Linear(prior.size, len(self.start)) if prior.size else None

    @property
    def embeddings(self) -> Float[Tensor, "v d"]:
        """The tokens' vectors."""
        return self.model.get_input_embeddings().weight

    @torch.no_grad()
    def looks_ahead(self) -> bool:
        """Whether a state depends on what is read after it."""
        one = self.embeddings[:2].unsqueeze(0)
        two = torch.cat([one[:, :1], -one[:, 1:]], 1)
        return not torch.allclose(self.read(one)[:, 0], self.read(two)[:, 0])

    def first(self, z: Float[Tensor, "n z"]) -> Float[Tensor, "n d"]:
        """What is read before any token."""
        begun = self.start.expand(len(z), -1)
        return begun if self.latent is None else begun + self.latent(z)

    def read(self, vectors: Float[Tensor, "n t d"], cache: Any = None) -> Float[Tensor, "n t d"]:
        """The last layer's states, of vectors that follow what ``cache`` holds, and are added to it."""
        kept = {} if cache is None else {cache_name(self.model.base_model): cache}
        return self.model.base_model(inputs_embeds=vectors, use_cache=cache is not None, **kept).last_hidden_state

    def begin(self, z: Float[Tensor, "n z"], codes: Any) -> State:
        return self.after(self.first(z), ())

    def step(self, token: Tensor, state: State) -> State:
        weights = self.embeddings
        vector = (
            token.to(weights.dtype) @ weights if token.is_floating_point() else nn.functional.embedding(token, weights)
        )
        return self.after(vector, state[1:])

    def after(self, vector: Float[Tensor, "n d"], kept: State) -> State:
        """The state after one more vector, ``kept`` being the keys and values of those before."""
        from transformers import DynamicCache

        cache = DynamicCache()
        for layer, (keys, values) in enumerate(zip(kept[::2], kept[1::2], strict=True)):
            cache.update(keys, values, layer)
        h = self.read(vector.unsqueeze(1), cache)[:, 0]
        held: Any = cache  # pairs of keys and values; the library's own types allow for empty layers
        return (h, *(part for keys, values, *_ in held for part in (keys, values)))

    def scores(self, state: State) -> Float[Tensor, "n v"]:
        return self.model.get_output_embeddings()(state[0])

    def logits(self, x: Int64[Tensor, "n t"], z: Float[Tensor, "n z"], codes: Any = None) -> Float[Tensor, "n t v"]:
        known = nn.functional.embedding(x[:, :-1], self.embeddings)
        return self.model.get_output_embeddings()(self.read(torch.cat([self.first(z).unsqueeze(1), known], 1)))


def cache_name(model: Any) -> str:
    """What the installed version of the library calls the keys and values that are kept."""
    import inspect

    return "cache" if "cache" in inspect.signature(type(model).forward).parameters else "past_key_values"
