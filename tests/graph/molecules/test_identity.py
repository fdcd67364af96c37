"""Which molecules are the same: as RDKit's canonical SMILES say."""

from __future__ import annotations

import torch

from gansuite_graph.molecules.identity import identities, without_aromatic
from gansuite_graph.molecules.notation import parse, rows, smiles_of
from gansuite_graph.molecules.valence import valid
from gansuite_graph.spec import GraphSpec

from .qm9_molecules import SPEC, permuted, some

WIDE = GraphSpec(12, ("C", "N", "O"), ("single", "double", "triple", "aromatic"), molecular=True)


def same(*smiles: str) -> bool:
    return len(identities(WIDE, rows(WIDE, [parse(each, "own") for each in smiles])).unique()) == 1


def test_one_to_one_with_canonical_smiles():
    x = some(1000)
    x = x[valid(SPEC, x)]
    x = torch.cat([x, permuted(x), without_aromatic(SPEC, x)])
    keys, texts = identities(SPEC, x).tolist(), smiles_of(SPEC, x)
    assert len(set(zip(keys, texts, strict=True))) == len(set(keys)) == len(set(texts))


def test_how_a_molecule_is_written_plays_no_part():
    assert same("c1ccccc1", "C1=CC=CC=C1")
    assert same("Cc1ccccc1C", "CC1=CC=CC=C1C", "CC1=C(C)C=CC=C1")
    assert same("c1cc[nH]c1", "C1=CNC=C1", "N1C=CC=C1")
    assert same("OCC", "CCO")


def test_what_differs():
    assert not same("CCO", "COC")
    assert not same("C1CCCCC1", "C1=CCCCC1")
    assert not same("CC=O", "C=CO")  # tautomers
    assert not same("Cc1c[nH]cn1", "C1=NC(C)=NN1")
    assert not same("C1CCC2CCCCC2C1", "C1CCC(C1)C1CCCC1")  # decalin and bicyclopentyl have one WL hash


def test_the_room_is_no_part_of_a_molecule_and_nothing_has_none():
    assert identities(SPEC, torch.zeros(0, 45, dtype=torch.int64)).shape == (0,)
    x = some(50, aromatic=True)
    kekule = without_aromatic(SPEC, x[valid(SPEC, x)])
    assert not (kekule[:, 9:] == 4).any()
