"""A critic that multiplies matrices over pairs of nodes, and so counts triangles (Maron et al. 2019)."""

from __future__ import annotations

from typing import Annotated, Any

import torch
from annotated_types import Gt
from jaxtyping import Float
from torch import Tensor, nn

from gansuite.layers import leaky_relu

from ..dense import Dense
from .critic import GraphCritic, Minibatch
from .ppgn_layers import PpgnBlock, on_diagonal, pooled


class Ppgn(GraphCritic):
    """X_0 = [x_ijr, types of i and e_i on the diagonal];  X_l = block(X_{l-1});  p = [pooled X_l of every l].

    It tells graphs apart that refinement of colours, and so ``gin`` and ``rgcn``, cannot: two triangles from a hexagon.
    A step costs N³ ``width``.

    Args:
        width: channels of every block.
        layers: blocks.
        minibatch: what the features of a graph have of its batch: see ``GraphCritic``.

    Source: section 6; pooled after every block as in the paper's code. Instance norm, which some later critics add, is
    left out: it couples nodes by their number, and a gradient penalty has no need of it.
    """

    def __init__(
        self,
        spec: Any,
        *,
        width: Annotated[int, Gt(0)] = 32,
        layers: Annotated[int, Gt(0)] = 3,
        minibatch: Minibatch = "none",
    ) -> None:
        super().__init__(spec, 2 * width * layers, width=2 * width, minibatch=minibatch)
        channels = len(self.spec.edge_types) + len(self.spec.node_types) + 1
        self.blocks = nn.ModuleList(PpgnBlock(width if i else channels, width) for i in range(layers))

    def pooled(self, graphs: Dense) -> Float[Tensor, "n p"]:
        x = torch.cat([graphs.edges, on_diagonal(graphs.nodes), on_diagonal(graphs.mask.unsqueeze(2))], 1)
        found = []
        for block in self.blocks:
            x = leaky_relu(block(x, graphs.mask))
            found.append(pooled(x, graphs.mask))
        return torch.cat(found, 1)
