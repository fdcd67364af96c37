"""The valence check against RDKit: how often they agree, and what each costs. Needs RDKit and QM9.

    python benchmarks/molecules.py /path/to/qm9_heavy_atoms.npz

Prints the verdicts on QM9 and on molecules that chance has changed, the time of 1,024 verdicts, of reading and writing
SMILES, of identities, and of rewards the first and the second time.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from gansuite_graph.molecules import rdkit_bridge, smiles_reader, smiles_writer
from gansuite_graph.molecules.identity import identities
from gansuite_graph.molecules.molecule import Molecule, molecules_of
from gansuite_graph.molecules.rewards import Rewards
from gansuite_graph.molecules.valence import valid
from gansuite_graph.spec import GraphSpec, pairs_of

SPEC = GraphSpec(9, ("C", "N", "O", "F"), ("single", "double", "triple", "aromatic"), molecular=True)


def rows(path: Path) -> Tensor:
    """All molecules of the file."""
    with np.load(path) as file:
        atoms, bonds = (torch.from_numpy(file[name]).long() for name in ("atoms", "bonds"))
    i, j = pairs_of(9)
    return torch.cat([atoms, bonds[:, i, j]], 1)


def changed(x: Tensor, places: int, generator: torch.Generator, *, bonds: bool = False) -> Tensor:
    """So many places of each molecule set by chance: any, or bonds that are there."""
    x = x.clone()
    for _ in range(places):
        chance = torch.rand(x.shape, generator=generator)
        chance = chance * (x > 0) * (torch.arange(45) >= 9) if bonds else chance
        x[torch.arange(len(x)), chance.argmax(1)] = torch.randint(0, 5, (len(x),), generator=generator)
    return SPEC.tidied(x)


def table(name: str, x: Tensor) -> None:
    """The verdicts: ours, RDKit's on the bonds as written, RDKit's on the Kekulé structure."""
    ours = valid(SPEC, x)
    molecules = molecules_of(SPEC, x)
    written = torch.tensor([rdkit_bridge.canonical(each, as_written=True) is not None for each in molecules])
    kekule = torch.tensor([rdkit_bridge.canonical(each) is not None for each in molecules])
    counts = [int(each.sum()) for each in (ours & written, ours & ~written, ~ours & written, ~ours & ~written)]
    print(f"{name:34} both {counts[0]:6}  ours {counts[1]:5}  RDKit {counts[2]:4}  neither {counts[3]:6}", end="")
    print(f"   ours, and RDKit on the Kekulé structure {int((ours & kekule).sum())}")


def seconds(what: Callable[[], Any], times: int = 5) -> float:
    """The least CPU time of some calls."""
    least = float("inf")
    for _ in range(times):
        start = time.process_time()
        what()
        least = min(least, time.process_time() - start)
    return least


def sanitised(molecules: list[Molecule]) -> None:
    for molecule in molecules:
        rdkit_bridge.rdmol(molecule, as_written=True)


def main() -> None:
    """Print everything."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("path", type=Path)
    parser.add_argument("--n", type=int, default=10_000)
    given = parser.parse_args()
    torch.set_num_threads(1)
    x, generator = rows(given.path), torch.Generator().manual_seed(0)
    some = x[torch.randperm(len(x), generator=generator)[: given.n]]
    rings = x[(x[:, 9:] == 4).any(1)]
    rings = rings[torch.randperm(len(rings), generator=generator)[: given.n]]
    print("verdicts")
    table("QM9", x)
    for places in (1, 2, 3):
        table(f"QM9, {places} of 45 places by chance", changed(some, places, generator))
    table("aromatic ones, 1 bond by chance", changed(rings, 1, generator, bonds=True))
    for n in (32, 1024):
        batch = some[:n]
        molecules = molecules_of(SPEC, batch)
        own, theirs = seconds(lambda batch=batch: valid(SPEC, batch)), seconds(lambda each=molecules: sanitised(each))
        print(f"{n} verdicts: ours {1e3 * own:.1f} ms, RDKit {1e3 * theirs:.1f} ms, {theirs / own:.1f}x")
    good = some[valid(SPEC, some)][:1000]
    molecules = molecules_of(SPEC, good)
    texts = [smiles_writer.written(each) or "" for each in molecules]
    for name, what in (
        ("write SMILES", lambda: [smiles_writer.written(each) for each in molecules]),
        ("read SMILES", lambda: [smiles_reader.read(each) for each in texts]),
        ("RDKit's canonical SMILES", lambda: [rdkit_bridge.canonical(each) for each in molecules]),
        ("identities", lambda: identities(SPEC, good)),
    ):
        print(f"{name}: {1e3 * seconds(what, 3):.0f} ms for {len(good)}")
    keys = identities(SPEC, x[valid(SPEC, x)])
    canonical = {rdkit_bridge.canonical(each) for each in molecules_of(SPEC, x[valid(SPEC, x)])}
    print(f"different molecules in QM9: {len(keys.unique())} identities, {len(canonical)} canonical SMILES")
    for names in (["validity"], ["validity", "uniqueness"], ["qed"], ["qed", "logp", "sa"]):
        rewards = Rewards(SPEC, names)
        first, again = seconds(lambda r=rewards: r(good), 1), seconds(lambda r=rewards: r(good), 3)
        print(f"reward {' x '.join(names)}: {1e3 * first:.0f} ms for {len(good)}, again {1e3 * again:.0f} ms")


if __name__ == "__main__":
    main()
