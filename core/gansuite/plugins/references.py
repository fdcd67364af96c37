"""BibTeX by key, from the ``references.bib`` beside a component's package or the core's."""

from __future__ import annotations

import importlib.util
import re
from functools import cache
from pathlib import Path

ENTRY = re.compile(r"^@\w+\{\s*([^,\s]+)\s*,.*?^\}", re.DOTALL | re.MULTILINE)


@cache
def parse(path: Path) -> dict[str, str]:
    """Key to entry; an entry begins with ``@`` and ends with ``}``, each at the start of a line."""
    if not path.is_file():
        return {}
    return {match[1]: match[0] for match in ENTRY.finditer(path.read_text(encoding="utf-8"))}


def lookup(reference: str | None, package: str) -> dict[str, str]:
    """Key to entry of a component's ``reference``, which is a key or a whole entry; an unknown key gives nothing.

    Args:
        reference: as the component declares it.
        package: outermost package of the plugin, where the file is looked for before the core's.
    """
    if reference is None:
        return {}
    if reference.lstrip().startswith("@"):
        match = re.search(r"\{\s*([^,\s]+)", reference)
        return {match[1]: reference.strip()} if match else {}
    spec = importlib.util.find_spec(package)
    folders = [Path(folder) for folder in (spec.submodule_search_locations or ())] if spec else []
    for folder in (*folders, Path(__file__).parent):
        entry = parse(folder / "references.bib").get(reference)
        if entry is not None:
            return {reference: entry}
    return {}
