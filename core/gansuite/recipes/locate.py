"""From what a person typed to the file of a recipe."""

from __future__ import annotations

from pathlib import Path

from gansuite.errors import UserError
from gansuite.plugins.registry import registry
from gansuite.plugins.resources import recipe_file
from gansuite.plugins.wording import one_line, show


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
        if (path.is_dir() and path.suffix != "") or text.endswith(("/", "\\")):
            raise UserError(f"{one_line(text)}: a folder, where a recipe's file or name was expected")
    except (OSError, ValueError) as error:  # a name that is too long, or holds a NUL
        raise UserError(f"recipe {show(text)}: {one_line(error)}") from None
    name = text.removesuffix(".toml")
    known = registry().named(Path(name).name, "recipe")
    if text.endswith(".toml") and ("/" in text or not known):
        near = Path(name).name
        hint = f"; did you mean '{near}', which is installed?" if len(known) == 1 else ""
        raise UserError(f"{one_line(text)}: there is no such recipe file{hint}")
    return recipe_file(registry().find("recipe", name))
