"""One molecule as a list of atoms and bonds, and its Kekulé structure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from torch import Tensor

from ..listing import Listing, listings
from ..spec import GraphSpec
from . import elements
from .elements import AROMATIC, CARRIERS, ELEMENTS, ORDERS

Bond = tuple[int, int, str]


@dataclass(frozen=True)
class Molecule:
    """Atoms without charges or isotopes, by their symbols, and bonds (i, j, name) between them, i < j.

    ``hydrogens`` tells of each atom how many it holds, None where its valence says it; empty: of all.
    """

    atoms: tuple[str, ...]
    bonds: tuple[Bond, ...]
    hydrogens: tuple[int | None, ...] = ()

    @cached_property
    def neighbours(self) -> list[list[tuple[int, str]]]:
        """Of each atom the atoms that it is bound to, and how."""
        found: list[list[tuple[int, str]]] = [[] for _ in self.atoms]
        for i, j, kind in self.bonds:
            found[i].append((j, kind))
            found[j].append((i, kind))
        return found

    @cached_property
    def orders(self) -> list[int]:
        """s_i: the sum of the orders of an atom's bonds, an aromatic one counted 1."""
        return [sum(ORDERS[kind] for _, kind in each) for each in self.neighbours]

    @property
    def aromatic(self) -> frozenset[int]:
        """The atoms with aromatic bonds."""
        return frozenset(i for *ends, kind in self.bonds if kind == AROMATIC for i in ends)

    def told(self, i: int) -> int | None:
        """How many hydrogens an atom is said to hold."""
        return self.hydrogens[i] if self.hydrogens else None

    def filled(self, i: int) -> int | None:
        """How many hydrogens an atom of a Kekulé structure holds; None where its valences allow none of that."""
        valences, told = ELEMENTS[self.atoms[i]].valences, self.told(i)
        if told is None:
            return next((v - self.orders[i] for v in valences if v >= self.orders[i]), None)
        return told if self.orders[i] + told in valences else None


def molecules_of(spec: GraphSpec, x: Tensor) -> list[Molecule]:
    """The molecules of graphs int64 [n, c], or of the likeliest of relaxed ones float [n, c, k].

    Raises:
        UserError: the graphs are no molecules.
    """
    elements.check(spec)
    return [of_listing(spec, graph) for graph in listings(spec, x)]


def of_listing(spec: GraphSpec, graph: Listing) -> Molecule:
    atoms = tuple(spec.node_types[kind - 1] for kind in graph.nodes)
    return Molecule(atoms, tuple((u, v, spec.edge_types[kind - 1]) for u, v, kind in graph.edges))


def kekulised(molecule: Molecule) -> Molecule | None:
    """The molecule with its aromatic bonds told into single and double ones; None where that cannot be.

    Which atoms of a ring have a double bond is decided as in ``valence.verdict``, or by their hydrogens where those are
    told. Of several structures the choice is made by ``ranks``, so that the order of the atoms has no part in who gets
    a hydrogen (but by symmetry).
    """
    aromatic = molecule.aromatic
    if not aromatic:
        return molecule
    must, may = needs(molecule, aromatic)
    partners = {i: [j for j, kind in molecule.neighbours[i] if kind == AROMATIC and j in may] for i in may}
    rank = ranks(molecule) if must != may else list(range(len(molecule.atoms)))
    pairs = cover(must, partners, rank)
    if pairs is None:
        return None
    double = {(min(i, j), max(i, j)) for i, j in pairs.items()}
    kinds = {True: "double", False: "single"}
    bonds = [(i, j, kinds[(i, j) in double] if kind == AROMATIC else kind) for i, j, kind in molecule.bonds]
    return replace(molecule, bonds=tuple(bonds))


def needs(molecule: Molecule, aromatic: frozenset[int]) -> tuple[set[int], set[int]]:
    """The atoms that must have a double bond among their aromatic ones, and those that may."""
    must, may = set[int](), set[int]()
    for i in aromatic:
        valences, s, told = ELEMENTS[molecule.atoms[i]].valences, molecule.orders[i], molecule.told(i)
        if told is not None:
            able, bound = s + told + 1 in valences, s + told not in valences
        else:
            able = next((v for v in valences if v >= s), s) > s
            bound = able and molecule.atoms[i] in CARRIERS
        may |= {i} if able else set()
        must |= {i} if bound else set()
    return must, may


def cover(must: set[int], partners: dict[int, list[int]], rank: Sequence[int]) -> dict[int, int] | None:
    """Pairs of atoms, no atom in two, that hold all of ``must``: the atom with the fewest partners left comes first."""
    if not must <= set(partners):
        return None
    pairs: dict[int, int] = {}

    def left(i: int) -> list[int]:
        return [j for j in partners[i] if j not in pairs]

    def search() -> bool:
        open_ones = [i for i in must if i not in pairs]
        if not open_ones:
            return True
        i = min(open_ones, key=lambda i: (len(left(i)), rank[i], i))
        for j in sorted(left(i), key=lambda j: (j not in must, rank[j], j)):
            pairs[i], pairs[j] = j, i
            if search():
                return True
            del pairs[i], pairs[j]
        return False

    return pairs if search() else None


def ranks(molecule: Molecule) -> list[int]:
    """A number of each atom that depends on the molecule alone; atoms that are alike have the same.

    Source: Morgan, J. Chem. Doc. 5 (1965), with the kinds of bonds.
    """
    numbers = numbered(list(molecule.atoms))
    while True:
        seen = [
            (number, sorted((kind, numbers[j]) for j, kind in each))
            for number, each in zip(numbers, molecule.neighbours, strict=True)
        ]
        finer = numbered(seen)
        if len(set(finer)) == len(set(numbers)):
            return finer
        numbers = finer


def numbered(keys: Sequence[object]) -> list[int]:
    """The place of each key among the different ones."""
    place = {key: i for i, key in enumerate(sorted(set(map(repr, keys))))}
    return [place[repr(key)] for key in keys]
