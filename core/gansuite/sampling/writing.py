"""How samples reach their files: the writer, its options, and what belongs together."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gansuite.build import make_writer, writer_of
from gansuite.errors import UserError
from gansuite.plugins.options import Bound
from gansuite.plugins.registry import registry
from gansuite.plugins.signature import option_types
from gansuite.recipes import Recipe


@dataclass(frozen=True)
class Sheet:
    """Samples that are written together.

    Args:
        rows: batches: one, or several that belong side by side.
        stem: what the names of the files begin with.
        ordered: whether each row is a way from its first sample to its last, to be joined in one file.
    """

    rows: Sequence[Any]
    stem: str = ""
    ordered: bool = False


def chosen_writer(recipe: Recipe, spec: Any, options: Mapping[str, Any]) -> Any:
    """The run's writer with these options in the place of its own; those that are None are left as they are.

    Under ``name`` another writer of the domain is asked for.

    Raises:
        UserError: there is no such writer, or it has no such option, or refuses its value.
    """
    wanted = {name: value for name, value in options.items() if value is not None}
    if not wanted:
        return make_writer(recipe, spec)
    bound = another(recipe, wanted.pop("name")) if "name" in wanted else writer_of(recipe, spec)
    known = list(option_types(bound.entry.load()))
    for name, value in wanted.items():
        if name not in known:
            has = f"it has {', '.join(known)}" if known else "it has none"
            raise UserError(f"--{name} {value}: the writer {bound.entry.component.name} has no option {name}; {has}")
    table = bound.as_table() | {"name": bound.entry.address} | wanted
    return registry().bind("writer", table, "[writer]").make(spec)


def another(recipe: Recipe, name: str) -> Bound:
    """Another writer of the run's domain, with its default options."""
    return registry().bind("writer", name, "--writer", recipe.data.domain.plugin)


def write(writer: Any, sheet: Sheet, folder: Path) -> list[Path]:
    """Write a sheet as the writer can: several rows as one file (``write_rows``), a way as one (``write_sequence``).

    A writer that has neither is given one row after the other, under numbered names.
    """
    if len(sheet.rows) > 1 and hasattr(writer, "write_rows"):
        return writer.write_rows(sheet.rows, folder, sheet.stem)
    joined = sheet.ordered and hasattr(writer, "write_sequence")
    act = writer.write_sequence if joined else writer.write
    named = [sheet.stem] if len(sheet.rows) == 1 else [f"{sheet.stem}{i:02d}-" for i in range(len(sheet.rows))]
    return [path for row, stem in zip(sheet.rows, named, strict=True) for path in act(row, folder, stem)]


def together(writer: Any, sheets: Sequence[Sheet]) -> Sequence[Sheet]:
    """The sheets as they are, or one of all their rows where the writer puts all samples of a call on one sheet."""
    if not getattr(writer, "whole", False) or len(sheets) < 2:
        return sheets
    return [Sheet([row for sheet in sheets for row in sheet.rows])]


def stems(conditions: Sequence[Any]) -> list[str]:
    """What the names of files begin with under each condition: nothing, where there is only one."""
    if len(conditions) == 1:
        return [""]
    names = [slug(each) for each in conditions]
    return [f"{name}-" if names.count(name) == 1 else f"{name}-{i}-" for i, name in enumerate(names)]


def slug(value: Any) -> str:
    """A value as a part of a file's name."""
    return re.sub(r"[^A-Za-z0-9]+", "-", str(value))
