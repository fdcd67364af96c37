"""Files of texts to a bank in the cache: tokenised, cut to their room, checked and counted."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gansuite.data.cache import cached
from gansuite.data.split import SPLITS, digest_of, digest_of_file
from gansuite.errors import UserError

from ..spec import END, unknown_of
from . import store
from .gather import Item, Making, check_enough, gather
from .tokenizers import KINDS, check_round_trip, loaded, trained

CHUNK = 20_000  # texts tokenised at once

log = logging.getLogger("gansuite")


def prepare(files: Mapping[Path, str | None], how: Making, place: str, root: Path) -> Path:
    """The folder of the cache with the bank of these files; made only if it is not there.

    Args:
        files: each with the split that it is for; None: by the hash of each text.
        place: where the recipe names the data, for messages.
        root: what names of files are relative to.
    """
    names = [str(file.relative_to(root)) if file.is_relative_to(root) else str(file) for file in files]
    contents = [[name, digest_of_file(file), split] for name, (file, split) in zip(names, files.items(), strict=True)]
    foreign = None if how.tokenizer in KINDS else loaded(Path(how.tokenizer).expanduser())
    settings = asdict(how)
    if foreign:
        settings["tokenizer"] = [digest_of(foreign[0].to_str().encode()), foreign[1]]

    def make(folder: Path) -> None:
        log.info("reading the texts of %d files once", len(files))
        items, skipped = gather(files, names, how)
        check_enough(items, skipped, place)
        texts = [item.text for item in items if item.split == "train"]
        tokenizer, end = foreign or (
            trained(how.tokenizer, texts, how.vocabulary, spaced=how.spaced, lower=how.lower),
            END,
        )
        write(folder, items, skipped, Coder(tokenizer, end, own=foreign is None), how, place)

    return cached("text", store.key_of(version("tokenizers"), settings, contents), make)


@dataclass(frozen=True)
class Coder:
    """A tokenizer, its token of the end, and whether it was made here."""

    tokenizer: Any
    end: int
    own: bool

    @cached_property
    def unknown(self) -> int | None:
        """The number that stands for whatever the vocabulary lacks; None: it lacks nothing."""
        return unknown_of(self.tokenizer.to_str())

    def encode(self, items: Sequence[Item], place: str) -> list[list[int]]:
        """The numbers of each text's tokens, each having been turned back.

        Raises:
            UserError: a text does not come back, has the token of the end in it, or none is known in full.
        """
        ids = list[list[int]]()
        for first in range(0, len(items), CHUNK):
            texts = [item.text for item in items[first : first + CHUNK]]
            ids += [found.ids for found in self.tokenizer.encode_batch_fast(texts, add_special_tokens=False)]
        unknown = self.unknown
        for item, row in zip(items, ids, strict=True):
            if self.end in row:
                name = self.tokenizer.id_to_token(self.end)
                raise UserError(f"{item.place}: holds {name}, which stands for the end of a text; take it out")
        known = [i for i, row in enumerate(ids) if unknown not in row]
        if not known:
            raise UserError(f"{place}: no text is without unknown tokens; raise vocabulary, or take another tokenizer")
        check_round_trip(
            self.tokenizer,
            [items[i].text for i in known],
            [ids[i] for i in known],
            [items[i].place for i in known],
            exact=self.own,
        )
        return ids


def write(folder: Path, items: Sequence[Item], skipped: Counter[str], coder: Coder, how: Making, place: str) -> None:
    """Tokenise the items, apply the policies, leave out of train what is held out too, and write the bank."""
    read, ids = len(items) + sum(skipped.values()), coder.encode(items, place)
    kept = fitting(items, ids, how, skipped)
    items, ids = [items[i] for i in kept], [ids[i] for i in kept]
    check_enough(items, skipped, place)
    rows = padded(ids, how.length + 1, coder.end)
    kept, copies = apart(rows, [item.split for item in items])
    if held := len(items) - len(kept):
        skipped["held out too"] = held
    items, ids, rows = [items[i] for i in kept], [ids[i] for i in kept], rows[kept]
    check_enough(items, skipped, place)
    check_vocabulary(ids, coder, place)

    labels = sorted({item.label for item in items if item.label is not None})
    if len(labels) == 1:
        raise UserError(f"{place}: every text has the label {labels[0]!r}; leave label out, or take another field")
    number, files = {label: i for i, label in enumerate(labels)}, sorted({item.file for item in items})
    file = {name: i for i, name in enumerate(files)}
    of_rows = {
        "source": np.array([file[item.file] for item in items], np.int32),
        "line": np.array([item.line for item in items], np.int64),
    }
    if labels:
        of_rows["label"] = np.array([number[str(item.label)] for item in items], np.int32)
    tokens = [len(row) for row in ids]
    summary = {
        "files": len(files),
        "texts": read,
        "used": len(items),
        "skipped": {"count": sum(skipped.values()), "reasons": dict(skipped)},
        "cut": sum(length > how.length for length in tokens),
        "copies": copies,
        "tokens": sum(min(length, how.length + 1) for length in tokens),
        "unknown": sum(row[: how.length + 1].count(coder.unknown) for row in ids) if coder.unknown is not None else 0,
        "tokenizer": how.tokenizer,
    }
    sizes = Counter(item.split for item in items)
    index = store.Index(
        max(coder.tokenizer.get_vocab().values()) + 1, how.length + 1, coder.end,
        {split: sizes[split] for split in SPLITS}, labels, files, summary,
    )  # fmt: skip
    store.write(folder, index, rows, of_rows, coder.tokenizer.to_str())


def fitting(items: Sequence[Item], ids: Sequence[Sequence[int]], how: Making, skipped: Counter[str]) -> list[int]:
    """The positions of the texts that the policies of length let in."""
    lengths = np.array([len(row) for row in ids])
    long, short = lengths > how.length, lengths < how.min_length
    if how.long == "error" and long.any():
        at = int(long.argmax())
        raise UserError(
            f'{items[at].place}: {lengths[at]} tokens, more than length = {how.length}; set long = "cut" or "drop"'
        )
    if how.long == "drop" and long.any():
        skipped["too long"] = int(long.sum())
    if short.any():
        skipped["too short"] = int(short.sum())
    return np.flatnonzero(~short & ~(long & (how.long == "drop"))).tolist()


def padded(ids: Sequence[Sequence[int]], length: int, end: int) -> NDArray[np.int32]:
    """Rows of ``length`` with ends behind each text. A text cut at ``length`` has none: it did not end there."""
    rows = np.full((len(ids), length), end, np.int32)
    for row, tokens in zip(rows, ids, strict=True):
        row[: len(tokens)] = tokens[:length]
    return rows


def apart(rows: NDArray[np.int32], splits: Sequence[str]) -> tuple[list[int], int]:
    """The positions of the rows of train, then valid, then test, and how many of these repeat an earlier one.

    Texts that differ may become equal rows: by cutting, by unknown tokens, or because files are split by name. A row
    of test then stays out of valid, and both stay out of train.
    """
    seen: dict[bytes, int] = {}
    which = np.array([seen.setdefault(row.tobytes(), len(seen)) for row in rows])
    rank = np.array([SPLITS.index(split) for split in splits])
    last = np.zeros(len(seen), np.int64)
    np.maximum.at(last, which, rank)
    kept = np.flatnonzero(rank == last[which])
    return kept[np.argsort(rank[kept], kind="stable")].tolist(), len(kept) - len(seen)


def check_vocabulary(ids: Sequence[Sequence[int]], coder: Coder, place: str) -> None:
    """Raises:
    UserError: all texts are made of one token.
    """
    used = {token for row in ids for token in row}
    if len(used) < 2:
        name = coder.tokenizer.id_to_token(used.pop())
        raise UserError(f"{place}: a vocabulary of one, {name!r}; there is nothing to learn")
