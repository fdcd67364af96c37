"""To RDKit's molecules and back. RDKit is optional, and imported here alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

from gansuite.errors import UserError

from .elements import AROMATIC, ELEMENTS
from .molecule import Molecule, kekulised
from .smiles_reader import Misread, check


def available() -> bool:
    """Whether RDKit is installed."""
    return find_spec("rdkit") is not None


def version() -> str:
    """RDKit's version."""
    import rdkit

    return f"rdkit {rdkit.__version__}"


def required(what: str) -> Any:
    """The package ``rdkit.Chem``, for what cannot be had without.

    Raises:
        UserError: it is not installed.
    """
    try:
        from rdkit import Chem
    except ModuleNotFoundError as error:
        raise UserError(f"{what} needs RDKit: pip install 'gansuite[molecules]'") from error
    return Chem


@contextmanager
def silent() -> Iterator[None]:
    """Without RDKit's complaints on stderr about each molecule that is none."""
    from rdkit import rdBase

    block = rdBase.BlockLogs()
    try:
        yield
    finally:
        del block


def rdmol(molecule: Molecule, *, as_written: bool = False) -> Any | None:
    """RDKit's molecule, sanitised; None where it cannot be.

    RDKit is given the Kekulé structure if there is one, since a graph does not tell it which nitrogen of an aromatic
    ring holds a hydrogen. ``as_written`` gives it the aromatic bonds, as MolGAN's code did.
    """
    Chem = required("this")
    shown = molecule if as_written else kekulised(molecule) or molecule
    kinds = {
        "single": Chem.BondType.SINGLE,
        "double": Chem.BondType.DOUBLE,
        "triple": Chem.BondType.TRIPLE,
        AROMATIC: Chem.BondType.AROMATIC,
    }
    mol = Chem.RWMol()
    for i, symbol in enumerate(shown.atoms):
        atom = Chem.Atom(ELEMENTS[symbol].number)
        told = shown.told(i)
        if told is not None:
            atom.SetNumExplicitHs(told)
            atom.SetNoImplicit(True)
        mol.AddAtom(atom)
    for i, j, kind in shown.bonds:
        mol.AddBond(i, j, kinds[kind])
    with silent():
        if Chem.SanitizeMol(mol, catchErrors=True) != Chem.SanitizeFlags.SANITIZE_NONE:
            return None
    return mol.GetMol()


def from_rdmol(mol: Any) -> Molecule:
    """The molecule without stereochemistry, its aromatic bonds as RDKit perceives them.

    Raises:
        Misread: charges, isotopes, radicals, unknown atoms, several parts.
    """
    Chem = required("reading by RDKit")
    kinds = {
        Chem.BondType.SINGLE: "single",
        Chem.BondType.DOUBLE: "double",
        Chem.BondType.TRIPLE: "triple",
        Chem.BondType.AROMATIC: AROMATIC,
    }
    atoms, hydrogens = [], []
    for atom in mol.GetAtoms():
        symbol = atom.GetSymbol()
        if symbol not in ELEMENTS:
            raise Misread(f"the atom {symbol}")
        for what, number in (("charge", atom.GetFormalCharge()), ("isotope", atom.GetIsotope())):
            if number:
                raise Misread(f"the {what} {number} of an atom {symbol}")
        if atom.GetNumRadicalElectrons():
            raise Misread(f"{symbol} with an unusual valence")
        atoms.append(symbol)
        hydrogens.append(atom.GetTotalNumHs() if atom.GetIsAromatic() and symbol != "C" else None)
    bonds = []
    for bond in mol.GetBonds():
        if bond.GetBondType() not in kinds:
            raise Misread(f"a bond of the kind {bond.GetBondType()}")
        i, j = sorted((bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()))
        bonds.append((i, j, kinds[bond.GetBondType()]))
    molecule = Molecule(tuple(atoms), tuple(sorted(bonds)), tuple(hydrogens))
    check(molecule)
    return molecule


def read(smiles: str) -> Molecule:
    """The molecule of a SMILES, by RDKit.

    Raises:
        Misread: RDKit refuses it, or it is no one neutral molecule.
    """
    Chem = required("reading by RDKit")
    with silent():
        mol = Chem.MolFromSmiles(smiles.strip())
    if mol is None:
        raise Misread("no SMILES to RDKit")
    return from_rdmol(mol)


def canonical(molecule: Molecule, *, as_written: bool = False) -> str | None:
    """RDKit's canonical SMILES; None where it does not sanitise the molecule, or there are several parts."""
    mol = rdmol(molecule, as_written=as_written)
    if mol is None:
        return None
    text = required("this").MolToSmiles(mol)
    return text if text and "." not in text and "*" not in text else None
