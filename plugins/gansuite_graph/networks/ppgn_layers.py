"""Layers over pairs of nodes whose products of matrices count paths of two steps (Maron et al. 2019)."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor, nn

from gansuite.layers import LeakyReLU


class PpgnBlock(nn.Module):
    """Y = M_3 [X, M_1(X) M_2(X) / √m],  M_k perceptrons over the channels of each pair, m the number of nodes.

    The product is one of N x N matrices, channel by channel: Y_ij sums over the nodes k between i and j, so that three
    blocks tell what four nodes have to do with each other. Another order of the nodes is another order of Y's rows and
    columns; pairs of a node that is not there are 0 before and after.

    Args:
        before: channels of X.
        after: channels of Y.
        depth: linear maps of M_1 and M_2, with an activation behind each.

    Source: section 6; the division keeps the products of larger graphs on the scale of X.
    """

    def __init__(self, before: int, after: int, depth: int = 2) -> None:
        super().__init__()
        self.left, self.right = perceptron(before, after, depth), perceptron(before, after, depth)
        self.out = nn.Conv2d(before + after, after, 1)

    def forward(self, x: Float[Tensor, "n c N N"], mask: Float[Tensor, "n N"]) -> Float[Tensor, "n d N N"]:
        there = both(mask)
        number = mask.sum(1).clamp_min(1).view(-1, 1, 1, 1)
        product = (self.left(x) * there) @ (self.right(x) * there) / number.sqrt()
        return self.out(torch.cat([x, product], 1)) * there


def perceptron(before: int, after: int, depth: int) -> nn.Sequential:
    """Linear maps over the channels of each pair, each with an activation behind it."""
    layers: list[nn.Module] = []
    for _ in range(depth):
        layers += [nn.Conv2d(before, after, 1), LeakyReLU()]
        before = after
    return nn.Sequential(*layers)


def both(mask: Float[Tensor, "n N"]) -> Float[Tensor, "n 1 N N"]:
    """How much of both nodes of each pair there is."""
    return (mask.unsqueeze(1) * mask.unsqueeze(2)).unsqueeze(1)


def on_diagonal(nodes: Float[Tensor, "n N f"]) -> Float[Tensor, "n f N N"]:
    """What is said of nodes, as channels of the pairs of each with itself."""
    return torch.diag_embed(nodes.transpose(1, 2))


def pooled(x: Float[Tensor, "n c N N"], mask: Float[Tensor, "n N"]) -> Float[Tensor, "n c2"]:
    """Σ_i X_ii and Σ_{i≠j} X_ij / m: the same for every order of the nodes."""
    own = x.diagonal(dim1=2, dim2=3).sum(2)
    number = mask.sum(1, keepdim=True).clamp_min(1)
    return torch.cat([own, (x.sum((2, 3)) - own) / number], 1)
