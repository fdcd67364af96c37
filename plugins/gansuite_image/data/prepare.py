"""Decode many pictures once, in parallel, into a bank in the cache."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import warnings
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import IO

import PIL
import torch

from gansuite.data.cache import cached
from gansuite.data.files import Unusable
from gansuite.data.split import digest_of, digest_of_file
from gansuite.errors import UserError

from .bank import PictureBank
from .decoding import Decoding, Picture, decode
from .levels import BYTES, WORDS

VERSION = 1  # of the stored numbers: raise it when decoding changes
BANK, INDEX = "bank.pixels", "index.json"

log = logging.getLogger("gansuite")


@dataclass(frozen=True)
class Record:
    """One file, or its bytes, that may become an item: its name, and class and split where they are given."""

    name: str
    content: Path | memoryview
    digest: str = ""
    label: str | None = None
    split: str | None = None


@dataclass
class Index:
    """What lies in the bank: the position of each picture's record, and what was done to how many."""

    shape: list[int] = field(default_factory=list)  # channels, rows, columns
    record: list[int] = field(default_factory=list)
    skipped: list[tuple[int, str, str]] = field(default_factory=list)  # position, reason, what was seen
    done: dict[str, int] = field(default_factory=dict)


def threads() -> ThreadPoolExecutor:
    """One thread per processor: hashing and Pillow's decoders and filters release the interpreter's lock."""
    return ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="decode")


def with_digests(records: Sequence[Record]) -> list[Record]:
    """The records with the hash of each one's bytes."""

    def hashed(record: Record) -> Record:
        content = record.content
        digest = digest_of_file(content) if isinstance(content, Path) else digest_of(bytes(content))
        return replace(record, digest=digest)

    with threads() as pool:
        return list(pool.map(hashed, records))


def key_of(records: Sequence[Record], how: Decoding) -> str:
    """Hash of the contents, of how they are decoded, and by what."""
    text = json.dumps([VERSION, PIL.__version__, asdict(how), [record.digest for record in records]])
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def prepare(records: Sequence[Record], how: Decoding, place: str) -> tuple[PictureBank, Index]:
    """The bank of these pictures and its index; decoded only if the cache has them not.

    Raises:
        UserError: pictures of several sizes where none is given, or none that can be used.
    """

    def make(folder: Path) -> None:
        log.info("decoding %d pictures once", len(records))
        write(folder, records, how, place)

    folder = cached("image", key_of(records, how), make)
    table = json.loads((folder / INDEX).read_text())
    index = Index(**table | {"skipped": [tuple(entry) for entry in table["skipped"]]})
    channels, height, width = index.shape
    kind, levels = (torch.uint8, BYTES) if how.bits == 8 else (torch.int16, WORDS)
    return PictureBank.open(folder / BANK, (channels, height, width), kind, levels), index


def decoded(records: Sequence[Record], how: Decoding) -> Iterator[tuple[int, Picture | Unusable]]:
    """Every picture, in order, with only a few held at a time."""

    def attempt(record: Record) -> Picture | Unusable:
        try:
            return decode(record.content, how)
        except Unusable as reason:
            return reason

    # Pillow warns of what it puts up with; the filter holds for all threads, so it stands around their whole life.
    with warnings.catch_warnings(action="ignore"), threads() as pool:
        running, ahead = deque[Future[Picture | Unusable]](), 4 * (os.cpu_count() or 1)
        for position, record in enumerate(records):
            running.append(pool.submit(attempt, record))
            if len(running) > ahead:
                yield position - ahead, running.popleft().result()
        yield from enumerate((future.result() for future in running), len(records) - len(running))


def write(folder: Path, records: Sequence[Record], how: Decoding, place: str) -> None:
    """Append each picture to the bank as it comes, then write the index."""
    index = Index()
    with (folder / BANK).open("wb") as bank:
        append(bank, index, records, how, place)
    if not index.record:
        skipped = [(records[position].name, reason, seen) for position, reason, seen in index.skipped]
        raise UserError(f"{place}: none of the {len(skipped)} pictures can be used ({first_of_each(skipped)})")
    (folder / INDEX).write_text(json.dumps(asdict(index)))


def append(bank: IO[bytes], index: Index, records: Sequence[Record], how: Decoding, place: str) -> None:
    """Write the numbers of all pictures that can be used, and note what became of each."""
    done = Counter[str]()
    for position, picture in decoded(records, how):
        if isinstance(picture, Unusable):
            index.skipped.append((position, picture.reason, picture.seen))
            continue
        shape = list(picture.values.shape)
        index.shape = index.shape or shape
        if shape != index.shape:
            raise mixed(records[index.record[0]].name, index.shape, records[position].name, shape, place)
        bank.write(picture.values.tobytes())
        index.record.append(position)
        done.update(picture.done)
    index.done = dict(done)


def mixed(one: str, first: Sequence[int], other: str, second: Sequence[int], place: str) -> UserError:
    """The error of pictures of two sizes, with the remedy."""
    (h, w), (k, v) = first[1:], second[1:]
    return UserError(
        f"{place}: pictures differ in size: {one} is {h} x {w} (rows x columns), {other} {k} x {v}; "
        f"set size = {min(h, w, k, v)} or size = [{min(h, k)}, {min(w, v)}]"
    )


def first_of_each(skipped: Sequence[tuple[str, str, str]]) -> str:
    """One example and the count of every reason, as words."""
    counts = Counter(reason for _, reason, _ in skipped)
    example = {reason: f"{name}: {seen}" for name, reason, seen in reversed(skipped)}
    return "; ".join(f"{n} {reason}, e.g. {example[reason]}" for reason, n in counts.most_common())
