"""SMILES of the organic subset, read without a chemistry package."""

from __future__ import annotations

import re

from .elements import AROMATIC, ELEMENTS
from .molecule import Bond, Molecule, kekulised

BONDS = {"-": "single", "=": "double", "#": "triple", ":": AROMATIC, "/": "single", "\\": "single"}
PIECES = re.compile(r"(Cl|Br|[BCNOPSFI]|[bcnops])|\[([^\]]*)\]|([-=#:/\\])|(%\d\d|\d)|([().])|(.)", re.DOTALL)
BRACKET = re.compile(r"(\d*)([A-Z][a-z]?|[bcnops]|se|as|\*)(@*(?:[A-Z]{2}\d+)?)(?:H(\d*))?([+-]+\d*)?(?::\d+)?")
GUESSED = ""
"""A bond without a sign between aromatic atoms: aromatic in a ring, else single."""


class Misread(ValueError):
    """What a SMILES says that is not understood, or cannot be said by a graph of neutral atoms."""


def read(smiles: str) -> Molecule:
    """The molecule of a SMILES. Marks of stereochemistry are left out, and hydrogens that stand as atoms.

    Raises:
        Misread: it is none, has charges, isotopes, unknown atoms, several parts, or valences that are none.

    Source: Weininger, SMILES, J. Chem. Inf. Comput. Sci. 28 (1988).
    """
    molecule = Reader().read(smiles.strip())
    check(molecule)
    return molecule


def check(molecule: Molecule) -> None:
    """Refuse what is no one neutral molecule.

    Raises:
        Misread: no atom, several parts, no Kekulé structure, or a valence that is none.
    """
    if not molecule.atoms:
        raise Misread("no atom but hydrogen")
    reached, fresh = {0}, [0]
    while fresh:
        fresh = [j for i in fresh for j, _ in molecule.neighbours[i] if j not in reached]
        reached.update(fresh)
    if len(reached) < len(molecule.atoms):
        raise Misread("several parts")
    kekule = kekulised(molecule)
    if kekule is None:
        raise Misread("aromatic bonds that cannot be told into single and double ones")
    for i, atom in enumerate(molecule.atoms):
        if kekule.filled(i) is None:
            raise Misread(f"{atom} with an unusual valence")


class Reader:
    """Builds up a molecule piece by piece."""

    def __init__(self) -> None:
        self.atoms: list[str] = []
        self.hydrogens: list[int | None] = []
        self.lower: set[int] = set()
        self.bonds: dict[tuple[int, int], str] = {}
        self.rings: dict[str, tuple[int, str | None]] = {}
        self.branches: list[int] = []
        self.last: int | None = None
        self.sign: str | None = None

    def read(self, smiles: str) -> Molecule:
        """The molecule of all pieces."""
        for plain, bracket, bond, ring, mark, strange in PIECES.findall(smiles):
            if plain:
                symbol = plain.capitalize()
                aromatic = plain.islower()
                self.atom(symbol, 0 if aromatic and symbol != "C" else None, aromatic=aromatic)
            elif bond:
                self.sign = BONDS[bond] if self.sign is None else self.fail(f"two bonds in a row, {bond!r}")
            elif ring:
                self.ring(ring.lstrip("%").lstrip("0") or "0")
            elif mark:
                self.mark(mark)
            elif strange:
                self.fail(f"{strange!r}")
            else:
                self.bracket(bracket)
        if self.rings or self.branches or self.sign is not None:
            self.fail("a ring, a branch or a bond without an end")
        return self.molecule()

    def fail(self, what: str) -> str:
        raise Misread(what)

    def bracket(self, text: str) -> None:
        """An atom in brackets."""
        found = BRACKET.fullmatch(text)
        if not found:
            self.fail(f"[{text}]")
            return
        isotope, symbol, _, hydrogens, charge = found.groups()
        if isotope:
            self.fail(f"the isotope [{text}]")
        if charge:
            self.fail(f"the charge of [{text}]")
        told = 0 if hydrogens is None else int(hydrogens or 1)
        self.atom(symbol.capitalize(), told, aromatic=symbol.islower())

    def atom(self, symbol: str, hydrogens: int | None, *, aromatic: bool) -> None:
        """One more atom, bound to the last."""
        if symbol not in ELEMENTS and symbol != "H":
            self.fail(f"the atom {symbol}")
        i = len(self.atoms)
        self.atoms.append(symbol)
        self.hydrogens.append(hydrogens)
        if aromatic:
            self.lower.add(i)
        if self.last is not None:
            self.bind(self.last, i, self.sign)
        self.last, self.sign = i, None

    def bind(self, i: int, j: int, sign: str | None) -> None:
        ends = (min(i, j), max(i, j))
        if i == j or ends in self.bonds:
            self.fail("two bonds between two atoms")
        self.bonds[ends] = sign or (GUESSED if i in self.lower and j in self.lower else "single")

    def ring(self, number: str) -> None:
        """The beginning of a ring, or its end."""
        if self.last is None:
            self.fail("a ring without an atom")
            return
        if number not in self.rings:
            self.rings[number] = (self.last, self.sign)
        else:
            start, sign = self.rings.pop(number)
            if sign and self.sign and sign != self.sign:
                self.fail("a ring closed by another bond than it was opened with")
            self.bind(start, self.last, self.sign or sign)
        self.sign = None

    def mark(self, mark: str) -> None:
        """A branch, or the end of one; a dot parts molecules."""
        if self.sign is not None or self.last is None or (mark == ")" and not self.branches):
            self.fail(f"{mark!r} where it has no sense")
            return
        if mark == "(":
            self.branches.append(self.last)
        elif mark == ")":
            self.last = self.branches.pop()
        else:
            self.last = None

    def molecule(self) -> Molecule:
        """What was read, its guessed bonds decided, its hydrogens left out."""
        ring = in_rings(len(self.atoms), list(self.bonds))
        bonds = [
            (i, j, kind or (AROMATIC if (i, j) in ring else "single")) for (i, j), kind in sorted(self.bonds.items())
        ]
        hydrogens, gone = list(self.hydrogens), set[int]()
        for i, j, kind in bonds:
            for h, heavy in ((i, j), (j, i)):
                if self.atoms[h] == "H" and self.atoms[heavy] != "H" and kind == "single":
                    gone.add(h)
                    told = hydrogens[heavy]
                    hydrogens[heavy] = None if told is None else told + 1
        kept = [i for i in range(len(self.atoms)) if i not in gone]
        if any(self.atoms[i] == "H" for i in kept):
            self.fail("a hydrogen on its own")
        place = {i: k for k, i in enumerate(kept)}
        left: list[Bond] = [(place[i], place[j], kind) for i, j, kind in bonds if i in place and j in place]
        return Molecule(tuple(self.atoms[i] for i in kept), tuple(left), tuple(hydrogens[i] for i in kept))


def in_rings(atoms: int, bonds: list[tuple[int, int]]) -> set[tuple[int, int]]:
    """The bonds that lie on a ring: those whose ends hang together without them."""
    left, near = set(bonds), [set[int]() for _ in range(atoms)]
    for i, j in bonds:
        near[i].add(j)
        near[j].add(i)
    found = set[tuple[int, int]]()
    for i, j in left:
        reached, fresh = {i}, [i]
        while fresh and j not in reached:
            fresh = [v for u in fresh for v in near[u] if v not in reached and {u, v} != {i, j}]
            reached.update(fresh)
        if j in reached:
            found.add((i, j))
    return found
