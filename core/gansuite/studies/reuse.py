"""Runs from elsewhere: a finished run of an equal recipe is taken, not trained again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from gansuite.errors import GansuiteError, UserError
from gansuite.folders import is_run
from gansuite.recipes import read
from gansuite.studies.cell import Cell, Result, form_of
from gansuite.studies.grid import TRAIN, tables_of
from gansuite.studies.records import read_status, recorded


def taken(cells: Sequence[Cell], folders: Sequence[Path], say: Callable[[str, str], object]) -> Iterator[Result]:
    """The results of those cells whose work is found, finished, anywhere below ``folders``.

    Two recipes are equal if they resolve to the same tables, name and published figures apart. That their data still
    hold what they held, nobody can know without reading them: the fingerprint in the record tells.

    Raises:
        UserError: a folder is not there.
    """
    wanted = {cell.identity: cell for cell in cells if cell.task == TRAIN}
    for folder in folders:
        if not folder.is_dir():
            raise UserError(f"--reuse {folder}: there is no such folder; name one that holds finished runs")
        found = 0
        for path in sorted(folder.rglob("run.json")) if wanted else ():
            identity = identity_of(path.parent)
            cell = wanted.pop(identity, None) if identity else None
            result = cell and adopted(cell, path.parent)
            if result:
                found += 1
                yield result
            elif cell:
                wanted[cell.identity] = cell
        said = f"{found} finished run{'s' * (found != 1)} of equal recipes"
        say(f"--reuse {folder}: {said} taken from there" if found else f"--reuse {folder}: no run of these recipes", "")


def identity_of(folder: Path) -> str | None:
    """What a cell that trains the run's recipe would be known by; None where the run is not a finished, sound one."""
    try:
        if not is_run(folder) or read_status(folder) != "finished":
            return None
        return Cell(TRAIN, {"recipe": tables_of(read(folder / "recipe.toml"))}, "").identity
    except (GansuiteError, OSError, KeyError, TypeError):  # another gansuite's run, or half a one: not for us
        return None


def adopted(cell: Cell, folder: Path) -> Result | None:
    """The result that the cell would have had, read from the other run's folder; None where it cannot be read."""
    try:
        found = recorded(folder)
    except (GansuiteError, OSError, KeyError, TypeError, ValueError):
        return None
    place = str(folder.resolve())
    return Result(
        cell.identity,
        cell.label,
        cell.seed,
        cell.factors,
        "finished",
        cpu_seconds=found.pop("cpu_seconds"),
        seconds=found.pop("seconds"),
        metrics=found.pop("metrics"),
        record=found | {"folder": place, "reused": place},
        form=form_of(cell.task),
    )
