"""Molecules for tests: QM9 where the shared fixture is at hand, and what chance makes of it."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from gansuite_graph.spec import GraphSpec, pairs_of

PUBLISHED = Path(__file__).parents[3].parent / "shared" / "data" / "qm9" / "qm9_heavy_atoms.npz"
SPEC = GraphSpec(9, ("C", "N", "O", "F"), ("single", "double", "triple", "aromatic"), molecular=True)
CHARGED = 146  # molecules of the fixture whose charges a graph does not tell


@lru_cache(1)
def qm9() -> Tensor:
    """All rows of the fixture."""
    if not PUBLISHED.is_file():
        pytest.skip("QM9 is not at hand: shared/data/qm9/qm9_heavy_atoms.npz")
    with np.load(PUBLISHED) as file:
        atoms, bonds = (torch.from_numpy(file[name]).long() for name in ("atoms", "bonds"))
    i, j = pairs_of(9)
    return torch.cat([atoms, bonds[:, i, j]], 1)


def some(n: int, seed: int = 0, *, aromatic: bool = False) -> Tensor:
    """``n`` rows by chance."""
    x = qm9()
    x = x[(x[:, 9:] == 4).any(1)] if aromatic else x
    return x[torch.randperm(len(x), generator=torch.Generator().manual_seed(seed))[:n]]


def perturbed(x: Tensor, seed: int = 0, *, bonds_only: bool = False) -> Tensor:
    """The molecules with one place changed by chance: any, or a bond that is there."""
    generator, y = torch.Generator().manual_seed(seed), x.clone()
    chance = torch.rand(x.shape, generator=generator)
    if bonds_only:
        chance = chance * (x > 0) * (torch.arange(x.shape[1]) >= 9)
    y[torch.arange(len(y)), chance.argmax(1)] = torch.randint(0, 5, (len(y),), generator=generator)
    return SPEC.tidied(y)


def permuted(x: Tensor, seed: int = 0) -> Tensor:
    """The molecules with their atoms in another order."""
    order = torch.rand(len(x), 9, generator=torch.Generator().manual_seed(seed)).argsort(1)
    return SPEC.rows(SPEC.dense(x).permuted(order))
