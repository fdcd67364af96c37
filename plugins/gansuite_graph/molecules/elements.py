"""Atoms and bonds: what valences an element has, and what a bond takes of them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from gansuite.errors import UserError

from ..spec import GraphSpec


class Element(NamedTuple):
    """An element's number, and the valences it has without a charge, the usual one first."""

    number: int
    valences: tuple[int, ...]


ELEMENTS: Mapping[str, Element] = MappingProxyType(
    {
        "B": Element(5, (3,)),
        "C": Element(6, (4,)),
        "N": Element(7, (3,)),
        "O": Element(8, (2,)),
        "F": Element(9, (1,)),
        "Si": Element(14, (4,)),
        "P": Element(15, (3, 5)),
        "S": Element(16, (2, 4, 6)),
        "Cl": Element(17, (1,)),
        "As": Element(33, (3, 5)),
        "Se": Element(34, (2, 4, 6)),
        "Br": Element(35, (1,)),
        "I": Element(53, (1, 3, 5)),
    }
)
"""The atoms that molecules may have: those of RDKit 2026.9 with the same valences."""

CARRIERS = ("C", "Si")
"""Elements that have a double bond in an aromatic ring, unless they have one outside it; others may hold a hydrogen."""

ORDERS: Mapping[str, int] = MappingProxyType({"single": 1, "double": 2, "triple": 3, "aromatic": 1})
"""What a bond takes of a valence. An aromatic one takes 1; one more where it is double in a Kekulé structure."""

AROMATIC = "aromatic"


def check(spec: GraphSpec) -> None:
    """Refuse graphs that are no molecules.

    Raises:
        UserError: they are not declared as such, or a type is no atom or no bond.
    """
    if not getattr(spec, "molecular", False):
        raise UserError("these graphs are no molecules: take [data] name = 'qm9', 'smiles', 'nci' or 'molsets'")
    if strange := [name for name in spec.node_types if name not in ELEMENTS]:
        raise UserError(f"node_types: {strange[0]!r} is no known atom; there are {' '.join(ELEMENTS)}")
    if strange := [name for name in spec.edge_types if name not in ORDERS]:
        raise UserError(f"edge_types: {strange[0]!r} is no known bond; there are {' '.join(ORDERS)}")
