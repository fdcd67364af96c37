"""QM9 as arrays of types."""

from __future__ import annotations

import zipfile
from collections import Counter
from pathlib import Path

import numpy as np
import torch

from gansuite.errors import UserError

from ..molecules.elements import AROMATIC
from ..molecules.identity import without_aromatic
from ..molecules.valence import valid
from ..spec import GraphSpec, pairs_of
from .molecule_bank import KEKULE, Found, Making

FORM = "atoms [n, N] of 0 to 4 (none, C, N, O, F) and symmetrical bonds [n, N, N] of 0 to 4"


def of_arrays(path: Path, how: Making, place: str) -> Found:
    """The molecules of an ``.npz``; those that are invalid, because a charge is lost, are left out.

    Raises:
        UserError: the file holds something else.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            atoms, bonds = file["atoms"], file["bonds"]
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise UserError(f"{place}: no such arrays ({error}); expected {FORM}") from error
    n, nodes = atoms.shape if atoms.ndim == 2 else (0, 0)
    fits = n and bonds.shape == (n, nodes, nodes) and max(atoms.max(), bonds.max()) <= 4
    if not fits or min(atoms.min(), bonds.min()) < 0 or (bonds != bonds.transpose(0, 2, 1)).any():
        raise UserError(f"{place}: arrays {list(atoms.shape)} and {list(bonds.shape)} of another form; expected {FORM}")
    spec = GraphSpec(nodes, how.atoms or ("C", "N", "O", "F"), (*KEKULE, AROMATIC), molecular=True)
    i, j = pairs_of(nodes)
    x = torch.cat([torch.from_numpy(atoms).long(), torch.from_numpy(bonds).long()[:, i, j]], 1)
    good = valid(spec, x)
    skipped = Counter({"charged or invalid": int((~good).sum())} if not good.all() else {})
    x = x[good]
    if how.kekulise:
        x, spec = without_aromatic(spec, x), GraphSpec(nodes, spec.node_types, KEKULE, molecular=True)
    places = [(path.name, k + 1) for k in good.nonzero().flatten().tolist()]
    return Found(spec, x, places, [None] * len(x), skipped, [], n)
