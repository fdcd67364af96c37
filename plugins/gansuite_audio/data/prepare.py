"""Decode many files once, in parallel, into a bank in the cache."""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import soundfile
import soxr

from gansuite.data.cache import cached
from gansuite.data.files import Unusable
from gansuite.data.split import digest_of_file

from .decoding import KEEP, Clip, Decoding, decode

VERSION = 2  # of the stored values: raise it when decoding changes
BANK, INDEX = "bank.i16", "index.json"
DONE = ("extended", "cropped", "resampled", "mixed", "clipped")

log = logging.getLogger("gansuite")


@dataclass(frozen=True)
class Record:
    """One file that may become an item: its name in the data set, its class and split where they are given."""

    name: str
    path: Path
    digest: str = ""
    label: str | None = None
    split: str | None = None


@dataclass(frozen=True)
class Index:
    """Where the items lie in the bank: parallel lists of the record's position, first frame and frames."""

    record: list[int] = field(default_factory=list)
    offset: list[int] = field(default_factory=list)
    length: list[int] = field(default_factory=list)
    skipped: list[tuple[int, str, str]] = field(default_factory=list)  # position, reason, what was seen
    done: dict[str, int] = field(default_factory=dict)  # how many of each of DONE
    rates: dict[str, int] = field(default_factory=dict)  # Hz of the files that were resampled, and how many of each


def threads() -> ThreadPoolExecutor:
    """One thread per processor: hashing, libsndfile and soxr release the interpreter's lock."""
    return ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="decode")


def with_digests(records: Sequence[Record]) -> list[Record]:
    """The records with the hash of each file's bytes."""
    with threads() as pool:
        digests = pool.map(digest_of_file, [record.path for record in records])
        return [replace(record, digest=digest) for record, digest in zip(records, digests, strict=True)]


def key_of(records: Sequence[Record], how: Decoding) -> str:
    """Hash of the names and contents of the files, of how they are decoded, and by what."""
    libraries = [soundfile.__libsndfile_version__, soxr.__libsoxr_version__]
    text = json.dumps([VERSION, libraries, asdict(how), [(record.name, record.digest) for record in records]])
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def prepare(records: Sequence[Record], how: Decoding) -> Path:
    """The folder of the cache with the bank of these files; decoded only if it is not there."""

    def make(folder: Path) -> None:
        log.info("decoding %d files once", len(records))
        write(folder, clips(records, how))

    return cached("audio", key_of(records, how), make)


def clips(records: Sequence[Record], how: Decoding) -> Iterator[tuple[int, Clip | Unusable]]:
    """Every file decoded, in order, with only a few held at a time."""

    def attempt(record: Record) -> Clip | Unusable:
        try:
            return decode(record.path, how)
        except Unusable as reason:
            return reason

    with threads() as pool:
        running, ahead = deque[Future[Clip | Unusable]](), os.cpu_count() or 1
        for position, record in enumerate(records):
            running.append(pool.submit(attempt, record))
            if len(running) > ahead:
                yield position - ahead, running.popleft().result()
        yield from enumerate((future.result() for future in running), len(records) - len(running))


def write(folder: Path, clips: Iterable[tuple[int, Clip | Unusable]]) -> None:
    """Append each clip to the bank as it comes, then write the index."""
    index, done, rates, frames = Index(), Counter[str](), Counter[str](), 0
    with (folder / BANK).open("wb") as bank:
        for position, clip in clips:
            if isinstance(clip, Unusable):
                index.skipped.append((position, clip.reason, clip.seen))
                continue
            for start in range(0, len(clip.values), KEEP):
                bank.write(clip.values[start : start + KEEP].tobytes())
            index.record.append(position)
            index.offset.append(frames)
            index.length.append(len(clip.values))
            frames += len(clip.values)
            done.update({name: int(getattr(clip, name)) for name in DONE})
            rates[str(clip.rate)] += clip.resampled
    index.done.update(done)
    index.rates.update({rate: count for rate, count in sorted(rates.items()) if count})
    (folder / INDEX).write_text(json.dumps(asdict(index)))


def read_index(folder: Path) -> Index:
    """The index that ``write`` left."""
    index = json.loads((folder / INDEX).read_text())
    return Index(**index | {"skipped": [tuple(entry) for entry in index["skipped"]]})
