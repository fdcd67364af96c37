"""Molecules as MDL mol blocks, V2000, and SD files."""

from __future__ import annotations

from collections.abc import Sequence

from .molecule import Molecule, kekulised

KINDS = {"single": 1, "double": 2, "triple": 3, "aromatic": 4}


def mol_block(molecule: Molecule, name: str = "") -> str:
    """A mol block with all atoms at the origin: in a Kekulé structure, or with aromatic bonds where there is none.

    Raises:
        ValueError: more than 999 atoms or bonds, which the format has no room for.

    Source: Dalby et al., J. Chem. Inf. Comput. Sci. 32 (1992).
    """
    shown = kekulised(molecule) or molecule
    if max(len(shown.atoms), len(shown.bonds)) > 999:
        raise ValueError("V2000 has room for 999 atoms and bonds")
    place = "".join(f"{0:10.4f}" for _ in range(3))
    return "\n".join(
        [
            name,
            "  gansuite",
            "",
            f"{len(shown.atoms):3d}{len(shown.bonds):3d}  0  0  0  0  0  0  0  0999 V2000",
            *(f"{place} {symbol:<3} 0  0  0  0  0  0  0  0  0  0  0  0" for symbol in shown.atoms),
            *(f"{i + 1:3d}{j + 1:3d}{KINDS[kind]:3d}  0" for i, j, kind in shown.bonds),
            "M  END\n",
        ]
    )


def sdf(molecules: Sequence[Molecule]) -> str:
    """An SD file of the molecules that have an atom, each named by its number."""
    blocks = [mol_block(each, f"molecule {i}") for i, each in enumerate(molecules) if each.atoms]
    return "".join(f"{block}$$$$\n" for block in blocks)
