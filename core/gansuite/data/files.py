"""Files of a folder tree by name, and those among them that give no item."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Container, Iterator, Sequence
from pathlib import Path

from gansuite.data.split import digest_of


class Unusable(Exception):
    """A file that gives no item: a reason to be counted, and what was seen in this one."""

    def __init__(self, reason: str, seen: str) -> None:
        super().__init__(reason, seen)
        self.reason, self.seen = reason, seen


def told(first: str, done: Sequence[str], skipped: Sequence[str]) -> str:
    """What became of files, in one line: ``9 files, 7 used: 3 clipped; 2 skipped (1 silent, 1 truncated)``.

    Args:
        first: how many there are, and are used.
        done: what was done to how many.
        skipped: the reason of each that is left out.
    """
    line = f"{first}: {', '.join(done)}" if done else first
    if skipped:
        reasons = ", ".join(f"{count} {reason}" for reason, count in Counter(skipped).most_common())
        line += f"; {len(skipped)} skipped ({reasons})"
    return line


def files_below(root: Path, without: Container[str] = ()) -> Iterator[str]:
    """Names of the files of a folder tree, relative to ``root`` with "/" between folders; none that is hidden.

    Links are followed, but never in circles; folders of the names ``without`` are left out.
    """
    visited = set[str]()
    for folder, folders, files in os.walk(root, followlinks=True):
        real = os.path.realpath(folder)
        if real in visited:  # a link that leads back
            folders.clear()
            continue
        visited.add(real)
        folders[:] = [name for name in folders if name not in without and not name.startswith(".")]
        here = Path(folder).relative_to(root)
        yield from ((here / name).as_posix() for name in files if not name.startswith("."))


def sample_of(names: Sequence[str], most: int) -> list[str]:
    """At most ``most`` names, those of the smallest hash: a choice that other files hardly disturb."""
    return sorted(sorted(names, key=lambda name: digest_of(name.encode()))[:most])
