"""Molecules between graphs, SMILES, SD files and RDKit: what the rest of the suite calls."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import torch
from jaxtyping import Int64
from torch import Tensor

from gansuite.errors import UserError

from ..spec import GraphSpec
from . import elements, mol_block, rdkit_bridge, smiles_reader, smiles_writer
from .molecule import Molecule, molecules_of
from .smiles_reader import Misread
from .valence import valid

__all__ = ["Misread", "Molecule", "molecules_of", "parse", "rows", "sdf_of", "smiles_of", "to_rdmol"]

Reader = Literal["rdkit", "own"]


def smiles_of(spec: GraphSpec, x: Tensor, *, canonical: bool | None = None, aromatic: bool = False) -> list[str | None]:
    """The SMILES of each graph, None for what is no molecule by ``valence.valid``.

    Args:
        spec: the domain.
        x: int64 [n, c], or relaxed float [n, c, k], of which the likeliest are taken.
        canonical: RDKit's canonical SMILES, in which equal molecules have equal ones; False: our own, in the order of
            the atoms; None: canonical if RDKit is there.
        aromatic: in our own, write aromatic rings in lower case instead of a Kekulé structure.

    Raises:
        UserError: the graphs are no molecules, or ``canonical`` is asked for and RDKit is missing.
    """
    if canonical:
        rdkit_bridge.required("canonical SMILES")
    by_rdkit = rdkit_bridge.available() if canonical is None else canonical
    x = x.argmax(2) if x.is_floating_point() else x
    found: list[str | None] = []
    for molecule, good in zip(molecules_of(spec, x), valid(spec, x).tolist(), strict=True):
        text = rdkit_bridge.canonical(molecule) if good and by_rdkit else None
        found.append(text or (smiles_writer.written(molecule, aromatic=aromatic) if good else None))
    return found


def sdf_of(spec: GraphSpec, x: Tensor) -> str:
    """An SD file of all graphs that have an atom, valid or not.

    Raises:
        UserError: the graphs are no molecules.
    """
    return mol_block.sdf(molecules_of(spec, x))


def to_rdmol(spec: GraphSpec, row: Tensor) -> Any | None:
    """RDKit's molecule of one graph int64 [c]; None where RDKit cannot sanitise it.

    Raises:
        UserError: RDKit is missing, or the graphs are no molecules.
    """
    rdkit_bridge.required("to_rdmol")
    return rdkit_bridge.rdmol(molecules_of(spec, row.unsqueeze(0))[0])


def parse(smiles: str, reader: Reader | None = None) -> Molecule:
    """The molecule of a SMILES: its atoms and bonds, without stereochemistry.

    RDKit perceives aromatic rings, whether they are written so or not; our own reader takes them as they are written.

    Args:
        smiles: one molecule.
        reader: None: RDKit if it is there.

    Raises:
        Misread: it is none, or no graph of neutral atoms: it has charges, isotopes, radicals, several parts.
        UserError: RDKit is asked for and missing.
    """
    by_rdkit = rdkit_bridge.available() if reader is None else reader == "rdkit"
    return rdkit_bridge.read(smiles) if by_rdkit else smiles_reader.read(smiles)


def rows(spec: GraphSpec, molecules: Sequence[Molecule]) -> Int64[Tensor, "n c"]:
    """Graphs int64 [n, c] of molecules; their hydrogens are left to the valences.

    Raises:
        UserError: an atom or bond that the specification has not, or more atoms than it has room for.
    """
    elements.check(spec)
    atoms = {name: 1 + k for k, name in enumerate(spec.node_types)}
    kinds = {name: 1 + k for k, name in enumerate(spec.edge_types)}
    x = torch.zeros(len(molecules), spec.shape[0], dtype=torch.int64)
    table = x.numpy()
    for row, molecule in zip(table, molecules, strict=True):
        if len(molecule.atoms) > spec.nodes:
            raise UserError(f"a molecule of {len(molecule.atoms)} atoms, and there is room for {spec.nodes}")
        for names, known in ((molecule.atoms, atoms), ([kind for *_, kind in molecule.bonds], kinds)):
            if unknown := [name for name in names if name not in known]:
                raise UserError(f"{unknown[0]!r} is none of {', '.join(known)}: the specification has no such type")
        row[: len(molecule.atoms)] = [atoms[name] for name in molecule.atoms]
        for i, j, kind in molecule.bonds:
            row[spec.nodes + pair_of(i, j, spec.nodes)] = kinds[kind]
    return x


def pair_of(i: int, j: int, nodes: int) -> int:
    """The place of the pair i < j among all of them."""
    return i * (2 * nodes - i - 1) // 2 + j - i - 1
