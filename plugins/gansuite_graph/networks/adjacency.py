"""A generator whose nodes are exchangeable: points made of noise that look at each other, and edges between them."""

from __future__ import annotations

from typing import Annotated, Any

import torch
from annotated_types import Gt
from jaxtyping import Float
from torch import Tensor, nn

from gansuite.errors import UserError
from gansuite.layers import leaky_relu

from ..spec import pairs_of
from .one_shot import OneShot


class Adjacency(OneShot):
    """Edges by how the points of two nodes lie: p(x_ij | z) depends on z by {u_i, u_j} alone.

        h_i = E [noise_i, whole, m / N, code]
        h ← h + attention(norm h),  h ← h + perceptron(norm h),  ``layers`` times
        u_i = U norm h_i;   pair logits = perceptron([(u_i · v_j + v_i · u_j) of each head, a_i + a_j])

    Nodes are told apart by their noise only, so to permute the noise permutes the graph, and the law of graphs does
    not depend on the order of nodes. Attention sees the m nodes that there are. Cost and memory go as N² ``width``.

    Args:
        width: coordinates of a node's state.
        layers: rounds of looking at the others.
        heads: of attention, and products of two points that an edge is decided by.

    Raises:
        UserError: the prior is not ``node-noise``, it has no noise of nodes, or the heads do not share the width.

    Source: after Krawczuk et al., GG-GAN (2020): points from node noise, edges by a function of two points; ours is
    attention in the place of their message passing, as no public code is there.
    """

    def __init__(
        self,
        spec: Any,
        prior: Any,
        *,
        width: Annotated[int, Gt(0)] = 64,
        layers: Annotated[int, Gt(0)] = 3,
        heads: Annotated[int, Gt(0)] = 8,
    ) -> None:
        super().__init__(spec, prior)
        if not self.counted or not self.noise.node:
            raise UserError('nodes are told apart by their noise: take [prior] name = "node-noise", node > 0')
        if width % heads:
            raise UserError(f"heads = {heads} do not share width = {width}")
        self.codes = self.size - self.noise.size
        self.enter = nn.Linear(self.noise.node + self.noise.graph + 1 + self.codes, width)
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(layers))
        self.norm = nn.LayerNorm(width)
        self.node = nn.Linear(width, 1 + self.kinds)
        self.points = Points(width, heads, 1 + self.bonds)

    def scores(self, z: Float[Tensor, "n z"], codes: Tensor | None) -> tuple[Tensor, Tensor]:
        latents, there = self.latents(z, codes), self.there(z, codes)
        share = latents.number.to(z.dtype).unsqueeze(1) / self.spec.nodes
        whole = torch.cat([latents.whole, share, z[:, self.noise.size :]], 1)
        whole = whole.unsqueeze(1).expand(-1, self.spec.nodes, -1)
        h = self.enter(torch.cat([latents.nodes, whole], 2))
        for block in self.blocks:
            h = block(h, there)
        h = self.norm(h)
        return self.node(h), self.points(h)


class Block(nn.Module):
    """h + attention(norm h), then h + perceptron(norm h), among the nodes that there are."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.norms = nn.ModuleList([nn.LayerNorm(width), nn.LayerNorm(width)])
        self.look, self.say = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.perceptron = nn.Sequential(nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, width))

    def forward(self, h: Float[Tensor, "n N d"], there: Tensor) -> Float[Tensor, "n N d"]:
        q, k, v = self.look(self.norms[0](h)).unflatten(2, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        weights = (q @ k.transpose(2, 3)) / q.shape[3] ** 0.5
        weights = weights.masked_fill(~there[:, None, None], float("-inf")).softmax(3)
        h = h + self.say((weights @ v).transpose(1, 2).flatten(2))
        return h + self.perceptron(self.norms[1](h))


class Points(nn.Module):
    """Logits of every pair from the points of its two nodes, the same from either side."""

    def __init__(self, width: int, heads: int, types: int) -> None:
        super().__init__()
        self.heads = heads
        self.ends, self.each = nn.Linear(width, 2 * width), nn.Linear(width, width)
        self.products, self.out = nn.Linear(heads, width), nn.Linear(width, types)

    def forward(self, h: Float[Tensor, "n N d"]) -> Float[Tensor, "n p k"]:
        i, j = pairs_of(h.shape[1], h.device)
        u, v = self.ends(h).unflatten(2, (2, self.heads, -1)).permute(2, 0, 3, 1, 4)
        products = (u @ v.transpose(2, 3)) / u.shape[3] ** 0.5
        products = (products + products.transpose(2, 3))[:, :, i, j].transpose(1, 2)
        each = self.each(h)
        return self.out(leaky_relu(self.products(products) + (each[:, i] + each[:, j])))
