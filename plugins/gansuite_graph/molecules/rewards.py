"""What a generated molecule earns: named properties on a scale from 0 to 1, and their product."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any

import torch
from jaxtyping import Bool, Float, Float32, Int64
from torch import Tensor

from gansuite.engine.rng import Rng
from gansuite.errors import UserError

from ..spec import GraphSpec
from . import elements, rdkit_bridge
from .identity import identities
from .molecule import molecules_of
from .scores import SCORES, bump, distance, fingerprint
from .valence import valid

COUNTED = ("validity", "uniqueness", "novelty")
CHEMICAL = (*SCORES, "diversity", "drug-candidate")
NAMES = (*COUNTED, *CHEMICAL)
AT_HAND = 100
"""Training molecules that diversity is measured against."""


class Rewards:
    """r(x) = Π_k r_k(x) in [0, 1]; an invalid molecule earns 0.

        validity         1                                                       (by ``valence.valid``)
        uniqueness       min(1, 3/4 + 1/m),  m copies of the molecule in the batch
        novelty          1 if it is in no training set
        qed, logp, sa, np   the score between its worst and its best (``SCORES``)
        diversity        mean Tanimoto distance to 100 training molecules, 0.9 to 0.945
        drug-candidate   (b(logp) + sa + novelty + 0.3 (1 - novelty)) / 4,  b = 1 on [0.21, 0.945]

    The first three need nothing; the others RDKit, which is asked only about valid molecules it was not asked about
    before: their numbers are kept by identity, the last ``room`` of them. RDKit works on the CPU, so those wait for it.

    Args:
        spec: molecules.
        names: of the properties; none: every molecule earns 1.
        training_hashes: ``identity.identities`` of the training molecules, for novelty and drug-candidate.
        training: rows of training molecules, for diversity.
        room: molecules whose numbers are kept.

    Raises:
        UserError: an unknown name, a property without what it needs, RDKit missing, graphs that are no molecules.

    Source: De Cao & Kipf, MolGAN (2018), section 3.3; scales as in their code (utils/molecular_metrics.py).
    """

    def __init__(
        self,
        spec: GraphSpec,
        names: Sequence[str],
        training_hashes: Int64[Tensor, " m"] | None = None,
        *,
        training: Int64[Tensor, "m c"] | None = None,
        room: int = 1 << 17,
    ) -> None:
        elements.check(spec)
        if unknown := [name for name in names if name not in NAMES]:
            raise UserError(f"rewards: {unknown[0]!r} is none; there are {', '.join(NAMES)}")
        if {"novelty", "drug-candidate"} & set(names) and training_hashes is None:
            raise UserError("rewards: novelty and drug-candidate need the training molecules; leave them out")
        if "diversity" in names and training is None:
            raise UserError("rewards: diversity needs training molecules to differ from; leave it out")
        if chemical := [name for name in names if name in CHEMICAL]:
            rdkit_bridge.required(f"the reward {chemical[0]!r}")
        self.spec, self.names, self.known = spec, tuple(names), training_hashes
        self.kept, self.room, self.asked = OrderedDict[tuple[str, int], float](), room, 0
        self.others = [] if training is None or "diversity" not in names else self.fingerprints(training)
        self.of: dict[str, Callable[[Any], float]] = {
            name: (lambda mol, score=score: score.scaled(score.of(mol))) for name, score in SCORES.items()
        }
        self.of["diversity"] = lambda mol: min(1.0, max(0.0, (distance(mol, self.others) - 0.9) / 0.045))

    def __call__(self, x: Int64[Tensor, "n c"]) -> Float32[Tensor, " n"]:
        """The reward of each molecule."""
        total = torch.ones(len(x), device=x.device)
        for value in self.parts(x).values():
            total = total * value
        return total

    @torch.no_grad()
    def parts(self, x: Int64[Tensor, "n c"]) -> dict[str, Float32[Tensor, " n"]]:
        """Each property by its name."""
        x, good = self.spec.tidied(x), valid(self.spec, x)
        if set(self.names) <= {"validity"}:
            return {name: good.float() for name in self.names}
        keys = torch.where(good, identities(self.spec, x), 0)
        found = dict[str, Tensor]()
        for name in self.names:
            if name == "validity":
                value = good
            elif name == "uniqueness":
                value = (0.75 + 1 / copies(keys)).clamp(max=1)
            elif name == "novelty":
                value = self.novel(keys)
            elif name == "drug-candidate":
                logp, sa = (self.asked_of(part, x, keys, good) for part in ("logp", "sa"))
                rounded = torch.tensor([bump(each) for each in logp.tolist()], device=x.device)
                value = (rounded + sa + torch.where(self.novel(keys), 1.0, 0.3)) / 4
            else:
                value = self.asked_of(name, x, keys, good)
            found[name] = torch.where(good, value.float(), 0.0)
        return found

    def novel(self, keys: Int64[Tensor, " n"]) -> Bool[Tensor, " n"]:
        """Which molecules are in no training set."""
        assert self.known is not None
        return ~torch.isin(keys, self.known.to(keys.device))

    def asked_of(
        self, name: str, x: Int64[Tensor, "n c"], keys: Int64[Tensor, " n"], good: Bool[Tensor, " n"]
    ) -> Float[Tensor, " n"]:
        """A property by RDKit; what is known already, and what is invalid, is not computed."""
        numbers = keys.tolist()
        here = {key: self.kept[name, key] for key in numbers if (name, key) in self.kept}
        fresh: dict[int, int] = {}
        for i, (key, fine) in enumerate(zip(numbers, good.tolist(), strict=True)):
            if fine and key not in here:
                fresh.setdefault(key, i)
        where = torch.tensor(list(fresh.values()), dtype=torch.int64, device=x.device)
        for key, molecule in zip(fresh, molecules_of(self.spec, x[where]), strict=True):
            mol = rdkit_bridge.rdmol(molecule)
            here[key] = 0.0 if mol is None else self.of[name](mol)
        self.asked += len(fresh)
        for key, value in here.items():
            self.kept[name, key] = value
            self.kept.move_to_end((name, key))
        while len(self.kept) > self.room:
            self.kept.popitem(last=False)
        values = [here.get(key, 0.0) for key in numbers]
        return torch.tensor(values, device=x.device)

    def fingerprints(self, training: Int64[Tensor, "m c"]) -> list[Any]:
        """Those of some training molecules, a choice by chance, the same each time."""
        order = Rng(0, "molecules to differ from").uniform(len(training)).argsort()[:AT_HAND]
        mols = [rdkit_bridge.rdmol(each) for each in molecules_of(self.spec, training.cpu()[order])]
        return [fingerprint(mol) for mol in mols if mol is not None]


def copies(keys: Int64[Tensor, " n"]) -> Int64[Tensor, " n"]:
    """How often each number is there."""
    ordered = keys.sort().values
    return torch.searchsorted(ordered, keys, right=True) - torch.searchsorted(ordered, keys)
