"""Networks of sets of nodes: what is done to one is done to all, and each sees the mean of the others."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor, nn

from gansuite.layers import LeakyReLU, full_precision, leaky_relu

from .spectrum import kept


class Points(nn.Module):
    """h_i ← φ(norm(A h_i + B mean_j h_j + b)), ``layers`` times; nodes that are not there neither speak nor hear.

    To permute the nodes permutes h. An activation stands behind every layer.

    Args:
        before: coordinates of a node.
        width: of h.
        layers: rounds.
        norm: whether a layer normalises the coordinates of each node: for generators.

    Source: PointNetST (Segol & Lipman 2020), as in section 4.2 and appendix.
    """

    def __init__(self, before: int, width: int, layers: int = 2, norm: bool = False) -> None:
        super().__init__()
        sizes = [before, *[width] * layers]
        self.own = nn.ModuleList(nn.Linear(a, width) for a in sizes[:-1])
        self.rest = nn.ModuleList(nn.Linear(a, width, bias=False) for a in sizes[:-1])
        self.norms = nn.ModuleList(nn.LayerNorm(width) if norm else nn.Identity() for _ in range(layers))

    def forward(self, h: Float[Tensor, "n N c"], mask: Float[Tensor, "n N"]) -> Float[Tensor, "n N d"]:
        for own, rest, norm in zip(self.own, self.rest, self.norms, strict=True):
            h = leaky_relu(norm(own(h) + rest(mean(h, mask)).unsqueeze(1))) * mask.unsqueeze(2)
        return h


class Noise(nn.Module):
    """The noise of nodes, scaled to length 1 and mapped by a perceptron: linear, GELU, layer norm, ``layers`` times."""

    def __init__(self, size: int, width: int, layers: int) -> None:
        super().__init__()
        sizes = [size, *[width] * layers]
        self.maps = nn.Sequential(
            *(nn.Sequential(nn.Linear(a, width), nn.GELU(), nn.LayerNorm(width)) for a in sizes[:-1])
        )

    def forward(self, noise: Float[Tensor, "*rows z"]) -> Float[Tensor, "*rows w"]:
        return self.maps(noise / noise.norm(dim=-1, keepdim=True).clamp_min(1e-6))


class LeftRotation(nn.Module):
    """U ← exp(S) U,  S = (Q Kᵀ - K Qᵀ) / √d,  Q and K linear in what the nodes know of each other.

    exp(S) is a rotation of the nodes that there are, so the columns of U stay orthonormal; S follows the nodes when
    they are permuted.

    Source: section 4.2, where S is the upper triangle of Q Qᵀ less its transpose, which depends on their order.
    """

    def __init__(self, before: int, width: int) -> None:
        super().__init__()
        self.points, self.ends = Points(before, width, norm=True), nn.Linear(width, 2 * width)

    def forward(
        self, u: Float[Tensor, "n N k"], known: Float[Tensor, "n N c"], mask: Float[Tensor, "n N"]
    ) -> Float[Tensor, "n N k"]:
        q, k = (self.ends(self.points(known, mask)) * mask.unsqueeze(2)).chunk(2, 2)
        s = q @ k.transpose(1, 2) / q.shape[2] ** 0.5
        return product(rotation(s), u)


class RightRotation(nn.Module):
    """U ← U exp(T),  T = θ - θᵀ of the whole graph: the eigenvectors are mixed with each other."""

    def __init__(self, before: int, width: int, k: int, norm: bool = False) -> None:
        super().__init__()
        self.points, self.angles = Points(before, width, norm=norm), nn.Linear(width, k * k)

    def forward(
        self, u: Float[Tensor, "n N k"], known: Float[Tensor, "n N c"], mask: Float[Tensor, "n N"]
    ) -> Float[Tensor, "n N k"]:
        k = u.shape[2]
        there = kept(mask, k).to(u.dtype)
        theta = self.angles(mean(self.points(known, mask), mask)).unflatten(1, (k, k))
        return product(u, rotation(theta * there.unsqueeze(1) * there.unsqueeze(2)))


def rotation(s: Float[Tensor, "n a a"]) -> Float[Tensor, "n a a"]:
    """exp(S - Sᵀ), an orthogonal matrix."""
    with full_precision(s.device):
        s = s if s.dtype == torch.float64 else s.float()
        return torch.linalg.matrix_exp(s - s.transpose(1, 2))


def product(a: Float[Tensor, "n a b"], b: Float[Tensor, "n b c"]) -> Float[Tensor, "n a c"]:
    """A B, never rounded to half precision: columns are to stay orthonormal."""
    with full_precision(a.device):
        kind = torch.promote_types(a.dtype, b.dtype)
        return a.to(kind) @ b.to(kind)


def mean(h: Float[Tensor, "n N c"], mask: Float[Tensor, "n N"]) -> Float[Tensor, "n c"]:
    """The mean over the nodes that there are."""
    return (h * mask.unsqueeze(2)).sum(1) / mask.sum(1, keepdim=True).clamp_min(1)


def to_all(whole: Float[Tensor, "n c"], nodes: int) -> Float[Tensor, "n N c"]:
    """What is known of a graph, told to all of its nodes."""
    return whole.unsqueeze(1).expand(-1, nodes, -1)


def judge(width: int, before: int) -> nn.Sequential:
    """A perceptron from what is known of a graph to a score."""
    return nn.Sequential(nn.Linear(before, width), LeakyReLU(), nn.Linear(width, 1))
