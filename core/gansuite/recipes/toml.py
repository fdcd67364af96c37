"""TOML in and out, with the place of every mistake."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from gansuite.errors import UserError
from gansuite.plugins.wording import a, one_line, place_of, show

BARE = re.compile(r"[A-Za-z0-9_-]+")
DEEPEST = 24


def read_toml(path: Path) -> dict[str, Any]:
    """The tables of a file.

    Raises:
        UserError: it cannot be read, or is no TOML: file, line and column are named.
    """
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise UserError(f"{one_line(path)}: not a text in UTF-8 (byte {error.start})") from None
    except OSError as error:
        raise UserError(f"{one_line(path)}: {one_line(error.strerror or error)}") from None
    return parse_toml(text, one_line(path))


def parse_toml(text: str, source: str) -> dict[str, Any]:
    """The tables of a text; ``source`` names it in messages."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"{source}: TOML syntax: {one_line(error)}") from None
    except (ValueError, RecursionError) as error:  # a number of thousands of digits, brackets without end
        raise UserError(f"{source}: TOML: {one_line(error)}") from None
    check_values(tables, source)
    return tables


def check_values(tables: Any, source: str) -> None:
    """Refuse what no option can be: dates, numbers beyond 64 bits or not finite, and tables in tables without end."""
    for path, value in leaves(tables):
        place = place_of("", path)
        place = f"{source}: {place} = {show(value, 30)}" if place else source
        if isinstance(value, dict | list):
            raise UserError(f"{source}: values are nested more than {DEEPEST} deep")
        if isinstance(value, float) and not abs(value) < float("inf"):
            raise UserError(f"{place}: Input should be a finite number")
        if isinstance(value, int) and not -(2**63) <= value < 2**63:
            raise UserError(f"{place}: the number does not fit in 64 bits")
        if not isinstance(value, bool | int | float | str):
            raise UserError(f"{place}: Input should not be {a(type(value).__name__)}")


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Every plain value with its path, and whatever lies too deep."""
    inner = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else None
    if inner is None or len(path) > DEEPEST:
        yield path, value
        return
    for key, item in inner:
        yield from leaves(item, (*path, key))


def write_toml(tables: Mapping[str, Any]) -> str:
    """Tables as TOML text; reading it gives equal tables."""
    return "\n".join(_lines(tables, ())).strip("\n") + "\n"


def _lines(table: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    for key, value in table.items():
        if not _is_table(value) and not _is_tables(value):
            yield f"{_key(key)} = {inline(value)}"
    for key, value in table.items():
        inner = (*path, key)
        name = ".".join(map(_key, inner))
        if _is_tables(value):
            for item in value:
                yield from ("", f"[[{name}]]", *_lines(item, inner))
        elif _is_table(value):
            plain = not value or any(not _is_table(item) and not _is_tables(item) for item in value.values())
            yield from (*(("", f"[{name}]") if plain else ()), *_lines(value, inner))


def _is_table(value: Any) -> bool:
    return isinstance(value, Mapping)


def _is_tables(value: Any) -> bool:
    return isinstance(value, list | tuple) and bool(value) and all(isinstance(item, Mapping) for item in value)


def _key(key: str) -> str:
    return key if BARE.fullmatch(key) else _string(key)


def _string(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def inline(value: Any) -> str:
    """A value on one line of TOML."""
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(key)} = {inline(item)}" for key, item in value.items()) + " }"
    return "[" + ", ".join(map(inline, value)) + "]"
