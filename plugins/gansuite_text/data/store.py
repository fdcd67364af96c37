"""What a data set of texts keeps in the cache: the bank of token numbers, and what must be known of each row."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Int64
from numpy.typing import NDArray
from torch import Tensor

from gansuite.data.cache import cached
from gansuite.data.split import SPLITS

VERSION = 1  # of what is stored: raise it when the numbers change
BANK, ROWS, INDEX, TOKENIZER = "bank.bin", "rows.npz", "index.json", "tokenizer.json"


@dataclass(frozen=True)
class Index:
    """What is known of a bank: the fields of the specification, and an account of how it came about."""

    vocabulary: int
    length: int
    end: int | None
    sizes: dict[str, int]
    labels: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    summary: dict[str, Any] = field(default_factory=dict)


def key_of(*parts: Any) -> str:
    """Hash of all that decides what is stored."""
    return hashlib.blake2b(json.dumps([VERSION, *parts]).encode(), digest_size=16).hexdigest()


def dtypes_of(vocabulary: int) -> tuple[type[np.signedinteger[Any]], torch.dtype]:
    """16 bits a token up to 32,768 tokens, 32 beyond: signed, since not every device gathers unsigned numbers."""
    return (np.int16, torch.int16) if vocabulary <= 1 << 15 else (np.int32, torch.int32)


def write(
    folder: Path,
    index: Index,
    rows: NDArray[np.integer[Any]],
    of_rows: Mapping[str, NDArray[Any]] | None = None,
    tokenizer: str | None = None,
) -> None:
    """Write a bank of ``rows`` [n, length], those of train first, then valid, then test.

    Args:
        of_rows: numbers of every row: ``label``, ``source`` (a place in ``index.files``), the ``line`` there.
    """
    with (folder / BANK).open("wb") as bank:
        bank.write(np.ascontiguousarray(rows, dtypes_of(index.vocabulary)[0]).data)
    np.savez(folder / ROWS, allow_pickle=False, **(of_rows or {}))
    (folder / INDEX).write_text(json.dumps(asdict(index)))
    if tokenizer is not None:
        (folder / TOKENIZER).write_text(tokenizer, "utf-8")


def read_index(folder: Path) -> Index:
    """What ``write`` noted."""
    return Index(**json.loads((folder / INDEX).read_text()))


def read_bank(folder: Path, index: Index) -> dict[str, Tensor]:
    """The rows of each split, mapped into memory: pages are read when a row in them is."""
    edges = np.cumsum([0, *(index.sizes[split] for split in SPLITS)]).tolist()
    size, kind = edges[-1] * index.length, dtypes_of(index.vocabulary)[1]
    every = torch.from_file(str(folder / BANK), shared=False, size=size, dtype=kind).view(-1, index.length)
    return {split: every[first:last] for split, first, last in zip(SPLITS, edges, edges[1:], strict=False)}


def read_rows(folder: Path, name: str, index: Index) -> dict[str, NDArray[Any]]:
    """What ``of_rows`` held under a name, by split; empty if it held nothing."""
    with np.load(folder / ROWS) as file:
        if name not in file.files:
            return {}
        parts = np.split(file[name], np.cumsum([index.sizes[split] for split in SPLITS])[:-1])
    return dict(zip(SPLITS, parts, strict=True))


def drawn(
    name: str,
    key: str,
    law: Any,
    counts: Mapping[str, int],
    seed: int,
    *,
    end: int | None,
    tokenizer: str | None = None,
) -> Path:
    """The folder of the cache with texts drawn from a law: fresh ones for each split.

    Equal texts may be in two splits, since the draws are independent: leaving them out would change the law.

    Args:
        law: has ``vocabulary``, ``length`` and ``sample(n, rng)``.
        key: stands for the law and the draws.
    """
    from gansuite.engine.rng import Rng

    def make(folder: Path) -> None:
        parts: list[Int64[Tensor, "n t"]] = [
            law.sample(counts[split], Rng(seed, "text", name, split)) for split in SPLITS if counts[split]
        ]
        rows = torch.cat(parts).numpy()
        written = int((rows[:, :] != end).sum()) if end is not None else rows.size
        summary = {"files": 0, "used": len(rows), "tokens": written}
        index = Index(law.vocabulary, law.length, end, dict(counts), summary=summary)
        write(folder, index, rows, tokenizer=tokenizer)

    return cached("text", key, make)
