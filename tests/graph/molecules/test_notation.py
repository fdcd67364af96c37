"""SMILES and SD files, written and read, against RDKit and back."""

from __future__ import annotations

import sys

import pytest
import torch
from rdkit import Chem, RDConfig

from gansuite.errors import UserError
from gansuite_graph.metrics.isomorphism import classes
from gansuite_graph.molecules import rdkit_bridge, smiles_writer
from gansuite_graph.molecules.molecule import Molecule
from gansuite_graph.molecules.notation import Misread, parse, rows, sdf_of, smiles_of, to_rdmol
from gansuite_graph.molecules.valence import valid
from gansuite_graph.spec import GraphSpec

from .qm9_molecules import CHARGED, SPEC, permuted, qm9, some


def sample(n: int = 400) -> torch.Tensor:
    x = some(n)
    return x[valid(SPEC, x)]


def canonical(smiles: str) -> str:
    return Chem.MolToSmiles(Chem.MolFromSmiles(smiles))


def nci(every: int) -> list[str]:
    with open(f"{RDConfig.RDDataDir}/NCI/first_5K.smi") as file:
        return [line.split()[0] for line in file][::every]


def test_what_is_written_is_what_rdkit_reads():
    x = sample()
    own = smiles_of(SPEC, x, canonical=False)
    assert [canonical(each or "") for each in own] == smiles_of(SPEC, x)
    assert not any(character.islower() for each in own for character in each or "")


def test_back_from_a_string():
    x = sample()
    for aromatic in (False, True):
        own = smiles_of(SPEC, x, canonical=False, aromatic=aromatic)
        read = [parse(each or "", "own") for each in own]
        assert [rdkit_bridge.canonical(each) for each in read] == smiles_of(SPEC, x)
    back = rows(SPEC, read)  # with aromatic bonds as they were
    number = classes(SPEC, torch.cat([x, back])).numbers
    assert torch.equal(number[: len(x)], number[len(x) :])


def test_both_readers_agree_on_what_people_write():
    """The NCI's molecules, as they are written and in RDKit's canonical form: lower case, brackets, rings above 9."""
    taken = 0
    for smiles in nci(25):
        found = {}
        for reader in ("own", "rdkit"):
            try:
                found[reader] = parse(smiles, reader)
            except Misread:
                found[reader] = None
        assert (found["own"] is None) == (found["rdkit"] is None), smiles
        if found["own"] is None:
            continue
        taken += 1
        truth = canonical(smiles.replace("/", "").replace("\\", "").replace("@", ""))
        assert rdkit_bridge.canonical(found["own"]) == rdkit_bridge.canonical(found["rdkit"]) == truth
        lower = parse(truth, "own")
        assert rdkit_bridge.canonical(lower) == truth
        ends = [tuple(sorted((b.GetBeginAtomIdx(), b.GetEndAtomIdx()))) for b in Chem.MolFromSmiles(truth).GetBonds()]
        assert sorted(bond[:2] for bond in lower.bonds) == sorted(ends)
        aromatic = sum(b.GetIsAromatic() for b in Chem.MolFromSmiles(truth).GetBonds())
        assert sum(kind == "aromatic" for *_, kind in lower.bonds) == aromatic
        assert canonical(smiles_writer.written(lower) or "") == canonical(
            smiles_writer.written(lower, aromatic=True) or ""
        )
    assert taken > 150


def test_canonical_smiles_do_not_depend_on_the_order_of_the_atoms():
    x = sample()
    assert smiles_of(SPEC, permuted(x)) == smiles_of(SPEC, x)


def test_pyrrole_has_its_hydrogen():
    molecule = parse("c1cc[nH]c1", "own")
    spec = GraphSpec(5, ("C", "N"), ("single", "double", "aromatic"), molecular=True)
    x = rows(spec, [molecule])
    assert smiles_of(spec, x) == ["c1cc[nH]c1"]
    assert smiles_of(spec, x, canonical=False, aromatic=True) == ["c1c[nH]cc1"]
    assert canonical(smiles_of(spec, x, canonical=False)[0] or "") == "c1cc[nH]c1"


def test_hydrogens_that_are_told_decide_on_the_tautomer():
    spec = GraphSpec(6, ("C", "N"), ("single", "double", "aromatic"), molecular=True)
    for smiles in ("Cc1c[nH]cn1", "Cc1cnc[nH]1"):
        assert rdkit_bridge.canonical(parse(smiles, "own")) == canonical(smiles)
        assert smiles_of(spec, rows(spec, [parse(smiles, "own")]))[0] in ("Cc1c[nH]cn1", "Cc1cnc[nH]1")


