"""Chemists' scores of generated molecules beside those of real ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Literal

import numpy as np
from annotated_types import MinLen
from jaxtyping import Float, Int64
from scipy.stats import wasserstein_distance
from torch import Tensor

from gansuite.metrics.estimate import Estimate
from gansuite.metrics.jackknife import block_labels, jackknife_of
from gansuite.metrics.metric import MINIMUM, MetricError
from gansuite.metrics.models.points import as_estimate, student
from gansuite.metrics.subject import Subject

from ..molecules import rdkit_bridge
from ..molecules.identity import identities
from ..molecules.molecule import molecules_of
from ..molecules.scores import SCORES
from ..molecules.valence import valid
from .molecules import MoleculeMetric

Name = Literal["qed", "logp", "sa", "np"]


class MoleculeScores(MoleculeMetric):
    """Scores of the valid ones among n generated molecules, and how far they are from those of n held-out ones:

        molecule-scores/qed            mean                                   Student's interval
        molecule-scores/qed-distance   W_1 = ∫ |F_generated - F_real|         block jackknife

    and likewise logP, synthetic accessibility (SA, 1 easy to 10) and likeness to natural products (NP). The floor of a
    mean is that of the held-out molecules, the floor of a distance that between held-out and training ones. Scores of a
    molecule are kept, so that it is scored once. RDKit computes them all.

    Args:
        scores: which of them.

    Raises:
        UserError: RDKit is missing.

    Source: Polykovskiy et al., MOSES (2020), section 3.2.
    """

    name = "molecule-scores"
    direction = "min"
    meaning = "How drug-like, greasy and hard to make the generated molecules are, and how far that is from real ones."

    def __init__(self, *, scores: Annotated[tuple[Name, ...], MinLen(1)] = ("qed", "logp", "sa")) -> None:
        super().__init__()
        rdkit_bridge.required(f"metric {self.name}")
        self.scores = tuple(dict.fromkeys(scores))
        self.kept: dict[int, list[float]] = {}

    def __call__(self, subject: Subject, *, untrained: Subject | None = None, seed: int = 0) -> Sequence[Estimate]:
        """The estimates, a mean and a distance of each score.

        Raises:
            MetricError: fewer than four of the generated molecules are valid.
        """
        n = subject.n
        held_out, train = (self.scored(self.hard(subject.real(n, split))) for split in (None, "train"))
        made = self.scored(self.drawn(subject, n))
        fresh = None if untrained is None else self.scored(self.drawn(untrained, n))
        if len(made) < MINIMUM:
            raise MetricError(
                f"{self.name}: {len(made)} of {n} generated molecules are valid: train on, or leave it out"
            )
        start = None if fresh is None or not len(fresh) else fresh
        extras = {"valid": len(made), "judge": rdkit_bridge.version()}
        found = []
        for k, part in enumerate(self.scores):
            found.append(
                as_estimate(
                    self,
                    student(made[:, k]),
                    part,
                    n,
                    seed=seed,
                    method="mean over valid molecules; Student",
                    direction="target",
                    floor=float(held_out[:, k].mean()),
                    untrained=None if start is None else float(start[:, k].mean()),
                    extras=extras,
                )
            )
            found.append(self.distance(part, made[:, k], held_out[:, k], train[:, k], start, k, n, seed, extras))
        return found

    def distance(
        self,
        part: str,
        made: np.ndarray,
        held_out: np.ndarray,
        train: np.ndarray,
        start: np.ndarray | None,
        k: int,
        n: int,
        seed: int,
        extras: dict[str, object],
    ) -> Estimate:
        """W_1 between generated and held-out molecules, a block of both left out at a time."""
        labels = block_labels(min(len(made), len(held_out)), seed=seed).numpy()

        def between(b: int | None) -> list[float]:
            keep = slice(None) if b is None else np.flatnonzero(labels != b)
            return [wasserstein_distance(made[: len(labels)][keep], held_out[: len(labels)][keep])]

        spread = jackknife_of(between, block_labels(len(labels), seed=seed), correct=False).of(0)
        value, half = wasserstein_distance(made, held_out), (spread.high - spread.low) / 2
        found = as_estimate(
            self,
            replace(spread, value=float(value), low=max(0.0, float(value) - half), high=float(value) + half),
            f"{part}-distance",
            n,
            seed=seed,
            method="block jackknife",
            floor=float(wasserstein_distance(train, held_out)),
            untrained=None if start is None else float(wasserstein_distance(start[:, k], held_out)),
            ideal=0.0,
            extras=extras,
        )
        return found

    def scored(self, x: Int64[Tensor, "n c"]) -> Float[np.ndarray, "m s"]:
        """The scores of the valid molecules that RDKit sanitises."""
        assert self.spec is not None, "bind(spec) comes first"
        x = x[valid(self.spec, x)]
        keys = identities(self.spec, x).tolist()
        for key, molecule in zip(keys, molecules_of(self.spec, x), strict=True):
            if key not in self.kept:
                mol = rdkit_bridge.rdmol(molecule)
                self.kept[key] = [] if mol is None else [SCORES[name].of(mol) for name in self.scores]
        rows = [self.kept[key] for key in keys if self.kept[key]]
        return np.array(rows, np.float64).reshape(-1, len(self.scores))
