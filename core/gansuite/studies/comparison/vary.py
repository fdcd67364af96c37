"""``--vary`` as factors of a grid."""

from __future__ import annotations

from gansuite.errors import UserError
from gansuite.recipes.merge import parse_setting


def parse_path(setting: str) -> str:
    """The option that a setting names."""
    return setting.partition("=")[0].strip()


def parse_vary(text: str) -> tuple[str, dict[str, list[str]]]:
    """``"a.b=1,2"``: the option, and a level for each of its values.

    Raises:
        UserError: there is no ``=``, or a value is none.
    """
    path, equals, right = text.partition("=")
    values = [value.strip() for value in split(right)]
    if not equals or not all(values):
        raise UserError(f"--vary {text}: write it as table.option=VALUE,VALUE, such as --vary data.batch_size=16,64")
    levels = {value: [f"{path.strip()}={value}"] for value in values}
    for settings in levels.values():
        parse_setting(settings[0])
    return path.strip(), levels


def split(text: str) -> list[str]:
    """The parts between commas that stand in no brackets and no quotes."""
    parts, depth, quote = [""], 0, ""
    for letter in text:
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "\"'":
            quote = letter
        else:
            depth += (letter in "[{") - (letter in "]}")
        if letter == "," and not depth and not quote:
            parts.append("")
        else:
            parts[-1] += letter
    return parts
