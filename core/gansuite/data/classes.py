"""The names of classes in order, and what is to be said of those that have too little."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

SHOWN = 5  # classes named in a warning


def in_order(labels: Iterable[str]) -> list[str]:
    """Numbers by their value, then words by the alphabet."""
    return sorted(labels, key=lambda label: (0, int(label), label) if label.isdecimal() else (1, 0, label))


def scarce(classes: Sequence[str], labels: Sequence[str | None], splits: Sequence[str]) -> Iterator[str]:
    """What is to be said of classes that have no item to train on, only one, or none held out."""
    if len(classes) == 1:
        yield f"there is only one class ({classes[0]}), which tells a conditional game nothing"
    count = Counter(zip(labels, splits, strict=True))
    held_out = [split for split in ("valid", "test") if split in splits]
    cases = [
        ("nothing to train on", [c for c in classes if not count[c, "train"]]),
        ("a single item to train on", [c for c in classes if count[c, "train"] == 1]),
        *((f"no item in {split}", [c for c in classes if not count[c, split]]) for split in held_out),
    ]
    for what, found in cases:
        if found:
            shown = ", ".join(found[:SHOWN]) + ", ..." * (len(found) > SHOWN)
            yield f"{len(found)} of {len(classes)} classes have {what} ({shown})"
