"""A folder of things that were costly to make, each named by the hash of what it was made from."""

from __future__ import annotations

import errno
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from gansuite.errors import UserError

COMPLETE = "complete.json"


def cache_root() -> Path:
    """``$GANSUITE_CACHE``, or ``gansuite`` in the user's cache folder (``$XDG_CACHE_HOME``, ``~/.cache``)."""
    if chosen := os.environ.get("GANSUITE_CACHE"):
        return Path(chosen).expanduser()
    return Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "gansuite"


def cached(name: str, key: str, make: Callable[[Path], None]) -> Path:
    """The folder ``name/key`` of the cache, made by ``make(folder)`` if it is not there whole.

    It is written aside and renamed, so a folder under its final name is complete; the sizes noted in it betray
    one that was damaged later, which is made again. Two processes that make the same folder do no harm.

    Raises:
        UserError: the cache cannot be written.
    """
    home = cache_root() / name
    target = home / key
    if is_whole(target):
        return target
    try:
        home.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=f"{key}.", dir=home))
    except OSError as error:
        raise unwritable(home, error) from error
    try:
        make(aside)
        sizes = {file.name: file.stat().st_size for file in aside.iterdir()}
        (aside / COMPLETE).write_text(json.dumps(sizes))
        publish(aside, target)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise unwritable(home, error) from error
        raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return target


def publish(aside: Path, target: Path) -> None:
    """Give a finished folder its final name, unless another process was first."""
    if target.exists() and not is_whole(target):
        shutil.rmtree(target)
    try:
        aside.rename(target)
    except OSError:
        if not is_whole(target):
            raise


def is_whole(folder: Path) -> bool:
    """Whether every file that was noted when the folder was made is there with its size."""
    try:
        sizes = json.loads((folder / COMPLETE).read_text())
        return all((folder / name).stat().st_size == size for name, size in sizes.items())
    except (OSError, ValueError):
        return False


def unwritable(home: Path, error: OSError) -> UserError:
    return UserError(
        f"cannot write the cache folder {home} ({error.strerror}); set GANSUITE_CACHE to a folder with room"
    )
