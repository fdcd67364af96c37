"""The R2 penalty (Mescheder, Geiger & Nowozin 2018, eq. 10)."""

from __future__ import annotations

from typing import ClassVar

from gansuite.penalties.r1 import R1


class R2(R1):
    """½ E ‖∇D(G(z))‖² over generated samples: R1 on the other side.

    Args:
        weight: γ in the paper.
        every: compute it each k-th move only, k-fold.

    Raises:
        UserError: the samples are integers.
    """

    name = "r2"
    needs: ClassVar[frozenset[str]] = frozenset({"fake", "score"})
    at: ClassVar[str] = "fake"
