"""From SMILES or arrays to a bank of rows: read, checked, counted, split, each molecule once."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from jaxtyping import Int64
from torch import Tensor

from gansuite.data.split import SPLITS, digest_of, split_of
from gansuite.errors import UserError
from gansuite.metrics.states import scrambled

from ..molecules.elements import AROMATIC, ELEMENTS
from ..molecules.identity import identities, without_aromatic
from ..molecules.molecule import Molecule, kekulised
from ..molecules.notation import Misread, Reader, parse, rows
from ..spec import GraphSpec
from . import store
from .molecule_sources import Line

KEKULE = ("single", "double", "triple")
SHOWN = 3
"""Lines that cannot be used which the log shows."""

UNKNOWN, LARGE = "of other atoms", "too large"

log = logging.getLogger("gansuite")


@dataclass(frozen=True)
class Making:
    """All that decides the stored rows, and so part of the key of the cache.

    Args:
        nodes: most atoms; None: those of the largest molecule.
        atoms: elements; None: those that are there.
        unknown: molecules with another element are dropped, or an error.
        too_large: molecules with more atoms likewise.
        kekulise: aromatic bonds are told into single and double ones.
        deduplicate: each molecule once.
        most: so many molecules, those of the smallest hash.
        reader: of SMILES.
        shares: of the splits.
    """

    nodes: int | None = None
    atoms: tuple[str, ...] | None = None
    unknown: Literal["drop", "error"] = "drop"
    too_large: Literal["drop", "error"] = "drop"
    kekulise: bool = False
    deduplicate: bool = True
    most: int | None = None
    reader: Reader | None = None
    shares: Mapping[str, float] = field(default_factory=dict)


@dataclass
class Found:
    """Rows, the file and line and the split of each, and what was left out for which reason."""

    spec: GraphSpec
    x: Int64[Tensor, "n c"]
    places: list[tuple[str, int]]
    splits: list[str | None]
    skipped: Counter[str]
    examples: list[str]
    read: int


def of_lines(lines: Iterable[Line], how: Making, place: str) -> Found:
    """The molecules of SMILES.

    Raises:
        UserError: none can be used; one is unknown or too large, where that is an error.
    """
    molecules, kept, skipped, examples, read = list[Molecule](), list[Line](), Counter[str](), list[str](), 0
    for line in lines:
        read += 1
        try:
            molecule = fitting(parse(line.smiles, how.reader), how, line)
        except Misread as error:
            reason = str(error)
            skipped[reason if reason in (UNKNOWN, LARGE) else "invalid"] += 1
            if reason not in (UNKNOWN, LARGE) and len(examples) < SHOWN:
                examples.append(f"{line.place}: {line.smiles[:60]} ({reason})")
        else:
            molecules.append(molecule)
            kept.append(line)
    if examples:
        log.warning("%d SMILES cannot be used; %s", skipped["invalid"], "; ".join(examples))
    if not molecules:
        why = ", ".join(f"{count} {reason}" for reason, count in skipped.items()) or "the file is empty"
        first = f"; the first: {examples[0]}" if examples else ""
        raise UserError(f"{place}: no molecule can be used ({why}){first}; give SMILES, one a line")
    spec = spec_of(molecules, how)
    x = rows(spec, molecules)
    return Found(
        spec, x, [(line.file, line.number) for line in kept], [line.split for line in kept], skipped, examples, read
    )


def thinned(lines: Iterable[Line], most: int | None) -> Iterable[Line]:
    """About ``most`` of the lines, and a few more, chosen by their hash: the rest need not be understood."""
    if most is None:
        return lines
    every = list(lines)
    order = sorted(range(len(every)), key=lambda i: digest_of(every[i].smiles.encode()))[: most + most // 20]
    return [every[i] for i in sorted(order)]


def fitting(molecule: Molecule, how: Making, line: Line) -> Molecule:
    """The molecule, if the policies let it in.

    Raises:
        Misread: they do not, and say to drop it.
        UserError: they do not.
    """
    if how.nodes is not None and len(molecule.atoms) > how.nodes:
        if how.too_large == "error":
            raise UserError(
                f"{line.place}: {len(molecule.atoms)} atoms, more than nodes = {how.nodes}; set too_large = 'drop'"
            )
        raise Misread(LARGE)
    strange = [atom for atom in molecule.atoms if how.atoms is not None and atom not in how.atoms]
    if strange:
        if how.unknown == "error":
            raise UserError(f"{line.place}: an atom {strange[0]} that atoms does not name; set unknown = 'drop'")
        raise Misread(UNKNOWN)
    return (kekulised(molecule) or molecule) if how.kekulise else molecule


def spec_of(molecules: Sequence[Molecule], how: Making) -> GraphSpec:
    """The specification of molecules: elements by their number, all kinds of bonds."""
    there = {atom for each in molecules for atom in each.atoms}
    atoms = how.atoms or tuple(name for name in ELEMENTS if name in there)
    bonds = KEKULE if how.kekulise else (*KEKULE, AROMATIC)
    nodes = how.nodes or max(len(each.atoms) for each in molecules)
    return GraphSpec(nodes, atoms, bonds, molecular=True)


def write(folder: Path, found: Found, how: Making, place: str) -> None:
    """Leave out copies, split by the molecules' identity, and write the bank.

    Raises:
        UserError: fewer than two molecules are left, or none to train on.
    """
    spec, x, skipped = found.spec, found.x, found.skipped
    keys = identities(spec, x).numpy()
    order = np.arange(len(keys))
    if how.deduplicate:
        _, first = np.unique(keys, return_index=True)
        if len(first) < len(keys):
            skipped["copies"] = len(keys) - len(first)
        order = np.sort(first)
    if how.most is not None and len(order) > how.most:
        skipped["beyond max_molecules"] = len(order) - how.most
        chance = scrambled(torch.from_numpy(keys[order]), 1).numpy()  # not the hash that decides on splits
        order = np.sort(order[np.argsort(chance, kind="stable")[: how.most]])
    splits = [found.splits[i] or split_of(f"{int(keys[i]) & (1 << 64) - 1:016x}", how.shares) for i in order]
    rank = np.array([SPLITS.index(split) for split in splits])
    order, rank = order[np.argsort(rank, kind="stable")], np.sort(rank)
    if len(order) < 2 or not (rank == 0).any():
        raise UserError(
            f"{place}: {len(order)} molecules, too few to split; give more, or set split = {{ train = 1.0 }}"
        )
    x = x[order]
    train = x[: int((rank == 0).sum()), : spec.nodes]
    sizes = torch.bincount((train != 0).sum(1), minlength=spec.nodes + 1)[1:].double()
    spec = replace(spec, sizes=tuple((sizes / sizes.sum()).tolist()))
    files = sorted({file for file, _ in found.places})
    of_rows = {
        "identity": keys[order],
        "source": np.array([files.index(found.places[i][0]) for i in order], np.int32),
        "item": np.array([found.places[i][1] for i in order], np.int64),
    }
    summary = {
        "files": len(files),
        "read": found.read,
        "used": len(order),
        "skipped": {"count": skipped.total(), "reasons": dict(skipped), "examples": found.examples},
        "atoms": {name: int((x[:, : spec.nodes] == k).sum()) for k, name in enumerate(spec.node_types, 1)},
        "aromatic": int((without_aromatic(spec, x) != x).any(1).sum()),
    }
    counts = {split: int((rank == i).sum()) for i, split in enumerate(SPLITS)}
    store.write(folder, spec, counts, x.to(torch.uint8).numpy(), summary, of_rows, files)


def settings(how: Making) -> dict[str, Any]:
    """The settings as JSON-able values."""
    return {**vars(how), "shares": dict(how.shares)}
