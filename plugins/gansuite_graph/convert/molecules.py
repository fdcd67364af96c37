"""Molecules as SMILES."""

from __future__ import annotations

from collections.abc import Iterable

from jaxtyping import Int64
from torch import Tensor

from gansuite.errors import UserError

from ..edge_list import EdgeList, gathered
from ..spec import GraphSpec


def to_smiles(spec: GraphSpec, x: Tensor) -> list[str | None]:
    """The SMILES of each molecule, None for what is none.

    Raises:
        UserError: the graphs are no molecules.
    """
    from ..molecules.notation import smiles_of

    return smiles_of(spec, x)


def from_smiles(lines: Iterable[str], spec: GraphSpec | None = None) -> tuple[GraphSpec, Int64[Tensor, "n c"]]:
    """The rows of molecules, as they are read by RDKit, or without it by our own reader.

    Raises:
        UserError: a SMILES that cannot be read, an atom or bond that ``spec`` does not have.
    """
    every = []
    for i, line in enumerate(lines):
        found = edge_list(line, f"SMILES {i}")
        if isinstance(found, str):
            raise UserError(f"SMILES {i}, {line!r}: {found}; leave it out")
        every.append(found)
    return gathered(every, spec or spec_of(every))


def edge_list(smiles: str, place: str) -> EdgeList | str:
    """The graph of a SMILES, or why there is none."""
    import numpy as np

    from ..molecules.notation import Misread, parse

    try:
        molecule = parse(smiles)
    except Misread as error:
        return str(error)
    ends = np.array([bond[:2] for bond in molecule.bonds], np.int64).reshape(-1, 2)
    bonds = [kind for *_, kind in molecule.bonds]
    return EdgeList(len(molecule.atoms), ends, molecule.atoms, bonds, place=place, molecular=True)


def spec_of(graphs: Iterable[EdgeList]) -> GraphSpec:
    """The least specification that holds these molecules: atoms by their number, bonds by their order.

    Raises:
        UserError: no molecule.
    """
    from ..molecules.elements import ELEMENTS, ORDERS

    every = list(graphs)
    if not every:
        raise UserError("no molecule: give at least one SMILES that can be read")
    atoms = {atom for graph in every for atom in graph.node_types or ()}
    bonds = {bond for graph in every for bond in graph.edge_types or ()}
    nodes = tuple(sorted(atoms, key=lambda atom: (ELEMENTS[atom].number if atom in ELEMENTS else 1000, atom)))
    edges = tuple(bond for bond in ORDERS if bond in bonds) or tuple(ORDERS)[:1]
    return GraphSpec(max(graph.nodes for graph in every), nodes, edges, molecular=True)
