"""What a text is to the suite: a row of token numbers that ends before its room does."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar

import torch
from jaxtyping import Bool, Int64
from torch import Tensor

from gansuite.data.described import Described
from gansuite.errors import UserError
from gansuite.spaces import ChoiceSpace

END, UNKNOWN = 0, 1
"""The numbers of the token that ends a text (and fills the room behind it), and of what the vocabulary lacks."""


@dataclass(frozen=True)
class TextSpec(Described):
    """Texts of at most ``length`` tokens out of ``vocabulary``, as numbers int64 [n, length].

    A text ends with the token ``end``, which also fills the room behind it; one that fills its room has none. Where
    ``end`` is None (the oracle tasks) every text fills its room.

    Args:
        vocabulary: number of tokens, ``end`` and the unknown one included.
        length: tokens of the longest text.
        end: number of the token that ends a text.
        labels: the names of the classes, in the order of their numbers; empty without labels.
        tokenizer: the frozen tokenizer, as the JSON of the library ``tokenizers``; None: tokens are written as numbers.
        codes: numbers of a condition that critics are given beside the text.
        source: the domain that a translator starts from, where the data set has one.
        contents: the names of the classes of what is translated, where these are not ``labels``.
    """

    vocabulary: int
    length: int
    end: int | None = END
    labels: tuple[str, ...] = ()
    tokenizer: str | None = None
    codes: int = 0
    source: TextSpec | None = None
    contents: tuple[str, ...] = ()

    extractor: ClassVar[str] = "ngrams"
    writer: ClassVar[str] = "txt"
    curves: ClassVar[tuple[tuple[str, str], ...]] = (
        ("nll", "nll-oracle"),
        ("reverse-lm-score", "lm-score"),
        ("self-bleu/5", "bleu/5"),
    )
    """Axes of curves over temperatures: curves A, B and C of Caccia et al. (2020)."""
    twin: ClassVar[Mapping[str, Any]] = {"name": "text/recurrent", "embedding": 64, "hidden": 128}
    """The likelihood model beside those that have no likelihood of their own."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of one sample."""
        return (self.length,)

    @cached_property
    def space(self) -> ChoiceSpace:
        """What the core may do with texts."""
        return ChoiceSpace(self.vocabulary, "texts")

    def widened(self, channels: int) -> TextSpec:
        """Texts with a code of ``channels - length`` numbers: critics are given it as their ``condition``."""
        return replace(self, codes=channels - self.length)

    def mask(self, x: Tensor) -> Bool[Tensor, "n t"]:
        """The places up to a text's end, the end itself among them; of relaxed texts, by their likeliest tokens."""
        tokens = x.detach().argmax(-1) if x.is_floating_point() else x
        if self.end is None:
            return torch.ones_like(tokens, dtype=torch.bool)
        over = (tokens == self.end).cumsum(1)
        return torch.nn.functional.pad(over, (1, 0))[:, :-1] == 0

    def tidied(self, x: Int64[Tensor, "n t"]) -> Int64[Tensor, "n t"]:
        """The texts with their ends in all the room behind the first."""
        return x if self.end is None else x.masked_fill(~self.mask(x), self.end)

    def decode(self, x: Tensor) -> list[str]:
        """Texts as they are read."""
        rows = [row[keep].tolist() for row, keep in zip(x.cpu(), self.mask(x).cpu(), strict=True)]
        rows = [[token for token in row if token != self.end] for row in rows]
        if self.tokenizer is None:
            return [" ".join(map(str, row)) for row in rows]
        return tokenizer_of(self.tokenizer).decode_batch(rows, skip_special_tokens=False)

    def words(self, x: Tensor) -> list[list[str]]:
        """Texts as lists of the tokens' own spellings, for n-gram metrics."""
        rows = [row[keep].tolist() for row, keep in zip(x.cpu(), self.mask(x).cpu(), strict=True)]
        spell = str if self.tokenizer is None else tokenizer_of(self.tokenizer).id_to_token
        return [[str(spell(token)) for token in row if token != self.end] for row in rows]

    def encode(self, text: str) -> Int64[Tensor, " t"]:
        """The numbers of a text's tokens, without an end.

        Raises:
            UserError: it is empty, longer than a text may be, or has a token in it that the vocabulary lacks or that
                ends a text.
        """
        if self.tokenizer is None:
            parts = text.split()
            if not all(part.isdecimal() and int(part) < self.vocabulary for part in parts):
                raise UserError(f"prompt {text!r}: tokens of this model are numbers below {self.vocabulary}")
            ids = [int(part) for part in parts]
        else:
            found = tokenizer_of(self.tokenizer).encode(text, add_special_tokens=False)
            ids, unknown = found.ids, unknown_of(self.tokenizer)
            for number, name, (first, last) in zip(ids, found.tokens, found.offsets, strict=True):
                if number == unknown and text[first:last] != name:
                    raise UserError(
                        f"prompt {text!r}: the model does not know {text[first:last]!r}; write {name} for it, or take "
                        "another word"
                    )
        if self.end in ids:
            raise UserError(f"prompt {text!r} has the end of a text in it, and nothing comes after; take it out")
        if not 0 < len(ids) <= self.length:
            raise UserError(f"prompt {text!r} has {len(ids)} tokens; give 1 to {self.length}")
        return torch.tensor(ids, dtype=torch.int64)


def unknown_of(serialised: str) -> int | None:
    """The number that stands for whatever a tokenizer's vocabulary lacks; None: it lacks nothing."""
    model = json.loads(serialised)["model"]
    if model.get("unk_id") is not None:
        return model["unk_id"]
    return tokenizer_of(serialised).token_to_id(model["unk_token"]) if model.get("unk_token") else None


_TOKENIZERS: dict[str, Any] = {}


def tokenizer_of(serialised: str) -> Any:
    """The tokenizer of its JSON, made once."""
    if serialised not in _TOKENIZERS:
        from tokenizers import Tokenizer

        _TOKENIZERS[serialised] = Tokenizer.from_str(serialised)
    return _TOKENIZERS[serialised]