REFUSED = {
    "CC(=O)[O-]": "charge",
    "[13CH4]": "isotope",
    "C.C": "several parts",
    "C*": r"'\*'",
    "[*]C": r"the atom \*",
    "[Na]C": "the atom Na",
    "C1CC": "without an end",
    "C(C": "without an end",
    "C=": "without an end",
    "CC)C": "has no sense",
    "C==C": "two bonds in a row",
    "C11": "two bonds between two atoms",
    "C1C1": "two bonds between two atoms",
    "C=1CC-1": "another bond",
    "C[CH]C": "unusual valence",
    "C[CH5]": "unusual valence",
    "FC(F)(F)(F)F": "unusual valence",
    "c1cccc1": "cannot be told into single and double",
    "n1cccc1": "cannot be told into single and double",
    "[H][H]": "hydrogen",
    "": "no atom",
    "Q": "'Q'",
    "[C": r"'\['",
}


@pytest.mark.parametrize("smiles", REFUSED)
def test_what_is_not_understood(smiles):
    with pytest.raises(Misread, match=REFUSED[smiles]):
        parse(smiles, "own")
    if smiles != "C=1CC-1":  # RDKit takes the first sign
        with pytest.raises(Misread):
            parse(smiles, "rdkit")


def test_what_is_left_out_of_a_smiles():
    plain = parse("NC(C)C=CF", "own")
    marked = parse("N[C@@H](C)/C=C\\F", "own")
    assert (plain.atoms, plain.bonds) == (marked.atoms, marked.bonds)
    assert parse("[H]C([H])([H])O", "own").atoms == ("C", "O")
    assert parse("C%12CCCCC%12", "own").bonds == parse("C1CCCCC1", "own").bonds
    assert parse("c1ccccc1c1ccccc1", "own").bonds == parse("c1ccccc1-c1ccccc1", "own").bonds


def test_sd_files():
    x = torch.cat([sample(200), torch.zeros(1, 45, dtype=torch.int64)])
    supplier = Chem.SDMolSupplier()
    supplier.SetData(sdf_of(SPEC, x))
    read = list(supplier)
    assert len(read) == len(x) - 1  # what has no atom is left out
    assert [Chem.MolToSmiles(mol) for mol in read] == smiles_of(SPEC, x)[:-1]
    assert read[3].GetProp("_Name") == "molecule 3"


def test_rdkit_molecules_and_what_is_none():
    x = qm9()
    bad = x[~valid(SPEC, x)]
    assert len(bad) == CHARGED and smiles_of(SPEC, bad) == [None] * len(bad)
    assert to_rdmol(SPEC, bad[0]) is None
    mol = to_rdmol(SPEC, sample(5)[0])
    assert mol is not None and Chem.MolToSmiles(mol) == smiles_of(SPEC, sample(5)[:1])[0]
    assert smiles_of(SPEC, SPEC.space.relaxed(x[:5])) == smiles_of(SPEC, x[:5])


def test_rows_say_what_does_not_fit():
    with pytest.raises(UserError, match="a molecule of 10 atoms, and there is room for 9"):
        rows(SPEC, [parse("C" * 10, "own")])
    with pytest.raises(UserError, match="'Cl' is none of C, N, O, F"):
        rows(SPEC, [parse("CCl", "own")])
    kekule = GraphSpec(9, ("C",), ("single", "double"), molecular=True)
    with pytest.raises(UserError, match="'aromatic' is none of single, double"):
        rows(kekule, [parse("c1ccccc1", "own")])


def test_without_rdkit(monkeypatch):
    x = sample(50)
    own = smiles_of(SPEC, x, canonical=False)
    monkeypatch.setitem(sys.modules, "rdkit", None)
    monkeypatch.setattr(rdkit_bridge, "available", lambda: False)
    assert smiles_of(SPEC, x) == own
    assert parse("CCO").atoms == ("C", "C", "O")
    for needs in (
        lambda: smiles_of(SPEC, x, canonical=True),
        lambda: to_rdmol(SPEC, x[0]),
        lambda: parse("C", "rdkit"),
    ):
        with pytest.raises(UserError, match=r"needs RDKit: pip install 'gansuite\[molecules\]'"):
            needs()


def test_single_bonds_in_rings_between_aromatic_atoms():
    biphenylene = parse("c1ccc2c(c1)-c1ccccc1-2", "own")
    assert [kind for *_, kind in biphenylene.bonds].count("single") == 2
    again = parse(smiles_writer.written(biphenylene, aromatic=True) or "", "own")
    assert [kind for *_, kind in again.bonds].count("single") == 2


def test_more_than_nine_rings_are_open():
    rungs = [(i, 27 - i) for i in range(13)]
    bonds = tuple((i, j, "single") for i, j in [*rungs, *((i, i + 1) for i in range(27))])
    ladder = Molecule(("C",) * 28, bonds)  # the way goes up one side and down the other
    text = smiles_writer.written(ladder) or ""
    assert "%12" in text
    assert canonical(text) == rdkit_bridge.canonical(ladder) == rdkit_bridge.canonical(parse(text, "own"))


def test_a_hydrogen_that_stands_as_an_atom_is_told():
    assert rdkit_bridge.canonical(parse("[H]n1cccc1", "own")) == "c1cc[nH]c1"
