"""Whether atoms can be paired by double bonds: perfect matchings of many graphs at once, by algebra."""

from __future__ import annotations

import torch
from jaxtyping import Bool, Int64
from torch import Tensor

from gansuite.metrics.states import scrambled

PRIME = 2**31 - 1


def coverable(bonds: Bool[Tensor, "n N N"], must: Bool[Tensor, "n N"], may: Bool[Tensor, "n N"]) -> Bool[Tensor, " n"]:
    """Whether some bonds, no two at one atom, cover all atoms that ``must`` be, and else only ones that ``may``.

    Those that may be left over are joined with each other, and with one more vertex where the number of all is odd:
    then a cover exists if and only if the graph has a perfect matching, that is, if its Tutte matrix

        T_ij = w_ij = -T_ji   on edges

    is not singular for almost all weights w. Elimination in the integers modulo the prime p = 2³¹ - 1, all graphs
    together; the weights depend on the place alone. A yes is right; a no is wrong with a probability below
    (N + 1) / p, 2e-8 for 40 atoms.

    Args:
        bonds: symmetrical; those of the atoms left over count for nothing.
        must: a part of ``may``.
        may: atoms that can be covered.

    Source: Tutte (1947); Lovász, On determinants, matchings, and random algorithms (1979).
    """
    size = must.shape[1]
    spare = torch.cat([may & ~must, (may.sum(1) % 2 == 1).unsqueeze(1)], 1)
    bonds = torch.nn.functional.pad(bonds & may.unsqueeze(1) & may.unsqueeze(2), (0, 1, 0, 1))
    joined = (bonds | (spare.unsqueeze(1) & spare.unsqueeze(2))).triu(1)
    place = torch.arange((size + 1) ** 2, device=bonds.device)
    weights = 1 + scrambled(place, 1).remainder(PRIME - 1).view(size + 1, size + 1)
    upper = torch.where(joined, weights, 0)
    matrix = (upper - upper.mT).remainder(PRIME)
    taking_part = torch.cat([may, spare[:, -1:]], 1)
    return regular(matrix + torch.diag_embed((~taking_part).long()))


def regular(matrix: Int64[Tensor, "n m m"]) -> Bool[Tensor, " n"]:
    """Whether square matrices of integers modulo ``PRIME`` have an inverse: elimination without division."""
    found = torch.ones(len(matrix), dtype=torch.bool, device=matrix.device)
    while matrix.shape[1]:
        first = (matrix[:, :, 0] != 0).long().argmax(1)
        lender = matrix.gather(1, first[:, None, None].expand(-1, 1, matrix.shape[2]))
        row = matrix[:, :1]
        row = torch.where(row[:, :, :1] == 0, row + lender, row).remainder(PRIME)  # a row added changes no determinant
        pivot = row[:, :, :1]
        found &= (pivot != 0).flatten()
        matrix = (matrix[:, 1:, 1:] * pivot - matrix[:, 1:, :1] * row[:, :, 1:]).remainder(PRIME)
    return found
