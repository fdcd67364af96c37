"""The short definitions of WordNet that come with the package."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal

from annotated_types import Ge, Gt, Le

from gansuite.data.split import check_shares

from .gather import Long, Making
from .prepare import prepare
from .texts import Texts


class Glosses(Texts):
    """30,255 definitions of English words, lower case, 4 to 16 words out of 4,982 (WordNet 3.0; see ``NOTICE``).

    Args:
        labels: ``lexname`` gives the 45 classes of WordNet's lexicographers (noun.plant, verb.motion ...), ``none``
            nothing.
        tokenizer: what a token is: a ``word``, a ``bpe`` piece, a ``char``acter or a ``byte``.
        vocabulary: most tokens, the end and the unknown one included; the most frequent ones, all words if absent.
        length: tokens of the longest gloss; its end takes one more place.
        long: longer glosses are ``cut``, ``drop``ped, or an ``error``.
        max_texts: use at most this many, chosen by their hash.
        split: shares of train, valid and test by hash; default 0.8, 0.1, 0.1.
        resident_share: share of an accelerator's free memory that the token numbers may take.

    Source: Fellbaum (ed.), WordNet: An Electronic Lexical Database (1998).
    """

    def __init__(
        self,
        *,
        labels: Literal["none", "lexname"] = "none",
        tokenizer: Literal["word", "bpe", "char", "byte"] = "word",
        vocabulary: Annotated[int, Gt(3)] | None = None,
        length: Annotated[int, Gt(0)] = 16,
        long: Long = "drop",
        max_texts: Annotated[int, Gt(1)] | None = None,
        split: dict[str, float] | None = None,
        resident_share: Annotated[float, Ge(0), Le(1)] = 0.5,
    ) -> None:
        embedded = Path(str(files("gansuite_text").joinpath("embedded", "glosses", "glosses.tsv.gz")))
        how = Making(
            tokenizer=tokenizer,
            vocabulary=vocabulary,
            spaced=tokenizer == "word",
            lower=False,
            length=length,
            min_length=1,
            long=long,
            max_texts=max_texts,
            shares=dict(check_shares(split)),
            text=2,
            label=1 if labels == "lexname" else None,
        )
        bank = prepare({embedded: None}, how, "glosses", embedded.parent)
        super().__init__(bank, name="glosses", resident_share=resident_share)
