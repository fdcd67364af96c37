"""Valid molecules: by hand, against RDKit on QM9 and on molecules that chance has changed."""

from __future__ import annotations

import pytest
import torch

from gansuite.errors import UserError
from gansuite_graph.molecules import rdkit_bridge
from gansuite_graph.molecules.molecule import Molecule, kekulised, molecules_of
from gansuite_graph.molecules.notation import rows
from gansuite_graph.molecules.valence import Valences, valid, verdict
from gansuite_graph.spec import GraphSpec

from .qm9_molecules import CHARGED, SPEC, permuted, perturbed, qm9, some

WIDE = GraphSpec(
    12, ("C", "N", "O", "F", "S", "P", "Cl", "B"), ("single", "double", "triple", "aromatic"), molecular=True
)


def ring(atoms: str, *more: tuple[int, int, str], kind: str = "aromatic", names: str = "") -> Molecule:
    """A ring of one-letter atoms, atoms beside it, and bonds to them."""
    size = len(atoms)
    bonds = [(min(i, (i + 1) % size), max(i, (i + 1) % size), kind) for i in range(size)]
    return Molecule((*atoms, *names), tuple(bonds + list(more)))


def chain(*atoms: str, kinds: str = "") -> Molecule:
    names = {"-": "single", "=": "double", "#": "triple", ":": "aromatic"}
    return Molecule(atoms, tuple((i, i + 1, names[kind]) for i, kind in enumerate(kinds)))


TWO = [(i + k, j + k, kind) for k in (0, 6) for i, j, kind in ring("CCCCCC").bonds]
GOOD = {
    "methane": chain("C"),
    "carbon dioxide": chain("O", "C", "O", kinds="=="),
    "hydrogen cyanide": chain("C", "N", kinds="#"),
    "sulphur hexafluoride": Molecule(("S", *"FFFFFF"), tuple((0, i, "single") for i in range(1, 7))),
    "phosphorus pentachloride": Molecule(("P", *["Cl"] * 5), tuple((0, i, "single") for i in range(1, 6))),
    "benzene": ring("CCCCCC"),
    "pyridine": ring("NCCCCC"),
    "furan": ring("OCCCC"),
    "thiophene": ring("SCCCC"),
    "pyrrole": ring("NCCCC"),
    "toluene": ring("CCCCCC", (0, 6, "single"), names="C"),
    "pyridone": ring("NCCCCC", (1, 6, "double"), names="O"),
    "cyclobutadiene": ring("CCCC"),
    "two benzenes and an aromatic bond": Molecule(("C",) * 12, (*TWO, (0, 6, "aromatic"))),
}
BAD = {
    "occupied": Molecule((), ()),
    "connected": Molecule(("C", "C"), ()),
    "saturated": Molecule(("C", *"FFFFF"), tuple((0, i, "single") for i in range(1, 6))),
    "saturated: fluorine with two bonds": chain("C", "F", "C", kinds="--"),
    "saturated: nitrogen with four": chain("N", "N", "N", kinds="=="),
    "ringed": chain("C", "C", kinds=":"),
    "ringed: beside a ring": ring("CCCCCC", (0, 6, "aromatic"), (6, 7, "aromatic"), names="CC"),
    "kekulised: three carbons": ring("CCC"),
    "kekulised: oxygen in a ring of six": ring("OCCCCC"),
    "kekulised: sulphur in a ring of six": ring("SCCCCC"),
    "kekulised: five carbons": ring("CCCCC"),
}


@pytest.mark.parametrize("name", GOOD)
def test_what_is_a_molecule(name):
    assert verdict(WIDE, rows(WIDE, [GOOD[name]])).valid.item()


@pytest.mark.parametrize("name", BAD)
def test_what_is_none_and_why(name):
    found = verdict(WIDE, rows(WIDE, [BAD[name]]))
    assert not found.valid.item()
    assert [each for each in found._fields if not getattr(found, each).item()] == [name.split(":")[0]]


def test_qm9_is_valid_but_for_what_has_lost_a_charge():
    x = qm9()
    good = valid(SPEC, x)
    assert int((~good).sum()) == CHARGED
    for molecule in molecules_of(SPEC, x[~good]):
        assert rdkit_bridge.canonical(molecule) is None


@pytest.mark.parametrize(("seed", "bonds_only"), [(0, False), (1, False), (2, True)])
def test_against_rdkit_on_changed_molecules(seed, bonds_only):
    """Valid here: RDKit takes the Kekulé structure. Valid there as written: valid here, but for its rounding."""
    x = perturbed(some(1000, seed, aromatic=bonds_only), seed, bonds_only=bonds_only)
    good = valid(SPEC, x).tolist()
    taken, refused = 0, 0
    for molecule, here in zip(molecules_of(SPEC, x), good, strict=True):
        if here:
            taken += rdkit_bridge.canonical(molecule) is not None
        else:
            there = rdkit_bridge.canonical(molecule, as_written=True)
            strange = there is not None and not ("+" in there or rounded(molecule))
            assert not strange, there
            refused += there is None
    assert taken == sum(good)
    assert refused > (0.9 if bonds_only else 0.98) * (len(x) - sum(good))


def rounded(molecule: Molecule) -> bool:
    """Whether an atom has a double or triple bond, or two more aromatic ones, beside an aromatic one."""
    kinds = [[kind for _, kind in near] for near in molecule.neighbours]
    return any(
        "aromatic" in each and (each.count("aromatic") > 2 or {"double", "triple"} & set(each)) for each in kinds
    )


def test_the_order_of_the_atoms_and_the_room_play_no_part():
    x = perturbed(some(2000, 3, aromatic=True), 3, bonds_only=True)
    assert torch.equal(valid(SPEC, permuted(x)), valid(SPEC, x))
    room = GraphSpec(13, SPEC.node_types, SPEC.edge_types, molecular=True)
    wide = rows(room, molecules_of(SPEC, x))
    assert torch.equal(valid(room, wide), valid(SPEC, x))
    stray = x.clone()
    stray[:, 8] = 0  # bonds to an atom that is not there count for nothing
    assert torch.equal(valid(SPEC, stray), valid(SPEC, SPEC.tidied(stray)))


def test_one_at_a_time_and_all_together_agree_on_kekule_structures():
    x = perturbed(some(700, 4, aromatic=True), 4, bonds_only=True)
    found = verdict(SPEC, x)
    alone = [kekulised(molecule) is not None for molecule in molecules_of(SPEC, x)]
    assert found.kekulised.tolist() == alone
    assert 0.2 < found.kekulised.float().mean() < 0.9


def test_the_judge_of_a_data_set():
    x = some(20)
    assert torch.equal(Valences(SPEC).valid(x), valid(SPEC, x))


def test_what_is_refused():
    with pytest.raises(UserError, match=r"no molecules: take \[data\] name"):
        valid(GraphSpec(3), torch.zeros(1, 6, dtype=torch.int64))
    with pytest.raises(UserError, match="'Xx' is no known atom; there are B C"):
        valid(GraphSpec(3, ("Xx",), ("single",), molecular=True), torch.zeros(1, 6, dtype=torch.int64))
    with pytest.raises(UserError, match="'dative' is no known bond"):
        valid(GraphSpec(3, ("C",), ("dative",), molecular=True), torch.zeros(1, 6, dtype=torch.int64))
