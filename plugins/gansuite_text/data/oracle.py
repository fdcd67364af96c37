"""SeqGAN's synthetic task: texts of a random LSTM, whose every likelihood is known."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Annotated

import torch
from annotated_types import Ge, Gt, Le

from gansuite.data.oracle import Oracle
from gansuite.engine.rng import Rng
from gansuite.errors import UserError

from . import store
from .texts import Texts

VOCABULARY, HIDDEN = 5000, 32


class OracleTask(Texts):
    """Texts of an LSTM with weights from N(0, 1), all of the same length and without an end.

    ``judge`` is the ``Oracle``: ``log_density(x)``, ``nll(x)`` in nats a token, ``entropy(n, rng)``.

    Args:
        weights: an ``.npz`` file with the weights of an oracle, such as SeqGAN's released ones; random ones if absent.
        vocabulary: tokens of a random oracle, 5,000 if absent; number 0 precedes every text.
        length: tokens of a text.
        hidden: units of a random oracle, and dimensions of its embedding; 32 if absent.
        count: texts to train on.
        valid: fresh texts to choose by.
        test: fresh texts to judge by: the NLL_test of the literature.
        seed: of the weights and, apart from them, of the draws.
        resident_share: share of an accelerator's free memory that the token numbers may take.

    Raises:
        UserError: the file of weights is missing or is none, or sizes are given beside it.

    Source: Yu et al., SeqGAN (2017), section 4.
    """

    judge: Oracle

    def __init__(
        self,
        *,
        weights: str | None = None,
        vocabulary: Annotated[int, Gt(1)] | None = None,
        length: Annotated[int, Gt(0)] = 20,
        hidden: Annotated[int, Gt(0)] | None = None,
        count: Annotated[int, Gt(0)] = 10_000,
        valid: Annotated[int, Ge(0)] = 1000,
        test: Annotated[int, Ge(0)] = 10_000,
        seed: Annotated[int, Ge(0)] = 0,
        resident_share: Annotated[float, Ge(0), Le(1)] = 0.5,
    ) -> None:
        if weights is None:
            size, units = vocabulary or VOCABULARY, hidden or HIDDEN
            judge = Oracle.drawn(size, length, units, Rng(seed, "text", "oracle", "weights"))
        elif vocabulary or hidden:
            raise UserError("oracle: weights give vocabulary and hidden; leave those out")
        else:
            judge = Oracle.read(Path(weights).expanduser(), length)
        counts = {"train": count, "valid": valid, "test": test}
        key = store.key_of("oracle", judge.digest, length, seed, counts)
        super().__init__(
            store.drawn("oracle", key, judge, counts, seed, end=None),
            name="oracle",
            judge=judge,
            resident_share=resident_share,
        )

    def to(self, device: torch.device | str) -> OracleTask:
        """The same texts on ``device``, and the judge there too."""
        moved = copy.copy(super().to(device))
        assert isinstance(moved, OracleTask)
        moved.judge = self.judge.to(device)
        return moved
