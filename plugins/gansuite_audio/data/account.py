"""What became of the files of a data set, in one line."""

from __future__ import annotations

from collections.abc import Sequence

from gansuite.data.files import told

from .prepare import Index

WORDS = {
    "mixed": "of other channels",
    "clipped": "clipped when they were recorded",
    "cropped": "longer than a slice and cut",
    "extended": "shorter than a slice and extended",
}


def account(index: Index, files: int, skipped: Sequence[str]) -> str:
    """``412 files, 409 used: 12 resampled (from 44100 Hz), 3 clipped; 3 skipped (2 silent, 1 truncated)``."""
    done = []
    if index.done.get("resampled"):
        rates = ", ".join(f"{count} from {rate} Hz" for rate, count in index.rates.items())
        done.append(f"{index.done['resampled']} resampled ({rates})")
    done += [f"{index.done[name]} {words}" for name, words in WORDS.items() if index.done.get(name)]
    return told(f"{files} files, {len(index.record)} used", done, skipped)
