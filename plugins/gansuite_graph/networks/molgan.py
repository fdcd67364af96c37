"""The generator of MolGAN: a perceptron that says all of a graph at once (De Cao & Kipf 2018, section 3.1)."""

from __future__ import annotations

from typing import Annotated, Any

import torch
from annotated_types import Gt
from jaxtyping import Float
from torch import Tensor, nn

from .one_shot import OneShot

WIDTHS = [128, 256, 512]


class MolGanGenerator(OneShot):
    """h = tanh(A_3 tanh(A_2 tanh(A_1 z)));  node logits = B h [n, N, 1 + F], pair logits = C h [n, N (N-1)/2, 1 + R].

    The perceptron knows nodes by their number, so it learns one order of the nodes for all graphs; a critic that is
    blind to order leaves it the choice. A pair has its logits once: nothing is made symmetrical afterwards, and there
    is no diagonal. Under the prior ``node-noise`` the number of nodes is read as the share of N; a label that stands
    for a number is read beside the latent, as all labels are.

    Args:
        widths: of the hidden layers.

    Source: section 3.1 and appendix; 128, 256 and 512 units.
    """

    def __init__(self, spec: Any, prior: Any, *, widths: list[Annotated[int, Gt(0)]] = WIDTHS) -> None:
        super().__init__(spec, prior)
        layers: list[nn.Module] = []
        before = self.size
        for width in widths:
            layers += [nn.Linear(before, width), nn.Tanh()]
            before = width
        self.body = nn.Sequential(*layers)
        self.node = nn.Linear(before, self.spec.nodes * (1 + self.kinds))
        self.pair = nn.Linear(before, self.spec.pairs * (1 + self.bonds))

    def scores(self, z: Float[Tensor, "n z"], codes: Tensor | None) -> tuple[Tensor, Tensor]:
        if self.counted:  # the number of nodes may be a code's to say
            number = self.latents(z, codes).number.to(z.dtype) / self.spec.nodes
            z = torch.cat([number.unsqueeze(1), z[:, 1:]], 1)
        h = self.body(z)
        nodes, pairs = self.node(h), self.pair(h)
        return nodes.unflatten(1, (self.spec.nodes, -1)), pairs.view(len(z), self.spec.pairs, 1 + self.bonds)
