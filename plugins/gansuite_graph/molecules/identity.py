"""Which graphs are the same molecule: the order of atoms, and how a resonant structure is written, play no part."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import torch
from jaxtyping import Int64
from torch import Tensor

from gansuite.metrics.states import hashed

from ..metrics.refinement import forms
from ..spec import ABSENT, GraphSpec
from .elements import AROMATIC
from .molecule import kekulised, molecules_of
from .notation import rows
from .valence import matrices, orders_of, targets

HYDROGENS = 4
"""Most hydrogens of an atom."""


def skeletons(spec: GraphSpec, x: Int64[Tensor, "n c"]) -> tuple[GraphSpec, Int64[Tensor, "n c"]]:
    """Graphs that are isomorphic if and only if the molecules are the same: elements with their hydrogens, and bonds of
    one kind.

    In a neutral molecule the hydrogens of all atoms decide the orders of all bonds but for resonance: benzene is one
    molecule whether its bonds are aromatic or take turns. InChI does so too, and so are two valence isomers that differ
    by the turn of a ring alone (1,2- and 1,4-dimethyl cyclobutadiene) one molecule here. Hydrogens do not move: unlike
    InChI's, tautomers differ. Where a graph does not tell which nitrogen of an aromatic ring holds the hydrogen,
    ``kekulised`` decides.

    Raises:
        UserError: the graphs are no molecules.

    Source: Heller et al., InChI, J. Cheminform. 7 (2015): main layer and hydrogens.
    """
    x = without_aromatic(spec, x)
    kinds, bonds = matrices(spec, x)
    orders, _ = orders_of(spec, bonds)
    lowest, _ = targets(spec, kinds, orders)
    held = (lowest - orders).clamp(0, HYDROGENS)
    kinds = torch.where(kinds == ABSENT, ABSENT, 1 + (kinds - 1) * (HYDROGENS + 1) + held)
    names = tuple(f"{name}H{h}" for name in spec.node_types for h in range(HYDROGENS + 1))
    plain = GraphSpec(spec.nodes, names, ("bond",), spec.sizes)
    return plain, torch.cat([kinds, x[:, spec.nodes :].clamp(max=1)], 1)


def identities(spec: GraphSpec, x: Int64[Tensor, "n c"]) -> Int64[Tensor, " n"]:
    """A number of 64 bits for each molecule, the same for the same.

    It is the hash of the ``forms`` of the skeletons: different molecules have different numbers but by chance, and the
    same one, in seldom cases of high symmetry, may have two.

    Raises:
        UserError: the graphs are no molecules.
    """
    return hashed(forms(*skeletons(spec, x)).cpu()).to(x.device) if len(x) else x.new_zeros(0)


def training_identities(spec: GraphSpec, dataset: Any, device: torch.device) -> Int64[Tensor, " m"]:
    """The identities of the training molecules: those that the data set keeps, or made of its rows."""
    if hasattr(dataset, "identities"):
        return dataset.identities("train")
    every = torch.arange(dataset.count("train"), device=device)
    return identities(spec, dataset.batch("train", every, None)["data"])


def without_aromatic(spec: GraphSpec, x: Int64[Tensor, "n c"]) -> Int64[Tensor, "n c"]:
    """The molecules in Kekulé structures, where there are any; of those written with aromatic bonds one at a time."""
    x = spec.tidied(x)
    if AROMATIC not in spec.edge_types:
        return x
    number = 1 + spec.edge_types.index(AROMATIC)
    where = (x[:, spec.nodes :] == number).any(1).nonzero().flatten()
    if not len(where):
        return x
    full = replace(spec, edge_types=tuple(dict.fromkeys((*spec.edge_types, "single", "double"))))
    found = [kekulised(each) or each for each in molecules_of(spec, x[where])]
    x = x.clone()
    x[where] = rows(full, found).to(x.device)
    return x
