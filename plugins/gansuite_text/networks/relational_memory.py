"""The relational memory of RelGAN's generator (Santoro et al. 2018; Nie, Narodytska & Patel 2019)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import torch
from annotated_types import Gt
from jaxtyping import Float, Int64
from torch import Tensor, nn

from ..spec import TextSpec
from .autoregressive import Autoregressive, State
from .embedding import Embedding


class MemoryCore(nn.Module):
    """Rows of memory that attend to each other and to what is read, and let in as much of it as their gates say.

        M' = LN(M + A),  A = softmax(Q K^T / √d) V over the rows of M and P x, for each head, [Q K V] = LN(W [M; P x])
        M" = LN(M' + MLP(M'))
        M_next = σ(i) tanh(M") + σ(f + 1) M,  [i f] = U x' + U' tanh(M),  x' = P x

    d is the size of [q k v] of a head, three head sizes, as in the authors' code; the paper writes that of a key.

    Shape: x [n, e], M [n, slots, heads · size].

    Source: Santoro et al., Relational recurrent neural networks (2018), eq. 1-8.
    """

    def __init__(self, read: int, slots: int, heads: int, size: int) -> None:
        super().__init__()
        self.slots, self.heads, self.size, self.width = slots, heads, size, heads * size
        width = self.width
        self.project = nn.Linear(read, width)
        self.qkv, self.qkv_norm = nn.Linear(width, 3 * width, bias=False), nn.LayerNorm(3 * width)
        self.attended_norm, self.thought_norm = nn.LayerNorm(width), nn.LayerNorm(width)
        self.think = nn.Sequential(nn.Linear(width, width), nn.ReLU(), nn.Linear(width, width))
        self.gate_of_read = nn.Linear(width, 2 * width, bias=False)
        self.gate_of_memory = nn.Linear(width, 2 * width, bias=False)

    def empty(self, n: int) -> Float[Tensor, "n slots width"]:
        """Memories before anything is read: rows of the identity, so that no two slots are alike."""
        like = self.project.weight
        return torch.eye(self.slots, self.width, device=like.device, dtype=like.dtype).expand(n, -1, -1)

    def attended(self, rows: Float[Tensor, "n r width"]) -> Float[Tensor, "n slots width"]:
        """What each slot sees in all rows; the row that was read asks nothing, since it is not kept."""
        parts = self.qkv_norm(self.qkv(rows)).unflatten(2, (self.heads, 3 * self.size)).transpose(1, 2)
        q, k, v = parts.split(self.size, 3)
        weights = (q[:, :, : self.slots] @ k.transpose(2, 3) * (3 * self.size) ** -0.5).softmax(3)
        return (weights @ v).transpose(1, 2).flatten(2)

    def forward(
        self, x: Float[Tensor, "n e"], memory: Float[Tensor, "n slots width"]
    ) -> Float[Tensor, "n slots width"]:
        read = self.project(x).unsqueeze(1)
        thought = self.attended_norm(memory + self.attended(torch.cat([memory, read], 1)))
        thought = self.thought_norm(thought + self.think(thought))
        into, keep = (self.gate_of_read(read) + self.gate_of_memory(memory.tanh())).chunk(2, 2)
        return into.sigmoid() * thought.tanh() + (keep + 1).sigmoid() * memory


class RelationalMemory(Autoregressive):
    """M_t = MemoryCore(E x_(t-1), M_(t-1)), p(x_t | x_<t) = softmax(W M_t + b).

    In a relaxed game the critic sees the soft token while the generator goes on from the likeliest one, so that it
    reads in training what it will read in sampling; no gradient flows back through what it reads.
    The latent, where the prior has one, moves the vector that is read first.

    Args:
        embedding: width of the tokens' vectors.
        slots: rows of the memory.
        heads: of attention.
        head_size: numbers of a head; a row has heads · head_size.
        feedback: ``hard``, or ``relaxed`` to read the soft token itself.

    Source: RelGAN's released settings, which are the defaults.
    """

    def __init__(
        self,
        spec: TextSpec,
        prior: Any,
        *,
        embedding: Annotated[int, Gt(0)] = 32,
        slots: Annotated[int, Gt(0)] = 1,
        heads: Annotated[int, Gt(0)] = 2,
        head_size: Annotated[int, Gt(0)] = 256,
        feedback: Literal["hard", "relaxed"] = "hard",
    ) -> None:
        super().__init__(spec)
        self.feedback = feedback
        self.embedding = Embedding(spec.vocabulary, embedding)
        self.start = nn.Parameter(torch.randn(embedding) * embedding**-0.5)
        self.latent = nn.Linear(prior.size, embedding) if prior.size else None
        self.core = MemoryCore(embedding, slots, heads, head_size)
        self.out = nn.Linear(slots * self.core.width, spec.vocabulary)
        for module in self.modules():
            if isinstance(module, nn.Linear):  # as published: a truncated normal of variance 1 / fan-in
                scale = module.in_features**-0.5
                nn.init.trunc_normal_(module.weight, std=scale, a=-2 * scale, b=2 * scale)
                if module.bias is not None:
                    nn.init.zeros_(module.bias)

    def begin(self, z: Float[Tensor, "n z"], codes: Any) -> State:
        first = self.start.expand(len(z), -1)
        return (self.core(first if self.latent is None else first + self.latent(z), self.core.empty(len(z))),)

    def step(self, token: Tensor, state: State) -> State:
        return (self.core(self.embedding(token), state[0]),)

    def scores(self, state: State) -> Float[Tensor, "n v"]:
        return self.out(state[0].flatten(1))

    def heard(self, chosen: Float[Tensor, "n v"]) -> Tensor:
        return chosen.detach().argmax(-1) if self.feedback == "hard" else chosen

    def logits(self, x: Int64[Tensor, "n t"], z: Float[Tensor, "n z"], codes: Any = None) -> Float[Tensor, "n t v"]:
        (memory,) = self.begin(z, codes)
        memories = [memory]
        for vector in self.embedding(x[:, :-1]).unbind(1):
            memory = self.core(vector, memory)
            memories.append(memory)
        return self.out(torch.stack(memories, 1).flatten(2))
