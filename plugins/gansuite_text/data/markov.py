"""Texts of a Markov chain, whose divergences have closed forms."""

from __future__ import annotations

from typing import Annotated, Literal

from annotated_types import Ge, Gt, Le

from gansuite.data.split import digest_of
from gansuite.engine.rng import Rng

from ..judges.markov import Chain
from ..spec import END
from . import store
from .texts import Texts


class Markov(Texts):
    """Texts of a random Markov chain.

    ``judge`` is the ``Chain``: besides ``log_density`` and ``nll`` the exact entropy, and divergences to a model or of
    samples (``kl_from``, ``total_variation``, ``transition_kl`` ...).

    Args:
        vocabulary: tokens.
        length: tokens of the longest text.
        order: tokens that the next one depends on.
        concentration: of the Dirichlet distribution of each row: small ones make few tokens likely.
        end: whether token 0 ends a text; else all have ``length`` tokens.
        count: texts to train on.
        valid: fresh texts to choose by.
        test: fresh texts to judge by.
        seed: of the chain and, apart from it, of the draws.
        resident_share: share of an accelerator's free memory that the token numbers may take.

    Raises:
        UserError: the chain has too many contexts.
    """

    judge: Chain

    def __init__(
        self,
        *,
        vocabulary: Annotated[int, Gt(1)] = 20,
        length: Annotated[int, Gt(0)] = 10,
        order: Literal[1, 2] = 1,
        concentration: Annotated[float, Gt(0)] = 0.3,
        end: bool = False,
        count: Annotated[int, Gt(0)] = 10_000,
        valid: Annotated[int, Ge(0)] = 1000,
        test: Annotated[int, Ge(0)] = 10_000,
        seed: Annotated[int, Ge(0)] = 0,
        resident_share: Annotated[float, Ge(0), Le(1)] = 0.5,
    ) -> None:
        token = END if end else None
        judge = Chain.drawn(vocabulary, length, order, concentration, token, Rng(seed, "text", "markov", "table"))
        counts = {"train": count, "valid": valid, "test": test}
        key = store.key_of("markov", digest_of(judge.table.numpy().tobytes()), length, order, end, seed, counts)
        folder = store.drawn("markov", key, judge, counts, seed, end=token)
        super().__init__(folder, name="markov", judge=judge, resident_share=resident_share)
