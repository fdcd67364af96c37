"""The files that plugins ship: recipes beside the wheel's code, in a checkout, or in a plugin's package."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from gansuite.errors import UserError
from gansuite.plugins.entry import Entry


def recipes_folder() -> Path:
    """The recipes of gansuite itself: packaged in a wheel, at the top of a checkout.

    An editable install packages them too, but beside no code; so the code's own folder is looked at.
    """
    package = Path(__file__).resolve().parents[1]
    packaged = package / "_recipes"
    return packaged if packaged.is_dir() else package.parents[1] / "recipes"


def recipe_file(entry: Entry) -> Path:
    """The file of a registered recipe, whose target is ``"package:folder/file.toml"``; imports nothing.

    Raises:
        UserError: the plugin does not ship it.
    """
    package, _, name = entry.component.target.partition(":")
    if package == "gansuite":
        folders = [recipes_folder()]
    else:
        spec = importlib.util.find_spec(package)
        folders = [Path(folder) for folder in (spec.submodule_search_locations or ())] if spec else []
    for folder in folders:
        if (folder / name).is_file():
            return folder / name
    raise UserError(f"{entry} of {entry.distribution} {entry.version} is broken: it ships no file {name}")
