"""Molecules as SMILES, without a chemistry package."""

from __future__ import annotations

from .elements import AROMATIC
from .molecule import Bond, Molecule, kekulised

PLAIN = frozenset(("B", "C", "N", "O", "P", "S", "F", "Cl", "Br", "I"))
"""Elements that are written without brackets where their hydrogens are what their valence says."""
LOWER = frozenset(("B", "C", "N", "O", "P", "S", "Se", "As"))
"""Elements with a sign for aromatic atoms."""
SIGNS = {"single": "", "double": "=", "triple": "#", AROMATIC: ""}


def written(molecule: Molecule, *, aromatic: bool = False) -> str | None:
    """The SMILES of a molecule in the order of its atoms; None where it has no atom, no Kekulé structure or a valence
    that is none. Molecules of several parts are joined by dots.

    Args:
        molecule: what to write.
        aromatic: write aromatic atoms in lower case, and the hydrogens of nitrogens among them; else double bonds.

    Source: Weininger, SMILES, J. Chem. Inf. Comput. Sci. 28 (1988).
    """
    kekule = kekulised(molecule)
    if not molecule.atoms or kekule is None:
        return None
    hydrogens = [kekule.filled(i) for i in range(len(molecule.atoms))]
    if None in hydrogens:
        return None
    rings = molecule.aromatic if aromatic else frozenset[int]()
    if any(molecule.atoms[i] not in LOWER for i in rings):
        rings = frozenset[int]()
    shown = molecule if rings else kekule
    signs = [atom_sign(shown, i, hydrogens[i] or 0, lower=i in rings) for i in range(len(shown.atoms))]
    return Walk(shown, signs, rings).text()


def atom_sign(molecule: Molecule, i: int, hydrogens: int, *, lower: bool) -> str:
    """An atom, in brackets where its hydrogens must be told."""
    symbol = molecule.atoms[i].lower() if lower else molecule.atoms[i]
    usual = Molecule(molecule.atoms, molecule.bonds).filled(i)
    told = hydrogens > 0 and molecule.atoms[i] != "C" if lower else hydrogens != usual
    if molecule.atoms[i] in PLAIN and not told:
        return symbol
    return f"[{symbol}{'H' * (hydrogens > 0)}{hydrogens if hydrogens > 1 else ''}]"


class Walk:
    """One way through a molecule, depth first: bonds that lead back are rings, all but the last neighbour branches."""

    def __init__(self, molecule: Molecule, signs: list[str], rings: frozenset[int]) -> None:
        self.molecule, self.signs, self.rings = molecule, signs, rings
        self.children: list[list[tuple[int, str]]] = [[] for _ in signs]
        self.closures: list[list[tuple[Bond, str]]] = [[] for _ in signs]
        self.free, self.open = list(range(99, 0, -1)), dict[Bond, int]()

    def text(self) -> str:
        """The SMILES."""
        seen, parts = set[int](), []
        for start in range(len(self.signs)):
            if start not in seen:
                self.explore(start, seen)
                parts.append(self.spelt(start))
        return ".".join(parts)

    def explore(self, start: int, seen: set[int]) -> None:
        """Find the tree of first visits, and the bonds beside it."""
        stack = [(start, -1, "")]
        while stack:
            i, parent, kind = stack.pop()
            if i in seen:
                continue
            seen.add(i)
            if parent >= 0:
                self.children[parent].append((i, kind))
            back = {j for j, _ in self.molecule.neighbours[i] if j in seen and j != parent}
            for j, bond in self.molecule.neighbours[i]:
                if j in back:
                    ring = (min(i, j), max(i, j), bond)
                    self.closures[i].append((ring, bond))
                    self.closures[j].append((ring, bond))
                elif j not in seen:
                    stack.append((j, i, bond))

    def spelt(self, i: int) -> str:
        """An atom, its rings, and what hangs on it."""
        pieces: list[str] = []
        while True:
            pieces += [self.signs[i], *(self.ring(i, ring, bond) for ring, bond in self.closures[i])]
            for child, bond in self.children[i][:-1]:
                pieces.append(f"({self.sign(i, child, bond)}{self.spelt(child)})")
            if not self.children[i]:
                return "".join(pieces)
            last, bond = self.children[i][-1]
            pieces.append(self.sign(i, last, bond))
            i = last

    def ring(self, i: int, ring: Bond, bond: str) -> str:
        """A number that opens or closes a ring; the sign of the bond stands where it opens."""
        if ring in self.open:
            number, sign = self.open.pop(ring), ""
            self.free.append(number)
        else:
            number = self.open[ring] = self.free.pop()
            sign = self.sign(ring[0], ring[1], bond)
        return f"{sign}{number}" if number < 10 else f"{sign}%{number}"

    def sign(self, i: int, j: int, bond: str) -> str:
        """A bond; a single one is written between aromatic atoms alone, where none would be read as aromatic."""
        return "-" if bond == "single" and i in self.rings and j in self.rings else SIGNS[bond]
