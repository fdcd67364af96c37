"""Numbers that chemists give a molecule, by RDKit, and the scale from 0 to 1 that they are put on as rewards."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import redirect_stderr
from functools import lru_cache
from io import StringIO
from types import MappingProxyType
from typing import Any, NamedTuple

from gansuite.errors import UserError

from .rdkit_bridge import required, silent


class Score(NamedTuple):
    """A number of RDKit's molecules; ``worst`` and ``best`` become 0 and 1, what lies beyond is cut off."""

    of: Callable[[Any], float]
    worst: float
    best: float

    def scaled(self, value: float) -> float:
        """Between 0 and 1."""
        return min(1.0, max(0.0, (value - self.worst) / (self.best - self.worst)))


def qed(mol: Any) -> float:
    """Quantitative estimate of drug-likeness, in [0, 1].

    Source: Bickerton et al., Nature Chemistry 4 (2012).
    """
    from rdkit.Chem import QED

    return float(QED.qed(mol))


def logp(mol: Any) -> float:
    """Logarithm of the octanol-water partition coefficient, from the contributions of atoms.

    Source: Wildman & Crippen, J. Chem. Inf. Comput. Sci. 39 (1999).
    """
    from rdkit.Chem import Crippen

    return float(Crippen.MolLogP(mol))  # pyright: ignore[reportAttributeAccessIssue]


def sa(mol: Any) -> float:
    """Synthetic accessibility, from 1 (easy) to 10.

    Source: Ertl & Schuffenhauer, J. Cheminform. 1 (2009).
    """
    return float(contributed("SA_Score.sascorer").calculateScore(mol))


def natural(mol: Any) -> float:
    """Likeness to natural products, from about -5 to 5.

    Source: Ertl, Roggo & Schuffenhauer, J. Chem. Inf. Model. 48 (2008).
    """
    return float(contributed("NP_Score.npscorer").scoreMol(mol, natural_model()))


@lru_cache(1)
def natural_model() -> Any:
    """The fragments of natural products that come with RDKit."""
    scorer = contributed("NP_Score.npscorer")
    with redirect_stderr(StringIO()):  # it tells that it reads
        return scorer.readNPModel()


def contributed(name: str) -> Any:
    """A module of RDKit's Contrib folder.

    Raises:
        UserError: this RDKit came without.
    """
    from importlib import import_module

    try:
        return import_module(f"rdkit.Contrib.{name}")
    except ImportError as error:
        raise UserError(f"this RDKit has no Contrib/{name.split('.')[0]}; pip install 'gansuite[molecules]'") from error


SCORES: Mapping[str, Score] = MappingProxyType(
    {
        "qed": Score(qed, 0.0, 1.0),
        "logp": Score(logp, -2.12178879609, 6.0429063424),
        "sa": Score(sa, 5.0, 1.5),
        "np": Score(natural, -3.0, 1.0),
    }
)
"""The scales are those of De Cao & Kipf, MolGAN (2018), as their code has them."""


def fingerprint(mol: Any) -> Any:
    """2,048 bits of the circular substructures up to radius 4.

    Source: Rogers & Hahn, J. Chem. Inf. Model. 50 (2010); radius and bits as in MolGAN's code.
    """
    return circular().GetFingerprint(mol)


@lru_cache(1)
def circular() -> Any:
    required("diversity")
    from rdkit.Chem import rdFingerprintGenerator

    return rdFingerprintGenerator.GetMorganGenerator(radius=4, fpSize=2048)


def distance(mol: Any, others: list[Any]) -> float:
    """Mean Tanimoto distance to the fingerprints of others."""
    from rdkit.DataStructs import BulkTanimotoSimilarity

    with silent():
        near = BulkTanimotoSimilarity(fingerprint(mol), others)
    return 1 - sum(near) / len(near)


def bump(value: float, low: float = 0.210, high: float = 0.945, decay: float = 0.025) -> float:
    """1 between ``low`` and ``high``, and a Gaussian fall on both sides: exp(-(distance)² / decay)."""
    from math import exp

    return exp(-(max(low - value, value - high, 0.0) ** 2) / decay)
