"""Every text of some files, in its normal form, with its split."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from gansuite.data.split import digest_of, split_of
from gansuite.errors import UserError

from .reading import Fields, read

Long = Literal["cut", "drop", "error"]

REMEDIES = {"too long": 'raise length, or set long = "cut"', "too short": "lower min_length"}


@dataclass(frozen=True)
class Making:
    """All that decides the stored numbers, and so part of the key of the cache.

    Args:
        tokenizer: ``word``, ``bpe``, ``char``, ``byte``, or a folder with ``tokenizer.json``.
        vocabulary: most tokens of a trained tokenizer.
        spaced: words are what spaces separate.
        lower: texts are folded to lower case.
        length: tokens of the longest text, its end not counted.
        min_length: tokens of the shortest.
        long: texts beyond ``length`` are cut, dropped, or an error.
        max_texts: so many, those of the smallest hash.
        shares: of train, valid and test.
        text: field of the text.
        label: field of the label.
        encoding: of the characters.
    """

    tokenizer: str
    vocabulary: int | None
    spaced: bool
    lower: bool
    length: int
    min_length: int
    long: Long
    max_texts: int | None
    shares: Mapping[str, float]
    text: str | int = "text"
    label: str | int | None = None
    encoding: str = "utf-8"


@dataclass(frozen=True)
class Item:
    """One text that may become a row: where it stands, its class, and its split."""

    text: str
    label: str | None
    file: str
    line: int
    digest: str
    split: str

    @property
    def place(self) -> str:
        """File and line, for messages."""
        return f"{self.file} line {self.line}"


def gather(files: Mapping[Path, str | None], names: Sequence[str], how: Making) -> tuple[list[Item], Counter[str]]:
    """All texts that are not empty, and how many were left out, by reason.

    A text's split is its file's, or that of the text's own hash: equal texts share it, whatever file they stand in.
    The normal form has no capitals if ``lower``, and single spaces if the tokenizer reads words.
    """
    items, skipped = list[Item](), Counter[str]()
    fields = Fields(how.text, how.label, how.encoding)
    for name, (file, split) in zip(names, files.items(), strict=True):
        for text, label, line in read(file, fields):
            normal = " ".join(text.split()) if how.tokenizer == "word" else text
            normal = normal.lower() if how.lower else normal
            if not normal.strip():
                skipped["empty"] += 1
                continue
            digest = digest_of(normal.encode())
            items.append(Item(normal, label, name, line, digest, split or split_of(digest, how.shares)))
    if how.max_texts is not None and len(items) > how.max_texts:
        skipped["beyond max_texts"] = len(items) - how.max_texts
        chosen = sorted(range(len(items)), key=lambda i: (items[i].digest, i))[: how.max_texts]
        items = [items[i] for i in sorted(chosen)]
    return items, skipped


def check_enough(items: Sequence[Item], skipped: Mapping[str, int], place: str) -> None:
    """There must be two texts at least, one of them to train on.

    Raises:
        UserError: there are not.
    """
    why = ", ".join(f"{count} {reason}" for reason, count in skipped.items())
    remedy = next((remedies for reason, remedies in REMEDIES.items() if reason in skipped), "give more, one a line")
    if not items:
        raise UserError(f"{place}: no text can be used ({why or 'the file is empty'}); {remedy}")
    if len(items) == 1:
        raise UserError(f"{place}: one text is left ({why or 'there is no other'}); {remedy}")
    if not any(item.split == "train" for item in items):
        raise UserError(f"{place}: no text falls into the training split; set split = {{ train = 1.0 }}")
