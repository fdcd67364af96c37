"""Which graphs are valid molecules: a check of valences for whole batches, without a chemistry package."""

from __future__ import annotations

from typing import NamedTuple

import torch
from jaxtyping import Bool, Int64
from torch import Tensor

from ..spec import ABSENT, GraphSpec, pairs_of
from . import elements
from .elements import AROMATIC, CARRIERS, ELEMENTS, ORDERS
from .matching import coverable

CHUNK = 1 << 20
"""Pairs of atoms that are looked at together."""


class Verdict(NamedTuple):
    """What is true of each of n molecules.

    Args:
        occupied: there is an atom.
        connected: all atoms hang together.
        saturated: no atom has more bonds than its highest valence.
        ringed: atoms with aromatic bonds lie on rings, or between them.
        kekulised: the aromatic bonds can be told into single and double ones.
    """

    occupied: Bool[Tensor, " n"]
    connected: Bool[Tensor, " n"]
    saturated: Bool[Tensor, " n"]
    ringed: Bool[Tensor, " n"]
    kekulised: Bool[Tensor, " n"]

    @property
    def valid(self) -> Bool[Tensor, " n"]:
        """All of it."""
        return self.occupied & self.connected & self.saturated & self.ringed & self.kekulised


def valid(spec: GraphSpec, x: Int64[Tensor, "n c"]) -> Bool[Tensor, " n"]:
    """Which graphs are valid molecules; see ``verdict``."""
    return verdict(spec, x).valid


def verdict(spec: GraphSpec, x: Int64[Tensor, "n c"]) -> Verdict:
    """Judge molecules by their valences, on the device and without waiting for it.

    With the valences v of ``ELEMENTS``, s_i the sum of the orders of atom i's bonds, an aromatic one counted 1, and
    t_i the lowest v >= s_i, what is left of it taken by hydrogens:

        saturated    s_i <= max v
        ringed       atoms with aromatic bonds lie on rings, or on chains between two of them
        kekulised    some aromatic bonds, no two at one atom, can be double such that no atom with s_i = t_i has one,
                     and each carbon (or silicon) with aromatic bonds and s_i < t_i has one

    RDKit, given the bonds as they are written, agrees but in this:

        - it wants each aromatic nitrogen with two bonds to have a double one unless told of its hydrogen, which a graph
          cannot tell: pyrrole is valid here and not there; so for boron and phosphorus;
        - it rounds the 1.5 of aromatic bonds down beside a double or triple one, and so lets an atom pass with a bond
          too many (O=C(=C):O in a ring);
        - it mends nitrogen with five bonds to charged groups (nitro), where here nitrogen has three;
        - it refuses an aromatic chain between two rings, and some ways to kekulise fused ones.

    Raises:
        UserError: the graphs are no molecules.

    Source: the conditions are those of SMILES: Weininger, J. Chem. Inf. Comput. Sci. 28 (1988).
    """
    elements.check(spec)
    parts = [judged(spec, rows) for rows in spec.tidied(x).split(max(1, CHUNK // spec.nodes**2))]
    return Verdict(*(torch.cat(each) for each in zip(*parts, strict=True)))


def judged(spec: GraphSpec, x: Int64[Tensor, "n c"]) -> Verdict:
    kinds, bonds = matrices(spec, x)
    orders, aromatic = orders_of(spec, bonds)
    lowest, highest = targets(spec, kinds, orders)
    free = lowest > orders
    may = free & aromatic.any(2)
    carrier = torch.tensor([False, *(name in CARRIERS for name in spec.node_types)], device=x.device)[kinds]
    there = kinds != ABSENT
    return Verdict(
        there.any(1),
        in_one_piece(bonds != ABSENT, there),
        (orders <= highest).all(1),
        (in_rings(bonds != ABSENT) | ~aromatic.any(2)).all(1),
        coverable(aromatic, may & carrier, may),
    )


def matrices(spec: GraphSpec, x: Int64[Tensor, "n c"]) -> tuple[Int64[Tensor, "n N"], Int64[Tensor, "n N N"]]:
    """The types of atoms, and those of bonds as symmetrical matrices."""
    i, j = pairs_of(spec.nodes, x.device)
    bonds = x.new_zeros(len(x), spec.nodes, spec.nodes)
    bonds[:, i, j] = bonds[:, j, i] = x[:, spec.nodes :]
    return x[:, : spec.nodes], bonds


def orders_of(spec: GraphSpec, bonds: Int64[Tensor, "n N N"]) -> tuple[Int64[Tensor, "n N"], Bool[Tensor, "n N N"]]:
    """s_i, and which bonds are aromatic."""
    order = torch.tensor([0, *(ORDERS[name] for name in spec.edge_types)], device=bonds.device)
    aromatic = torch.tensor([False, *(name == AROMATIC for name in spec.edge_types)], device=bonds.device)
    return order[bonds].sum(2), aromatic[bonds]


def targets(
    spec: GraphSpec, kinds: Int64[Tensor, "n N"], orders: Int64[Tensor, "n N"]
) -> tuple[Int64[Tensor, "n N"], Int64[Tensor, "n N"]]:
    """t_i, the lowest valence that is enough (the highest where none is), and the highest."""
    lists = [(0,), *(ELEMENTS[name].valences for name in spec.node_types)]
    width = max(map(len, lists))
    table = torch.tensor([[*each, *[each[-1]] * (width - len(each))] for each in lists], device=kinds.device)
    choice = table[kinds]
    enough = (choice < orders.unsqueeze(2)).sum(2).clamp(max=width - 1)
    return choice.gather(2, enough.unsqueeze(2)).squeeze(2), choice[:, :, -1]


def in_one_piece(linked: Bool[Tensor, "n N N"], there: Bool[Tensor, "n N"]) -> Bool[Tensor, " n"]:
    """Whether the first atom reaches all others."""
    first = there.long().argmax(1)
    reached = reach(linked)[torch.arange(len(first), device=first.device), first]
    return (reached | ~there).all(1)


def in_rings(linked: Bool[Tensor, "n N N"]) -> Bool[Tensor, "n N"]:
    """Which atoms are left when all that have one bond are taken away, again and again: rings and what links them."""
    left = linked.any(2)
    for _ in range(linked.shape[1] - 2):
        left = left & ((linked & left.unsqueeze(1)).sum(2) > 1)
    return left


def reach(linked: Bool[Tensor, "n N N"]) -> Bool[Tensor, "n N N"]:
    """Which atoms can be reached from which, themselves among them: the closure by repeated squaring."""
    size = linked.shape[1]
    ways = (linked | torch.eye(size, dtype=torch.bool, device=linked.device)).float()
    steps = 1
    while steps < size - 1:
        ways, steps = (ways @ ways).clamp_(max=1), 2 * steps
    return ways > 0


class Valences:
    """The judge of a data set of molecules: what metrics ask for validity.

    Args:
        spec: the domain.
    """

    def __init__(self, spec: GraphSpec) -> None:
        self.spec = spec

    def valid(self, x: Int64[Tensor, "n c"]) -> Bool[Tensor, " n"]:
        """Which graphs are valid molecules."""
        return valid(self.spec, x)
