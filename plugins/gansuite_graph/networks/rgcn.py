"""The critic of MolGAN: relational graph convolutions and a gated sum (De Cao & Kipf 2018, eq. 4-6)."""

from __future__ import annotations

from typing import Annotated, Any

import torch
from annotated_types import Gt
from jaxtyping import Float
from torch import Tensor, nn

from ..dense import Dense
from .critic import GraphCritic, Minibatch

WIDTHS = [128, 64]


class Rgcn(GraphCritic):
    """Every type of edge speaks through a weight of its own.

        h_i ← tanh(W_0 [h_i, x_i] + Σ_r Σ_j x_ijr (W_r [h_j, x_j] + b_r)),  h = x before the first layer alone
        p = tanh(Σ_i e_i σ(I [h_i, x_i]) ⊙ tanh(J [h_i, x_i])),   e_i how much of node i there is

    A sum over neighbours, as in the published code; the paper's eq. 4 divides by their number, which hides it.

    Args:
        widths: of the convolutions.
        aggregate: coordinates of p.
        width: units of the perceptron behind it.
        minibatch: what the features of a graph have of its batch: see ``GraphCritic``.

    Source: section 3.2 and the published code; convolutions of 128 and 64, aggregate 128, perceptron 128 with tanh.
    """

    def __init__(
        self,
        spec: Any,
        *,
        widths: list[Annotated[int, Gt(0)]] = WIDTHS,
        aggregate: Annotated[int, Gt(0)] = 128,
        width: Annotated[int, Gt(0)] = 128,
        minibatch: Minibatch = "none",
    ) -> None:
        super().__init__(spec, aggregate, width=width, minibatch=minibatch, activation=nn.Tanh)
        kinds, relations = len(self.spec.node_types), len(self.spec.edge_types)
        ins = [kinds, *(width + kinds for width in widths)]
        self.own = nn.ModuleList(nn.Linear(i, o) for i, o in zip(ins, widths, strict=False))
        self.others = nn.ModuleList(nn.Linear(i, relations * o) for i, o in zip(ins, widths, strict=False))
        self.gate, self.say = nn.Linear(ins[-1], aggregate), nn.Linear(ins[-1], aggregate)

    def pooled(self, graphs: Dense) -> Float[Tensor, "n p"]:
        x = graphs.nodes
        seen = x
        for own, others in zip(self.own, self.others, strict=True):
            h = torch.tanh(own(seen) + heard(graphs.edges, others(seen)))
            seen = torch.cat([h, x], 2)
        said = self.gate(seen).sigmoid() * self.say(seen).tanh()
        return torch.einsum("ni,nio->no", graphs.mask, said).tanh()


def heard(edges: Float[Tensor, "n R N N"], said: Float[Tensor, "n N Ro"]) -> Float[Tensor, "n N o"]:
    """Σ_r Σ_j x_ijr said_jr: what each node is told by its neighbours, by the type of the edge; as one product."""
    relations, rooms = edges.shape[1], edges.shape[2]
    told = said.unflatten(2, (relations, -1)).transpose(1, 2).flatten(1, 2)
    return edges.transpose(1, 2).reshape(len(edges), rooms, relations * rooms) @ told
