"""The second pair of SPECTRE: k orthonormal eigenvectors, given the eigenvalues."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor, nn

from gansuite.engine.rng import Rng
from gansuite.estimators.straight_through_gumbel import StraightThroughGumbel
from gansuite.layers import LeakyReLU

from .points import LeftRotation, Points, RightRotation, judge, mean, rotation, to_all
from .spectrum import kept


class EigenvectorGenerator(nn.Module):
    """A frame out of a bank, turned from the left and from the right, so that its columns are orthonormal throughout:

        U_0 = exp(B_c - B_cᵀ)[:, :k],  c ~ softmax(key(λ, m / N));   U ← exp(S) U,  U ← U exp(T),  ``rounds`` times

    The choice c is a corner with the gradient of a relaxation (straight-through Gumbel-softmax). All matrices are
    those of the nodes that there are.

    Args:
        nodes: N.
        k: eigenvectors.
        noise: coordinates of a node's mapped noise.
        width: of the perceptrons.
        rounds: of rotations.
        bank: frames to begin with.

    Source: section 4.2, bank of 10, 3 rounds; the parameters of the bank are skew matrices, as theirs.
    """

    def __init__(self, nodes: int, k: int, noise: int, width: int, rounds: int, bank: int) -> None:
        super().__init__()
        self.bank = nn.Parameter(0.5 * torch.randn(bank, nodes, nodes))
        self.key = nn.Sequential(nn.Linear(k + 1, width), LeakyReLU(), nn.Linear(width, bank))
        before = k + noise + k + 1
        self.left = nn.ModuleList(LeftRotation(before, width) for _ in range(rounds))
        self.right = nn.ModuleList(RightRotation(before, width, k, norm=True) for _ in range(rounds))
        self.k, self.choice = k, StraightThroughGumbel()

    def forward(
        self,
        values: Float[Tensor, "n k"],
        noise: Float[Tensor, "n N d"],
        mask: Float[Tensor, "n N"],
        rng: Rng,
        temperature: float = 1.0,
    ) -> tuple[Float[Tensor, "n N k"], Float[Tensor, "n b"]]:
        """The eigenvectors, and the logits of the frames they could have begun with."""
        nodes = mask.shape[1]
        whole = torch.cat([values, mask.mean(1, keepdim=True)], 1)
        logits = self.key(whole)
        chosen = self.choice.choose(logits, rng, temperature).to(self.bank.dtype)
        u = self.frame(chosen, mask)
        for left, right in zip(self.left, self.right, strict=True):
            for turn in (left, right):
                u = turn(u, torch.cat([scaled(u, mask), noise, to_all(whole, nodes)], 2), mask)
        return u, logits

    def frame(self, chosen: Float[Tensor, "n b"], mask: Float[Tensor, "n N"]) -> Float[Tensor, "n N k"]:
        """U_0: rotations of the nodes that there are leave all others where they are, and those are cut off."""
        skew = torch.einsum("nb,bij->nij", chosen, self.bank) * mask.unsqueeze(1) * mask.unsqueeze(2)
        u = rotation(skew)[:, :, : self.k]
        u = nn.functional.pad(u, (0, self.k - u.shape[2]))
        return u * mask.unsqueeze(2) * kept(mask, self.k).to(u.dtype).unsqueeze(1)


class EigenvectorCritic(nn.Module):
    """Two rotations from the right, then what the set of nodes (u_i, λ) is like, by its mean and its maximum.

    The same for every order of the nodes, not for every sign: it is shown eigenvectors whose signs are chosen.
    """

    def __init__(self, k: int, width: int, layers: int) -> None:
        super().__init__()
        before = k + k + 1
        self.right = nn.ModuleList(RightRotation(before, width, k) for _ in range(2))
        self.points, self.out = Points(before, width, layers), judge(width, 2 * width)

    def forward(
        self, values: Float[Tensor, "n k"], vectors: Float[Tensor, "n N k"], mask: Float[Tensor, "n N"]
    ) -> Float[Tensor, " n"]:
        whole = to_all(torch.cat([values, mask.mean(1, keepdim=True)], 1), mask.shape[1])
        u = vectors
        for turn in self.right:
            u = turn(u, torch.cat([scaled(u, mask), whole], 2), mask)
        h = self.points(torch.cat([scaled(u, mask), whole], 2), mask)
        most = h.masked_fill(mask.unsqueeze(2) == 0, float("-inf")).amax(1)
        return self.out(torch.cat([mean(h, mask), most], 1)).flatten()


def scaled(u: Float[Tensor, "n N k"], mask: Float[Tensor, "n N"]) -> Float[Tensor, "n N k"]:
    """√m U, whose entries are of the size of 1 in graphs of all sizes."""
    return u * mask.sum(1).sqrt().view(-1, 1, 1)
