"""Files of a folder tree by name."""

from __future__ import annotations

import os
from collections.abc import Container, Iterator, Sequence
from pathlib import Path

from gansuite.data.split import digest_of


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
