"""The folder of a run: made, found, and its small files written and read."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from gansuite.engine import checkpoint
from gansuite.errors import RunError, UserError
from gansuite.recipes import Recipe


def new_folder(recipe: Recipe, out: str | Path | None, root: Path = Path("runs")) -> Path:
    """Make the folder of a new run: ``out``, or ``runs/NAME-YYYYmmdd-HHMMSS``.

    Raises:
        UserError: the folder holds something already, or cannot be written.
    """
    stamp = datetime.now().strftime("%Y%m%d-%H%M%S")
    wanted = [Path(out)] if out else numbered(root / f"{recipe.name}-{stamp}")
    for folder in wanted:
        try:
            folder.mkdir(parents=True, exist_ok=bool(out))
            if any(folder.iterdir()):
                hint = f"; continue it with gansuite run --resume {folder}" if is_run(folder) else ""
                raise UserError(f"--out {folder}: the folder is not empty{hint or '; name a new one'}")
            write_text(folder / "recipe.toml", recipe.to_toml())
            return folder
        except FileExistsError:
            if out:
                raise UserError(f"--out {folder}: a file of that name exists; name a new folder") from None
        except OSError as error:
            raise UserError(f"--out {folder}: cannot be written ({error.strerror}); name another folder") from error
    raise AssertionError("numbered() never ends")


def numbered(folder: Path) -> Iterator[Path]:
    """The name itself, then with -2, -3, ... for runs that start within one second."""
    yield folder
    for i in range(2, 10**6):
        yield folder.with_name(f"{folder.name}-{i}")


def is_run(folder: Path) -> bool:
    return (folder / "recipe.toml").is_file()


def find(folder: str | Path) -> Path:
    """The folder of an existing run.

    Raises:
        UserError: there is none.
    """
    path = Path(folder)
    if not path.exists():
        raise UserError(f"{folder}: no such folder; runs are usually under {Path('runs').resolve()}")
    if not is_run(path):
        raise UserError(f"{folder}: not a run (it has no recipe.toml); give the folder that gansuite run made")
    return path


def read_json(path: Path) -> dict[str, Any]:
    try:
        return json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise RunError(f"{path} cannot be read: {checkpoint.reason(error)}") from error


def write_text(path: Path, text: str) -> None:
    """Write a file aside and rename it, so that it is never seen half written."""
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        aside.write_text(text)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
