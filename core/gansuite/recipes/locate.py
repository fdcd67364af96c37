"""Where recipes lie: beside the wheel's code, in a checkout, or in a plugin's package."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import gansuite
from gansuite.errors import UserError
from gansuite.plugins.registry import Entry, registry
from gansuite.plugins.wording import one_line, show


def recipes_folder() -> Path:
    """The recipes of gansuite itself: packaged in a wheel, at the top of a checkout.

    An editable install packages them too, but beside no code; so the code's own folder is looked at.
    """
    package = Path(gansuite.__file__).parent
    packaged = package / "_recipes"
    return packaged if packaged.is_dir() else package.parents[1] / "recipes"


def recipe_file(entry: Entry) -> Path:
    """The file of a registered recipe, whose target is ``"package:folder/file.toml"``; imports nothing."""
    package, _, name = entry.component.target.partition(":")
    if package == "gansuite":
        return recipes_folder() / name
    spec = importlib.util.find_spec(package)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        if (Path(folder) / name).is_file():
            return Path(folder) / name
    raise UserError(f"{entry} of {entry.distribution} {entry.version} is broken: it ships no file {name}")


def locate(source: str | Path, beside: Path | None = None) -> Path:
    """The file of a recipe that is given by path or by registered name.

    Args:
        source: ``recipes/wavegan.toml``, ``wavegan`` or ``audio/wavegan``.
        beside: folder that a relative path starts from, instead of the working directory.

    Raises:
        UserError: there is neither such a file nor such a name.
    """
    text = str(source)
    try:
        path = (beside or Path()) / text
        if path.is_file():
            return path
        if path.is_dir() and path.suffix != "" or text.endswith(("/", "\\")):
            raise UserError(f"{one_line(text)}: a folder, where a recipe's file or name was expected")
    except (OSError, ValueError) as error:  # a name that is too long, or holds a NUL
        raise UserError(f"recipe {show(text)}: {one_line(error)}") from None
    name = text.removesuffix(".toml")
    if text.endswith(".toml") and "/" in text:
        near = Path(name).name
        known = registry().named(near, "recipe")
        hint = f"; did you mean '{near}', which is installed?" if len(known) == 1 else ""
        raise UserError(f"{one_line(text)}: there is no such recipe{hint}")
    return recipe_file(registry().find("recipe", name))
