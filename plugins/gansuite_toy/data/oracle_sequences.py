"""Strings from a language whose exact likelihood is known: the synthetic task of text GANs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from annotated_types import Ge, Gt

from gansuite.engine.rng import Rng
from gansuite.errors import UserError

from ..judges.oracle import StringOracle
from ..spec import OneHotSpec, TokensSpec
from .drawn import Drawn
from .strings import one_hot_rows

VOCABULARY, HIDDEN = 500, 32  # if not told otherwise


class OracleSequences(Drawn):
    """Strings of an LSTM with random weights, of which ``judge.nll`` gives the exact negative log-likelihood.

    Batches hold tokens, int64 [n, length]; with ``one_hot`` float32 [n, vocabulary, length] instead, for critics of
    relaxed samples. The published task has vocabulary 5000, hidden 32 and length 20; the default is a tenth of its
    vocabulary, drawn in a second.

    Args:
        count: strings over all splits.
        vocabulary: tokens, 500 if absent; number 0 precedes every string.
        length: tokens of a string.
        hidden: units of the oracle, and dimensions of its embedding; 32 if absent.
        one_hot: whether batches are one-hot.
        weights: an ``.npz`` file with the weights of an oracle instead of a random one (names as SeqGAN's own);
            it gives vocabulary and hidden.
        seed: of the weights and, apart from them, of the draw.
        split: shares of train, valid and test; default 0.8, 0.1, 0.1.

    Raises:
        UserError: the file of weights is missing or is none, or sizes are given beside it.

    Source: Yu et al., SeqGAN (2017), section 4.
    """

    def __init__(
        self,
        *,
        count: Annotated[int, Gt(0)] = 10_000,
        vocabulary: Annotated[int, Gt(1)] | None = None,
        length: Annotated[int, Gt(0)] = 20,
        hidden: Annotated[int, Gt(0)] | None = None,
        one_hot: bool = False,
        weights: str | None = None,
        seed: Annotated[int, Ge(0)] = 0,
        split: dict[str, float] | None = None,
    ) -> None:
        if weights is None:
            oracle = StringOracle.drawn(
                vocabulary or VOCABULARY, length, hidden or HIDDEN, Rng(seed, "toy", "oracle", "weights")
            )
        elif vocabulary or hidden:
            raise UserError("oracle-sequences: weights give vocabulary and hidden; leave those out")
        else:
            oracle = StringOracle.read(Path(weights).expanduser(), length)
        tokens = oracle.sample(count, Rng(seed, "toy", "oracle"))
        domain = OneHotSpec if one_hot else TokensSpec
        spec = domain(vocabulary=oracle.vocabulary, length=length, picture="strings")
        data = one_hot_rows(tokens, oracle.vocabulary) if one_hot else tokens
        super().__init__(spec, {"data": data}, oracle, name="oracle-sequences", split=split)
