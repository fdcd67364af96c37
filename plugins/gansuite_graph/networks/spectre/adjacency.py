"""The third pair of SPECTRE: a graph, given its first eigenvalues and eigenvectors."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor, nn

from gansuite.layers import leaky_relu

from ...dense import Dense
from ...spec import GraphSpec, pairs_of
from ..one_shot import NEVER
from ..ppgn_layers import PpgnBlock, both, on_diagonal, pooled
from .points import judge
from .spectrum import Spectrum


class AdjacencyGenerator(nn.Module):
    """Products of matrices over pairs of nodes that begin with the spectrum, and logits of each pair at the end.

        X_0 = [m u_j u_jᵀ, λ_j, m / N, noise and 1 on the diagonal];   X_l = φ(norm(block(X_{l-1})))
        logits_ij = M [X_1 ... X_L]_ij + M [X_1 ... X_L]_ji;   node types from the diagonal

    To permute nodes permutes the graph, and the signs of eigenvectors do not matter.

    Args:
        spec: the domain.
        k: eigenpairs.
        noise: coordinates of a node's mapped noise.
        width: channels.
        layers: L.

    Source: section 4.3, which begins with the sum Σ_j λ_j u_j u_jᵀ; apart, a vector of λ near 0 is heard as well.
    """

    def __init__(self, spec: GraphSpec, k: int, noise: int, width: int, layers: int) -> None:
        super().__init__()
        before = 2 * k + 1 + noise + 1
        self.spec = spec
        self.blocks = nn.ModuleList(PpgnBlock(width if i else before, width) for i in range(layers))
        self.norms = nn.ModuleList(PairNorm(width) for _ in range(layers))
        self.pair = nn.Conv2d(layers * width, len(spec.edge_types), 1)
        self.node = nn.Conv2d(layers * width, len(spec.node_types), 1)

    def forward(
        self, given: Spectrum, noise: Float[Tensor, "n N d"], mask: Float[Tensor, "n N"]
    ) -> Float[Tensor, "n c K"]:
        """Logits of the types of nodes and pairs; nodes are there as ``mask`` says, and pairs of those that are not
        have no edge."""
        x = torch.cat([conditions(given, mask), on_diagonal(noise * mask.unsqueeze(2))], 1)
        found = []
        for block, norm in zip(self.blocks, self.norms, strict=True):
            x = leaky_relu(norm(block(x, mask), mask))
            found.append(x)
        x = torch.cat(found, 1)
        pairs, nodes = self.pair(x), self.node(x).diagonal(dim1=2, dim2=3).transpose(1, 2)
        i, j = pairs_of(mask.shape[1], mask.device)
        bonds = ((pairs + pairs.transpose(2, 3)) / 2)[:, :, i, j].transpose(1, 2)
        bonds = decided(torch.zeros_like(bonds[:, :, :1]), bonds, mask[:, i] * mask[:, j])
        kinds = decided(torch.full_like(nodes[:, :, :1], NEVER), nodes, mask)
        wide = [
            nn.functional.pad(each, (0, self.spec.alternatives - each.shape[2]), value=NEVER) for each in (kinds, bonds)
        ]
        return torch.cat(wide, 1)


class AdjacencyCritic(nn.Module):
    """X_0 = [types of pairs, types of nodes on the diagonal, m u_j u_jᵀ, λ_j, m / N], and the pool of every X_l."""

    def __init__(self, spec: GraphSpec, k: int, width: int, layers: int) -> None:
        super().__init__()
        before = len(spec.edge_types) + len(spec.node_types) + 2 * k + 2
        self.blocks = nn.ModuleList(PpgnBlock(width if i else before, width) for i in range(layers))
        self.out = judge(2 * width, 2 * width * layers)

    def forward(self, graphs: Dense, given: Spectrum) -> Float[Tensor, " n"]:
        mask = graphs.mask
        x = torch.cat([graphs.edges, on_diagonal(graphs.nodes), conditions(given, mask)], 1)
        found = []
        for block in self.blocks:
            x = leaky_relu(block(x, mask))
            found.append(pooled(x, mask))
        return self.out(torch.cat(found, 1)).flatten()


class PairNorm(nn.Module):
    """Each channel of a graph at mean 0 and variance 1 over the pairs that there are, then scaled and shifted."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.scale, self.shift = nn.Parameter(torch.ones(channels)), nn.Parameter(torch.zeros(channels))

    def forward(self, x: Float[Tensor, "n c N N"], mask: Float[Tensor, "n N"]) -> Float[Tensor, "n c N N"]:
        there = both(mask)
        number = there.sum((2, 3), keepdim=True).clamp_min(1)
        x = (x - (x * there).sum((2, 3), keepdim=True) / number) * there
        x = x * (x.square().sum((2, 3), keepdim=True) / number + 1e-5).rsqrt()
        return (x * self.scale.view(-1, 1, 1) + self.shift.view(-1, 1, 1)) * there


def conditions(given: Spectrum, mask: Float[Tensor, "n N"]) -> Float[Tensor, "n c N N"]:
    """What pairs are told of the spectrum: m u_ij u_lj for each j, λ_j, m / N, and 1 of each node by itself."""
    u = given.vectors.transpose(1, 2)
    number = mask.sum(1).view(-1, 1, 1, 1)
    products = number * u.unsqueeze(3) * u.unsqueeze(2)
    whole = torch.cat([given.values, mask.mean(1, keepdim=True)], 1)[:, :, None, None] * both(mask)
    return torch.cat([products, whole, on_diagonal(mask.unsqueeze(2))], 1)


def decided(
    absent: Float[Tensor, "n p 1"], types: Float[Tensor, "n p t"], there: Float[Tensor, "n p"]
) -> Float[Tensor, "n p s"]:
    """Logits that leave nothing to choose where a place is not there."""
    gone = there.unsqueeze(2) == 0
    return torch.cat([absent.masked_fill(gone, 0.0), types.masked_fill(gone, NEVER)], 2)
